"""Who acts and where they may in, everyone on their place and way out. Knows no pixels of a frame.

The leading player is as large in the frame as its kind wants; the others stand about it, behind one another.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from openhorse.engines.procedural.brief import Bond, Brief, Character, Place, Shot
from openhorse.engines.procedural.players.company import family_of, fill
from openhorse.engines.procedural.players.player import Casting, Player
from openhorse.engines.procedural.players.timeline import timeline_of
from openhorse.engines.procedural.world.duets import bring_together
from openhorse.engines.procedural.world.pairing import Tie, acting, individual, ties_of
from openhorse.engines.procedural.world.placed import THINGS, Placed
from openhorse.engines.procedural.world.scenery import Lens, Scenery

_MOST = 14
"""How many of one kind are drawn at most, however many are asked for."""
_SHARES = {"close": 0.62, "": 0.42, "wide": 0.24}
"""How much of the frame's height the leading player takes, by the size of the shot."""
_CROSSED = 0.7
"""The part of the frame's width that one who goes may cross before the camera goes along."""
_ENTERED = 0.42
"""The same for one who comes and stops, from where they are at first to where they stop, and for several who go."""
_INDOORS = frozenset((Place.ROOM, Place.CAFE, Place.KITCHEN, Place.STAGE))
_PACES = 2.2
"""Metres there are to go between walls."""
_FLOCK = 0.16
_POSTURES = frozenset(("beasts", "birds", "people", "robots"))
_NEAREST = 0.3
"""Metres: how near the camera comes to what is small."""
_SMALL = 0.8
"""Metres: what is less tall stands on a table where there is one."""
_AFLOAT = -1e6
_VIEWS = frozenset(
    (Place.SEA, Place.BEACH, Place.LAKE, Place.MOUNTAINS, Place.WATERFALL, Place.SKYLINE, Place.SKY, Place.RIVER)
)
"""Places at which somebody looks who looks at nobody: with their back to us."""
_INTO = re.compile(r"camera|viewer|镜头|相机", re.IGNORECASE)
_AWAY = -0.72
_IN_PACE = frozenset(("chases", "follows", "beside", "before", "behind", "left", "right"))
"""Bonds of those who go at one pace, if they go."""


class Setting(NamedTuple):
    """Where and how long everyone acts."""

    scenery: Scenery
    lens: Lens
    shot: Shot


@dataclass(frozen=True, slots=True)
class Troupe:
    """The players of a shot before they are placed: their numbers in the brief's cast, what was asked, who plays it.

    `missing` are the kinds that nobody plays; `ties` tell who does what with whom. `measure` is the leading player at
    rest: the camera is set up by it, so that what somebody does moves nothing of the place.
    """

    players: tuple[tuple[int, Character, tuple[Player, ...]], ...]
    missing: tuple[str, ...]
    ties: tuple[Tie, ...] = ()
    measure: Player | None = None

    @property
    def lead(self) -> Player | None:
        """The leading player."""
        return self.players[0][2][0] if self.players else None


def gather(shot: Shot) -> Troupe:
    """Everyone whom the brief's cast names and whom we can play."""
    rate = 0.5 if shot.brief.slow_motion else 1.0
    found, missing = [], []
    ties = ties_of(shot.brief.cast)
    cast = _ridden(acting(shot.brief.cast, ties))
    joint = {max(tie[1:]): min(tie[1:]) for tie in ties if tie.manner in ("hands", "dance")}
    steps = joint | {max(pair): min(pair) for pair in _going_together(cast, ties)}
    met: dict[int, Player | None] = {}
    measure: Player | None = None
    for number, character in enumerate(cast):
        players = []
        for k in range(min(_MOST, max(1, character.count))):
            # who goes hand in hand keeps step
            phase = (0.37 * k + 0.61 * joint.get(number, number) + (shot.seed % 97) / 97) % 1
            riding = character.bond is not None and character.bond[0] == "rides"
            room = _PACES if shot.brief.place in _INDOORS else math.inf
            who, seed = individual(character, k, shot.seed), shot.seed + 31 * number + k
            if _looks_afar(character, shot):
                who = replace(who, actions=("stand",))
            casting = Casting(who, rate, phase, seed, riding, shot.seconds, room, heading_of(shot))
            player = _in_step(fill(casting), casting, met.get(steps.get(number, number)))
            if player is not None:
                players.append(player)
                measure = measure or _at_rest(player, casting)
        met[number] = players[0] if players else None
        if players:
            found.append((number, character, tuple(players)))
        else:
            missing.append(character.kind)
    return Troupe(tuple(found), tuple(dict.fromkeys(missing)), ties, measure)


