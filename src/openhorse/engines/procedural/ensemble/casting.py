"""A brief and its reference pictures in, a cast out: who acts and how, which picture is the place, which the style.

Knows no frame and no time. What it decides it also says, in notes for the customer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from openhorse.engines.procedural.brief import Brief, Role
from openhorse.engines.procedural.ensemble.actor import Gait
from openhorse.engines.procedural.ensemble.cutout import Cutout, cut_out, opaque
from openhorse.engines.procedural.ensemble.palette import Swatch, swatch_of
from openhorse.engines.procedural.still.analysis import survey
from openhorse.engines.procedural.still.plate import Pixels
from openhorse.vocabulary import Picture

_HOW = {
    "face": "the face and the body below it",
    "alpha": "its own transparency",
    "ground": "its plain background",
    "saliency": "what stands out in it",
}


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody or something on the stage. `size` is relative to a leading actor; a framed picture is not `dressed`."""

    cutout: Cutout
    gait: Gait
    size: float
    dressed: bool
    bust: bool = False


@dataclass(frozen=True, slots=True)
class Cast:
    """Everyone and everything: `members` with the leading one first, the place's picture, the style's swatch.

    `paint`: the stage and the actors are painted over; `restyle`: the place takes on the style's colours;
    `likeness` (0…1) is how far the actors do.
    """

    members: tuple[Member, ...]
    place: Pixels | None
    style: Swatch | None
    paint: bool
    restyle: bool
    likeness: float
    notes: tuple[str, ...]


def cast(brief: Brief, pictures: Sequence[Picture]) -> Cast:
    """Cast `pictures` (numbered from 1) by `brief.roles`, and the unnamed ones by what they look like."""
    roles, cutouts = _roles(brief, pictures)
    notes: list[str] = []
    named = {role: [number for number, given in roles.items() if given is role] for role in Role}
    places, styles = named[Role.PLACE], named[Role.STYLE]
    painted = not places and bool(styles)
    place = places[0] if places else styles[0] if styles else None
    on_stage = [*named[Role.ACTOR], *named[Role.OBJECT], *places[1:]]
    if place is None and not any(cutouts[number].trusted for number in on_stage):
        place = on_stage.pop(0)
        notes.append(f"[Image {place}] could not be cut out cleanly, so the whole picture is the scene.")
    elif place is not None:
        notes.append(_place_note(place, painted))
    members = []
    alone = len(on_stage) == 1
    for number in on_stage:
        member, note = _member(brief, number, pictures[number - 1], roles[number], cutouts.get(number), alone)
        members.append(member)
        notes.append(note)
    members = _in_step(members)
    if places and styles:
        notes.append(f"{_listed(styles)} gives the colours of everything.")
    if place is None:
        notes.append("No picture of a place was given: the scene is imagined in colours that set off the subject.")
    style = _mixed([opaque(pictures[number - 1]) for number in styles]) if styles else None
    shown = opaque(pictures[place - 1]) if place else None
    likeness = 0.75 if styles else 0.5 if place else 0.25
    return Cast(tuple(members), shown, style, painted, bool(places and styles), likeness, tuple(notes))


def _roles(brief: Brief, pictures: Sequence[Picture]) -> tuple[dict[int, Role], dict[int, Cutout]]:
    """A role for every picture, and the cut-outs of those that may stand on the stage."""
    roles = {number: role for number, role in brief.roles.items() if 1 <= number <= len(pictures)}
    cutouts: dict[int, Cutout] = {}
    # the more there are, the smaller each will be seen
    longest = 1080 if len(pictures) <= 2 else 800 if len(pictures) <= 4 else 560
    for number, picture in enumerate(pictures, 1):
        if roles.get(number) in (Role.PLACE, Role.STYLE):
            continue
        settled = set(roles.values())
        if number not in roles and Role.PLACE not in settled and Role.STYLE not in settled and _is_landscape(picture):
            roles[number] = Role.PLACE
            continue
        cutouts[number] = cut_out(picture, longest)
        if number not in roles:
            roles[number] = Role.ACTOR if cutouts[number].trusted else Role.OBJECT
    if Role.PLACE in roles.values():
        for number in [number for number, role in roles.items() if role is Role.PLACE][1:]:
            cutouts.setdefault(number, cut_out(pictures[number - 1], longest))
    return dict(sorted(roles.items())), cutouts


def _is_landscape(picture: Picture) -> bool:
    """Whether a picture shows somewhere rather than somebody."""
    if picture.has_alpha:
        return False
    layout = survey(opaque(picture))
    return layout.is_outdoors and layout.figure is None


