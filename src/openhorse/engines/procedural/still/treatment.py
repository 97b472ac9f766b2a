"""A picture's layout and a brief in, a Treatment out: what will move and how much, in numbers and in words.

Knows no pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from openhorse.engines.procedural.brief import Brief, Hour, Move, Shot
from openhorse.engines.procedural.still.analysis import Layout
from openhorse.engines.procedural.still.camera import Freedom, Path, plan
from openhorse.engines.procedural.still.lights import Lights

Kind = Literal["landscape", "figure", "surface"]

_PATHS = {
    Move.STATIC: "the camera stands still",
    Move.PUSH_IN: "the camera pushes in",
    Move.PULL_OUT: "the camera pulls out",
    Move.PAN_LEFT: "the camera pans left, closing in for room",
    Move.PAN_RIGHT: "the camera pans right, closing in for room",
    Move.TILT_UP: "the camera tilts up, closing in for room",
    Move.TILT_DOWN: "the camera tilts down, closing in for room",
    Move.ORBIT_LEFT: "the camera orbits to the left, by a few degrees as one picture has but one side",
    Move.ORBIT_RIGHT: "the camera orbits to the right, by a few degrees as one picture has but one side",
    Move.CRANE_UP: "the camera cranes up: what is near sinks out of the frame",
    Move.CRANE_DOWN: "the camera cranes down: what is near rises in the frame",
    Move.TRACK_LEFT: "the camera tracks left: what is near passes faster than what is far",
    Move.TRACK_RIGHT: "the camera tracks right: what is near passes faster than what is far",
    Move.HANDHELD: "the camera is handheld",
}
_TINTS = {"warm": (1.035, 1.0, 0.945), "cool": (0.95, 1.0, 1.04)}


@dataclass(frozen=True, slots=True)
class Treatment:
    """What moves. Lengths are parts of the frame's mean side, angles radians; nought means that it keeps still.

    `path` is the camera's; `pace` is the speed of time, `hours` how many times faster sky and light go. `clouds` is
    the opacity of drawn clouds, `cover` how many, `drift` how fast the sky opens per second. `shade` is the depth of
    cloud shadows, `key` that of a lamp moving about. `fall` is what falls; `glitter` (0…1) is that of water, `flame`
    how far a flame's tip swings. `hair` is how far its tips swing, `flow` the speed of running water, 1 being usual,
    `breath` how far a chest rises. `blur` is the greatest blur of the ground behind a subject.
    """

    kind: Kind
    path: Path
    pace: float
    hours: float = 1.0
    fall: Literal["snow", "rain"] | None = None
    glitter: float = 0.0
    flame: float = 0.0
    sway: float = 0.0
    hair: float = 0.0
    flow: float = 0.0
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

    @property
    def swing(self) -> float:
        """The greatest swing of what gives to the wind: a subject's hair, else hair and plants alike."""
        return self.hair if self.kind == "figure" else max(self.sway, self.hair)


