"""An action's name, a build and a moment in; gait and attitude out: how animals sit, eat, sleep, bark and look about.

Knows no pixels. Steps are gait.py's; this is all that is done besides.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from openhorse.engines.procedural.players.gait import GALLOP, STAND, TROT, WALK, Gait
from openhorse.engines.procedural.players.posture import Attitude, Tread, standing
from openhorse.engines.procedural.players.species import Build

_TURN = 2 * math.pi

HOP = Gait("hop", (0.0, 0.03, 0.44, 0.50), 0.62, 0.34, 0.36, 0.16, 0.050, 0.15, 0.9, 1)
LEAP = Gait("leap", (0.0, 0.05, 0.46, 0.54), 0.86, 0.28, 0.52, 0.26, 0.085, 0.20, 0.9, 1)
AMBLE = Gait("amble", (0.0, 0.5, 0.25, 0.75), 0.78, 0.55, 0.32, 0.10, 0.010, 0.012, 0.05)

Mood = Callable[[Build, float, int], Attitude]
"""What an animal does with its body at a moment: build, seconds of its own time, seed."""


@dataclass(frozen=True, slots=True)
class Act:
    """One thing to do: how it is said, its gait, its attitude.

    `voice` is when it gives voice, in seconds, and that `every` so many seconds; `afloat`, `roll` and `aloft` say where
    it is: in the water, on its back, in the air.
    """

    does: str
    gait: Gait
    attitude: Mood
    voice: tuple[float, ...] = ()
    every: float = 0.0
    afloat: bool = False
    roll: bool = False
    aloft: bool = False


def _pulse(t: float, at: float, wide: float) -> float:
    """A smooth bump of height 1 around `at`."""
    x = (t - at) / wide
    return math.exp(-x * x * 2.5)


def _alive(build: Build, t: float, seed: int) -> Attitude:
    # breath, blinking, ears that twitch, a head that now and then looks elsewhere: never two alike
    own = (seed % 97) / 97
    beat = 3.1 + own
    blink = 1.0 if (t + own * 2.7) % beat < 0.13 else 0.0
    glance = math.sin(_TURN * (t / 6.7 + own)) + 0.5 * math.sin(_TURN * (t / 2.9 + 2 * own))
    prick = max(0.0, math.sin(_TURN * (t / 1.9 + own))) ** 12
    turn = 0.28 + 0.30 * math.tanh(1.6 * glance)
    lift = 0.05 * math.sin(_TURN * (t / 4.3 + own))
    breath = 0.014 * math.sin(_TURN * t / 2.4)
    return Attitude(turn=turn, neck=lift, fall=-0.5 * lift, blink=blink, prick=prick, breath=breath, wag=_wag(build, t))


def _wag(build: Build, t: float) -> float:
    swish = math.sin(_TURN * t / 3.4)
    if build.tail in ("plume", "curl", "brush"):
        return 0.32 * math.sin(_TURN * 1.7 * t) * (0.6 + 0.4 * swish)
    if build.tail in ("tuft", "horse"):
        return 0.5 * math.sin(_TURN * t / 1.3) * max(0.0, swish)
    return 0.4 * math.sin(_TURN * t / 2.6)


def _going(build: Build, t: float, seed: int) -> Attitude:
    alive = _alive(build, t, seed)
    return Attitude(turn=0.10 + 0.3 * (alive.turn - 0.28), blink=alive.blink, prick=0.3 * alive.prick)


def _running(build: Build, t: float, seed: int) -> Attitude:
    return Attitude(turn=0.06, blink=_alive(build, t, seed).blink)


def _standing(build: Build, t: float, seed: int) -> Attitude:
    tail = 0.55 if build.tail == "thin" else 0.0
    return replace(
        _alive(build, t, seed), hind=Tread(0.02, 103, apart=-0.13), fore=Tread(0.0, 94, apart=0.09), tail=tail
    )


def _sitting(build: Build, t: float, seed: int) -> Attitude:
    # the chest as high as straight forelegs hold it, the rump on the ground
    hip = 0.095 * build.girth
    rise = min(0.80, max(0.25, (0.43 * build.leg + 0.04 - hip) / (0.45 * build.body)))
    tilt = math.asin(rise)
    cosine = math.cos(tilt)
    centre = hip + 0.235 * build.body * rise + 0.03 * cosine
    knee = (0.235 * build.body * (1 - cosine) + 0.012) / build.leg + 0.20
    chest = (0.215 * build.body * cosine + 0.075 * rise - 0.195 * build.body) / build.leg
    alive = _alive(build, t, seed)
    return replace(
        alive,
        height=centre / standing(build),
        tilt=tilt,
        hind=Tread(knee, 175, apart=0.05),
        fore=Tread(chest, 93, apart=0.06),
        neck=alive.neck - 0.62 * tilt,
        fall=alive.fall - 0.96 * tilt,
        tail=tilt + 0.30 if build.tail == "bush" else tilt - 0.42,
    )


def _lying(build: Build, t: float, seed: int) -> Attitude:
    alive = _alive(build, t, seed)
    if build.hoofed or build.foot == "pad":
        centre = 0.122 * build.girth + 0.05 * build.bulk.belly
        legs = {"hind": Tread(0.16, 172, apart=0.05), "fore": Tread(0.10, 12, apart=0.08), "short": 0.42 / build.leg}
        return replace(alive, height=centre / standing(build), tilt=0.03, tail=-0.5, **legs)  # type: ignore[arg-type]
    centre = 0.125 * build.girth + 0.012
    return replace(
        alive,
        height=centre / standing(build),
        tilt=0.10,
        hind=Tread(0.16, 174, apart=0.05),
        fore=Tread(0.27, 174, apart=0.08),
        neck=alive.neck - 0.05,
        short=min(1.0, 0.72 / build.leg),
        tail=-0.15,
    )


def _sleeping(build: Build, t: float, seed: int) -> Attitude:
    lying = _lying(build, t, seed)
    breath = 0.030 * math.sin(_TURN * t / 3.6)
    low = 0.62 + 0.55 * min(1.0, 1.0 / build.neck)
    return replace(lying, neck=-low, fall=0.05, turn=0.45, blink=1.0, breath=breath, wag=0.0, prick=lying.prick * 0.5)


def _grazing(build: Build, t: float, seed: int) -> Attitude:
    # the neck as low, and as long, as it takes for the mouth to reach the ground
    alive = _alive(build, t, seed)
    short = build.neck < 1.2
    tilt, height = (-0.26, 0.93) if short else (-0.08, 1.0)
    mouth = (0.072 + 0.082 * build.muzzle) * build.head
    base = standing(build) * height + 0.20 * math.sin(tilt) + 0.085
    need = (base - mouth) / (0.215 * build.neck)
    reach = min(1.9, max(1.0, need / 0.95))
    angle = -math.asin(min(0.95, need / reach))
    carried = 0.10 + 0.42 * max(0.0, build.muzzle - 1.0) + (build.face.droop if build.face else 0.0)
    chew = math.sin(_TURN * 1.5 * t)
    return replace(
        alive,
        height=height,
        tilt=tilt,
        hind=Tread(0.0, 104, apart=-0.14),
        fore=Tread(0.02, 96, apart=0.20),
        neck=angle - 0.82 - build.neck_lift + 0.035 * math.sin(_TURN * t / 2.3) - tilt * 0.5,
        reach=reach,
        fall=carried - 1.08 - tilt,
        turn=0.18 * math.sin(_TURN * t / 3.7),
        gape=0.18 * max(0.0, chew),
    )


def _nibbling(build: Build, t: float, seed: int) -> Attitude:
    sitting = _sitting(build, t, seed)
    chew = math.sin(_TURN * 2.4 * t)
    paw = Tread(0.30, 150, up=0.34 + 0.03 * math.sin(_TURN * t / 1.7))
    return replace(
        sitting, near=paw, fore=replace(paw, up=paw.up * 0.9), fall=sitting.fall - 0.22, gape=0.14 * max(0, chew)
    )


def _trunking(build: Build, t: float, seed: int) -> Attitude:
    return replace(_standing(build, t, seed), gape=0.5 - 0.5 * math.cos(_TURN * t / 3.2))


def _looking(build: Build, t: float, seed: int) -> Attitude:
    standing = _standing(build, t, seed)
    return replace(standing, turn=0.35 + 0.75 * math.tanh(2.2 * math.sin(_TURN * (t / 3.8 + 0.08))), prick=0.0)


def _calling(build: Build, t: float, seed: int) -> Attitude:
    # the mouth opens at 0.35 and 0.80 s of every 1.9
    standing = _standing(build, t, seed)
    now = t % 1.9
    mouth = min(1.0, _pulse(now, 0.40, 0.13) + _pulse(now, 0.85, 0.13))
    return replace(standing, gape=mouth * 0.8, neck=0.16 + 0.14 * mouth, fall=0.02 + 0.16 * mouth, turn=0.35)


def _howling(build: Build, t: float, seed: int) -> Attitude:
    standing = _standing(build, t, seed)
    up = 0.5 - 0.5 * math.cos(_TURN * min(1.0, (t % 4.0) / 4.0))
    high = min(1.0, 1.7 * up)
    return replace(standing, neck=0.40 * high, fall=0.85 * high, gape=0.55 * high, turn=0.15, blink=float(high > 0.7))


def _shaking(build: Build, t: float, seed: int) -> Attitude:
    quick = math.sin(_TURN * 4.2 * t)
    strong = 0.5 - 0.5 * math.cos(_TURN * t / 2.4)
    standing = _standing(build, t, seed)
    return replace(
        standing, sway=0.018 * quick * strong, turn=0.2 + 0.32 * quick * strong, prick=quick * strong, wag=quick
    )


def _playing(build: Build, t: float, seed: int) -> Attitude:
    # a play bow, with small leaps
    leap = max(0.0, math.sin(_TURN * t / 1.15)) ** 3
    bow = 1 - leap
    alive = _alive(build, t, seed)
    return replace(
        alive,
        height=1.0 - 0.10 * bow,
        tilt=-0.34 * bow + 0.06 * leap,
        hind=Tread(0.03, 104, up=0.18 * leap, apart=-0.10),
        fore=Tread(0.26 * bow, 94 + 50 * bow, up=0.22 * leap, apart=0.08),
        lift=0.10 * leap,
        neck=0.28 * bow,
        fall=0.30 * bow,
        gape=0.30,
        wag=0.9 * math.sin(_TURN * 2.6 * t),
        tail=0.5,
    )


def _dancing(build: Build, t: float, seed: int) -> Attitude:
    beat = _TURN * t / 1.05
    bounce = abs(math.sin(beat))
    side = math.sin(beat)
    up = Tread(0.16, 60, up=0.20 * max(0.0, side))
    down = Tread(0.16, 60, up=0.20 * max(0.0, -side))
    alive = _alive(build, t, seed)
    return replace(
        alive, hind=Tread(0.0, 103), fore=down, near=up, tilt=0.06 * bounce + 0.04, lift=0.012 * bounce,
        turn=0.3 + 0.45 * side, neck=0.10 * bounce, wag=side, tail=0.4, sway=0.012 * side, gape=0.2,
    )  # fmt: skip


def _waving(build: Build, t: float, seed: int) -> Attitude:
    sitting = _sitting(build, t, seed)
    swing = math.sin(_TURN * 1.5 * t)
    return replace(sitting, near=Tread(0.40, 128 + 34 * swing, up=0.62 + 0.05 * swing), turn=0.55, gape=0.15)


def _rearing(build: Build, t: float, seed: int) -> Attitude:
    up = 0.5 - 0.5 * math.cos(_TURN * t / 2.6)
    paw = math.sin(_TURN * 1.5 * t)
    lifted = 0.62 * up
    standing = _standing(build, t, seed)
    return replace(
        standing,
        tilt=lifted,
        lift=0.21 * build.body * math.sin(lifted),
        fore=Tread(0.20 * up, 94 - 60 * up, up=(0.52 + 0.08 * paw) * up),
        near=Tread(0.26 * up, 94 - 70 * up, up=(0.60 - 0.08 * paw) * up),
        neck=-0.25 * lifted,
        fall=-0.5 * lifted,
    )


def _rolling(build: Build, t: float, seed: int) -> Attitude:
    lying = _lying(build, t, seed)
    kick = math.sin(_TURN * 1.1 * t)
    return replace(
        lying,
        hind=Tread(0.10, 80 + 25 * kick, up=0.0),
        fore=Tread(0.0, 60 - 25 * kick, up=0.0),
        short=0.8,
        height=lying.height * 1.9,
        wag=kick,
        gape=0.35,
        turn=0.3 * kick,
    )


def _swimming(build: Build, t: float, seed: int) -> Attitude:
    return replace(_going(build, t, seed), tilt=0.16, neck=0.10, fall=-0.12, breath=0.0, turn=0.15)


def _flying(build: Build, t: float, seed: int) -> Attitude:
    bob = 0.04 * math.sin(_TURN * 0.9 * t)
    tucked = Tread(-0.16, 40, up=0.34)
    return replace(
        _going(build, t, seed),
        hind=Tread(-0.30, 130, up=0.30),
        fore=tucked,
        neck=-0.30,
        fall=0.25,
        tail=0.1,
        lift=bob,
        tilt=0.06,
    )


def _upright(build: Build, t: float, seed: int) -> Attitude:
    # on its hind legs, as kangaroos go and stand
    tilt = 0.62
    paws = Tread(0.10, 40, up=0.62)
    return replace(
        _going(build, t, seed),
        tilt=tilt,
        lift=0.10,
        fore=paws,
        near=replace(paws, x=0.14),
        neck=-0.30,
        fall=-0.55,
        tail=0.05,
    )


def _fastest(build: Build) -> Act:
    if build.gait == "hop":
        return Act("hops", HOP, _running)
    if build.gait == "amble":
        return Act("strides", AMBLE, _going)
    return Act("runs", TROT if build.gait == "trot" else GALLOP, _running)


_NIBBLERS = ("rabbit", "squirrel", "mouse", "panda", "monkey", "bear")

_STILL = {
    "stand": Act("stands", STAND, _standing),
    "look": Act("looks about", STAND, _looking),
    "turn": Act("turns its head", STAND, _looking),
    "lie": Act("lies", STAND, _lying),
    "sleep": Act("sleeps", STAND, _sleeping),
    "howl": Act("howls", STAND, _howling),
    "shake": Act("shakes itself", STAND, _shaking),
    "play": Act("plays", STAND, _playing),
    "dance": Act("dances", STAND, _dancing),
    "rear": Act("rears", STAND, _rearing),
    "roll": Act("rolls on its back", STAND, _rolling, roll=True),
    "swim": Act("swims", replace(TROT, name="swim", cycle=1.0), _swimming, afloat=True),
}

_KIN = {
    "gallop": "run", "chase": "run", "race": "run", "sprint": "run", "dash": "run", "follow": "walk", "stroll": "walk",
    "wander": "walk", "come": "walk", "go": "walk", "enter": "walk", "leave": "walk", "ride": "run", "drive": "run",
    "leap": "jump", "hop": "jump", "bounce": "jump", "graze": "eat", "drink": "eat", "feed": "eat", "sniff": "eat",
    "nap": "sleep", "rest": "lie", "lay": "lie", "watch": "look", "stare": "look", "search": "look", "wait": "stand",
    "stop": "stand", "halt": "stand",
    "meow": "bark", "neigh": "bark", "roar": "bark", "call": "bark", "sing": "bark", "speak": "bark", "talk": "bark",
    "growl": "bark", "wag": "stand", "spin": "dance", "float": "swim", "dive": "swim", "glide": "fly", "soar": "fly",
    "smile": "stand",
    "breathe": "stand", "pose": "stand", "wave": "wave", "climb": "walk", "creep": "walk", "hunt": "walk",
    "wake": "lie",
    "laugh": "dance", "kick": "rear", "graze on": "eat", "lick": "sit", "yawn": "bark", "stretch": "play",
}  # fmt: skip


def act(actions: tuple[str, ...], build: Build) -> Act:
    """What an animal of `build` does where the prompt asks for `actions`; it walks for want of any.

    Of several, the first that is known counts.
    """
    if build.name.endswith("kangaroo"):
        stays = not actions or actions[0] in ("stand", "look", "sit", "eat", "wait")
        return Act("stands", STAND, _upright) if stays else Act("hops", LEAP, _upright)
    for action in actions:
        found = _named(_KIN.get(action, action), build)
        if found is not None:
            return found
    return _STILL["stand"] if not actions or build.gait == "hop" else Act("walks", WALK, _going)


def _named(action: str, build: Build) -> Act | None:
    match action:
        case "fly" if build.bulk.wings:
            return Act("flies", STAND, _flying, aloft=True)
        case "fly":
            return _fastest(build)
        case "run":
            return _fastest(build)
        case "jump":
            return Act("hops", HOP, _running) if build.gait == "hop" else Act("leaps", LEAP, _running)
        case "trot" if build.gait == "amble":
            return _fastest(build)
        case "trot":
            return Act("trots", TROT, _running)
        case "walk":
            return Act("hops", replace(HOP, cycle=0.8), _going) if build.gait == "hop" else Act("walks", WALK, _going)
        case "eat":
            return _eating(build)
        case "bark":
            return Act("calls", STAND, _calling, (0.32, 0.77), 1.9)
        case "sit" | "wave" if build.hoofed or build.foot == "pad":
            return _STILL["lie" if action == "sit" else "stand"]
        case "sit":
            return Act("sits", STAND, _sitting)
        case "wave":
            return Act("waves a paw", STAND, _waving)
        case "play" | "dance" if build.hoofed:
            return _STILL["rear"] if action == "play" else _STILL["dance"]
        case _:
            return _STILL.get(action)


def _eating(build: Build) -> Act:
    if build.face is not None and build.face.nose == "trunk":
        return Act("feeds", STAND, _trunking)
    if build.name in _NIBBLERS:
        return Act("nibbles", STAND, _nibbling)
    return Act("grazes" if build.hoofed else "eats", STAND, _grazing)