def _member(
    brief: Brief, number: int, picture: Picture, role: Role, cutout: Cutout | None, alone: bool
) -> tuple[Member, str]:
    if role is Role.PLACE or cutout is None or not cutout.trusted:
        share = "" if cutout is None else f" (confidence {cutout.confidence:.2f})"
        note = f"[Image {number}] could not be cut out cleanly{share}: it is shown whole, in a frame."
        if role is Role.PLACE:
            note = f"[Image {number}] is a second place: it is shown whole, in a frame."
        return Member(_framed(opaque(picture)), Gait.STAND, 0.8, dressed=False), note
    how = f"cut out by {_HOW[cutout.how]}, confidence {cutout.confidence:.2f}"
    if role is Role.OBJECT:
        gait = Gait.HOP if brief.actions & {"jump", "dance"} else Gait.FLOAT
        return Member(cutout, gait, 0.62, dressed=True), f"[Image {number}] is an object in the scene ({how})."
    bust = "bottom" in cutout.open_sides and alone
    cutout = _melting(cutout, cutout.open_sides - {"top"} - ({"bottom", "left", "right"} if bust else set()))
    gait = _gait(brief, bust)
    seen = ", seen from the waist up" if bust else ""
    return Member(cutout, gait, 1.0, True, bust), f"[Image {number}] is an actor{seen} ({how})."


def _melting(cutout: Cutout, sides: frozenset[str]) -> Cutout:
    """A subject that its picture cuts off, faded out at those sides: it has to stand free among the others."""
    rows, columns = cutout.alpha.shape
    up = np.linspace(1, 0, rows, dtype=np.float32)[:, None]
    across = np.linspace(0, 1, columns, dtype=np.float32)[None]
    alpha = cutout.alpha
    for side, away, reach in (("bottom", up, 0.14), ("left", across, 0.16), ("right", 1 - across, 0.16)):
        if side in sides:
            alpha = np.asarray(alpha * np.clip(away / reach, 0, 1), np.float32)
    return replace(cutout, alpha=alpha)


def _gait(brief: Brief, bust: bool) -> Gait:
    actions = brief.actions
    if "run" in actions or "walk" in actions:
        return Gait.BUST if bust else Gait.RUN if "run" in actions else Gait.WALK
    if bust:
        return Gait.BREATHE
    if actions & {"jump", "dance"}:
        return Gait.HOP
    return Gait.FLOAT if actions & {"fly", "swim"} else Gait.BREATHE


def _in_step(members: list[Member]) -> list[Member]:
    """When the company walks, what cannot walk comes along through the air, else it would be left behind."""
    if not members or members[0].gait not in (Gait.WALK, Gait.RUN, Gait.BUST):
        return members
    return [replace(member, gait=Gait.FLOAT) if member.gait is Gait.STAND else member for member in members]


def _place_note(number: int, painted: bool) -> str:
    if painted:
        return f"[Image {number}] gives the style: its colours, light and brushwork make the scene."
    return f"[Image {number}] is the place."


def _listed(numbers: Sequence[int]) -> str:
    return " and ".join(f"[Image {number}]" for number in numbers)


def _mixed(pictures: Sequence[Pixels]) -> Swatch:
    """One swatch of several pictures: the mean of their statistics."""
    swatches = [swatch_of(rgb) for rgb in pictures]
    return Swatch(
        np.mean([swatch.mean for swatch in swatches], axis=0, dtype=np.float32),
        np.mean([swatch.covariance for swatch in swatches], axis=0, dtype=np.float32),
        float(np.mean([swatch.bright for swatch in swatches])),
    )


def _framed(rgb: Pixels) -> Cutout:
    """The whole picture behind a pale mat in a dark wooden frame."""
    scale = min(1.0, 900 / max(rgb.shape[:2]))
    size = max(2, round(rgb.shape[1] * scale)), max(2, round(rgb.shape[0] * scale))
    inside = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)
    side = max(size)
    for width, colour in (
        (0.006, (120, 108, 92)),
        (0.045, (238, 233, 224)),
        (0.008, (58, 42, 32)),
        (0.03, (92, 66, 46)),
    ):
        edge = max(1, round(width * side))
        inside = np.asarray(
            cv2.copyMakeBorder(inside, edge, edge, edge, edge, cv2.BORDER_CONSTANT, value=colour), np.uint8
        )
    return Cutout(inside, np.ones(inside.shape[:2], np.float32), 1.0, "alpha", frozenset(), 1.0)
