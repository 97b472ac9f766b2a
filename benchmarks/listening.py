"""What films sound like, measured on finished files by other means than they were made with: one table, one run.

`scripts/bench listening [--only NAME,…] [--half tuned|held-out] [--pictures FOLDER] [--spectrograms FOLDER] [--draw]`.
Each film's score is performed, mastered, coded into an MP4 and decoded again. Loudness and true peak are FFmpeg's own
(its ebur128 filter), onsets those of onsets.py against the moments at which the score says that something comes down:
with the film's music, and once more without. Beds and hits were tuned on one half of the films, and the other half is
reported by itself; when steps were put first in the mix, its balance was chosen with both in view. Pictures are grey
unless `--draw` is given: frames do not touch sound.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal

import av
import cv2
import numpy as np
from av.filter import Graph
from numpy.typing import NDArray
from scipy.signal import stft

import gallery
import reference_sets as sets
from onsets import Agreement, agreement, superflux
from openhorse.engines.procedural.direction import Production, direct
from openhorse.engines.procedural.score import Score
from openhorse.engines.procedural.sound import perform
from openhorse.media.encode import write_film
from openhorse.vocabulary import SAMPLE_RATE, Clip, Frame, Mode, Order, Ratio, Tier, frame_size

TIER = Tier("480p")
SEED = 7
TARGET_LUFS, LOUDNESS_TOLERANCE, PEAK_DBTP = -16.0, 0.5, -1.0
CLICK = 12.0
"""How far one second difference may stand over the RMS of those around it before it counts as a click."""
SILENCE_DBFS = -60.0

Samples = NDArray[np.float32]
Drawn = Callable[[], np.ndarray]


@dataclass(frozen=True, slots=True)
class Film:
    """A film to listen to; `held_out` films were not looked at while beds and hits were tuned."""

    name: str
    mode: Mode
    prompt: str
    pictures: tuple[Drawn, ...] = ()
    seconds: int = 4
    held_out: bool = False


TEXT, IMAGE, REFERENCE = Mode.TEXT, Mode.IMAGE, Mode.REFERENCE
_lake, _beach, _street = (partial(sets.place, name) for name in ("lake", "beach", "street"))

FILMS = (
    Film("dog", TEXT, "A golden retriever running on a beach, slow motion, warm sunset tones"),
    Film("street", TEXT, "A neon street at night after rain, reflections on the ground, slow pan"),
    Film("lake", TEXT, "A snow mountain lake in morning mist, slow camera push-in, calm and vast", seconds=5),
    Film("forest", IMAGE, "leaves sway in the wind, no music", (gallery.forest,)),
    Film("room", IMAGE, "no music, slow push in", (sets.living_room,)),
    Film("girl", REFERENCE, "The girl in [Image 1] walks towards us", (sets.explorer,)),
    Film("robot", REFERENCE, "The robot in [Image 1] walking through [Image 2]", (sets.robot, _street)),
    Film("ball", REFERENCE, "The ball of [Image 1] bounces on the beach of [Image 2]", (sets.ball, _beach)),
    Film("elephant", REFERENCE, "The elephant in [Image 1] walks by the lake of [Image 2]", (sets.elephant, _lake)),
    Film("horse", TEXT, "A horse gallops along the beach at noon, joyful", held_out=True),
    Film("rainy street", TEXT, "A busy street by day in the rain, tense music with drums", held_out=True),
    Film("wolf", TEXT, "A wolf walks along the shore at night, mysterious", seconds=5, held_out=True),
    Film("sea", IMAGE, "only ambient sound", (_beach,), held_out=True),
    Film("night city", IMAGE, "no music, lights twinkle", (gallery.city_night,), held_out=True),
    Film("waterfall", IMAGE, "the water falls, epic", (gallery.waterfall,), seconds=5, held_out=True),
    Film("candle", IMAGE, "flame flickers, tender piano", (gallery.candle,), seconds=3, held_out=True),
    Film("fox", REFERENCE, "The fox in [Image 1] runs along the beach of [Image 2]", (sets.fox, _beach), held_out=True),
    Film(
        "strider", REFERENCE, "The man in [Image 1] walking, styled like [Image 2]", (sets.strider, sets.painting),
        held_out=True,
    ),
    Film("slime", REFERENCE, "The mascot [Image 1] jumps for joy, playful", (sets.slime,), held_out=True),
    Film(
        "company", REFERENCE, "The elephant in [Image 1] and the girl in [Image 2] walk through the snow of [Image 3]",
        (sets.elephant, sets.explorer, _lake), seconds=5, held_out=True,
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Heard:
    """A finished film's sound as it is decoded, its score, and the seconds that performing took."""

    samples: Samples
    score: Score
    seconds: float


