"""A clip of a model that makes no sound comes in, the same clip with one goes out. Knows no model and no file.

The sound is the procedural engine's: what the prompt's place, weather and company sound like, as loud as the picture
moves, and a step, a hoof or a splash wherever its motion comes to a head.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.signal import find_peaks

from openhorse.engines.procedural.brief import Brief, Hour, Place
from openhorse.engines.procedural.kernels import claim
from openhorse.engines.procedural.prompt.language import read_prompt
from openhorse.engines.procedural.score import Bed, Hit, HitKind, Score
from openhorse.engines.procedural.sound import perform
from openhorse.engines.procedural.sound.speech import read_speech
from openhorse.engines.procedural.sound.wishes import heeded, read_wishes, with_animals
from openhorse.vocabulary import Clip, Frame, Order

NOTE = "silent model; sound by the procedural engine"
SIZE = (96, 54)
"""Pixels across and down in which motion is looked for: what moves is seen, grain is not."""

_MOST_HITS = 60
_GAP_SECONDS = 0.16
_CUT_LEVELS = 30.0
"""Mean change of luma from which on a frame begins another shot, and nothing has moved."""

_STILL_LEVELS = 0.25
"""Mean change of luma below which even the most is hardly any."""
_STRONGEST = 5
_LEAST_GAIN = 0.45
_BEDS: Mapping[Place, tuple[Bed, ...]] = {
    Place.LAKE: (Bed("lapping", 0.3), Bed("birds", 0.14)),
    Place.STREET: (Bed("traffic", 0.45), Bed("crowd", 0.1)),
    Place.BEACH: (Bed("waves", 0.6, period=6.5), Bed("birds", 0.06, distance=0.7)),
    Place.MOUNTAINS: (Bed("wind", 0.45), Bed("birds", 0.08, distance=0.7)),
    Place.SEA: (Bed("waves", 0.5, period=6.0), Bed("lapping", 0.3)),
    Place.DESERT: (Bed("wind", 0.42),),
    Place.FOREST: (Bed("birds", 0.22), Bed("leaves", 0.3)),
    Place.MEADOW: (Bed("birds", 0.25), Bed("leaves", 0.18)),
    Place.RIVER: (Bed("stream", 0.5), Bed("birds", 0.2)),
    Place.WATERFALL: (Bed("waterfall", 0.75), Bed("birds", 0.1)),
    Place.SKYLINE: (Bed("traffic", 0.25, distance=0.8), Bed("wind", 0.2)),
    Place.VILLAGE: (Bed("birds", 0.16, distance=0.4), Bed("crowd", 0.06, distance=0.7)),
    Place.ROAD: (Bed("traffic", 0.25, distance=0.5), Bed("wind", 0.15)),
    Place.ROOM: (Bed("room", 0.25), Bed("clock", 0.1)),
    Place.CAFE: (Bed("cafe", 0.3), Bed("crowd", 0.16, distance=0.4)),
    Place.KITCHEN: (Bed("room", 0.2), Bed("fire", 0.1)),
    Place.STAGE: (Bed("crowd", 0.2, distance=0.2),),
    Place.UNDERWATER: (Bed("underwater", 0.4),),
    Place.SPACE: (Bed("space", 0.3),),
    Place.SKY: (Bed("wind", 0.4),),
    Place.ABSTRACT: (Bed("room", 0.06),),
}
_ELSEWHERE = (Bed("wind", 0.25), Bed("room", 0.15))
_WEATHER: Mapping[str, Bed] = {"rain": Bed("rain", 0.5), "wind": Bed("wind", 0.5), "after-rain": Bed("drips", 0.3)}
_LASTING: Mapping[str, Bed] = {
    **dict.fromkeys(("car", "bus", "truck", "motorcycle", "tractor", "plane", "helicopter"), Bed("engine", 0.5)),
    **dict.fromkeys(("train", "tram", "bicycle"), Bed("wheels", 0.5)),
    **dict.fromkeys(("campfire", "candle"), Bed("fire", 0.35)),
}
_STRUCK: Mapping[str, HitKind] = {
    **dict.fromkeys(("horse", "cow", "deer", "donkey", "zebra", "goat", "sheep"), "hoof"),
    **dict.fromkeys(("fish", "dolphin", "whale", "swan", "duck", "boat", "shark"), "splash"),
    **dict.fromkeys(("bird", "eagle", "gull", "owl", "butterfly", "pigeon"), "wing"),
    "ball": "bounce",
}
"""What is heard of somebody when its motion comes to a head; of everybody else who moves, a step."""
_UNDERFOOT: Mapping[Place, HitKind] = {
    Place.BEACH: "step-sand",
    Place.DESERT: "step-sand",
    Place.FOREST: "step-grass",
    Place.MEADOW: "step-grass",
    Place.MOUNTAINS: "step-gravel",
    Place.ROAD: "step-pavement",
    Place.ROOM: "step-wood",
    Place.CAFE: "step-wood",
    Place.KITCHEN: "step-wood",
    Place.STAGE: "step-wood",
    Place.STREET: "step-pavement",
    Place.VILLAGE: "step-gravel",
}


@dataclass(frozen=True, slots=True)
class Motion:
    """How much moves in each frame, 0…1 of the most, and where, 0 (left) … 1 (right); `rate` frames a second."""

    amounts: NDArray[np.float64]
    places: NDArray[np.float64]
    rate: float

    def heads(self) -> list[tuple[float, float, float]]:
        """When motion comes to a head: seconds, how strongly (0…1), where. Sorted, at most `_MOST_HITS`."""
        if len(self.amounts) < 3 or not self.amounts.any():
            return []
        least = max(0.12, float(self.amounts.std()))
        found, facts = find_peaks(self.amounts, prominence=least, distance=max(1, round(_GAP_SECONDS * self.rate)))
        strongest = sorted(zip(facts["prominences"], found, strict=True), reverse=True)[:_MOST_HITS]
        return sorted((int(n) / self.rate, float(min(1.0, s)), float(self.places[n])) for s, n in strongest)

    def envelope(self, least: float) -> tuple[tuple[float, float], ...]:
        """(Seconds, gain) a quarter of a second apart, `least` where nothing moves, 1 where most does."""
        step = max(1, round(self.rate / 4))
        means = [float(self.amounts[at : at + step].mean()) for at in range(0, len(self.amounts), step)]
        most = max(means, default=0.0) or 1.0
        return tuple(((n + 0.5) * step / self.rate, least + (1 - least) * mean / most) for n, mean in enumerate(means))


def scored(clip: Clip, order: Order) -> Clip:
    """`clip` with the sound of its prompt and its motion, as long as ordered; as it is where the prompt wants silence.

    Its frames are drawn once more to be looked at; where they cannot be, they are heard as the prompt alone tells.
    """
    speech = read_speech(order.prompt)
    brief = read_prompt(speech.rest, len(order.pictures))
    if brief.silent:
        return clip
    motion = None if clip.frames is iter(clip.frames) else watched(clip, order.seconds)
    wishes = with_animals(read_wishes(speech.rest, brief.mood), brief.subjects)
    score = replace(heeded(compose(brief, order, clip.seed, motion), wishes), lines=speech.lines)
    claim()
    sound = perform(score)
    if sound is None:
        return clip
    note = NOTE if motion is not None else f"{NOTE}, not of its motion"
    return replace(clip, sound=sound.data, notes=(*clip.notes, note))


def watched(clip: Clip, seconds: int) -> Motion:
    """What moves in the first `seconds` of `clip`, besides its camera."""
    shown = itertools.islice(clip.frames, round(seconds * clip.frame_rate))
    return _motion(shown, float(clip.frame_rate))


def _motion(frames: Iterable[Frame], rate: float) -> Motion:
    amounts: list[float] = []
    places: list[float] = []
    before: NDArray[np.float32] | None = None
    window = cv2.createHanningWindow(SIZE, cv2.CV_32F)
    for frame in frames:
        now = cv2.resize(np.asarray(frame.y), SIZE, interpolation=cv2.INTER_AREA).astype(np.float32)
        if before is not None:
            change = _change(before, now, window)
            amounts.append(float(change.mean()))
            columns = change.sum(axis=0)
            places.append(float((columns * np.linspace(0, 1, SIZE[0])).sum() / max(float(columns.sum()), 1e-6)))
        before = now
    if not amounts:
        return Motion(np.zeros(1), np.full(1, 0.5), rate)
    found, places = np.array([amounts[0], *amounts]), [places[0], *places]  # nobody knows what moved into the first
    found[found > _CUT_LEVELS] = 0.0
    found = np.maximum(found - np.median(found) * 0.5, 0)
    most = max(float(np.sort(found)[-_STRONGEST:].mean()), _STILL_LEVELS)
    return Motion(np.minimum(found / most, 1.0), np.array(places), rate)


def _change(before: NDArray[np.float32], now: NDArray[np.float32], window: NDArray[np.float32]) -> NDArray[np.float32]:
    """What has changed; where nearly all has, the camera has moved, and the picture is moved back first."""
    (right, down), _certainty = cv2.phaseCorrelate(before.copy(), now.copy(), window)  # it works in what it is given
    move = np.array([[1, 0, right], [0, 1, down]], np.float32)
    moved = cv2.warpAffine(before, move, SIZE, borderMode=cv2.BORDER_REPLICATE)
    still = np.abs(now - before)
    along = np.abs(now - moved)
    return np.asarray(along if np.median(along) < 0.7 * np.median(still) else still, np.float32)


def compose(brief: Brief, order: Order, seed: int, motion: Motion | None) -> Score:
    """All that is heard of what the prompt names, where and when the picture moves."""
    kinds = [one.kind for one in brief.cast] or [name.split("/")[0] for name in brief.subjects]
    envelope = motion.envelope(_LEAST_GAIN) if motion is not None else ()
    beds = [*(_BEDS[brief.place] if brief.place is not None else _ELSEWHERE)]
    beds += [bed for name, bed in _WEATHER.items() if name in brief.weather and bed.kind not in {b.kind for b in beds}]
    lasting = {bed.kind: bed for kind in kinds if (bed := _LASTING.get(kind)) is not None}
    beds = [bed if bed.period else replace(bed, envelope=envelope) for bed in (*beds, *lasting.values())]
    hits = _hits(brief, kinds, motion) if motion is not None else ()
    mood = brief.mood or ("dark" if brief.hour is Hour.NIGHT else "calm")
    return Score(order.seconds, seed, tuple(beds), hits, mood if brief.music else None)


def _hits(brief: Brief, kinds: list[str], motion: Motion) -> tuple[Hit, ...]:
    kind = _struck(brief, kinds)
    if kind is None:
        return ()
    return tuple(Hit(kind, at, 0.3 + 0.5 * strength, where) for at, strength, where in motion.heads())


def _struck(brief: Brief, kinds: list[str]) -> HitKind | None:
    """What is heard when motion comes to a head; nothing of what is heard all the time, and where nobody is named."""
    lead = next(iter(kinds), None)
    if lead is None or lead in _LASTING:
        return None
    if brief.place in (Place.UNDERWATER, Place.SPACE, Place.SKY):
        return "whoosh"
    if "snow" in brief.weather and lead not in _STRUCK:
        return "step-snow"
    return _STRUCK.get(lead) or (_UNDERFOOT.get(brief.place, "step-soft") if brief.place is not None else "step-soft")
