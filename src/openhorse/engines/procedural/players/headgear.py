"""A posture and where its head is in; the capsules of its ears, horns, antlers and tusks out. Knows no face."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.players.posture import Array, Head, Place, Posture, Skin

_BONE = linear(168, 138, 100)
_IVORY = linear(226, 214, 188)
_PEARL = linear(248, 232, 196)
_PINK = linear(214, 150, 140)


def draw_headgear(posture: Posture, head: Head) -> None:
    """Ears, and horns where it has some."""
    _EARS[posture.build.ears](posture, head)
    if posture.build.horns is not None:
        _HORNS[posture.build.horns](posture, head)


def _chain(posture: Posture, places: Sequence[Place], radii: Sequence[float], skin: Skin, blend: float) -> None:
    s = posture.build.head
    for (a, b), (ra, rb) in zip(pairwise(places), pairwise(radii), strict=True):
        posture.add(a, b, (ra * s, rb * s), skin, blend)


# -- ears -----------------------------------------------------------------------------------------------------------


def _draw_leaf(posture: Posture, root: tuple[Place, Place], tip: Place, wide: float, inner: Array) -> None:
    # a stiff ear: a triangle between two points of the skull and its tip, its hollow paler
    s, build = posture.build.head, posture.build
    (ax, ay, az), (bx, by, bz) = root
    middle = ((ax + bx) / 2, (ay + by) / 2, (az + bz) / 2)
    back = Skin(build.coat.dark, fur=0.0022)
    posture.add(middle, tip, (wide * 1.15 * s, 0.004 * s), back, 0.016)
    posture.add(root[0], tip, (wide * 0.62 * s, 0.003 * s), back, 0.014)
    posture.add(root[1], tip, (wide * 0.62 * s, 0.003 * s), back, 0.014)
    lift = [m + (t - m) * 0.62 for m, t in zip(middle, tip, strict=True)]
    hollow = (lift[0] + 0.010 * s, lift[1], lift[2])
    start = (middle[0] + 0.015 * s, middle[1] + 0.006 * s, middle[2])
    posture.add(start, hollow, (wide * 0.80 * s, 0.003 * s), Skin(inner, fur=0.001), 0.004)


def _draw_points(posture: Posture, head: Head) -> None:
    e, back = posture.build.ear, 0.030 * posture.attitude.prick
    run = 0.016 * posture.flying
    inner = posture.build.coat.light * 0.55 + _PINK * 0.25
    for z in (-1, 1):
        b = posture.build.face.broad if posture.build.face else 1.0
        root = head(0.004, 0.054 * b, 0.018 * b * z), head(-0.034, 0.028 * b, 0.068 * b * z)
        tip = head(-0.026 - run - back * (1 if z > 0 else 0.3), 0.050 * b + 0.070 * e, 0.066 * b * z)
        _draw_leaf(posture, root, tip, 0.022 * e, inner)


def _draw_rounds(posture: Posture, head: Head) -> None:
    e, s, coat = posture.build.ear, posture.build.head, posture.build.coat
    b = posture.build.face.broad if posture.build.face else 1.0
    for z in (-1, 1):
        place = head(-0.030, 0.062 * b, 0.058 * b * z), head(-0.034, (0.066 + 0.008 * e) * b, 0.062 * b * z)
        posture.add(*place, (0.031 * e * s, 0.031 * e * s), Skin(coat.dark, fur=0.004), 0.012, 1.3)
        inner = head(-0.014, 0.065 * b, 0.060 * b * z), head(-0.015, (0.066 + 0.006 * e) * b, 0.063 * b * z)
        hollow = Skin(coat.dark * 0.5 + _PINK * 0.35 * (float(coat.dark.sum()) > 0.1), fur=0.001)
        posture.add(*inner, (0.020 * e * s, 0.019 * e * s), hollow, 0.006)


def _draw_sides(posture: Posture, head: Head) -> None:
    e, coat, flick = posture.build.ear, posture.build.coat, 0.02 * posture.attitude.prick
    for z in (-1, 1):
        root, middle = head(-0.030, 0.040, 0.046 * z), head(-0.048, 0.044 + flick, (0.060 + 0.038 * e) * z)
        tip = head(-0.058, 0.030 + flick * 2, (0.066 + 0.085 * e) * z)
        _chain(posture, (root, middle, tip), (0.015, 0.026 * e, 0.007), Skin(coat.dark, fur=0.003), 0.014)
        hollow = head(-0.034, 0.040 + flick, (0.062 + 0.038 * e) * z)
        _chain(posture, (hollow, tip), (0.016 * e, 0.004), Skin(_PINK * 0.6 + coat.light * 0.2, fur=0.001), 0.004)


def _draw_horse_ears(posture: Posture, head: Head) -> None:
    e, coat, back = posture.build.ear, posture.build.coat, 0.03 * posture.attitude.prick
    for z in (-1, 1):
        places = (
            head(-0.034, 0.050, 0.030 * z),
            head(-0.040 - back * 0.5, 0.060 + 0.044 * e, 0.040 * z),
            head(-0.026 - back, 0.064 + 0.082 * e, 0.034 * z),
        )
        _chain(posture, places, (0.015, 0.019, 0.004), Skin(coat.dark, fur=0.001), 0.014)


def _draw_rabbit_ears(posture: Posture, head: Head) -> None:
    e, coat, lag = posture.build.ear, posture.build.coat, 0.05 * posture.attitude.prick + 0.02 * posture.wave(0.4)
    for z in (-1, 1):
        places = (
            head(-0.034, 0.050, 0.024 * z),
            head(-0.066 - lag * 0.5, 0.052 + 0.080 * e, 0.036 * z),
            head(-0.090 - lag, 0.056 + 0.158 * e, 0.046 * z),
        )
        _chain(posture, places, (0.018, 0.030, 0.009), Skin(coat.dark, fur=0.003), 0.02)
        inner = [(x + 0.014, y, p) for x, y, p in places[1:]]
        _chain(posture, inner, (0.020, 0.005), Skin(_PINK * 0.8, fur=0.001), 0.006)


def _draw_fans(posture: Posture, head: Head) -> None:
    # sheets of skin as broad as the head: overlapping folds that stand off behind the cheek
    e, s, coat = posture.build.ear, posture.build.head, posture.build.coat
    flap = 0.012 + 0.05 * posture.attitude.prick + 0.016 * posture.wave(0.3)
    folds = ((-0.066, 0.042), (-0.104, 0.026), (-0.116, -0.018), (-0.096, -0.070), (-0.058, -0.098), (-0.024, -0.066))
    for z in (-1, 1):
        root = head(-0.010, 0.020, 0.098 * z)
        for k, (back, up) in enumerate(folds):
            off = 0.128 + flap * (1.1 if k in (1, 2, 3) else 0.6)
            tip = head(-0.005 + back * e, 0.015 + up * e, off * z)
            skin = Skin(coat.base * (0.84 + 0.03 * (k % 2)), fur=0.001)
            posture.add(root, tip, (0.026 * s, 0.022 * e * s), skin, 0.055)


def _draw_drops(posture: Posture, head: Head) -> None:
    e, coat = posture.build.ear, posture.build.coat
    fly = (0.5 + 0.5 * posture.wave(0.55)) * min(1.0, posture.gait.flex / 0.05) + 0.3 * posture.attitude.prick
    for z in (-1, 1):
        places = (
            head(-0.016, 0.044, 0.052 * z),
            head(-0.048 - 0.016 * fly, -0.008 + 0.020 * fly, 0.080 * z),
            head(-0.036 - 0.058 * fly, -0.012 - 0.062 * e + 0.052 * fly, 0.082 * z),
        )
        _chain(posture, places, (0.024, 0.033, 0.020), Skin(coat.dark, fur=0.007, flow=1), 0.026)


def _draw_none(posture: Posture, head: Head) -> None:
    pass


_EARS: dict[str, Callable[[Posture, Head], None]] = {
    "drop": _draw_drops,
    "point": _draw_points,
    "long": _draw_horse_ears,
    "cat": _draw_points,
    "round": _draw_rounds,
    "side": _draw_sides,
    "horse": _draw_horse_ears,
    "rabbit": _draw_rabbit_ears,
    "fan": _draw_fans,
    "none": _draw_none,
}

# -- horns ----------------------------------------------------------------------------------------------------------


def _draw_antlers(posture: Posture, head: Head) -> None:
    skin = Skin(_BONE, fur=0.0, gloss=0.05)
    for z in (-1, 1):
        beam = [(-0.030, 0.058, 0.028), (-0.075, 0.145, 0.075), (-0.085, 0.240, 0.125), (-0.030, 0.335, 0.150)]
        places = [head(x, y, p * z) for x, y, p in beam]
        _chain(posture, places, (0.014, 0.0125, 0.010, 0.004), skin, 0.01)
        for (x, y, p), (dx, dy) in zip(beam[:3], ((0.085, 0.085), (0.105, 0.075), (-0.085, 0.085)), strict=True):
            places = [head(x, y + 0.01, p * z), head(x + dx * 0.6, y + dy * 0.45, (p + 0.012) * z)]
            places.append(head(x + dx, y + dy + 0.02, (p + 0.016) * z))
            _chain(posture, places, (0.0095, 0.008, 0.003), skin, 0.008)


def _draw_palms(posture: Posture, head: Head) -> None:
    # a moose's: out to the side, then a hand with short fingers
    skin = Skin(_BONE * 0.85, fur=0.0, gloss=0.05)
    for z in (-1, 1):
        root, wrist = head(-0.030, 0.050, 0.030 * z), head(-0.045, 0.110, 0.120 * z)
        _chain(posture, (root, wrist), (0.017, 0.022), skin, 0.012)
        for ahead, up, out in (
            (-0.140, 0.270, 0.190),
            (-0.090, 0.325, 0.225),
            (-0.030, 0.335, 0.240),
            (0.025, 0.295, 0.230),
        ):
            knuckle = head(0.55 * ahead - 0.02, 0.110 + 0.62 * (up - 0.110), (0.120 + 0.70 * (out - 0.120)) * z)
            _chain(posture, (wrist, knuckle, head(ahead, up, out * z)), (0.026, 0.032, 0.005), skin, 0.02)
        brow = head(0.035, 0.075, 0.125 * z), head(0.095, 0.125, 0.135 * z)
        _chain(posture, (wrist, *brow), (0.020, 0.014, 0.004), skin, 0.012)


def _draw_sweep(posture: Posture, head: Head) -> None:
    # a reindeer's: far back, then up and ahead in one sweep, with a shovel over the brow
    skin = Skin(_BONE, fur=0.0, gloss=0.05)
    for z in (-1, 1):
        beam = ((-0.030, 0.055, 0.026), (-0.105, 0.130, 0.080), (-0.160, 0.235, 0.130), (-0.135, 0.345, 0.150),
            (-0.050, 0.420, 0.135))  # fmt: skip
        _chain(posture, [head(x, y, p * z) for x, y, p in beam], (0.015, 0.0135, 0.012, 0.010, 0.004), skin, 0.01)
        for (x, y, p), (dx, dy) in zip(beam[2:], ((-0.06, 0.05), (-0.055, 0.075), (0.075, 0.02)), strict=True):
            _chain(posture, (head(x, y, p * z), head(x + dx, y + dy, p * z)), (0.010, 0.003), skin, 0.008)
        brow = head(-0.035, 0.065, 0.026 * z), head(0.055, 0.105, 0.030 * z), head(0.105, 0.165, 0.026 * z)
        _chain(posture, brow, (0.012, 0.014, 0.004), skin, 0.008)


def _draw_bow_horns(posture: Posture, head: Head) -> None:
    # a buffalo's: wide, down from a boss, then up
    skin = Skin(_BONE * 0.32, fur=0.0, gloss=0.15)
    for z in (-1, 1):
        places = ((-0.030, 0.066, 0.012), (-0.045, 0.052, 0.085), (-0.055, 0.058, 0.155), (-0.060, 0.105, 0.190),
            (-0.055, 0.160, 0.165))  # fmt: skip
        _chain(posture, [head(x, y, p * z) for x, y, p in places], (0.030, 0.026, 0.020, 0.013, 0.004), skin, 0.008)


def _draw_cow_horns(posture: Posture, head: Head) -> None:
    for z in (-1, 1):
        places = [head(-0.034, 0.056, 0.040 * z), head(-0.034, 0.074, 0.096 * z), head(-0.008, 0.122, 0.116 * z)]
        _chain(posture, places, (0.017, 0.014, 0.004), Skin(_IVORY, fur=0.0, gloss=0.2), 0.006)


def _draw_ram_horns(posture: Posture, head: Head) -> None:
    for z in (-1, 1):
        turns = [math.radians(80 + 46 * k) for k in range(8)]
        places = [
            head(
                -0.045 + (0.062 - 0.003 * k) * math.cos(a),
                0.010 + (0.062 - 0.003 * k) * math.sin(a),
                (0.062 + 0.008 * k) * z,
            )
            for k, a in enumerate(turns)
        ]
        _chain(posture, places, [0.022 - 0.0024 * k for k in range(8)], Skin(_BONE * 0.8, fur=0.0), 0.006)


def _draw_goat_horns(posture: Posture, head: Head) -> None:
    for z in (-1, 1):
        places = [head(-0.014, 0.058, 0.022 * z), head(-0.050, 0.130, 0.036 * z), head(-0.118, 0.168, 0.056 * z)]
        _chain(posture, places, (0.016, 0.013, 0.004), Skin(_BONE * 0.5, fur=0.0, gloss=0.1), 0.006)


def _draw_unicorn_horn(posture: Posture, head: Head) -> None:
    places = [head(0.030 + 0.012 * k, 0.050 + 0.030 * k, 0.0) for k in range(7)]
    _chain(posture, places, [0.0165 - 0.0023 * k for k in range(7)], Skin(_PEARL, fur=0.0, gloss=0.6), 0.002)


def _draw_ossicones(posture: Posture, head: Head) -> None:
    for z in (-1, 1):
        places = [head(-0.022, 0.050, 0.026 * z), head(-0.038, 0.118, 0.034 * z)]
        _chain(posture, places, (0.013, 0.012), Skin(posture.build.coat.base, fur=0.002), 0.01)
        _chain(posture, [places[1], places[1]], (0.015, 0.015), Skin(posture.build.coat.dark * 0.4, fur=0.003), 0.006)


def _draw_tusks(posture: Posture, head: Head) -> None:
    for z in (-1, 1):
        places = [head(0.060, -0.062, 0.046 * z), head(0.100, -0.122, 0.062 * z), head(0.172, -0.138, 0.060 * z)]
        _chain(posture, places, (0.016, 0.014, 0.004), Skin(_IVORY, fur=0.0, gloss=0.25), 0.004)


def _draw_dragon_horns(posture: Posture, head: Head) -> None:
    skin = Skin(_BONE * 0.7, fur=0.0, gloss=0.2)
    for z in (-1, 1):
        places = [head(-0.035, 0.050, 0.034 * z), head(-0.105, 0.095, 0.052 * z), head(-0.180, 0.105, 0.066 * z)]
        _chain(posture, places, (0.018, 0.014, 0.004), skin, 0.008)
        places = [head(-0.045, -0.010, 0.062 * z), head(-0.110, -0.005, 0.096 * z)]
        _chain(posture, places, (0.014, 0.003), skin, 0.01)


def _draw_nose_horns(posture: Posture, head: Head) -> None:
    long = 0.055 + 0.088 * posture.build.muzzle
    skin = Skin(_BONE * 0.55, fur=0.0, gloss=0.15)
    for ahead, tall in ((long - 0.01, 0.115), (long - 0.075, 0.06)):
        places = [head(ahead, 0.010, 0), head(ahead + 0.012, 0.02 + 0.5 * tall, 0), head(ahead - 0.002, 0.02 + tall, 0)]
        _chain(posture, places, (0.026, 0.017, 0.004), skin, 0.012)


_HORNS: dict[str, Callable[[Posture, Head], None]] = {
    "antlers": _draw_antlers,
    "palms": _draw_palms,
    "sweep": _draw_sweep,
    "bow": _draw_bow_horns,
    "cow": _draw_cow_horns,
    "ram": _draw_ram_horns,
    "goat": _draw_goat_horns,
    "unicorn": _draw_unicorn_horn,
    "giraffe": _draw_ossicones,
    "tusks": _draw_tusks,
    "dragon": _draw_dragon_horns,
    "rhino": _draw_nose_horns,
}