def _ridden(cast: Sequence[Character]) -> list[Character]:
    """Everybody; an animal that is said to do nothing but carry somebody goes, and stops, as its rider does."""
    found = list(cast)
    for one in cast:
        if one.bond is None or one.bond[0] != "rides":
            continue
        mount = found[one.bond[1]]
        if family_of(mount.kind) == "beasts" and not mount.actions:
            found[one.bond[1]] = replace(
                mount, actions=tuple("trot" if word == "ride" else word for word in one.actions)
            )
    return found


def _at_rest(player: Player, casting: Casting) -> Player:
    """A player as it is when it does nothing, where its body has postures and it does not leave its element."""
    character = casting.character
    if not character.actions or family_of(character.kind) not in _POSTURES:
        return player
    resting = fill(replace(casting, character=replace(character, actions=())))
    return player if resting is None or resting.medium != player.medium else resting


def _going_together(cast: Sequence[Character], ties: Sequence[Tie]) -> list[tuple[int, int]]:
    """Who keeps the pace of whom."""
    bound = [(k, one.bond[1]) for k, one in enumerate(cast) if one.bond is not None and one.bond[0] in _IN_PACE]
    return [*bound, *((tie.one, tie.other) for tie in ties if tie.manner == "lead")]


def _in_step(player: Player | None, casting: Casting, other: Player | None) -> Player | None:
    """The player as quick as another, as far as legs go."""
    if player is None or other is None or not player.speed or not other.speed:
        return player
    factor = min(1.7, max(0.55, other.speed / player.speed))
    return player if abs(factor - 1) < 0.02 else fill(replace(casting, rate=casting.rate * factor))


