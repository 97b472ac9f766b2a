"""A part for a road vehicle in, the player out: cars, buses, trucks, motorcycles, bicycles, tractors.

Knows no road. Wheels turn as far as the vehicle goes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from openhorse.engines.procedural.brief import Character
from openhorse.engines.procedural.players.cars import (
    Vehicle,
    bus,
    police,
    saloon,
    sports,
    suv,
    taxi,
    truck,
    van,
    vintage,
)
from openhorse.engines.procedural.players.cycles import bicycle, cart, motorcycle, scooter, tractor
from openhorse.engines.procedural.players.dyes import Dye, drawn, dye
from openhorse.engines.procedural.players.mesh import Array, Mesh, join
from openhorse.engines.procedural.players.order import in_order, weight_of
from openhorse.engines.procedural.players.player import Casting, Foot, Maker
from openhorse.engines.procedural.players.puppet import Part, Puppet, placed
from openhorse.engines.procedural.players.timeline import Span, Timeline
from openhorse.engines.procedural.players.wheel import rolled, wheel

_STAYING = frozenset(("stop", "stand", "sit", "park"))
_MOVING = {"drive", "run", "walk", "ride", "race", "go", "move", "roll", "turn", "fly", "pass"}
_VEHICLES: Mapping[str, tuple[Callable[[Dye], Vehicle], tuple[str, ...]]] = {
    "car": (saloon, ("red", "blue", "teal", "white", "silver", "orange")),
    "sports-car": (sports, ("red", "yellow", "blue")),
    "vintage-car": (vintage, ("red", "teal", "navy", "green")),
    "taxi": (taxi, ("yellow",)),
    "police-car": (police, ("navy",)),
    "suv": (suv, ("green", "white", "orange", "navy")),
    "jeep": (suv, ("green",)),
    "bus": (bus, ("red", "blue", "green")),
    "truck": (truck, ("red", "blue", "orange")),
    "van": (van, ("teal", "orange", "red")),
    "camper": (van, ("teal", "orange")),
    "tractor": (tractor, ("green", "red")),
    "motorcycle": (motorcycle, ("red", "black", "teal")),
    "scooter": (scooter, ("teal", "red", "cream")),
    "bicycle": (bicycle, ("teal", "red", "black")),
    "cart": (cart, ("brown",)),
}
_VARIETIES = {
    "sports": "sports-car",
    "race": "sports-car",
    "racing": "sports-car",
    "vintage": "vintage-car",
    "classic": "vintage-car",
    "old": "vintage-car",
    "police": "police-car",
    "taxi": "taxi",
    "suv": "suv",
}


def cast_vehicle(casting: Casting) -> Puppet:
    """A road vehicle by kind and variety."""
    character = casting.character
    kind = _VARIETIES.get(character.variety, character.kind) if character.kind == "car" else character.kind
    maker, usual = _VEHICLES[kind]
    chance = np.random.default_rng((casting.seed, 3))
    made = maker(dye(character.colour, drawn(chance, *usual)))
    stays = (
        "stand" in character.actions
        or "wait" in character.actions
        or "park" in character.actions
        or (kind == "bicycle" and not character.actions)
    )
    speed = 0.0 if stays else made.speed
    timeline = _scheduled(character, made, casting)
    part = Part(
        _name(character),
        "stands" if stays else "drives" if timeline is None else ", ".join(span.deed for span in timeline.spans),
        made.tall,
        made.long,
        "ground",
        speed * math.cos(made.yaw),
        yaw=made.yaw,
        frontal=0.42,
        still=stays,
        rate=casting.rate,
        start=casting.phase,
    )

    def pose(t: float) -> Array:
        film = (t - casting.phase) / casting.rate
        if timeline is None:
            return _bones(made, min(1.0, speed), speed * t, t)
        return _bones(made, timeline.effort(film), timeline.gone(film) / math.cos(made.yaw), t)

    return Puppet(
        part,
        _assembled(made),
        pose,
        feet=lambda t: _shadows(made),
        seat=(lambda t: made.seat or (0.0, 0.0)) if made.seat else None,
        timeline=timeline,
    )


def _scheduled(character: Character, made: Vehicle, casting: Casting) -> Timeline | None:
    """When it drives and when it stands, where it does both."""
    acts = in_order(character.actions, casting.seconds)
    speeds = [made.speed * casting.rate * math.cos(made.yaw) * (act[0] not in _STAYING) for act in acts]
    if casting.riding or len(set(speeds)) < 2:
        return None
    spans = [
        Span("drives" if speed else "stops", speed, 1.0, weight_of(act))
        for act, speed in zip(acts, speeds, strict=True)
    ]
    return Timeline(spans, casting.seconds, casting.room)


def _assembled(made: Vehicle) -> Mesh:
    parts = [made.body.on(0)]
    for k, axle in enumerate(made.axles):
        if axle.wide > 0:
            parts.append(wheel(axle.radius, axle.wide, axle.style).on(1 + k))
        else:
            parts.append(made.extra[0].on(1 + k))
    return join(*parts)


def _bones(made: Vehicle, going: float, gone: float, t: float) -> Array:
    bob = made.rock * going * (math.sin(t * 13.0) + 0.6 * math.sin(t * 7.3 + 1))
    nod = 0.25 * made.rock * going * math.sin(t * 5.1) / max(made.long * 0.25, 0.3)
    from openhorse.engines.procedural.players.mesh import rotation

    found = [placed(0, bob, 0, rotation(2, nod), (0, made.axles[0].radius, 0))]
    for axle in made.axles:
        turn = gone / axle.radius
        if axle.wide == 0:  # cranks
            turn = 2 * math.pi * t / 1.15
        found.append(rolled(axle.x, axle.y, axle.z, turn))
    return np.array(found)


def _shadows(made: Vehicle) -> list[Foot]:
    feet = [Foot(axle.x, axle.z, 0.0, max(axle.wide, 0.05) * 0.8) for axle in made.axles if axle.wide > 0]
    feet += [Foot(made.long * s, 0.0, 0.16, made.wide * 0.42) for s in (-0.32, -0.1, 0.1, 0.32)]
    return feet


def _name(character: Character) -> str:
    words_ = [w for w in (character.colour, character.variety or None, character.kind.replace("-", " ")) if w]
    phrase = " ".join(words_)
    return f"{'an' if phrase[0] in 'aeiou' else 'a'} {phrase}"


PARTS: Mapping[str, Maker] = dict.fromkeys(_VEHICLES, cast_vehicle)
"""Who plays which vehicle."""
