"""A picture's layout and a brief in, a Treatment out: what will move and how much, in numbers, words and sound.

Knows no pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from openhorse.engines.procedural.brief import Brief, Hour, Move, Shot
from openhorse.engines.procedural.score import Bed, Mood, Score
from openhorse.engines.procedural.still.analysis import Layout

Kind = Literal["landscape", "figure", "surface"]

_PATHS = {
    Move.STATIC: "the camera stands still",
    Move.PUSH_IN: "the camera pushes in",
    Move.PULL_OUT: "the camera draws back: the far grows against the near, as nothing is known beyond the edge",
    Move.PAN_LEFT: "the camera pans left, closing in as it has no more picture than was given",
    Move.PAN_RIGHT: "the camera pans right, closing in as it has no more picture than was given",
    Move.TILT_UP: "the camera tilts up, closing in as it has no more picture than was given",
    Move.TILT_DOWN: "the camera tilts down, closing in as it has no more picture than was given",
}
_PIVOTS = {
    Move.PAN_LEFT: (0.0, 0.5),
    Move.PAN_RIGHT: (1.0, 0.5),
    Move.TILT_UP: (0.5, 0.0),
    Move.TILT_DOWN: (0.5, 1.0),
}
_TINTS = {"warm": (1.035, 1.0, 0.945), "cool": (0.95, 1.0, 1.04)}


@dataclass(frozen=True, slots=True)
class Treatment:
    """What moves. Lengths are parts of the frame's mean side, angles radians; nought means that it keeps still.

    `zoom_far` and `zoom_near` are reached at the end; `pace` is the speed of time. `clouds` is the opacity of drawn
    clouds, `cover` how many, `drift` how fast the sky opens per second. `shade` is the depth of cloud shadows,
    `key` that of a lamp moving about. `blur` is the greatest blur of the ground behind a subject.
    """

    kind: Kind
    move: Move
    pivot: tuple[float, float]
    zoom_far: float
    zoom_near: float
    pace: float
    sway: float = 0.0
    ripple: float = 0.0
    clouds: float = 0.0
    cover: float = 0.1
    drift: float = 0.0
    shade: float = 0.0
    key: float = 0.0
    turn: float = 0.0
    breath: float = 0.0
    blur: float = 0.0
    tint: tuple[float, float, float] = (1.0, 1.0, 1.0)


def treat(shot: Shot, layout: Layout) -> Treatment:
    """What is to be done with a picture of this layout under this brief; every layout gets something sensible."""
    brief = shot.brief
    kind: Kind = "landscape" if layout.has_sky else "surface"
    if layout.figure is not None:
        kind = "figure" if layout.figure.separable else "surface"
    move = brief.move or Move.PUSH_IN
    far, near = _zooms(move, shot.seconds, layout.has_depth)
    return Treatment(
        kind=kind,
        move=move,
        pivot=_PIVOTS.get(move, _middle(layout)),
        zoom_far=far,
        zoom_near=near,
        pace=0.5 if brief.slow_motion else 1.0,
        sway=_sway(brief, layout),
        ripple=0.0026 if layout.has_water else 0.0,
        clouds=_clouds(brief, layout),
        cover=0.16 if "clouds" in brief.weather or brief.drifting_clouds else 0.06,
        drift=_drift(brief, layout),
        shade=_shade(brief, layout),
        key=_key(brief, layout),
        turn=_turn(brief, layout),
        breath=0.0035 if _is_alive(brief, layout) else 0.0,
        blur=0.007 if kind == "figure" and ("blur" in brief.looks or "blur" in brief.actions) else 0.0,
        tint=_tint(brief, layout),
    )


def _zooms(move: Move, seconds: int, has_depth: bool) -> tuple[float, float]:
    """The enlargement of the farthest and of the nearest parts at the end of the shot."""
    reach = (seconds / 5) ** 0.5
    match move:
        case Move.STATIC:
            return 0.0, 0.0
        case Move.PULL_OUT:
            return (0.06 * reach, 0.01 * reach) if has_depth else (0.03 * reach, 0.03 * reach)
        case Move.PUSH_IN:
            return 0.022 * reach, 0.075 * reach
        case Move.PAN_LEFT | Move.PAN_RIGHT | Move.TILT_UP | Move.TILT_DOWN:
            return 0.06 * reach, 0.13 * reach


def _middle(layout: Layout) -> tuple[float, float]:
    """Where a push-in goes: to the subject, else to the horizon's middle."""
    if layout.figure is None:
        return 0.5, min(0.6, max(0.4, layout.horizon))
    x, y = layout.figure.centre()
    return min(0.7, max(0.3, x)), min(0.7, max(0.3, y))


def _sway(brief: Brief, layout: Layout) -> float:
    if float(layout.plants.mean()) < 0.01:
        return 0.0
    if layout.figure is not None:
        return 0.003
    return 0.0105 if "wind" in brief.weather else 0.0075


def _clouds(brief: Brief, layout: Layout) -> float:
    if not layout.has_sky:
        return 0.0
    asked = brief.drifting_clouds or "clouds" in brief.weather
    if layout.clouded:
        # its own clouds drift; drawn ones only thicken them
        return 0.45 if asked else 0.0
    if layout.night:
        return 0.5 if asked else 0.0
    return 0.9 if asked else 0.25


