"""A brief and its reference pictures in, a cast out: who acts and how, which picture is the place, which the style.

Knows no frame and no time. What it decides it also says, in notes for the customer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from openhorse.engines.procedural.brief import Brief, Mention, Nature, Relation, Role
from openhorse.engines.procedural.ensemble.acting import DOES, gait_for
from openhorse.engines.procedural.ensemble.cutout import Cutout, cut_out, opaque
from openhorse.engines.procedural.ensemble.gait import Gait
from openhorse.engines.procedural.ensemble.looks import is_open_country, made_for
from openhorse.engines.procedural.ensemble.mounting import Mount, mounted
from openhorse.engines.procedural.ensemble.palette import Swatch, swatch_of
from openhorse.engines.procedural.ensemble.silhouette import Build, Kind, named_build, read_build
from openhorse.engines.procedural.still.analysis import survey
from openhorse.engines.procedural.still.plate import Pixels
from openhorse.vocabulary import Picture

_HOW = {
    "face": "the face and the body below it",
    "alpha": "its own transparency",
    "ground": "its plain background",
    "saliency": "what stands out in it",
}


_A: dict[Mount, str] = {"billboard": "a billboard", "screen": "a lit screen", "easel": "an easel"}
_SCENERY = 0.5
"""A cut-out of a picture that looks like a place, a pattern or a form is worth at most so much."""
_NEVER_CUT = (Role.PLACE, Role.STYLE, Role.SIGN)
_PARTS = {
    Role.OBJECT: "an object in the scene",
    Role.WARDROBE: "meant to be worn, and the words do not say by whom; it stands in the scene as an object",
}


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody or something on the stage, what it is built like, and how it moves.

    `size` is relative to what its kind usually has; a mounted picture is not `dressed`; `prop` is no actor.
    `number` is its picture's, from 1. `aside`: never in the middle, for the place's own subject is there.
    """

    cutout: Cutout
    build: Build
    gait: Gait
    size: float
    dressed: bool
    bust: bool = False
    prop: bool = False
    number: int = 0
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Cast:
    """Everyone and everything: `members` with the leading one first, the place's picture, the style's swatch.

    `paint`: the stage and the actors are painted over; `restyle`: the place takes on the style's colours;
    `likeness` (0…1) is how far the actors do; `texture` is the picture whose brush, paper or grain lies over all.
    `relations` name members by their numbers: those that the prompt sets beside, behind or upon one another.
    """

    members: tuple[Member, ...]
    place: Pixels | None
    style: Swatch | None
    paint: bool
    restyle: bool
    likeness: float
    notes: tuple[str, ...]
    texture: Pixels | None = None
    relations: tuple[Relation, ...] = ()


def cast(brief: Brief, pictures: Sequence[Picture]) -> Cast:
    """Cast `pictures` (numbered from 1) by `brief.roles`, and the unnamed ones by what they look like."""
    roles, cutouts = _roles(brief, pictures)
    notes: list[str] = []
    named = {role: [number for number, given in roles.items() if given is role] for role in Role}
    places, styles = named[Role.PLACE], named[Role.STYLE]
    painted = not places and bool(styles)
    shows = [number for number in styles if painted and _is_landscape(pictures[number - 1])]
    place = places[0] if places else shows[0] if shows else None
    on_stage = [
        *named[Role.ACTOR], *named[Role.OBJECT], *named[Role.WARDROBE], *named[Role.SIGN], *places[1:]
    ]  # fmt: skip
    if place is None and not styles and not any(cutouts[number].trusted for number in on_stage):
        place = on_stage.pop(0)
        notes.append(f"[Image {place}] could not be cut out cleanly, so the whole picture is the scene.")
    elif place is not None:
        notes.append(_place_note(place, painted))
    shown = opaque(pictures[place - 1]) if place else None
    mount = _mount(shown)
    members = []
    for number in on_stage:
        member, note = _member(
            brief, number, pictures[number - 1], roles[number], cutouts.get(number), (len(on_stage) == 1, mount)
        )
        members.append(replace(member, number=number))
        notes.append(note)
    if styles and (places or not shows):
        notes.append(f"{_listed(styles)} gives the colours, the contrast and the grain of everything.")
    if place is None:
        notes.append("No picture of a place was given: the scene is imagined in colours that set off the subject.")
    sources = [opaque(pictures[number - 1]) for number in styles]
    style = _mixed(sources) if styles else None
    likeness = 0.75 if styles else 0.5 if place else 0.25
    return Cast(
        tuple(members),
        shown,
        style,
        painted,
        bool(styles) and not shows,
        likeness,
        tuple(notes),
        sources[0] if sources else None,
        _standing(brief, [member.number for member in members]),
    )


