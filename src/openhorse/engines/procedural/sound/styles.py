"""A mood comes in, how it is played goes out: instruments, figures, drums, hall. Knows no samples and no chords."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from openhorse.engines.procedural.score import Instrument, Mood
from openhorse.engines.procedural.sound.synthesis import Room

Partials = tuple[tuple[float, float, float], ...]
"""Each partial's frequency ratio, gain, and e-folds a second by which it dies."""
Figure = tuple[tuple[float, int, int, float], ...]
"""Notes as (part of the chord that is over, voice 0…3, octaves up, gain)."""
Beat = Literal["low", "high", "dry", "shake"]
Pattern = tuple[tuple[float, Beat, float], ...]
"""Strokes as (part of the chord that is over, drum, gain)."""

TIMBRES: Mapping[str, Partials] = {
    "kalimba": ((1.0, 1.0, 2.6), (2.0, 0.12, 4.0), (5.4, 0.12, 16.0)),
    "marimba": ((1.0, 1.0, 6.0), (3.93, 0.3, 12.0), (9.2, 0.1, 30.0)),
    "piano": tuple((h * (1 + 0.0004 * h * h) ** 0.5, 0.9 ** (h * h / 6) / h, 1.3 + 0.75 * h) for h in range(1, 9)),
    "guitar": tuple((float(h), 0.9 / h**1.2 * (0.3 if h % 5 == 0 else 1.0), 1.6 + 0.9 * h) for h in range(1, 10)),
    "pizzicato": tuple((float(h), 0.9 / h, 7.0 + 3.0 * h) for h in range(1, 7)),
    "tine": ((1.0, 1.0, 2.0), (2.0, 0.2, 3.2), (3.0, 0.12, 5.0), (7.0, 0.06, 22.0)),
    "saw": tuple((float(h), 0.8 / h, 2.5 + 1.6 * h) for h in range(1, 11)),
    "bell": ((1.0, 1.0, 1.6), (2.76, 0.3, 3.2), (5.4, 0.14, 6.0)),
}

_SMALL_HALL = Room(2.6, 4200, 0.02)
_LARGE_HALL = Room(3.6, 5000, 0.03)
_DARK_HALL = Room(3.6, 3000, 0.03)


@dataclass(frozen=True, slots=True)
class Style:
    """How a mood is played.

    `brightness` is where the pad's harmonics begin to fall (Hz); `figure` is plucked over each chord; `bass_notes` are
    played on each; `tune` is how loud the phrase over them is, `voice` who sings it, `drums` what beats below it.
    """

    pad: float
    brightness: float
    timbre: str
    figure: Figure
    pluck: float
    bass: float
    bass_notes: int = 1
    wet: float = 0.4
    hall: Room = _SMALL_HALL
    tune: float = 0.0
    voice: Literal["flute", "strings", "plucked"] = "flute"
    drums: Pattern = ()


def _even(voices: tuple[int, ...], octaves: int, gain: float = 0.8) -> Figure:
    """A figure of even notes, the first a little louder."""
    count = len(voices)
    return tuple((i / count, voice, octaves, gain if i else 1.0) for i, voice in enumerate(voices))


_ROLLED = ((0.0, 0, 0, 0.8), (0.02, 1, 0, 0.7), (0.04, 2, 0, 0.7), (0.5, 3, 1, 0.6), (0.75, 2, 1, 0.5))
_SUNG = ((0.0, 0, 0, 0.8), (0.25, 1, 0, 0.6), (0.5, 3, 1, 0.9), (0.75, 2, 0, 0.6))
_WIDE = ((0.0, 3, 1, 0.7), (0.5, 1, 1, 0.5))
_SPARSE = ((0.0, 0, 0, 0.6), (0.66, 3, 0, 0.35))
_HESITANT = ((0.0, 3, 1, 0.6), (0.375, 1, 1, 0.45), (0.8125, 2, 1, 0.35))
_FALLING = ((0.0, 3, 0, 0.8), (0.25, 2, 0, 0.6), (0.5, 1, 0, 0.6), (0.75, 0, 0, 0.5))
_SKIPPING = ((0.0, 0, 1, 1.0), (0.25, 2, 1, 0.7), (0.375, 3, 1, 0.6), (0.5, 1, 1, 0.9), (0.75, 3, 1, 0.7))
_PULSE = _even((0, 0, 1, 0, 0, 1, 0, 2), -1, 0.7)
_RUNNING = (0, 1, 2, 3, 1, 2, 3, 2)

