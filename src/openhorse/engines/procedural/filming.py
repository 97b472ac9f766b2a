"""A storyboard in, the scene that films it out: which scene suits each shot of a text, and all of them in one film.

Knows no pixels: every scene draws itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from openhorse.engines.procedural.brief import FRAME_RATE, Brief, Character, Hour, Place, Shot
from openhorse.engines.procedural.drawing.finish import Darkroom
from openhorse.engines.procedural.montage import Montage, Take
from openhorse.engines.procedural.places.guide import PAINTERS
from openhorse.engines.procedural.players.company import family_of
from openhorse.engines.procedural.prompt.places import stand_in
from openhorse.engines.procedural.scene import Scene
from openhorse.engines.procedural.score import Score
from openhorse.engines.procedural.storyboard import Scheduled, Storyboard
from openhorse.engines.procedural.world.styles import Style, picture_of
from openhorse.vocabulary import Frame

_OWN = frozenset((Place.LAKE, Place.STREET, Place.BEACH))
"""Places that have a scene of their own, for shots that ask for no more than it has."""
DRAWN = _OWN | frozenset(PAINTERS)
"""Every place that is drawn."""
_WATERY = frozenset((Place.SEA, Place.LAKE, Place.RIVER))
_SWIMMERS = frozenset(("turtle", "jellyfish", "octopus", "seahorse"))
"""Kinds that swim below the surface, besides all of the family of fish."""
_WALKERS = frozenset(("beasts", "people"))
"""Families of players that need a ground to stand on."""
_WATERFOWL = frozenset(("swan", "duck", "goose"))
_AT_SEA = frozenset(("swim", "surf", "sail", "row", "dive", "float"))
_INDOORS = frozenset((Place.ROOM, Place.CAFE, Place.KITCHEN, Place.STAGE))
_LIGHTS = frozenset(("candle", "lantern", "campfire", "sky-lantern"))
"""What is looked at by night, where no hour is named."""
_WORLDS = frozenset(("planet", "moon", "earth", "saturn"))
_RUNNERS = frozenset(("dog", "cat", "fox", "wolf", "horse", "deer"))
_GAITS = frozenset(("run", "walk", "trot", "gallop", "play"))


@dataclass(frozen=True, slots=True)
class Film:
    """A text's scene, the shot that stands for the whole of it, and what the customer is told of what was not done."""

    scene: Scene
    shot: Shot
    remarks: tuple[str, ...]


