"""Who acts and where they may in, everyone on their place and way out. Knows no pixels of a frame.

The leading player is as large in the frame as its kind wants; the others stand about it, behind one another.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from openhorse.engines.procedural.brief import Brief, Character, Shot
from openhorse.engines.procedural.players.company import fill
from openhorse.engines.procedural.players.player import Casting, Player
from openhorse.engines.procedural.world.scenery import Lens, Scenery

_MOST = 14
"""How many of one kind are drawn at most, however many are asked for."""
_SHARES = {"close": 0.62, "": 0.42, "wide": 0.24}
"""How much of the frame's height the leading player takes, by the size of the shot."""
_CROSSED = 0.7
"""The part of the frame's width that one who goes may cross before the camera goes along."""
_FLOCK = 0.16


@dataclass(frozen=True, slots=True)
class Placed:
    """A player, where its ground point is at the start, which way it goes (metres a second to the right), and faces.

    `mount` is the number of the placed one on which it sits.
    """

    player: Player
    x: float
    y: float
    z: float
    way: float
    facing: int
    mount: int | None = None

    def at(self, t: float) -> float:
        """How far right it is at `t`."""
        return self.x + self.way * t


@dataclass(frozen=True, slots=True)
class Troupe:
    """The players of a shot before they are placed; `lead` is the leading one's size, None where nobody acts."""

    players: tuple[tuple[Character, tuple[Player, ...]], ...]
    missing: tuple[str, ...]

    @property
    def lead(self) -> Player | None:
        """The leading player."""
        return self.players[0][1][0] if self.players else None


def gather(shot: Shot) -> Troupe:
    """Everyone whom the brief's cast names and whom we can play."""
    rate = 0.5 if shot.brief.slow_motion else 1.0
    found, missing = [], []
    for number, character in enumerate(shot.brief.cast):
        players = []
        for k in range(min(_MOST, max(1, character.count))):
            phase = (0.37 * k + 0.61 * number + (shot.seed % 97) / 97) % 1
            riding = character.bond is not None and character.bond[0] == "rides"
            player = fill(Casting(character, rate, phase, shot.seed + 31 * number + k, riding))
            if player is not None:
                players.append(player)
        if players:
            found.append((character, tuple(players)))
        else:
            missing.append(character.kind)
    return Troupe(tuple(found), tuple(dict.fromkeys(missing)))


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
    if not troupe.players or troupe.lead is None:
        return ()
    distance = distance_to(shot.brief, troupe.lead, lens)
    distance = min(max(distance, 0.7 * scenery.stage[0]), scenery.stage[1])
    heading = 1 if (shot.seed // 3) % 2 else -1
    placed: list[Placed] = []
    numbers: list[int] = []
    for number, (character, players) in enumerate(troupe.players):
        numbers.append(len(placed))
        mounts = character.bond is not None and character.bond[0] == "rides"
        mount = numbers[character.bond[1]] if mounts and character.bond and character.bond[1] < number else None
        spots = _group(character, players, number, distance, lens)
        for player, (x, z) in zip(players, spots, strict=True):
            one = _place(player, (x, z), heading, scenery, lens, shot)
            placed.append(one if mount is None else replace(one, mount=mount, z=placed[mount].z - 0.02, way=0.0))
    return tuple(placed)


def _group(
    character: Character, players: Sequence[Player], number: int, distance: float, lens: Lens
) -> list[tuple[float, float]]:
    """Where the individuals of one kind stand: right and ahead."""
    wide = lens.reach(distance)
    middle = {"left": -0.26, "right": 0.26}.get(character.where or "", 0.0) * wide
    far = {"far": 2.0, "near": 0.8}.get(character.where or "", 1.0) * distance
    if number:
        side = 1 if number % 2 else -1
        if character.where is None:
            middle = side * 0.24 * wide * math.ceil(number / 2)
            far *= 1 + 0.16 * number
    if len(players) == 1:
        return [(middle, far)]
    spots = []
    pitch = max(players[0].long * 1.25, 0.9 * wide / (len(players) + 1) if len(players) < 5 else _FLOCK * wide)
    for k in range(len(players)):
        side = (k + 1) // 2 * (1 if k % 2 else -1)
        row = (k * 7) % 5
        spots.append((middle + side * pitch * (1 if len(players) < 5 else 0.8), far * (1 + 0.09 * row)))
    return spots


def _place(player: Player, spot: tuple[float, float], heading: int, scenery: Scenery, lens: Lens, shot: Shot) -> Placed:
    x, z = spot
    y = 0.0
    if player.medium == "air" or scenery.medium in ("water", "space"):
        # in the upper part of the frame, or floating in the middle of it
        part = 0.34 if scenery.medium == "air" else 0.5
        y = lens.eye + (lens.horizon - part * lens.height) / lens.metre(z) - player.tall / 2
        y += 0.35 * player.tall * math.sin(5.3 * x + 1.7 * z)
    elif scenery.table is not None and player.tall < 0.8:
        y = scenery.table
    if player.medium == "afloat" and scenery.pool is not None:
        z = min(max(z, scenery.pool.near * 1.1), max(scenery.pool.far * 0.8, scenery.pool.near * 1.2))
    way = player.speed * heading
    travelled = abs(way) * shot.seconds
    if 0 < travelled <= _CROSSED * lens.reach(z):
        x -= way * shot.seconds / 2
    return Placed(player, x, y, z, way, heading)


def followed(placed: Sequence[Placed], lens: Lens, shot: Shot) -> float:
    """How fast the camera goes along with the leading player, metres a second; 0 where it may watch it cross."""
    if not placed or not placed[0].way:
        return 0.0
    lead = placed[0]
    if abs(lead.way) * shot.seconds <= _CROSSED * lens.reach(lead.z):
        return 0.0
    # the camera is a little slower, so that the player crosses some of the frame
    return lead.way - math.copysign(0.3 * lens.reach(lead.z) / shot.seconds, lead.way)