def _standing(brief: Brief, numbers: Sequence[int]) -> tuple[Relation, ...]:
    """The relations of those who are on the stage."""
    return tuple(one for one in brief.relations if one.subject in numbers and one.object in numbers)


def _mount(place: Pixels | None) -> Mount:
    """What suits a place to show a picture on: a screen at night, an easel indoors, else a billboard."""
    if place is None:
        return "billboard"
    layout = survey(place)
    dark = float(swatch_of(place).mean[0]) < 45 and not layout.is_outdoors
    return "screen" if layout.night or dark else "billboard" if layout.is_outdoors else "easel"


def _roles(brief: Brief, pictures: Sequence[Picture]) -> tuple[dict[int, Role], dict[int, Cutout]]:
    """A role for every picture, and the cut-outs of those that may stand on the stage."""
    roles = {number: role for number, role in brief.roles.items() if 1 <= number <= len(pictures)}
    # the more there are, the smaller each will be seen
    longest = 1080 if len(pictures) <= 2 else 800 if len(pictures) <= 4 else 560
    cutouts: dict[int, Cutout] = {}
    looks: dict[int, Role] = {}
    for number, picture in enumerate(pictures, 1):
        if roles.get(number) in _NEVER_CUT and _is_sure(brief, number):
            continue
        if len(pictures) > 1 and number not in roles and _settles_at_sight(picture, roles):
            roles[number] = Role.PLACE
            continue
        cutouts[number] = cut_out(picture, longest)
        looks[number] = _look_of(picture, cutouts[number])
        if looks[number] is not Role.ACTOR and cutouts[number].how == "saliency" and not _nature(brief, number):
            # a hill with a sharp outline is no subject, unless somebody calls it one
            cutouts[number] = replace(cutouts[number], confidence=min(cutouts[number].confidence, _SCENERY))
    _settle(brief, roles, looks, cutouts)
    _find_place(roles, looks, cutouts)
    for number in [number for number, role in roles.items() if role is Role.PLACE][1:]:
        if number not in cutouts:
            cutouts[number] = cut_out(pictures[number - 1], longest)
    return dict(sorted(roles.items())), cutouts


def _nature(brief: Brief, number: int) -> Nature | None:
    mention = brief.mentions.get(number)
    return None if mention is None else mention.nature


def _is_sure(brief: Brief, number: int) -> bool:
    mention = brief.mentions.get(number)
    return mention is None or mention.sure


def _settles_at_sight(picture: Picture, roles: dict[int, Role]) -> bool:
    """Whether a picture that nobody names is plainly the place, so that no cut-out need be tried: it is slow."""
    if picture.has_alpha or {Role.PLACE, Role.STYLE} & set(roles.values()):
        return False
    return is_open_country(opaque(picture), survey(opaque(picture)))


def _is_landscape(picture: Picture) -> bool:
    """Whether a picture shows somewhere rather than somebody."""
    if picture.has_alpha:
        return False
    layout = survey(opaque(picture))
    return layout.is_outdoors and layout.figure is None


def _look_of(picture: Picture, cutout: Cutout) -> Role:
    if picture.has_alpha and cutout.how == "alpha":
        return Role.ACTOR
    rgb = opaque(picture)
    return made_for(rgb, survey(rgb), cutout)


def _settle(brief: Brief, roles: dict[int, Role], looks: dict[int, Role], cutouts: dict[int, Cutout]) -> None:
    """Give the pictures that the words leave open the roles that they are made for, one place and one style at most."""
    for number, look in looks.items():
        sure = _is_sure(brief, number)
        given = roles.get(number)
        taken = {role for other, role in roles.items() if other != number}
        if given is Role.PLACE and not sure:
            # "past [Image 2]": a place, unless it is plainly a thing and the film has a place already
            if look is Role.ACTOR and (Role.PLACE in taken or not cutouts[number].open_sides):
                roles[number] = Role.OBJECT
        elif given is Role.OBJECT and not sure:
            if look is Role.PLACE and Role.PLACE not in taken:
                roles[number] = Role.PLACE
        elif given is None:
            roles[number] = _default(look, taken, cutouts[number], len(looks) + len(taken) > 1)


def _default(look: Role, taken: set[Role], cutout: Cutout, several: bool) -> Role:
    if look is Role.ACTOR:
        return Role.ACTOR if cutout.trusted else Role.OBJECT
    if look is Role.SIGN:
        return Role.SIGN if several else Role.PLACE
    if look is Role.STYLE and several and Role.STYLE not in taken:
        return Role.STYLE
    return Role.PLACE if Role.PLACE not in taken and not (look is Role.STYLE and several) else Role.OBJECT


