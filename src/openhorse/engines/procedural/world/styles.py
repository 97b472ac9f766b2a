"""A brief's looks in, a Style out: how every scene's grade changes, and what is done to each finished picture.

Knows no scene. `Style.of` gives None for a look that changes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.brief import Brief, Place, Shot
from openhorse.engines.procedural.drawing.brushwork import (
    Anime,
    Clay,
    Curve,
    Finish,
    InkWash,
    Noir,
    Oil,
    OldFilm,
    PaperCut,
    Picture,
    Pixels,
    Sketch,
    Watercolour,
)
from openhorse.engines.procedural.drawing.finish import Grade
from openhorse.vocabulary import Frame

_Maker = Callable[[int, int, np.random.Generator], Finish]


def _cinema(width: int, height: int, random: np.random.Generator) -> Finish:
    """Cool shadows, warm lights, a soft shoulder."""
    red = ((0, 2), (60, 54), (128, 132), (200, 210), (255, 254))
    green = ((0, 4), (60, 57), (128, 129), (200, 203), (255, 250))
    blue = ((0, 12), (60, 66), (128, 128), (200, 192), (255, 238))
    return Curve((red, green, blue))


def _night_city(width: int, height: int, random: np.random.Generator) -> Finish:
    """Magenta lights, teal shadows, the colours a little apart."""
    red = ((0, 8), (70, 62), (150, 166), (255, 255))
    green = ((0, 4), (70, 62), (150, 142), (255, 246))
    blue = ((0, 26), (70, 96), (150, 172), (255, 255))
    return Curve((red, green, blue), apart=max(1, round(math.sqrt(width * height) / 640)))


def _celluloid(width: int, height: int, random: np.random.Generator) -> Finish:
    """A fresh film print: lifted blacks, gentle lights."""
    red = ((0, 16), (64, 66), (160, 172), (255, 250))
    green = ((0, 14), (64, 64), (160, 166), (255, 246))
    blue = ((0, 18), (64, 66), (160, 156), (255, 228))
    return Curve((red, green, blue))


_MAKERS: Mapping[str, _Maker] = {
    "watercolour": Watercolour,
    "oil": Oil,
    "ink": InkWash,
    "anime": Anime,
    "papercut": PaperCut,
    "sketch": Sketch,
    "clay": Clay,
    "pixel": Pixels,
    "noir": Noir,
    "vintage": OldFilm,
    "film": _celluloid,
    "cyberpunk": _night_city,
    "neon": _night_city,
    "cinematic": _cinema,
}
"""Every look that changes the picture; of several the first counts."""
_PAINTED = {"watercolour", "oil", "ink", "anime", "papercut", "sketch", "clay", "pixel"}
_HELD = {"clay": 2, "papercut": 2}
"""For how many frames a picture stays, as where somebody moves things by hand."""


@dataclass(frozen=True, slots=True)
class Style:
    """A picture-wide manner. `name` is the look's; `step` the frames for which one picture is held."""

    name: str
    filters: tuple[Finish, ...]
    grey: bool = False

    @classmethod
    def of(cls, shot: Shot) -> Style | None:
        """The manner that the shot's brief asks for."""
        name, grey = look_of(shot.brief), bool(shot.brief.looks & {"monochrome", "noir"})
        if name is None:
            return cls("monochrome", (), True) if grey else None
        random = np.random.default_rng((shot.seed, 83, *name.encode()))
        return cls(name, (_MAKERS[name](shot.width, shot.height, random),), grey)

    @property
    def step(self) -> int:
        """1, or more where pictures are held."""
        return _HELD.get(self.name, 1)

    @property
    def paints(self) -> bool:
        """Whether it makes another picture of a picture, rather than another print of it."""
        return self.name in _PAINTED | {"noir", "vintage"}

    def grade(self, grade: Grade) -> Grade:
        """A scene's grade as this manner wants it."""
        if self.grey:
            grade = replace(grade, saturation=0.0, gain=(1.0, 1.0, 1.0), lift=(0.0, 0.0, 0.0))
        match self.name:
            case name if name in _PAINTED:
                # grain would boil in what is drawn over it
                return replace(grade, grain=0.0, bloom=0.6 * grade.bloom, vignette=0.4 * grade.vignette)
            case "noir":
                return replace(grade, grain=0.10, bloom=1.3 * grade.bloom, exposure=0.92 * grade.exposure)
            case "vintage":
                return replace(grade, grain=0.11, saturation=0.55 * grade.saturation, bloom=1.4 * grade.bloom)
            case "film":
                return replace(grade, grain=0.075, saturation=0.92 * grade.saturation)
            case "cyberpunk" | "neon":
                return replace(grade, bloom=1.5 * grade.bloom, saturation=1.15 * grade.saturation, streak=0.12)
            case "cinematic":
                return replace(grade, grain=max(grade.grain, 0.045), vignette=1.2 * grade.vignette)
            case _:
                return grade

    def finish(self, picture: Picture, index: int) -> Picture:
        """A finished picture (height × width × 3, display-referred) as frame `index` in this manner."""
        for one in self.filters:
            picture = one(picture, index)
        return np.ascontiguousarray(picture)


def look_of(brief: Brief) -> str | None:
    """The look that decides how the picture is finished; a painting is of water colours unless the words say else."""
    looks = set(brief.looks)
    if brief.place is Place.STREET:
        looks -= {"neon", "cyberpunk"}  # its own lamps make it so
    if "painting" in looks:
        looks.add(_paint_of(brief.prompt.lower()))
    return next((name for name in _MAKERS if name in looks), None)


def _paint_of(prompt: str) -> str:
    if "oil" in prompt or "油画" in prompt:
        return "oil"
    return "ink" if "ink" in prompt or "水墨" in prompt else "watercolour"


_TO_RGB = np.array(((1.16438, 0.0, 1.79274), (1.16438, -0.21325, -0.53291), (1.16438, 2.11240, 0.0)))
"""BT.709, from limited range; offsets below."""
_OFFSET = _TO_RGB @ np.array((-16.0, -128.0, -128.0))


def picture_of(frame: Frame, width: int, height: int) -> Picture:
    """A developed frame as a picture, height × width × 3."""
    y = np.frombuffer(frame.y, np.uint8).reshape(height, width)
    half = (height // 2, width // 2)
    u, v = (
        cv2.resize(np.frombuffer(plane, np.uint8).reshape(half), (width, height), interpolation=cv2.INTER_LINEAR)
        for plane in (frame.u, frame.v)
    )
    matrix: NDArray[np.float64] = np.hstack([_TO_RGB, _OFFSET[:, None]])
    return np.asarray(cv2.transform(cv2.merge([y, u, v]), matrix), np.uint8)
