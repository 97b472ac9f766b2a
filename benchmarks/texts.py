"""How good films of texts are, measured on the finished files: one table, one run. `scripts/bench quality --texts`.

A dozen prompts of prompts.toml, one for each kind of place, and a film of two shots, at 480p for 3 s; each is made as
it is asked for and, for flicker, once more before a camera that stands still and without rain or snow. What is
measured, and aimed at:

* flicker: what changes from frame to frame in areas of 8 × 8 pixels that do not move, in levels of 255: 95 % of the
  areas lie below, all of them in the worst frame, and their share of the frame; aim 2 ("–": less than 1 % stands still)
* jumps: the largest step from one frame to the next against the median of the ten about it, over the whole frame and
  over the fiftieth part of it that changes most, cuts excluded: aims 1.8 and 2.5. What pops up is far above
* frozen, black: the longest stretch in seconds; aim 0.1
* blur: 0 sharp … 1 (Crete), mean of five frames; aim 0.45
* white, black: shares of pixels without any drawing, five frames; aims 2 % and 10 %
* harmony: how much of the colour lies in one template of hues (Cohen-Or), mean of five frames; no aim
* LUFS and true peak by FFmpeg's meter: aims −16 ± 0.5, and −1 at most; longest silence, aim 0.3 s
* onsets: F1 (precision, recall, count) of what is heard to begin against the hits that the picture shows; no aim
* length: frames and seconds in the file; aims 72 and 3.00

Figures that miss their aim are in bold.
"""

from __future__ import annotations

import platform
import time
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np

import film
from listening import LOUDNESS_TOLERANCE, PEAK_DBTP, TARGET_LUFS, Heard, agreed, ebur128, longest_silence, moments, told
from openhorse import __version__
from openhorse.engines.procedural.brief import Brief, Move, Shot
from openhorse.engines.procedural.direction import Production, direct
from openhorse.engines.procedural.filming import film as filmed
from openhorse.engines.procedural.prompt.language import read_prompt
from openhorse.engines.procedural.scene import Scene
from openhorse.engines.procedural.sound import perform
from openhorse.engines.procedural.storyboard import read_storyboard
from openhorse.vocabulary import Clip, Frame, Mode, Order, Ratio, Tier, frame_size
from watched import Decoded, blur, clipped, decoded, flicker, harmony, jumps, stalled

TIER, SECONDS, SEED = Tier("480p"), 3, 7
STEADY_FRAMES = 36
"""How much of the film before a standing camera is looked at."""
CHOSEN = (
    "horse-meadow",
    "fox-snow",
    "sailing-boat",
    "umbrella-girl",
    "old-man",
    "coffee",
    "desert-night",
    "skyline",
    "fish-reef",
    "waterfall",
    "mustang",
    "zh-astronaut",
    "zh-snow-village",
)
TWO_SHOTS = "A red fox walks through a snowy pine forest, then a deer stands in the mist at dawn"
PROMPTS = Path(__file__).parent / "prompts.toml"
_LOOKED_AT = tuple(round(k * (SECONDS * 24 - 1) / 4) for k in range(5))


def prompts() -> dict[str, str]:
    """The films by their names."""
    every = {name: text for part in tomllib.loads(PROMPTS.read_text("utf-8")).values() for name, text in part.items()}
    return {name: every[name] for name in CHOSEN} | {"two shots": TWO_SHOTS}


def production_of(prompt: str) -> Production:
    """A film as it is asked for."""
    order = Order("native", "happyhorse-1.1", Mode.TEXT, prompt, TIER, SECONDS, Ratio.R16_9, seed=SEED)
    return direct(order, (), *frame_size(TIER, Ratio.R16_9.fraction))


def steady_scene(prompt: str) -> Scene:
    """The same film before a camera that stands still, and without what falls through all that stands still."""
    board = read_storyboard(prompt, SECONDS)
    shots = tuple(replace(shot, brief=_steady(shot.brief)) for shot in board.shots)
    frame = Shot(*frame_size(TIER, Ratio.R16_9.fraction), SECONDS, SEED, read_prompt(prompt))
    return filmed(replace(board, shots=shots), frame).scene


def _steady(brief: Brief) -> Brief:
    weather = brief.weather - {"rain", "snow"} | ({"after-rain"} if "rain" in brief.weather else set())
    return replace(brief, move=Move.STATIC, framing=brief.framing[:1], weather=weather)


def cuts_of(prompt: str) -> list[int]:
    """The frames that begin a shot other than the first."""
    return [shot.start for shot in read_storyboard(prompt, SECONDS).shots[1:]]


