"""A posture, where its head is and the head's shape in; its capsules out: skull, cheeks, muzzle, mouth, nose and eyes.

Knows no ears and no neck. A dog's own face, as on the beach, is face.py's.
"""

from __future__ import annotations

import math

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.players.posture import Array, Head, Place, Posture, Skin
from openhorse.engines.procedural.players.species import Face

_INK = linear(14, 10, 9)
_TONGUE = linear(222, 104, 108)
_MOUTH = linear(88, 34, 32)
_ROSE = linear(208, 128, 124)


def draw_visage(posture: Posture, head: Head, face: Face) -> None:
    """Skull, cheeks, brows and muzzle, then mouth, nose and eyes."""
    length = 0.055 + 0.088 * posture.build.muzzle
    _draw_skull(posture, head, face)
    _draw_muzzle(posture, head, face, length)
    if face.nose != "beak":
        _draw_jaw(posture, head, face, length)
    _draw_nose(posture, head, face, length)
    _draw_eyes(posture, head, face)


def _draw_skull(posture: Posture, head: Head, face: Face) -> None:
    build, s, b, c = posture.build, posture.build.head, face.broad, face.cheek
    coat, hair = build.coat, min(build.hair, 0.0045)
    pale = coat.light * max(0.6, coat.under) + coat.base * (1 - max(0.6, coat.under))
    skull = Skin(coat.base, fur=hair)
    posture.add(head(-0.04, 0.004, 0), head(0.022, 0.012, 0), (0.071 * b * s, 0.066 * b * s), skull, 0.05, 0.96)
    for z in (-1, 1):
        near, far = head(-0.014, -0.030, 0.030 * c * z), head(0.026, -0.036, 0.024 * c * z)
        posture.add(near, far, (0.046 * c * s, 0.039 * c * s), Skin(pale, fur=hair * 1.8), 0.05)
        brow = head(0.040, 0.036, 0.026 * b * z), head(0.054, 0.026, 0.027 * b * z)
        posture.add(*brow, (0.026 * s, 0.022 * s), skull, 0.03)


def _draw_muzzle(posture: Posture, head: Head, face: Face, length: float) -> None:
    build, s, coat = posture.build, posture.build.head, posture.build.coat
    hair = min(build.hair, 0.0045) * 0.6
    pale = coat.light * max(0.6, coat.under) + coat.base * (1 - max(0.6, coat.under))
    long = build.muzzle > 1.5
    bridge = coat.base if long or face.nose == "trunk" else pale * 0.6 + coat.base * 0.4
    end = (0.033 * face.tip * s) if face.nose != "trunk" else 0.043 * s
    ends = head(0.042, -0.012, 0), head(length, -0.022, 0)
    posture.add(*ends, (0.044 * face.thick * s, end), Skin(bridge, fur=hair), 0.04, 1.05)
    if long:  # the jawbone of a grazer
        jaw = head(-0.004, -0.046, 0), head(length * 0.62, -0.044, 0)
        posture.add(*jaw, (0.056 * face.thick * s, 0.030 * face.tip * s), Skin(coat.base, fur=hair), 0.05, 1.1)
    if face.nose in ("trunk", "beak"):
        return
    lips = coat.light * 0.8 + coat.base * 0.2
    for z in (-1, 1):
        near, far = head(0.052, -0.040, 0.024 * face.thick * z), head(length - 0.010, -0.040, 0.016 * face.tip * z)
        posture.add(near, far, (0.024 * face.thick * s, 0.0215 * face.tip * s), Skin(lips, fur=hair), 0.018)


def _draw_jaw(posture: Posture, head: Head, face: Face, length: float) -> None:
    build, s, coat = posture.build, posture.build.head, posture.build.coat
    panting = posture.gait.name in ("gallop", "trot") and build.foot == "paw" and face.nose == "dog"
    gape = 0.004 + 0.055 * posture.attitude.gape
    if panting:
        gape = max(gape, 0.022 + 0.008 * posture.wave(0.1))
    ends = head(0.040, -0.058, 0), head(length - 0.020, -0.056 - gape * 0.5, 0)
    posture.add(*ends, (0.017 * s, 0.015 * s), Skin(_MOUTH, fur=0.0), 0.006)
    chin = coat.light * 0.85
    ends = head(0.018, -0.056, 0), head(length * 0.97 - 0.024, -0.064 - gape, 0)
    posture.add(*ends, (0.027 * face.thick * s, 0.0155 * face.tip * s), Skin(chin, fur=build.hair * 0.3), 0.012)
    if panting:
        over = head(length - 0.014, -0.062 - gape, 0.006)
        tip = head(length - 0.012, -0.086 - gape - 0.012 * posture.wave(0.3), 0.012)
        tongue = Skin(_TONGUE, fur=0.0, gloss=0.25)
        posture.add(head(0.07, -0.054 - gape * 0.7, 0), over, (0.013 * s, 0.014 * s), tongue, 0.010, 0.8)
        posture.add(over, tip, (0.0135 * s, 0.0115 * s), tongue, 0.012, 0.9)