def treat(shot: Shot, layout: Layout, lights: Lights) -> Treatment:
    """What is to be done with a picture of this layout under this brief; every layout gets something sensible."""
    brief = shot.brief
    kind: Kind = "landscape" if layout.has_sky else "surface"
    if layout.figure is not None:
        kind = "figure" if layout.figure.separable else "surface"
    return Treatment(
        kind=kind,
        path=_path(shot, layout, kind),
        hours=7.0 if brief.time_lapse else 1.0,
        pace=0.5 if brief.slow_motion else 1.0,
        fall="snow" if "snow" in brief.weather else "rain" if "rain" in brief.weather else None,
        glitter=_glitter(brief, layout),
        flame=min(0.16 * lights.flame_width, 0.008),
        sway=_sway(brief, layout),
        hair=_hair(brief, layout),
        flow=_flow(brief, layout),
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


def _path(shot: Shot, layout: Layout, kind: Kind) -> Path:
    """The camera's path; a pull-out stands on whichever border cuts the subject off."""
    middle, freedom = _middle(layout), _freedom(layout, kind)
    move = shot.brief.move
    if freedom != "none" and (move is Move.PULL_OUT or (move is None and shot.brief.framing[:2] == ("close", "wide"))):
        middle = middle[0], 1.0 if layout.figure is None or "bottom" in layout.figure.cut_off() else middle[1]
        if freedom == "all" and "bottom" in layout.plain_sides:
            middle = middle[0], 0.5
    return plan(shot.brief, middle, shot.seconds, shot.seed, freedom)


def _freedom(layout: Layout, kind: Kind) -> Freedom:
    """What of the picture may grow smaller within the frame."""
    if {"left", "right", "top"} <= layout.plain_sides and kind != "landscape":
        return "all"
    if kind == "figure" and layout.figure is not None and layout.figure.cut_off() <= {"bottom"}:
        return "subject"
    return "none"


def _middle(layout: Layout) -> tuple[float, float]:
    """Where a push-in goes: to the subject, else to the horizon's middle."""
    if layout.figure is None:
        return 0.5, min(0.6, max(0.4, layout.horizon))
    x, y = layout.figure.centre()
    return min(0.7, max(0.3, x)), min(0.7, max(0.3, y))


def _glitter(brief: Brief, layout: Layout) -> float:
    if not layout.has_water:
        return 0.0
    return 0.95 if "glitter" in brief.life else 0.5


def _sway(brief: Brief, layout: Layout) -> float:
    if float(layout.plants.mean()) < 0.01:
        return 0.0
    if layout.figure is not None:
        return 0.004
    return 0.016 if "wind" in brief.weather or "leaves" in brief.life else 0.0105


def _hair(brief: Brief, layout: Layout) -> float:
    if layout.hair is None or not layout.hair.any():
        return 0.0
    return 0.022 if "wind" in brief.weather or "leaves" in brief.life else 0.006


def _flow(brief: Brief, layout: Layout) -> float:
    if layout.flow is None or not layout.flow.any():
        return 0.0
    return 1.25 if "flow" in brief.life else 1.0


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
    if layout.is_outdoors or layout.flat_art:
        return 0.0
    return 0.13 if brief.shifting_light else 0.065


def _turn(brief: Brief, layout: Layout) -> float:
    if layout.figure is None:
        # nothing to turn: the middle of the picture bulges a little, if that was asked for
        return 0.12 if "turn" in brief.actions and not layout.has_sky and not layout.flat_art else 0.0
    asked = "turn" in brief.actions
    if not (layout.figure.separable or asked):
        return 0.0
    if brief.move in (Move.ORBIT_LEFT, Move.ORBIT_RIGHT):
        # who walks round a head sees more of the side that they walk to
        angle = 0.13 if layout.figure.face else 0.07
        return -angle if brief.move is Move.ORBIT_RIGHT else angle
    angle = 0.17 if asked else 0.05
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


def describe(treatment: Treatment, layout: Layout, lights: Lights, brief: Brief) -> tuple[str, ...]:
    """What was found in the picture and what is done with it, in plain words."""
    moved = _PATHS[treatment.path.move]
    if any(treatment.path.recede):
        moved += ": the middle draws away and the edges stay, as nothing is known beyond them"
    notes = ["the given picture is the first frame", moved, *_found(treatment, layout)]
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
    notes += _living(treatment, lights, brief)
    return tuple(notes)


def _living(treatment: Treatment, lights: Lights, brief: Brief) -> list[str]:
    """What comes alive of itself, and what was asked to and was not found."""
    notes = []
    if treatment.fall is not None:
        where = "behind and before the subject" if treatment.kind == "figure" else "near and far"
        notes.append(f"{treatment.fall} is drawn, {where}")
    if treatment.hours > 1 and (treatment.shade or treatment.drift):
        notes.append("time-lapse: clouds and light go faster, everything else keeps its time")
    if lights.has_flames:
        notes.append("a flame was found: it flickers and lights what is around it")
    if lights.has_lamps:
        notes.append("its lights twinkle")
    if treatment.glitter > 0:
        notes.append("its water ripples and glitters")
    if treatment.flow > 0:
        notes.append("its water runs")
    if treatment.hair > 0:
        notes.append("hair moves in the wind" if "wind" in brief.weather or "leaves" in brief.life else "hair stirs")
    missing = {
        "a flame": "flame" in brief.life and not lights.has_flames,
        "lights": "lights" in brief.life and not (lights.has_lamps or lights.has_flames),
        "water": bool({"glitter", "flow"} & brief.life) and treatment.ripple == 0 and treatment.flow == 0,
        "leaves, grass or hair": "leaves" in brief.life and treatment.sway == 0 and treatment.hair == 0,
    }
    if any(missing.values()):
        notes.append("not found in the picture, and so not moved: " + ", ".join(k for k, v in missing.items() if v))
    return notes


def _found(treatment: Treatment, layout: Layout) -> list[str]:
    if treatment.kind == "figure":
        return ["a subject was found and moves before its ground"]
    if treatment.kind == "surface":
        if layout.figure is not None:
            return ["the subject could not be told apart cleanly: it moves with its ground as one surface"]
        if layout.flat_art:
            return ["a drawing in flat colours: it is moved as one sheet"]
        plants = ["plants sway"] if treatment.sway else []
        return ["moved as one layer: no depth could be found", *plants]
    names = ["a sky", "water" if layout.has_water else "", "plants" if treatment.sway else ""]
    return ["found " + ", ".join(name for name in names if name) + "; the ground's depth is estimated"]


def _turning(treatment: Treatment, layout: Layout) -> str:
    if layout.figure is not None:
        return "the subject turns by a few degrees only: a picture does not show its other side"
    if treatment.turn:
        return "no subject was found to turn: the middle of the picture turns a little, as over a ball"
    return "no subject was found to turn"