def finished(scene: Scene, count: int, sound: np.ndarray | None) -> Decoded:
    """The first `count` frames of a scene, through the encoder and back."""
    width, height = frame_size(TIER, Ratio.R16_9.fraction)

    def frames() -> Iterator[Frame]:
        for index in range(count):
            yield scene.frame(index)

    return decoded(Clip(width, height, count, frames(), sound, "benchmark", SEED), SECONDS, _LOOKED_AT)


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in the table, and whether it meets its aim."""

    text: str
    met: bool = True

    def __str__(self) -> str:
        return self.text if self.met else f"**{self.text}**"


COLUMNS = (
    "flicker, worst frame (still)", "jumps: whole, patch", "frozen, black s", "blur", "white, black", "harmony",
    "LUFS, dBTP", "silence s", "onsets F1 (P, R, n)", "frames, s", "took s",
)  # fmt: skip


def row(prompt: str, sheet: Path | None) -> list[Cell]:
    """One film's cells."""
    began = time.monotonic()
    production = production_of(prompt)
    score = production.score()
    sound = perform(score)
    made = finished(production.scene, SECONDS * 24, None if sound is None else sound.data)
    steady = finished(steady_scene(prompt), STEADY_FRAMES, None)
    if sheet is not None:
        cv2.imwrite(str(sheet), cv2.cvtColor(np.hstack(made.rgb), cv2.COLOR_RGB2BGR))
    onsets = Cell("–")
    if hits := moments(score):
        onsets = Cell(told(agreed(Heard(made.samples, score, 0.0), hits)))
    return [*seen(made, steady, cuts_of(prompt)), *heard(made), onsets, length(made), Cell(f"{_since(began):.0f}")]


def seen(made: Decoded, steady: Decoded, cuts: Sequence[int]) -> list[Cell]:
    """The picture's cells."""
    level, worst, share = flicker(steady.luma, None)
    whole, patch = jumps(made.luma, cuts)
    black, frozen = stalled(made.luma)
    soft = float(np.mean([blur(made.luma[index]) for index in _LOOKED_AT]))
    white, dark = clipped(made.rgb)
    return [
        Cell(f"{level:.2f}, {worst:.2f} ({share:.0%})", level <= 2) if share >= 0.01 else Cell("–"),
        Cell(f"{whole:.2f}, {patch:.2f}", whole <= 1.8 and patch <= 2.5),
        Cell(f"{frozen:.2f}, {black:.2f}", max(frozen, black) <= 0.1),
        Cell(f"{soft:.2f}", soft <= 0.45),
        Cell(f"{white:.1%}, {dark:.1%}", white <= 0.02 and dark <= 0.1),
        Cell(f"{float(np.mean([harmony(picture) for picture in made.rgb])):.0%}"),
    ]


def heard(made: Decoded) -> list[Cell]:
    """The sound's cells."""
    loudness, peak = ebur128(made.samples)
    silence = longest_silence(made.samples)
    good = abs(loudness - TARGET_LUFS) <= LOUDNESS_TOLERANCE and peak <= PEAK_DBTP
    return [Cell(f"{loudness:.1f}, {peak:.1f}", good), Cell(f"{silence:.2f}", silence <= 0.3)]


def length(made: Decoded) -> Cell:
    """How long the film is; sound comes in packets of 21 ms."""
    return Cell(
        f"{len(made.luma)}, {made.seconds:.2f}",
        len(made.luma) == SECONDS * 24 and abs(made.seconds - SECONDS) < 0.03,
    )


def _since(began: float) -> float:
    return time.monotonic() - began


def measure(names: Sequence[str] | None, sheets: Path | None) -> None:
    """Print the table of all films, or of those called `names`; five frames of each are kept in the folder `sheets`."""
    if sheets is not None:
        sheets.mkdir(parents=True, exist_ok=True)
    print(
        f"OpenHorse {__version__}, Python {platform.python_version()}, {film.processor()}, "
        f"{datetime.now(UTC):%Y-%m-%d}; {TIER}, {SECONDS} s, seed {SEED}\n"
    )
    print("| film | " + " | ".join(COLUMNS) + " |\n" + "|---" * (len(COLUMNS) + 1) + "|")
    missed = 0
    for name, prompt in prompts().items():
        if names is None or name in names:
            cells = row(prompt, sheets and sheets / f"{name.replace(' ', '-')}.png")
            missed += sum(not cell.met for cell in cells)
            print(f"| {name} | " + " | ".join(map(str, cells)) + " |", flush=True)
    print(f"\n{missed} figures miss their aim")