def _draw_nose(posture: Posture, head: Head, face: Face, length: float) -> None:
    s, coat, tip = posture.build.head, posture.build.coat, face.tip
    wet = Skin(_INK, fur=0.0, gloss=0.7)
    match face.nose:
        case "dog":
            ends = head(length + 0.024 * tip, -0.004, 0), head(length + 0.025 * tip, -0.016, 0)
            posture.add(*ends, (0.0185 * s * tip, 0.016 * s * tip), wet, 0.010)
        case "cat":
            ends = head(length + 0.026 * tip, -0.006, 0), head(length + 0.024 * tip, -0.016, 0)
            posture.add(*ends, (0.0125 * s, 0.008 * s), Skin(_ROSE * 0.7, fur=0.0, gloss=0.3), 0.006)
        case "soft" | "beak":
            if face.snout is not None:
                ends = head(length - 0.016, -0.022, 0), head(length + 0.004, -0.026, 0)
                bare = Skin(face.snout, fur=0.0003, gloss=0.12)
                posture.add(*ends, (0.034 * tip * s, 0.0335 * tip * s), bare, 0.022, 1.0)
            dim = Skin(coat.dark * 0.2 if face.snout is None else face.snout * 0.25, fur=0.0, gloss=0.1)
            front = length + (0.014 if face.snout is None else 0.002 + 0.028 * tip)
            for z in (-1, 1):
                ends = head(front, -0.004, 0.019 * tip * z), head(front + 0.004, -0.014, 0.017 * tip * z)
                posture.add(*ends, (0.0085 * s, 0.0065 * s), dim, 0.005)
        case "snout":
            ends = head(length + 0.004, -0.018, 0), head(length + 0.020, -0.018, 0)
            posture.add(*ends, (0.036 * s, 0.034 * s), Skin(_ROSE * 0.9, fur=0.0, gloss=0.15), 0.008)
            for z in (-1, 1):
                ends = head(length + 0.050, -0.012, 0.012 * z), head(length + 0.052, -0.020, 0.012 * z)
                posture.add(*ends, (0.0062 * s, 0.0062 * s), Skin(_ROSE * 0.25, fur=0.0), 0.004)
        case "trunk":
            _draw_trunk(posture, head, length)


def _draw_trunk(posture: Posture, head: Head, length: float) -> None:
    # an elephant's: it hangs, its tip curls forward, and it swings late
    s, coat = posture.build.head, posture.build.coat
    x, y, z = length * 0.72, -0.03, 0.0
    count, wide = 10, 0.06
    curl = posture.attitude.gape
    for i in range(count):
        q = i / count
        angle = -1.12 - 0.62 * min(1.0, 2 * q) + (1.1 + 1.9 * curl) * max(0.0, q - 0.45) + 0.9 * curl
        angle += 0.16 * q * posture.wave(0.2 + 0.3 * q)
        here = _lifted(head(x, y, z), wide)
        x, y = x + 0.052 * math.cos(angle), y + 0.052 * math.sin(angle)
        z = 0.05 * q * posture.attitude.wag
        wide = 0.040 * (1 - q) + 0.018
        skin = Skin(coat.base * (0.92 if i % 2 else 1.0), fur=0.001)
        posture.add(here, _lifted(head(x, y, z), wide * s), (wide * s, (wide - 0.004) * s), skin, 0.03)


def _lifted(place: Place, radius: float) -> Place:
    # onto the ground, where it would be below
    return place[0], max(place[1], radius), place[2]


def _draw_eyes(posture: Posture, head: Head, face: Face) -> None:
    s, coat, e = posture.build.head, posture.build.coat, face.eye
    shut = posture.attitude.blink > 0.5
    forward = 0.35 + 9 * face.ahead
    norm = math.hypot(forward, 0.9)
    ux, uz = forward / norm, 0.9 / norm
    for z in (-1, 1):
        x, y, out = 0.056 + face.ahead, 0.0155, 0.0475 * face.out
        if face.patch is not None:
            ends = head(x - 0.004, y + 0.004, (out - 0.006) * z), head(x + 0.006, y - 0.022, (out + 0.004) * z)
            posture.add(*ends, (0.027 * s, 0.024 * s), Skin(face.patch, fur=0.002), 0.008)
        rim = coat.dark * 0.22
        ends = head(x - 0.006, y, (out - 0.002) * z), head(x + 0.006, y - 0.002, (out - 0.002) * z)
        posture.add(*ends, (0.0165 * e * s, 0.0150 * e * s), Skin(rim, fur=0.0), 0.006)
        lid: Array = coat.base * 0.75
        for deep, size, colour in ((0.0052, 0.0128, coat.iris), (0.0100, 0.0092, _INK * 0.4)):
            place = head(x + ux * deep * e, y, (out + uz * deep * e) * z)
            skin = Skin(lid, fur=0.001) if shut else Skin(colour, fur=0.0, gloss=0.7)
            posture.add(place, place, (size * e * s, size * e * s), skin, 0.002)