def film(board: Storyboard, frame: Shot) -> Film:
    """The film of a storyboard, in the size, length and seed of `frame`."""
    shots, remarks = [], []
    for scheduled in board.shots:
        place, note = stand_in(scheduled.brief, DRAWN)
        brief = settled(replace(scheduled.brief, place=place))
        if _owner(brief) is not None and brief.move is not None and brief.move is not brief.move.plain:
            note = f"camera: the nearest move that this place has, {brief.move.plain}, stands in for {brief.move}"
            brief = replace(brief, move=brief.move.plain)
        remarks += [note] if note else []
        idle = _idle(brief)
        remarks += [f"Not drawn: {', '.join(idle)}; this place is drawn without them."] if idle else []
        # a shot is whole seconds: a montage shows as much of it as there is time for
        shots.append(replace(frame, brief=brief, seconds=-(-scheduled.frames // FRAME_RATE)))
    if board.left_out:
        remarks.append(f"{board.left_out} more shots were left out: each needs a second at least")
    if len(shots) == 1:
        return Film(_scene(shots[0]), shots[0], tuple(remarks))
    takes = [_take(shot, scheduled) for shot, scheduled in zip(shots, board.shots, strict=True)]
    whole = replace(frame, brief=shots[0].brief)
    return Film(Montage(takes, whole, partial(_scene, own=False)), whole, tuple(dict.fromkeys(remarks)))


def settled(brief: Brief) -> Brief:
    """`brief` with what its place and its cast make of each other: who swims is under water, nobody walks on it."""
    families = {family_of(one.kind) for one in brief.cast}
    watery = brief.place in _WATERY
    swims = [family_of(one.kind) == "fish" or one.kind in _SWIMMERS for one in brief.cast]
    if swims and all(swims) and watery:
        return replace(brief, place=Place.UNDERWATER, variety=brief.variety if brief.place is Place.SEA else "kelp")
    if brief.place is Place.SEA and families & _WALKERS and not _is_afloat(brief):
        brief = replace(brief, place=Place.BEACH)
    if brief.place in _INDOORS:
        brief = replace(brief, effects=brief.effects - {"smoke"})  # what steams there steams by itself
    if brief.hour is None and any(one.kind in _LIGHTS for one in brief.cast):
        brief = replace(brief, hour=Hour.NIGHT)
    if brief.place is Place.SPACE:
        # worlds are part of that place
        brief = replace(brief, cast=tuple(one for one in brief.cast if one.kind not in _WORLDS))
    if brief.place not in _INDOORS:
        named = [replace(one, kind="hot-air-balloon") if one.kind == "balloon" else one for one in brief.cast]
        brief = replace(brief, cast=tuple(named))
    if any(one.kind == "kite" for one in brief.cast):
        brief = replace(brief, cast=tuple(map(_flying_a_kite, brief.cast)))
    if watery:
        cast = [replace(one, actions=_swimming(one.actions)) if one.kind in _WATERFOWL else one for one in brief.cast]
        brief = replace(brief, cast=tuple(cast))
    return brief


def _flying_a_kite(one: Character) -> Character:
    """Somebody who lets a kite fly stands below it and looks up."""
    if family_of(one.kind) != "people" or "fly" not in one.actions:
        return one
    return replace(one, actions=("look",), bond=None)


def _is_afloat(brief: Brief) -> bool:
    """Whether somebody swims, surfs, or has a boat to be in."""
    boats = any(one.kind in ("boat", "sailing-boat", "ship") for one in brief.cast)
    return boats or any(_AT_SEA & set(one.actions) for one in brief.cast)


def _swimming(actions: tuple[str, ...]) -> tuple[str, ...]:
    """A waterfowl's actions on the water: it glides over it rather than through the air."""
    return tuple("swim" if one in ("glide", "float", "drift") else one for one in actions) or ("swim",)


def _take(shot: Shot, scheduled: Scheduled) -> Take:
    return Take(shot, scheduled.start, scheduled.frames, scheduled.entry)


def _owner(brief: Brief) -> Place | None:
    """The place whose own scene has all that a brief asks for; None where painters and players are needed.

    The lake has mountains and no shore to stand on, the street its own passers-by, the beach one animal that runs.
    """
    more = brief.variety or brief.features or brief.effects
    if brief.place not in _OWN or (more and brief.place in PAINTERS):
        return None
    fits = not brief.cast or (brief.place is Place.BEACH and _is_run(brief.cast))
    return brief.place if fits or brief.place not in PAINTERS else None


def _idle(brief: Brief) -> tuple[str, ...]:
    """Whom a place with a scene of its own does not show: any but a street's passers-by and a beach's runner."""
    owner = _owner(brief)
    if owner is None or (owner is Place.BEACH and _is_run(brief.cast)):
        return ()
    return tuple(dict.fromkeys(one.kind for one in brief.cast if owner is not Place.STREET or one.kind != "person"))


def _is_run(cast: Sequence[Character]) -> bool:
    """Whether a cast is one animal that runs or walks."""
    one = next(iter(cast), None)
    return (
        one is not None
        and len(cast) == 1
        and one.count == 1
        and one.kind in _RUNNERS
        and _GAITS.issuperset(one.actions)
    )


class _Styled:
    """A scene whose finished pictures are gone over in a manner: water colours, paper, noir."""

    def __init__(self, scene: Scene, style: Style, shot: Shot) -> None:
        self._scene, self._style, self._shot = scene, style, shot
        self.notes = (*scene.notes, f"style: {style.name}")
        self._darkroom = Darkroom(shot.width, shot.height)

    def frame(self, index: int) -> Frame:
        """Frame `index` in that manner; some manners hold each picture for two frames."""
        held = index - index % self._style.step
        picture = picture_of(self._scene.frame(held), self._shot.width, self._shot.height)
        return self._darkroom.convert(self._style.finish(picture, held))

    def score(self) -> Score:
        """The scene's own."""
        return self._scene.score()


def _scene(shot: Shot, own: bool = True) -> Scene:
    """A shot's scene, in the manner that its words ask for; a place looks alike in all shots of a film (not `own`)."""
    owner = _owner(shot.brief) if own or shot.brief.place not in PAINTERS else None
    scene, style = _plain_scene(shot, owner), Style.of(shot)
    if style is None or not style.filters or (owner is not None and not style.paints):
        return scene
    return _Styled(scene, style, shot)


def _plain_scene(shot: Shot, owner: Place | None) -> Scene:
    # Imported where they are chosen: importing a scene compiles or loads its kernels.
    match owner:
        case Place.LAKE:
            from openhorse.engines.procedural.lake.scene import Lake

            return Lake(shot)
        case Place.STREET:
            from openhorse.engines.procedural.street.scene import Street

            return Street(shot)
        case Place.BEACH:
            from openhorse.engines.procedural.beach.scene import Beach

            return Beach(shot)
        case _:
            from openhorse.engines.procedural.world.scene import World

            return World(shot)
