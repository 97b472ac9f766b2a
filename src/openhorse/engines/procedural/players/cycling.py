"""A part for somebody on a cycle in, the player out: rider and machine as one, the feet on the pedals.

Knows no place. Riders of somebody else's mount are people.py's, and the world puts them on its saddle.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from openhorse.engines.procedural.brief import Character
from openhorse.engines.procedural.players.dyes import DYES, worn
from openhorse.engines.procedural.players.mesh import Array, join
from openhorse.engines.procedural.players.people import cast_person
from openhorse.engines.procedural.players.person import BONES
from openhorse.engines.procedural.players.player import Casting, Maker
from openhorse.engines.procedural.players.puppet import Puppet
from openhorse.engines.procedural.players.vehicles import cast_vehicle

_SEATS = {"cyclist": ("bicycle", -0.24, 0.945), "motorcyclist": ("motorcycle", -0.28, 0.90)}


def cast_cyclist(casting: Casting) -> Puppet:
    """Somebody on a bicycle or a motorcycle."""
    kind, x, y = _SEATS[casting.character.kind]
    rider = cast_person(replace(casting, character=_rider(casting.character, kind), riding=True))
    colour = worn(casting.character, kind, DYES["red"])
    named = next((name for name, value in DYES.items() if np.array_equal(value, colour)), "red")
    mount = cast_vehicle(
        replace(casting, rate=1.0, phase=0.0, character=Character(kind, colour=named, actions=("drive",)))
    )
    size = rider.part.size
    seated = rider.mesh.scaled(size)
    bones_on = replace(mount.mesh, bones=mount.mesh.bones + BONES)
    part = replace(
        mount.part,
        name=f"a {casting.character.kind}",
        does="rides",
        tall=y + 1.0 * size,
        rate=casting.rate,
        start=casting.phase * 3,
        breeze=rider.part.breeze,
    )

    def pose(t: float) -> Array:
        person = rider.pose(t).copy()
        person[:, :, 3] *= size
        person[:, 0, 3] += x
        person[:, 1, 3] += y
        return np.concatenate([person, mount.pose(t)])

    return Puppet(part, join(seated, bones_on), pose, feet=mount.feet)


def _rider(character: Character, mount: str) -> Character:
    kind = character.variety if character.variety in ("woman", "man", "girl", "boy") else "racer"
    return replace(character, kind=kind, variety="", things=(*character.things, mount), actions=("ride",))


PARTS: Mapping[str, Maker] = dict.fromkeys(_SEATS, cast_cyclist)
"""Who plays whom on wheels."""