# --- making ---


def production_of(film: Film) -> Production:
    """The film's scene and score."""
    pictures = [gallery.picture_of(draw()) for draw in film.pictures]
    width, height = frame_size(TIER, Ratio.R16_9.fraction)
    ratio = None if film.mode is Mode.IMAGE else Ratio.R16_9
    order = Order("native", "benchmark", film.mode, film.prompt, TIER, film.seconds, ratio, seed=SEED)
    return direct(order, pictures, width, height)


def grey(production: Production) -> Iterator[Frame]:
    shot = production.shot
    luma = np.full((shot.height, shot.width), 90, np.uint8)
    chroma = np.full((shot.height // 2, shot.width // 2), 128, np.uint8)
    for _ in range(shot.frame_count):
        yield Frame(luma.data, chroma.data, chroma.data)


def finished(production: Production, score: Score, draw: bool = False) -> Heard:
    """`score` in a finished film, and out of it again."""
    shot = production.shot
    began = time.process_time()
    sound = perform(score)
    took = time.process_time() - began
    frames = (production.scene.frame(index) for index in range(shot.frame_count)) if draw else grey(production)
    clip = Clip(
        shot.width, shot.height, shot.frame_count, frames, None if sound is None else sound.data, "benchmark", SEED
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        write_film(clip, path, {}, None)
        with av.open(str(path)) as file:
            parts = [frame.to_ndarray() for frame in file.decode(audio=0)]
    whole = np.concatenate(parts, axis=1)[:, : score.seconds * SAMPLE_RATE]
    return Heard(np.ascontiguousarray(whole, np.float32), score, took)


# --- measuring ---


def ebur128(samples: Samples) -> tuple[float, float]:
    """Integrated loudness (LUFS) and true peak (dBTP) by FFmpeg's filter of that name."""
    graph = Graph()
    source = graph.add_abuffer(format="fltp", sample_rate=SAMPLE_RATE, layout="stereo", time_base="1/48000")
    meter, sink = graph.add("ebur128", "metadata=1:peak=true"), graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    loudness, peaks = -120.0, [-120.0]
    block = SAMPLE_RATE // 10
    padded = np.pad(samples, ((0, 0), (0, -samples.shape[1] % block)))
    for start in range(0, padded.shape[1], block):
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(padded[:, start : start + block]), "fltp", "stereo")
        frame.sample_rate, frame.pts = SAMPLE_RATE, start
        graph.push(frame)
        while True:
            try:
                out = graph.pull()
            except (av.BlockingIOError, av.EOFError):
                break
            found = dict(out.metadata)
            loudness = float(found.get("lavfi.r128.I", loudness))
            peaks += [float(value) for key, value in found.items() if key.startswith("lavfi.r128.true_peaks_ch")]
    return loudness, 20 * float(np.log10(max(max(peaks), 1e-6)))


def clicks(samples: Samples) -> int:
    """How many places jump far beyond the 20 ms around them; the file's two ends count, as cuts to nothing."""
    padded = np.pad(samples.astype(np.float64), ((0, 0), (480, 480)))
    jumps = np.abs(np.diff(padded, 2, axis=1)).max(axis=0)
    total = np.concatenate([[0.0], np.cumsum(jumps**2)])
    at = np.arange(488, jumps.size - 488)
    around = (total[at - 8] - total[at - 488] + total[at + 488] - total[at + 8]) / 960
    far = np.flatnonzero(jumps[at] > CLICK * np.maximum(np.sqrt(around), 4e-4))
    return int(far.size and 1 + (np.diff(far) > 480).sum())


def balance(samples: Samples) -> tuple[float, float]:
    """Third octaves from 50 Hz to 12.5 kHz against pink noise: decibels an octave of tilt, RMS about that line."""
    power = (np.abs(np.fft.rfft(samples, axis=1)) ** 2).sum(axis=0)
    f = np.fft.rfftfreq(samples.shape[1], 1 / SAMPLE_RATE)
    thirds = np.arange(-13, 12)
    centres = 1000.0 * 2 ** (thirds / 3)
    levels = np.array([
        10 * np.log10(power[(f >= c / 2 ** (1 / 6)) & (f < c * 2 ** (1 / 6))].sum() + 1e-9) for c in centres
    ])  # fmt: skip
    slope, start = np.polyfit(thirds / 3, levels, 1)
    return float(slope), float(np.std(levels - (slope * thirds / 3 + start)))


def liveliness(samples: Samples) -> float:
    """How much the level of 100 ms moves, in decibels: its standard deviation inside the film."""
    levels = levels_of(samples, 0.1)[3:-7]
    return float(np.std(levels))


def levels_of(samples: Samples, seconds: float) -> NDArray[np.float64]:
    """RMS level in dBFS of each stretch of `seconds`."""
    size = int(seconds * SAMPLE_RATE)
    blocks = samples[:, : samples.shape[1] // size * size].reshape(2, -1, size).astype(np.float64)
    return np.asarray(10 * np.log10((blocks**2).mean(axis=(0, 2)) + 1e-12))


def longest_silence(samples: Samples) -> float:
    """Seconds of the longest stretch under −60 dBFS before the last half second, in which a film may end."""
    best = run = 0
    for level in levels_of(samples, 0.02)[:-25]:
        run = run + 1 if level < SILENCE_DBFS else 0
        best = max(best, run)
    return best * 0.02


def correlation(samples: Samples) -> float:
    return float(np.corrcoef(samples)[0, 1])


def moments(score: Score) -> list[float]:
    """When the score says that something is to be heard together with the picture."""
    calls = ("bark", "meow", "neigh", "moo", "roar", "bleat", "quack", "tweet")  # no mouth is seen to move
    return [hit.at for hit in score.hits if hit.kind not in calls and 0.05 < hit.at < score.seconds - 0.05]


def spectrogram(samples: Samples, hits: Sequence[float]) -> NDArray[np.uint8]:
    """A picture of 60 Hz to 20 kHz, 6 octaves and more upwards, 90 dB deep; hits are ticks along its foot."""
    _, _, bins = stft(samples.mean(axis=0), SAMPLE_RATE, nperseg=2048, noverlap=1536)
    level = 20 * np.log10(np.abs(bins) + 1e-7)
    rows = np.geomspace(20000, 60, 300) * 2048 / SAMPLE_RATE
    picked = level[np.clip(rows, 1, 1023).astype(int)]
    shade = np.clip((picked + 110) / 90, 0, 1)
    shown = cv2.applyColorMap((cv2.resize(shade, (900, 300)) * 255).astype(np.uint8), cv2.COLORMAP_INFERNO)
    for at in hits:
        x = int(at * SAMPLE_RATE / samples.shape[1] * 900)
        cv2.line(shown, (x, 292), (x, 299), (0, 255, 0), 1)
    return np.asarray(shown, np.uint8)


# --- the table ---

COLUMNS = (
    "LUFS, dBTP", "clicks", "DC", "L/R", "tilt, rough", "moves dB", "silence s", "onsets F1 (P, R, n)", "without music",
    "sound s",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One film's measures."""

    film: Film
    loudness: float
    peak: float
    clicks: int
    cells: tuple[str, ...]
    onsets: tuple[Agreement, Agreement] | None


def listen(film: Film, draw: bool, spectrograms: Path | None) -> Row:
    production = production_of(film)
    score = production.score()
    heard = finished(production, score, draw)
    hits = moments(score)
    loudness, peak = ebur128(heard.samples)
    tilt, rough = balance(heard.samples)
    onsets = None
    if hits:
        bare = heard if score.mood is None else finished(production, replace(score, mood=None))
        onsets = agreed(heard, hits), agreed(bare, hits)
    if spectrograms is not None:
        image = spectrogram(heard.samples, hits)
        cv2.imwrite(str(spectrograms / f"{film.name.replace(' ', '-')}.png"), image)
    jumps = clicks(heard.samples)
    cells = (
        f"{loudness:.1f}, {peak:.1f}",
        str(jumps),
        f"{float(np.abs(heard.samples.mean(axis=1)).max()):.0e}",
        f"{correlation(heard.samples):.2f}",
        f"{tilt:+.1f}, {rough:.1f}",
        f"{liveliness(heard.samples):.1f}",
        f"{longest_silence(heard.samples):.2f}",
        *(("–", "–") if onsets is None else map(told, onsets)),
        f"{heard.seconds:.2f}",
    )
    return Row(film, loudness, peak, jumps, cells, onsets)


def agreed(heard: Heard, hits: Sequence[float]) -> Agreement:
    return agreement(superflux(heard.samples, SAMPLE_RATE), hits)


def told(one: Agreement) -> str:
    return f"{one.f1:.2f} ({one.precision:.2f}, {one.recall:.2f}, {one.meant})"


def photographs(folder: Path) -> tuple[Film, ...]:
    """Each picture of a folder as a film without music and without a wish."""
    return tuple(
        Film(name, IMAGE, "no music", (opened,), held_out=True)
        for name, (opened, _) in gallery.files(folder).items()
    )  # fmt: skip


def summary(name: str, rows: Sequence[Row]) -> str:
    within = sum(
        abs(row.loudness - TARGET_LUFS) <= LOUDNESS_TOLERANCE and row.peak <= PEAK_DBTP and not row.clicks
        for row in rows
    )
    scored = [row.onsets for row in rows if row.onsets is not None]
    words = f"{name}: {within} of {len(rows)} films within loudness and peak and without clicks"
    if scored:
        means = [statistics.mean(pair[part].f1 for pair in scored) for part in (0, 1)]
        words += f"; onsets F1 {means[0]:.2f} with music, {means[1]:.2f} without, mean of {len(scored)} films"
    return words


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help="names of films, with commas between them")
    parser.add_argument("--half", choices=("tuned", "held-out"))
    parser.add_argument("--pictures", type=Path, help="a folder of photographs to listen to instead, without music")
    parser.add_argument("--spectrograms", type=Path, help="a folder for a PNG of each film's sound")
    parser.add_argument("--draw", action="store_true")
    options = parser.parse_args()
    half: Literal["tuned", "held-out"] | None = options.half
    films = photographs(options.pictures) if options.pictures else FILMS
    chosen = [film for film in films if half is None or film.held_out == (half == "held-out")]
    if options.only:
        chosen = [film for film in chosen if film.name in options.only.split(",")]
    if options.spectrograms:
        options.spectrograms.mkdir(parents=True, exist_ok=True)
    print("| film | " + " | ".join(COLUMNS) + " |\n" + "|---" * (len(COLUMNS) + 1) + "|")
    rows = []
    for film in chosen:
        rows.append(listen(film, options.draw, options.spectrograms))
        mark = "*" if film.held_out else ""
        print(f"| {film.name}{mark} | " + " | ".join(rows[-1].cells) + " |", flush=True)
    print()
    for name, held_out in (("tuned on", False), ("held out (*)", True)):
        part = [row for row in rows if row.film.held_out == held_out]
        if part:
            print(summary(name, part))


if __name__ == "__main__":
    main()