def _find_place(roles: dict[int, Role], looks: dict[int, Role], cutouts: dict[int, Cutout]) -> None:
    """Make a place of what is an actor only because the prompt calls it nothing: it looks like one, and cannot be cut.

    Somebody else must be there whose cut is sure.
    """
    if Role.PLACE in roles.values() or len(roles) < 2:
        return
    for number, cutout in cutouts.items():
        others = any(other.trusted for key, other in cutouts.items() if key != number)
        if roles.get(number) is Role.ACTOR and looks[number] is Role.PLACE and not cutout.trusted and others:
            roles[number] = Role.PLACE
            return


def _member(
    brief: Brief, number: int, picture: Picture, role: Role, cutout: Cutout | None, where: tuple[bool, Mount]
) -> tuple[Member, str]:
    alone, mount = where
    if role is Role.SIGN:
        return _board(opaque(picture), mount), f"[Image {number}] is shown on {_A[mount]}."
    if role is Role.PLACE or cutout is None or not cutout.trusted:
        share = "" if cutout is None else f" (confidence {cutout.confidence:.2f})"
        note = f"[Image {number}] could not be cut out cleanly{share}: it is shown whole, on {_A[mount]}."
        if role is Role.WARDROBE:
            note += " Nobody can be dressed in it."
        if role is Role.PLACE:
            note = f"[Image {number}] is a second place: it is shown whole, on {_A[mount]}."
        return replace(_board(opaque(picture), mount), aside=role is Role.PLACE), note
    if _is_board(cutout):
        note = f"[Image {number}] is flat and four-cornered: it is shown on {_A[mount]}."
        return replace(_board(cutout.rgb, mount), size=1.2), note
    how = f"cut out by {_HOW[cutout.how]}, confidence {cutout.confidence:.2f}"
    bust = "bottom" in cutout.open_sides and alone and role is Role.ACTOR
    mention = brief.mentions.get(number)
    build = named_build(cutout, _nature(brief, number))
    if bust:
        build = replace(build, kind=Kind.BUST)
    elif build.kind is Kind.BUST:
        build = replace(build, kind=Kind.GOWN if role is Role.ACTOR else Kind.THING)
    cutout = _melting(cutout, cutout.open_sides - {"top"} - ({"bottom", "left", "right"} if bust else set()))
    gait = gait_for(_actions(brief, number), build, role is not Role.ACTOR)
    if bust and not _is_alive(cutout, mention):
        gait = Gait.STAND
    seen = "" if not bust else ", seen from the waist up" if gait is not Gait.STAND else ", cut off by the frame"
    part = _PARTS.get(role, "an actor")
    wearer = next((one.subject for one in brief.relations if one.bond == "wears" and one.object == number), None)
    if role is Role.WARDROBE and wearer is not None:
        part = f"worn by [Image {wearer}]: laid over the body, as on a paper doll"
    read = f"{build.kind} by its outline, confidence {build.confidence:.2f}"
    if mention is not None and mention.nature is not None and not bust:
        read = f"a {mention.nature} by the prompt's words"
    what = f"{read}: it {DOES[gait]}"
    prop = role in (Role.OBJECT, Role.WARDROBE) or gait in (Gait.SHOWN, Gait.STAND)
    unnamed = "" if mention is None or mention.named else " not named in the prompt: it is"
    note = f"[Image {number}] is{unnamed} {part}{seen} ({how}; {what})."
    return Member(cutout, build, gait, 1.0, True, bust, prop), note


def _board(rgb: Pixels, mount: Mount) -> Member:
    """A picture shown whole on something that stands in the scene."""
    board = mounted(rgb, mount)
    return Member(board, replace(read_build(board), kind=Kind.THING), Gait.STAND, 1.0, dressed=False, prop=True)


def _is_alive(cutout: Cutout, mention: Mention | None) -> bool:
    """Whether what is cut off below may look about: a head may, a cup on a saucer not."""
    if mention is not None and mention.nature is not None:
        return mention.nature in ("person", "beast")
    return cutout.how != "saliency"


def _is_board(cutout: Cutout) -> bool:
    """Whether it fills its bounds: a sign, a poster, a card; but not somebody whom the picture cuts off."""
    return cutout.how != "face" and not cutout.open_sides - {"bottom"} and float(cutout.alpha.mean()) > 0.94


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


def _actions(brief: Brief, number: int) -> frozenset[str]:
    """What the prompt has a picture do."""
    mention = brief.mentions.get(number)
    return brief.actions if mention is None else mention.actions


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