def _drift(brief: Brief, layout: Layout) -> float:
    if not layout.has_sky:
        return 0.0
    rate = 0.014 if brief.drifting_clouds else 0.009
    return rate if layout.clouded else 0.004


def _shade(brief: Brief, layout: Layout) -> float:
    if not layout.is_outdoors:
        return 0.0
    depth = 0.24 if brief.shifting_light else 0.11
    return depth * 0.3 if layout.night or brief.hour is Hour.NIGHT else depth


def _key(brief: Brief, layout: Layout) -> float:
    if layout.is_outdoors:
        return 0.0
    return 0.13 if brief.shifting_light else 0.065


def _turn(brief: Brief, layout: Layout) -> float:
    if layout.figure is None:
        # nothing to turn: the middle of the picture bulges a little, if that was asked for
        return 0.12 if "turn" in brief.actions and not layout.has_sky else 0.0
    angle = 0.17 if "turn" in brief.actions else 0.05
    return angle if layout.figure.centre()[0] <= 0.5 else -angle


def _is_alive(brief: Brief, layout: Layout) -> bool:
    return layout.figure is not None and (layout.figure.face or bool(brief.subjects))


def _tint(brief: Brief, layout: Layout) -> tuple[float, float, float]:
    if layout.colourless:
        return 1.0, 1.0, 1.0
    if brief.tone is not None:
        return _TINTS[brief.tone]
    if brief.shifting_light and not layout.night:
        return 1.02, 1.0, 0.97
    return 1.0, 1.0, 1.0


def describe(treatment: Treatment, layout: Layout, brief: Brief) -> tuple[str, ...]:
    """What was found in the picture and what is done with it, in plain words."""
    notes = ["the given picture is the first frame", _PATHS[treatment.move], *_found(treatment, layout)]
    if treatment.clouds > 0:
        notes.append("clouds are drawn over its sky")
    if treatment.clouds == 0 and brief.drifting_clouds and not layout.has_sky:
        notes.append("no sky was found for clouds to drift over")
    if treatment.shade > 0:
        notes.append("light and shade pass over the land")
    if "turn" in brief.actions:
        notes.append(_turning(treatment, layout))
    if "blur" in brief.looks and treatment.blur == 0:
        notes.append("the ground was not blurred: no subject could be told apart from it")
    falling = brief.weather & {"rain", "snow"}
    if falling:
        notes.append(f"{' and '.join(sorted(falling))} was not added to the given picture")
    return tuple(notes)


def _found(treatment: Treatment, layout: Layout) -> list[str]:
    if treatment.kind == "figure":
        return ["a subject was found and moves before its ground"]
    if treatment.kind == "surface":
        if layout.figure is not None:
            return ["the subject could not be told apart cleanly: it moves with its ground as one surface"]
        return ["moved as one layer: no depth could be found"]
    names = ["a sky", "water" if layout.has_water else "", "plants" if treatment.sway else ""]
    return ["found " + ", ".join(name for name in names if name) + "; the ground's depth is estimated"]


def _turning(treatment: Treatment, layout: Layout) -> str:
    if layout.figure is not None:
        return "the subject turns by a few degrees only: a picture does not show its other side"
    if treatment.turn:
        return "no subject was found to turn: the middle of the picture turns a little, as over a ball"
    return "no subject was found to turn"


def compose(treatment: Treatment, layout: Layout, shot: Shot) -> Score:
    """What is heard of the things that move."""
    if shot.brief.silent:
        return Score(shot.seconds, shot.seed)
    mood = _mood(shot.brief, layout) if shot.brief.music else None
    return Score(shot.seconds, shot.seed, beds=tuple(_beds(treatment, layout)), mood=mood)


def _beds(treatment: Treatment, layout: Layout) -> list[Bed]:
    beds: list[Bed] = []
    water = float(layout.water.mean())
    if water > 0.1:
        beds.append(Bed("waves", min(0.75, 0.4 + water), period=7.0 / treatment.pace))
    elif water > 0:
        beds.append(Bed("lapping", 0.4))
    if layout.is_outdoors:
        beds.append(Bed("wind", 0.55 if treatment.sway > 0.008 else 0.35, period=6.0 / treatment.pace))
        if treatment.sway > 0:
            beds.append(Bed("leaves", min(0.6, 0.25 + float(layout.plants.mean())), period=6.0 / treatment.pace))
            if not layout.night:
                beds.append(Bed("birds", 0.25))
    else:
        beds.append(Bed("room", 0.3))
    return beds


def _mood(brief: Brief, layout: Layout) -> Mood:
    asked = _MOODS.get(brief.mood or "")
    if asked is not None:
        return asked
    if layout.night or brief.hour is Hour.NIGHT:
        return "dark"
    if layout.figure is not None:
        return "tender"
    if brief.tone == "warm":
        return "warm"
    return "vast" if layout.has_sky else "calm"


_MOODS: dict[str, Mood] = {
    "calm": "calm",
    "vast": "vast",
    "warm": "warm",
    "neon": "neon",
    "tender": "tender",
    "bright": "bright",
    "dark": "dark",
}
