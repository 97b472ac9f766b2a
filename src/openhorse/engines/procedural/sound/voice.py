"""Lines come in, speech as mono samples goes out, where the machine has a voice: the program espeak-ng, if installed.

Knows no mix. The program runs as a process of its own, with the text on its standard input and a time limit;
whatever goes wrong with it means that nothing is spoken, and the film's notes say so.
"""

from __future__ import annotations

import shutil
import struct
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import gcd

import numpy as np
from scipy.signal import resample_poly

from openhorse.engines.procedural.score import Line, Speaker
from openhorse.engines.procedural.sound.synthesis import Samples, single
from openhorse.vocabulary import SAMPLE_RATE

PROGRAM = "espeak-ng"
START_SECONDS, GAP_SECONDS, END_SECONDS = 0.6, 0.35, 0.25
"""Before the first line, between two lines, and after the last one."""
WORDS_A_MINUTE, FASTEST = 158, 1.45
LIMIT_SECONDS = 8.0

_VOICES: Mapping[Speaker, tuple[str, int]] = {"man": ("m3", 42), "woman": ("f2", 55), "child": ("f4", 78)}
"""The program's variant of a language's voice, and its pitch, 0…99."""


class VoiceError(Exception):
    """The speech program failed, took too long, or gave no sound."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """Speech of peak 1, mono at 48 kHz, that begins at `START_SECONDS`; `whole` when nothing is missing."""

    samples: Samples
    whole: bool


def speak(lines: tuple[Line, ...], seconds: int) -> Spoken | None:
    """`lines` one after the other in a film of `seconds`; None when there is nothing to say or no voice to say it.

    What is too long is spoken faster, then cut: lines that do not fit are left out, one that is alone is faded.
    """
    program = shutil.which(PROGRAM)
    if program is None or not lines:
        return None
    try:
        return _spoken(program, lines, seconds)
    except VoiceError:
        return None


def voice_note(lines: tuple[Line, ...], seconds: int) -> str | None:
    """What the customer is told of the quoted words; None where there are none."""
    if not lines:
        return None
    if shutil.which(PROGRAM) is None:
        return f"the quoted words are not spoken: no voice ({PROGRAM}) is installed"
    spoken = speak(lines, seconds)
    if spoken is None:
        return f"the quoted words are not spoken: the voice ({PROGRAM}) failed"
    whole = "" if spoken.whole else ", as far as the film is long"
    return f"the quoted words are spoken by {PROGRAM}, a synthetic voice{whole}; lips do not move"


@lru_cache(maxsize=8)
def _spoken(program: str, lines: tuple[Line, ...], seconds: int) -> Spoken:
    # The notes and the sound ask for the same speech; only what succeeded is kept.
    room = seconds - START_SECONDS - END_SECONDS
    takes = [_take(program, line, 1.0) for line in lines]
    long = _length(takes)
    if long > room:
        takes = [_take(program, line, min(FASTEST, 1.08 * long / room)) for line in lines]
    fitting = len(takes)
    while fitting > 1 and _length(takes[:fitting]) > room:
        fitting -= 1
    gap = np.zeros(int(GAP_SECONDS * SAMPLE_RATE), np.float32)
    parts = [part for take in takes[:fitting] for part in (gap, take)][1:]
    track, most = np.concatenate(parts), int(room * SAMPLE_RATE)
    whole = fitting == len(takes) and track.size <= most
    if track.size > most:
        fade = int(0.2 * SAMPLE_RATE)
        track = track[:most].copy()
        track[-fade:] *= np.linspace(1, 0, fade, dtype=np.float32) ** 2
    return Spoken(track, whole)


def _length(takes: list[Samples]) -> float:
    return sum(take.size for take in takes) / SAMPLE_RATE + GAP_SECONDS * (len(takes) - 1)


def _take(program: str, line: Line, pace: float) -> Samples:
    """One line as spoken by the program, without the silence around it, of peak 1."""
    variant, pitch = _VOICES[line.speaker]
    command = [program, "-v", f"{line.language}+{variant}", "-p", str(pitch), "-s", str(round(WORDS_A_MINUTE * pace))]
    try:
        done = subprocess.run(
            [*command, "-b", "1", "--stdin", "--stdout"],
            input=line.text.encode(),
            capture_output=True,
            timeout=LIMIT_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise VoiceError(str(error)) from error
    samples, rate = _decoded(done.stdout)
    peak = float(np.abs(samples).max(initial=0.0))
    if peak < 0.01:
        raise VoiceError("no sound")
    loud = np.flatnonzero(np.abs(samples) > 0.01 * peak)
    spoken = samples[max(0, loud[0] - rate // 100) : loud[-1] + rate // 20] / peak
    common = gcd(SAMPLE_RATE, rate)
    finer = single(resample_poly(spoken, SAMPLE_RATE // common, rate // common))
    edge = np.minimum(1, np.minimum(np.arange(finer.size), np.arange(finer.size)[::-1]) / (0.006 * SAMPLE_RATE))
    return single(finer * edge / np.abs(finer).max())


def _decoded(wave: bytes) -> tuple[Samples, int]:
    """Samples −1…1 and their rate from a 16-bit mono WAV out of a pipe: its lengths are not to be trusted."""
    if wave[:4] != b"RIFF" or wave[8:12] != b"WAVE":
        raise VoiceError("not a WAV file")
    rate, at = 0, 12
    while at + 8 <= len(wave):
        name, size = wave[at : at + 4], struct.unpack("<I", wave[at + 4 : at + 8])[0]
        body = wave[at + 8 : at + 8 + size]
        if name == b"fmt " and len(body) >= 16:
            form, channels, rate, _, _, bits = struct.unpack("<HHIIHH", body[:16])
            if (form, channels, bits) != (1, 1, 16) or not 8000 <= rate <= 96000:
                raise VoiceError("not 16-bit mono sound")
        elif name == b"data" and rate:
            return single(np.frombuffer(body[: len(body) // 2 * 2], "<i2")) / np.float32(32768), rate
        at += 8 + size + size % 2
    raise VoiceError("no samples")