_FOUR: Pattern = (
    *((k / 4, "low", 0.9) for k in range(4)),
    *((k / 4 + 0.125, "shake", 0.4) for k in range(4)),
)
_MARCH: Pattern = ((0.0, "low", 1.0), (0.375, "low", 0.6), (0.5, "low", 0.9), (0.75, "high", 0.7), (0.875, "high", 0.5))
_WOODEN: Pattern = (
    (0.0, "dry", 0.7),
    (0.25, "shake", 0.5),
    (0.375, "dry", 0.4),
    (0.5, "dry", 0.6),
    (0.75, "shake", 0.5),
)
_HEART: Pattern = ((0.0, "low", 0.8), (0.125, "low", 0.5), (0.5, "low", 0.8), (0.625, "low", 0.5))
_PLAIN: Pattern = ((0.0, "low", 0.8), (0.25, "shake", 0.5), (0.5, "high", 0.5), (0.75, "shake", 0.5))

STYLES: Mapping[Mood, Style] = {
    "calm": Style(1.0, 900, "kalimba", _even((0, 2, 1, 3), 1), 0.5, 0.55, wet=0.45, tune=0.6),
    "vast": Style(1.2, 1500, "bell", _WIDE, 0.3, 0.8, wet=0.5, hall=_LARGE_HALL, tune=0.7, voice="strings"),
    "warm": Style(0.7, 800, "tine", _ROLLED, 0.7, 0.6, tune=0.8),
    "neon": Style(0.8, 1300, "saw", _even(_RUNNING, 0, 0.7), 0.5, 0.7, bass_notes=4, wet=0.35, tune=0.7, drums=_FOUR),
    "tender": Style(0.55, 900, "piano", _SUNG, 0.9, 0.4, tune=0.9),
    "bright": Style(
        0.6, 1800, "kalimba", _even((0, 2, 3, 1, 2, 3), 1, 0.75), 0.9, 0.55, bass_notes=2, wet=0.3, tune=0.8
    ),
    "dark": Style(1.2, 600, "bell", _SPARSE, 0.3, 1.0, wet=0.5, hall=_DARK_HALL, tune=0.35),
    "epic": Style(
        1.4, 2200, "saw", _even((0, 2, 3, 2), 0, 0.8), 0.4, 1.1, bass_notes=4, hall=_LARGE_HALL,
        tune=1.2, voice="strings", drums=_MARCH,
    ),
    "playful": Style(
        0.15, 1500, "marimba", _SKIPPING, 1.3, 0.5, bass_notes=2, wet=0.22, tune=0.9, voice="plucked", drums=_WOODEN
    ),
    "mysterious": Style(0.8, 1100, "bell", _HESITANT, 0.8, 0.6, wet=0.6, hall=_LARGE_HALL, tune=0.5),
    "sad": Style(0.5, 650, "piano", _FALLING, 1.0, 0.5, wet=0.45, tune=0.9, voice="strings"),
    "tense": Style(0.9, 1000, "pizzicato", _PULSE, 1.2, 1.0, bass_notes=2, wet=0.3, hall=_DARK_HALL, drums=_HEART),
}  # fmt: skip


def style_of(mood: Mood, instrument: Instrument | None = None, drums: bool | None = None) -> Style:
    """How `mood` is played, on the instrument that was asked for, with or without drums if that was said."""
    style = STYLES[mood]
    match instrument:
        case "piano" | "guitar":
            style = replace(style, pad=0.12, timbre=instrument, pluck=1.1, voice="plucked", tune=max(0.8, style.tune))
        case "bells":
            style = replace(style, pad=0.3 * style.pad, timbre="bell", pluck=1.1, voice="plucked")
        case "strings":
            style = replace(
                style, pad=1.4, pluck=0.0, voice="strings", tune=1.0, brightness=max(1300, style.brightness)
            )
        case "flute":
            style = replace(style, pad=0.5 * style.pad, pluck=0.6 * style.pluck, voice="flute", tune=1.4)
        case "synth":
            style = replace(style, timbre="saw", brightness=max(1300, style.brightness))
        case None:
            pass
    if drums is not None:
        style = replace(style, drums=(style.drums or _PLAIN) if drums else ())
    return style
