"""A part for a person in, the player out: women, men and children, by their role, dressed and busy.

Knows no place. Bodies are built at a grown size and drawn smaller for children.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from openhorse.engines.procedural.brief import Character
from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.players.aiming import aimed
from openhorse.engines.procedural.players.bearing import Doer
from openhorse.engines.procedural.players.clothes import dress_body, shoulder_guards
from openhorse.engines.procedural.players.dyes import DYES, worn
from openhorse.engines.procedural.players.hats import COVERS, HATS, glasses
from openhorse.engines.procedural.players.head import make_head
from openhorse.engines.procedural.players.mesh import Array, Material, Mesh, grid, join, lathe, plate, smooth, tube
from openhorse.engines.procedural.players.moves import MOVES, STRIDES, Move, holding
from openhorse.engines.procedural.players.order import Act, in_order, pace_of
from openhorse.engines.procedural.players.performance import Deed, Performance, schedule, with_upper
from openhorse.engines.procedural.players.person import Body, Bone, Stance, bones, carried
from openhorse.engines.procedural.players.player import Casting, Foot, Maker, Medium, Touch
from openhorse.engines.procedural.players.props import PROPS
from openhorse.engines.procedural.players.puppet import Part, Puppet, Reach, facing_yaw, regular
from openhorse.engines.procedural.players.roles import ROLES
from openhorse.engines.procedural.players.solid import posed, turned
from openhorse.engines.procedural.players.sports import JUMP_PERIOD, SEAT
from openhorse.engines.procedural.players.wardrobe import Person, Wardrobe

_HATS_WORN = ("straw-hat", "top-hat", "beanie", "cap", "crown", "helmet", "hood", "hat")
_ACTIONS = {
    "hold": "stand",
    "wait": "stand",
    "roll": "walk",
    "drive": "ride",
    "look": "look-up",
    "swing": "dance",
    "climb": "walk",
    "hop": "jump",
    "fight": "point",
    "stop": "stand",
    "kiss": "hug",
    "lie": "sit",
    "sleep": "sit",
    "laugh": "talk",
    "glide": "walk",
    "trot": "run",
    "race": "run",
    "crawl": "walk",
    "write": "read",
    "paint": "point",
}
_HANDLED = frozenset(("drink", "read", "cook", "play", "bow"))
"""What is done with a thing in the hands, which are where it needs them."""
_STAYING_HANDS = {"swim", "float", "fly", "ski", "surf", "pedal", "ride", "dance", "ballet", "bow", "jump"}
_DOES = {
    "look-up": "looks up",
    "ballet": "dances",
    "pedal": "rides",
    "ski": "skis",
    "shuffle": "walks",
    "stroll": "walks",
    "stand": "stands",
    "wave": "waves",
    "dance": "dances",
    "fly": "flies",
    "hug": "opens the arms",
    "sit-down": "sits down",
    "turn": "turns round",
    "toss": "plays ball",
    "waltz": "dances",
    "bow": "plays",
}


def cast_person(casting: Casting) -> Puppet:
    """Somebody by kind, with what the prompt says of clothes, things and deeds."""
    character = casting.character
    chance = np.random.default_rng((casting.seed, 1 + len(character.kind)))
    made = _equipped(ROLES[_role(character)](Wardrobe(character, chance)), character)
    acts = in_order(character.actions, casting.seconds)
    deeds = [_deed(made, casting, act) for act in acts]
    if len(deeds) > 1 and not casting.riding and any(deed != deeds[0] for deed in deeds):
        return _perform(made, casting, acts, deeds, float(chance.random()))
    move = _chosen(made, casting, character.actions)
    doer = Doer(made.body, float(chance.random()))
    held = _held(made, move)
    mesh = _mesh(made, held, move, casting)
    upper = deeds[0].upper if deeds and deeds[0].move == move else None
    stance = _stance(made, doer, held, move, upper)
    stride = STRIDES.get(move)
    hurry = 1 / math.sqrt(made.size)  # short legs go quicker
    medium: Medium = (
        "air" if move in ("fly", "float") else "water" if move == "swim" else "afloat" if move == "surf" else "ground"
    )
    yaw = 0.42 if stride or move in ("swim", "fly", "ski", "pedal", "surf") else 0.78
    speed = {"fly": 5.0, "float": 0.25, "swim": 0.9, "ski": 6.0, "surf": 4.0, "pedal": 3.6}.get(move, 0.0) / hurry
    if stride:
        speed = stride.speed * made.size * math.cos(yaw)
    tall = (made.body.head_at + 0.14 * made.body.head) * made.size
    part = Part(
        _name(character),
        _said(move),
        tall,
        0.55 * made.size if not stride else 0.8 * made.size,
        medium,
        speed,
        made.size,
        yaw,
        0.34 if not stride else 0.26,
        0.35 + 0.16 * min(4.0, speed),
        rate=casting.rate * hurry,
        start=casting.phase * (stride.cycle if stride else 6.0),
    )

    @lru_cache(maxsize=4)  # a frame asks for the feet and for the picture
    def pose(t: float) -> Array:
        return bones(made.body, stance(t))

    player = Puppet(
        part,
        mesh,
        pose,
        touches=_touches(part, move, made),
        feet=_feet(part, made, pose),
        reach=_reach(made, stance),
    )
    if medium == "ground" and not casting.riding:  # an umbrella is taller than who holds it
        player.tall = float(posed(player.mesh, pose(0.0), None)[0][:, 1].max()) * made.size
    return player


def _perform(made: Person, casting: Casting, acts: Sequence[Act], deeds: Sequence[Deed], own: float) -> Puppet:
    """Somebody who does several things, one after the other."""
    # out of doors one sits down on the ground
    seated = casting.room < math.inf and any(deed.move == "sit" for deed in deeds)
    deeds = [replace(deed, move="sit-down") if deed.move == "sit" and not seated else deed for deed in deeds]
    busy = next((deed.upper or deed.move for deed in deeds if _held(made, deed.upper or deed.move)), deeds[-1].move)
    held, hurry, yaw = _held(made, busy), 1 / math.sqrt(made.size), 0.42
    scale = (made.size * math.cos(yaw), casting.rate * hurry)
    timeline = schedule(acts, deeds, scale, (casting.seconds, casting.room))
    fast = max(span.speed for span in timeline.spans)
    part = Part(
        _name(casting.character),
        ", ".join(_said(deed.upper or deed.move) for deed in deeds),
        (made.body.head_at + 0.14 * made.body.head) * made.size,
        0.8 * made.size,
        "ground",
        fast / (casting.rate * hurry),
        made.size,
        yaw,
        0.30,
        0.35 + 0.16 * min(4.0, fast),
        rate=casting.rate * hurry,
        start=casting.phase * 6.0,
    )
    show = Performance(Doer(made.body, own), deeds, timeline, (part.rate, part.start))
    how = PROPS[held][1] if held is not None and held in PROPS and busy not in _HANDLED else ""

    def stance(t: float) -> Stance:
        return holding(show.stance(t), made.body, 0, how)

    def touches(start: float, end: float) -> Sequence[Touch]:
        ahead = {name: stride.ahead * stride.reach * made.size for name, stride in STRIDES.items()}
        return [
            Touch(at, "step-soft", (0.85 if move == "run" else 0.55) * made.size, ahead[move])
            for at, move in show.steps(start, end)
            if move in ahead
        ]

    mesh = _mesh(made, held, busy, casting)
    way = turned(facing_yaw(part, casting.heading), 0.0).T @ np.array((casting.heading / made.size, 0.0, 0.0))

    def pose(t: float) -> Array:
        return _with_seat(bones(made.body, stance(t)), t) if seated else bones(made.body, stance(t))

    def _with_seat(found: Array, t: float) -> Array:
        # the stool stands where they will sit
        film = (t - part.start) / part.rate
        found[_GROUND][:, 3] = way * (timeline.gone(casting.seconds) - timeline.gone(film))
        return found

    return Puppet(
        part,
        join(mesh, _stool()) if seated and busy != "sit" else mesh,
        pose,
        touches=touches,
        feet=_feet(part, made, pose),
        timeline=timeline,
        reach=_reach(made, stance),
    )


def _reach(made: Person, stance: Callable[[float], Stance]) -> Reach:
    return lambda t, aim, yaw: bones(made.body, aimed(stance(t), made.body, aim, yaw, made.size))


def _deed(made: Person, casting: Casting, act: Act) -> Deed:
    """An act as moves: of the whole body, and of the hands where somebody does something with them besides."""
    move = _chosen(made, casting, (pace_of(act, "walk"),))
    if act[0] == "stop":
        move = "stand"
    upper = next((_ACTIONS.get(word, word) for word in act[1:] if _ACTIONS.get(word, word) in MOVES), None)
    return Deed(move, upper if upper not in (move, "stand") else None)


def _said(move: str) -> str:
    return _DOES.get(move, f"{move}s")


def _role(character: Character) -> str:
    if {"kimono", "hanfu"} & set(character.things) and character.kind in ("woman", "person", "girl"):
        return "hanfu"
    if "suit" in character.things and character.kind in ("man", "person"):
        return "businessman"
    if "bicycle" in character.things and character.kind in ("woman", "man", "person"):
        return character.kind
    return character.kind


def _equipped(made: Person, character: Character) -> Person:
    """With what the prompt puts on top of the role."""
    outfit, things = made.outfit, character.things
    if "raincoat" in things:
        colour = worn(character, "raincoat", DYES["yellow"])
        outfit = replace(
            outfit,
            top=colour,
            hem="coat",
            sleeve=1.0,
            gloss=0.35,
            puffy=0.5,
            trim=colour * 0.8,
            buttons=True,
            collar=True,
            boots=True,
            shoes=colour * 0.8,
            legs=1.0,
            bottom=linear(60, 70, 90) if outfit.legs < 0.5 else outfit.bottom,
            crossed=False,
            cape=None,
            belt=None,
        )
        made = replace(made, hat="hood", hat_dye=colour)
    if "scarf" in things:
        outfit = replace(outfit, scarf=worn(character, "scarf", DYES["red"]))
    if "backpack" in things:
        outfit = replace(outfit, backpack=worn(character, "backpack", DYES["green"]))
    if "cape" in things or "cloak" in things:
        outfit = replace(outfit, cape=worn(character, "cape", worn(character, "cloak", DYES["red"])))
    if character.colour is not None and character.colour in DYES and not character.colours:
        outfit = replace(outfit, top=DYES[character.colour], trim=DYES[character.colour] * 0.7)
    for name in _HATS_WORN:
        if name in things:
            made = replace(
                made,
                hat=name,
                hat_dye=worn(
                    character,
                    name,
                    worn(character, "hat", linear(224, 186, 110) if name == "straw-hat" else DYES["brown"]),
                ),
            )
            break
    if "glasses" in things:
        made = replace(made, glasses=True)
    for name in things:
        if name in PROPS:
            made = replace(made, held=name)
    return replace(made, outfit=outfit)


def _chosen(made: Person, casting: Casting, words: Sequence[str]) -> str:
    actions = [_ACTIONS.get(action, action) for action in words]
    known = [action for action in actions if action in MOVES]
    things = set(casting.character.things)
    if casting.riding:
        return "pedal" if things & {"bicycle", "bike"} or made.move == "pedal" else "ride"
    if made.move in ("ballet", "ski", "surf", "pedal") and (
        not known or known[0] in ("dance", "ride", "ski", "surf", "glide", "jump", "fly")
    ):
        return made.move
    usual = made.move if made.move not in (None, "shuffle") else "stand"
    first = known[0] if known else str(usual)
    if first == "fly" and made.hat == "visor":
        return "float"
    if first == "walk" and made.move == "shuffle":
        return "shuffle"
    if first == "play" and "violin" in (made.held or ""):
        return "bow"
    if first == "play" and made.held != "guitar" and "guitar" not in things:
        return "dance" if made.looks.young else "stand"
    return first


def _held(made: Person, move: str) -> str | None:
    held = made.held
    if move == "play":
        return "guitar"
    if move == "bow":
        return "violin"
    if held is None:
        return {"read": "book", "drink": "cup", "cook": "ladle"}.get(move)
    if held in ("guitar", "violin") and move in ("run", "jump", "dance"):
        return None
    return held


def _dyed(made: Person, casting: Casting, name: str) -> Mesh:
    maker, _, colour = PROPS[name]
    base = DYES[colour] if name != "guitar" else linear(206, 122, 50)
    return maker(worn(casting.character, name, base))


def _mesh(made: Person, held: str | None, move: str, casting: Casting) -> Mesh:
    parts = [dress_body(made.body, made.outfit)]
    looks = made.looks
    if (
        made.hat not in (None, "crown")
        and made.hat not in COVERS
        and looks.cut in ("bun", "topknot", "curly", "ponytail")
    ):
        looks = replace(looks, cut={"bun": "bob", "topknot": "short", "curly": "short", "ponytail": "long"}[looks.cut])  # type: ignore[arg-type]
    if made.hat == "hood":
        looks = replace(looks, cut="cropped")
    if made.hat not in COVERS:
        parts.append(make_head(made.body, looks))
    top = [glasses()] if made.glasses else []
    if made.hat is not None:
        top.append(HATS[made.hat](made.hat_dye if made.hat_dye is not None else DYES["brown"]))
    parts += [mesh.scaled(made.body.head).moved(0.012, made.body.head_at, 0).on(Bone.HEAD) for mesh in top]
    if held is not None and held in PROPS:
        parts += _in_hand(made, held, move, casting)
    if move == "sit":
        parts.append(_stool())
    if made.held == "skis" and move == "ski":
        parts += _skis(made.body, made.outfit.top)
    if made.held == "board" and move == "surf":
        parts.append(_board(casting))
    return join(*parts)


def _in_hand(made: Person, held: str, move: str, casting: Casting) -> list[Mesh]:
    prop = _dyed(made, casting, held)
    body = made.body
    if held == "guitar":
        at = (0.150, body.hip + 0.235, 0.05)
        return [_across(prop).moved(*at).on(Bone.CHEST)]
    if held == "violin":
        wand = tube([(-0.05, -0.30, 0.0), (0.03, 0.36, 0.0)], 0.004, Material(linear(80, 40, 20)), 6).turned(0, -1.25)
        return [
            _across(prop).turned(1, -0.9).turned(2, 0.10).moved(0.15, body.shoulder + 0.085, -0.03).on(Bone.CHEST),
            wand.on(Bone.HELD),
        ]
    if held == "sheathed":
        return [prop.moved(0.06, body.hip + 0.06, -0.175).on(Bone.HIPS), *shoulder_guards(body, made.outfit.top)]
    if held == "book" and move in ("stand", "walk", "read", "sit"):
        return [prop.scaled(1.15).moved(0, 0, -0.075).on(Bone.HELD)]
    return [prop.on(Bone.HELD)]


def _across(instrument: Mesh) -> Mesh:
    # its front ahead, its neck to the left (−z) and a little up
    front = instrument.turned(1, math.pi / 2)
    return front.turned(0, -1.15)


def _stool() -> Mesh:
    wood = Material(linear(128, 84, 48), gloss=0.15)
    seat = lathe(
        [(0.001, SEAT - 0.035), (0.165, SEAT - 0.035), (0.175, SEAT - 0.015), (0.165, SEAT), (0.001, SEAT + 0.002)],
        wood,
        28,
    )
    legs = [
        tube(
            [(0.10 * math.cos(a), SEAT - 0.03, 0.10 * math.sin(a)), (0.16 * math.cos(a), 0.01, 0.16 * math.sin(a))],
            (0.020, 0.015),
            wood,
            9,
        )
        for a in (0.4, 2.0, 3.5, 5.1)
    ]
    stool = join(seat, *legs).moved(-0.02, 0, 0)
    return stool.on(_GROUND)


_GROUND = 20  # one bone more than a body has: what stays where it is


def _skis(body: Body, colour: Array) -> list[Mesh]:
    keys = smooth([(-0.75, 0.012), (0.0, 0.010), (0.70, 0.012), (0.88, 0.055), (0.96, 0.11)], 5)
    parts = []
    for side, sign in ((0, 1), (1, -1)):
        rows = np.array([[(x, y, 0.045 * w + body.hips * sign) for w in (-1, 1)] for x, y in keys])
        parts.append(grid(rows, Material(colour * 0.6 + 0.2, gloss=0.6)).on(Bone.FOOT + side))
        pole = tube([(0, 0.08, 0), (-0.30, -0.95, 0.04 * sign)], (0.011, 0.007), Material(DYES["grey"], gloss=0.6), 7)
        parts.append(pole.on(Bone.HELD + side))
    return parts


def _board(casting: Casting) -> Mesh:
    outline = smooth(
        [
            (-0.95, -0.15),
            (-0.4, -0.27),
            (0.4, -0.25),
            (0.98, 0.0),
            (0.4, 0.25),
            (-0.4, 0.27),
            (-0.95, 0.15),
            (-0.95, -0.15),
        ],
        6,
    )[:-1]
    board = plate(
        outline, 0.06, Material(worn(casting.character, "surfboard", DYES["orange"]), gloss=0.6), 0.025
    ).turned(0, -math.pi / 2)
    stripe = np.clip((0.03 - np.abs(board.points[:, 2])) / 0.005, 0, 1)[:, None]
    return board.coloured(board.colours * (1 - stripe) + DYES["white"] * stripe).moved(0.0, -0.03, 0).on(_GROUND)


def _stance(
    made: Person, doer: Doer, held: str | None, move: str, upper: str | None = None
) -> Callable[[float], Stance]:
    act = _both(MOVES[move], MOVES.get(upper or ""), move in STRIDES)
    how = PROPS[held][1] if held is not None and held in PROPS else ""
    if not how or move in _STAYING_HANDS or (upper or move) in _HANDLED:
        return lambda t: act(doer, t)
    return lambda t: holding(act(doer, t), made.body, 0, how)


def _both(act: Move, upper: Move | None, going: bool) -> Move:
    return act if upper is None else lambda doer, t: with_upper(act(doer, t), upper(doer, t), going)


def _touches(part: Part, move: str, made: Person) -> Callable[[float, float], Sequence[Touch]] | None:
    stride = STRIDES.get(move)
    if stride:
        step = stride.cycle / 2 / part.rate

        def steps(start: float, end: float) -> Sequence[Touch]:
            level = (0.85 if move == "run" else 0.55) * made.size
            return [
                Touch(at, "step-soft", level, stride.ahead * stride.reach * made.size)
                for at in regular(-part.start / part.rate, step, start, end)
            ]

        return steps
    if move == "jump":

        def landings(start: float, end: float) -> Sequence[Touch]:
            first = (0.68 * JUMP_PERIOD - part.start) / part.rate
            return [Touch(at, "landing", 0.6 * made.size) for at in regular(first, JUMP_PERIOD / part.rate, start, end)]

        return landings
    return None


def _feet(part: Part, made: Person, pose: Callable[[float], Array]) -> Callable[[float], Sequence[Foot]]:
    def feet(t: float) -> Sequence[Foot]:
        size = made.size
        found = []
        carry = pose(t * part.rate + part.start)
        for side, sign in ((0, 1), (1, -1)):
            sole = carried(carry[Bone.FOOT + side], np.array((0.05, 0.0, made.body.hips * sign)))
            found.append(
                Foot(float(sole[0]) * size, float(sole[2]) * size, max(0.0, float(sole[1])) * size, 0.085 * size)
            )
        hips = carried(carry[Bone.HIPS], np.array((0.0, made.body.hip, 0.0)))
        found.append(Foot(float(hips[0]) * size, float(hips[2]) * size, float(hips[1]) * size * 0.5, 0.18 * size))
        return found

    return feet


def _name(character: Character) -> str:
    kind = character.kind.replace("-", " ")
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


PARTS: Mapping[str, Maker] = dict.fromkeys(ROLES, cast_person)
"""Who plays whom."""