def heading_of(shot: Shot) -> int:
    """Which way the leading player goes: right (1) or left (−1)."""
    return 1 if (shot.seed // 3) % 2 else -1


def _looks_afar(character: Character, shot: Shot) -> bool:
    """Whether somebody looks out over a place, at nobody."""
    afar = character.actions[:1] == ("look",) and shot.brief.place in _VIEWS and character.bond is None
    return afar and family_of(character.kind) == "people" and not _INTO.search(shot.brief.prompt)


def share_of(brief: Brief, player: Player) -> float:
    """How much of the frame's height the leading player is to take."""
    share = _SHARES[brief.framing[0] if brief.framing[:1] in (("close",), ("wide",)) else ""]
    if player.medium == "air":
        share *= 0.55
    return share if player.long < 2.2 * player.tall else share * 2.2 * player.tall / player.long


def distance_to(brief: Brief, player: Player, lens: Lens) -> float:
    """How far ahead the leading player acts."""
    tall = max(player.tall, 0.4 * player.long * lens.height / lens.width)
    return tall * lens.focal / (share_of(brief, player) * lens.height)


def block(troupe: Troupe, scenery: Scenery, lens: Lens, shot: Shot) -> tuple[Placed, ...]:
    """Everyone on their place, the leading one first."""
    if troupe.lead is None:
        return ()
    distance = distance_to(shot.brief, troupe.measure or troupe.lead, lens)
    if troupe.lead.medium != "afloat" or scenery.pool is None:
        distance = min(max(distance, _NEAREST), _farthest(scenery, troupe.lead))
    heading = heading_of(shot)
    placed: list[Placed] = []
    firsts: dict[int, int] = {}
    for number, (asked, character, players) in enumerate(troupe.players):
        firsts[asked] = len(placed)
        spots = _group(character, players, number, distance, lens)
        placed += [
            _place(player, character, spot, heading * _sense(character, k), Setting(scenery, lens, shot))
            for k, (player, spot) in enumerate(zip(players, spots, strict=True))
        ]
    for asked, character, players in troupe.players:
        bond = character.bond
        if bond is not None and bond[1] in firsts and bond[1] != asked:
            for k in range(len(players)):
                _bind(placed, firsts[asked] + k, bond[0], firsts[bond[1]])
    together = bring_together(placed, troupe.ties, firsts)
    return tuple(_begun(one, together, lens, shot) for one in together)


def _sense(character: Character, number: int) -> int:
    """Which way one of a crowd goes, against the leading one: every third person comes the other way."""
    crowd = character.count >= 4 and character.bond is None and family_of(character.kind) == "people"
    return -1 if crowd and number % 3 == 1 else 1


def _bind(placed: list[Placed], at: int, bond: Bond, to: int) -> None:
    """Tie one to another; of two the one that was placed first stays where the shot wants it."""
    one, other = placed[at], placed[to]
    if to < at or bond == "rides":
        placed[at] = _bound(one, bond, other, to)
        return
    other = replace(other, x=one.x, z=one.z, y=other.y if other.y == _AFLOAT else one.y)
    bound = _bound(one, bond, other, to)
    middle = one.x - 0.5 * (bound.x + other.x)
    near = one.z / bound.z
    placed[at] = replace(bound, x=bound.x + middle, z=one.z)
    placed[to] = replace(other, x=other.x + middle, z=other.z * near)


def _farthest(scenery: Scenery, lead: Player) -> float:
    """How far ahead the leading player may act: what is large goes farther than the stage, but through no wall."""
    if scenery.wall or scenery.medium == "water":
        return max(scenery.stage[1], 0.9 * lead.long)
    if scenery.pool is not None and scenery.pool.near > 0 and lead.medium == "ground":
        return scenery.stage[1]
    return max(scenery.stage[1], 40.0, 14.0 * lead.tall)


def _group(
    character: Character, players: Sequence[Player], number: int, distance: float, lens: Lens
) -> list[tuple[float, float]]:
    """Where the individuals of one kind stand: right and ahead."""
    wide = lens.reach(distance)
    middle = {"left": -0.26, "right": 0.26}.get(character.where or "", 0.0) * wide
    far = {"far": 2.0, "near": 0.8}.get(character.where or "", 1.0) * distance
    if number and character.where is None:
        middle = (1 if number % 2 else -1) * 0.24 * wide * math.ceil(number / 2)
        far *= 1 + 0.16 * number
    few = len(players) < 5
    pitch = max(players[0].long * 1.25, 0.9 * wide / (len(players) + 1) if few else _FLOCK * wide)
    spots = []
    for k in range(len(players)):
        side = (k + 1) // 2 * (1 if k % 2 else -1)
        spots.append((middle + side * pitch * (1 if few else 0.8), far * (1 + 0.09 * ((k * 7) % 5))))
    return spots


def _place(player: Player, character: Character, spot: tuple[float, float], heading: int, setting: Setting) -> Placed:
    """Somebody on a spot, on the ground, on the table, on the water or above them."""
    x, z = spot
    y = 0.0
    scenery, lens, shot = setting
    if player.medium == "air" or scenery.medium in ("water", "space"):
        y = _AFLOAT  # settled when the lens is known
    elif scenery.table is not None and player.tall < _SMALL and family_of(character.kind) in THINGS:
        y = scenery.table
    if player.medium == "afloat" and scenery.pool is not None:
        z = min(max(z, scenery.pool.near * 1.1), max(scenery.pool.far * 0.8, scenery.pool.near * 1.2))
    facing = heading if player.speed or family_of(character.kind) != "people" else 0
    way = player.speed * heading
    timeline = timeline_of(player)
    if timeline is not None:
        way = timeline.gone(shot.seconds) / shot.seconds * heading
    elif scenery.wall:
        # between walls nobody goes farther than the frame shows
        most = 0.9 * _CROSSED * lens.reach(z) / shot.seconds
        way = max(-most, min(most, way))
    if facing == 0 and _looks_afar(character, shot):
        return Placed(character.kind, player, x, y, z, way, heading, turn=_AWAY)
    return Placed(character.kind, player, x, y, z, way, facing)


def _bound(one: Placed, bond: Bond, other: Placed, number: int) -> Placed:
    """Somebody where and as the tie to another wants it."""
    side = 1 if other.way >= 0 else -1
    apart = 0.5 * (one.player.long + other.player.long)
    match bond:
        case "rides":
            return replace(one, mount=number, z=other.z - 0.02, way=other.way, facing=other.facing or 1)
        case "chases" | "follows" if other.player.medium == "air" or not other.way:
            return replace(one, x=other.x - side * 1.2 * apart, z=other.z * 1.03)
        case "chases" | "follows":
            return replace(one, x=other.x - side * 1.5 * apart, z=other.z * 1.03, way=other.way, facing=side)
        case "behind":
            return replace(one, x=other.x + 0.4 * apart, z=other.z * 1.25)
        case "before" | "under":
            return replace(one, x=other.x - 0.3 * apart, z=other.z * 0.88)
        case "left" | "right":
            return replace(one, x=other.x + (-1 if bond == "left" else 1) * 1.25 * apart, z=other.z * 1.01)
        case "on":
            return replace(one, x=other.x, y=other.y + 0.96 * other.player.tall, z=other.z - 0.01)
        case "above":
            return replace(one, x=other.x + 0.3 * apart, y=other.y + 1.5 * other.player.tall, z=other.z * 1.05)
        case "beside" if other.way:  # at the side from which they come
            return replace(one, x=other.x - side * 0.95 * apart, z=other.z * 0.97, way=other.way, facing=side)
        case "beside" | "holds" | "wears":
            return replace(one, x=other.x + 1.15 * apart + 0.1, z=other.z * 1.02, way=other.way or one.way)


def _begun(one: Placed, placed: Sequence[Placed], lens: Lens, shot: Shot) -> Placed:
    """Somebody where they are at the start, so that the middle of their way is where they were placed."""
    y = one.y
    if y == _AFLOAT:
        # in the upper part of the frame, or about its middle where all float; none as high as the next
        part = 0.34 if one.player.medium == "air" else 0.5
        y = lens.eye + (lens.horizon - part * lens.height) / lens.metre(one.z) - one.player.tall / 2
        y += 0.35 * one.player.tall * math.sin(5.3 * one.x + 1.7 * one.z)
        y = max(y, 0.35 * one.player.tall)
    # half-way through everyone is where they were placed, as the camera then sees it; who stops, where they stop
    timeline = one.timeline or (placed[0].timeline if one.mount is not None else None)
    when = shot.seconds / 2 if timeline is None else timeline.rest
    return replace(one, x=one.x - one.gone(when) + along(placed, lens, shot)(when), y=y)


def followed(placed: Sequence[Placed], lens: Lens, shot: Shot) -> float:
    """How fast the camera goes along with the leading player, metres a second; 0 where it may watch it cross."""
    if not placed or not placed[0].way:
        return 0.0
    lead = placed[0]
    reach, timeline = lens.reach(lead.z), lead.timeline
    if abs(lead.way) * shot.seconds <= (_ENTERED if timeline is not None or _is_led(placed) else _CROSSED) * reach:
        return 0.0
    # the camera is a little slower, so that the player crosses some of the frame
    return lead.way - math.copysign((0.3 if timeline is None else _ENTERED) * reach / shot.seconds, lead.way)


def _is_led(placed: Sequence[Placed]) -> bool:
    """Whether others go with the leading one, who are to stay in the frame as well."""
    return any(one.way * placed[0].way > 0 and one.mount is None for one in placed[1:])


def along(placed: Sequence[Placed], lens: Lens, shot: Shot) -> Callable[[float], float]:
    """How far right the camera has gone by a moment, along with the leading player."""
    speed = followed(placed, lens, shot)
    if not speed:
        return lambda t: 0.0
    lead = placed[0]
    return lambda t: speed / lead.way * (lead.at(t) - lead.x)
