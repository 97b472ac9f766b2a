"""A posture and where its head is in, the head's capsules out: skull, muzzle, mouth, nose, eyes and ears.

Knows no neck and no trunk.
"""

from __future__ import annotations

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.players.posture import Head, Posture, Skin

_INK = linear(14, 10, 9)
_TONGUE = linear(222, 104, 108)
_MOUTH = linear(88, 34, 32)


def draw_face(posture: Posture, head: Head, s: float) -> None:
    """Skull, cheeks, stop and muzzle, then mouth, nose and eyes."""
    coat, m, face = posture.build.coat, posture.build.muzzle, min(posture.build.hair, 0.0045)
    pale = coat.light * 0.6 + coat.base * 0.4
    length = 0.055 + 0.088 * m
    broad = 0.78 if m > 1.5 else 1.0
    posture.add(
        head(-0.04, 0.004, 0.0), head(0.022, 0.012, 0.0), (0.071 * s, 0.066 * s), Skin(coat.base, fur=face), 0.05, 0.96
    )
    posture.add(
        head(-0.01, -0.034, 0.0),
        head(0.03, -0.036, 0.0),
        (0.056 * s, 0.046 * s),
        Skin(pale, fur=face * 1.6),
        0.05,
        0.92,
    )
    for z in (-1, 1):
        posture.add(
            head(0.040, 0.036, 0.026 * z),
            head(0.054, 0.026, 0.027 * z),
            (0.026 * s, 0.022 * s),
            Skin(coat.base, fur=face),
            0.03,
        )
    top, end = -0.013, -0.022
    posture.add(
        head(0.045, top, 0),
        head(length, end, 0),
        (0.043 * s * broad, 0.033 * s),
        Skin(pale, fur=face * 0.6),
        0.04,
        1.05,
    )
    for z in (-1, 1):  # the upper lips hang over the jaw
        posture.add(
            head(0.052, -0.040, 0.024 * z),
            head(length - 0.012, -0.041, 0.015 * z),
            (0.024 * s, 0.0205 * s),
            Skin(coat.light * 0.8 + coat.base * 0.2, fur=face * 0.5),
            0.018,
        )
    draw_mouth(posture, head, length)
    draw_nose_and_eyes(posture, head, length)


def draw_mouth(posture: Posture, head: Head, length: float) -> None:
    """The jaw; a dog that runs pants, its tongue over its lip. `length` is how far ahead the muzzle ends."""
    coat, s, face = posture.build.coat, posture.build.head, min(posture.build.hair, 0.0045)
    panting = posture.gait.name in ("gallop", "trot") and posture.build.ears == "drop"
    gape = (0.024 + 0.008 * posture.wave(0.1)) if panting else 0.004
    if panting:
        posture.add(
            head(0.045, -0.060, 0.0),
            head(length - 0.020, -0.060 - gape * 0.5, 0.0),
            (0.016 * s, 0.014 * s),
            Skin(_MOUTH, fur=0.0),
            0.006,
        )
    posture.add(
        head(0.022, -0.058, 0.0),
        head(length - 0.028, -0.068 - gape, 0.0),
        (0.026 * s, 0.0145 * s),
        Skin(coat.light * 0.85, fur=face * 0.6),
        0.012,
    )
    if panting:
        flap = 0.012 * posture.wave(0.3)
        tip = head(length - 0.012, -0.088 - gape - flap, 0.012)
        over = head(length - 0.014, -0.062 - gape, 0.006)
        posture.add(
            head(0.07, -0.054 - gape * 0.7, 0.0),
            over,
            (0.013 * s, 0.014 * s),
            Skin(_TONGUE, fur=0.0, gloss=0.25),
            0.010,
            0.8,
        )
        posture.add(over, tip, (0.0135 * s, 0.0115 * s), Skin(_TONGUE, fur=0.0, gloss=0.25), 0.012, 0.9)


def draw_nose_and_eyes(posture: Posture, head: Head, length: float) -> None:
    """Wet nose, dark-rimmed eyes."""
    coat, s, m = posture.build.coat, posture.build.head, posture.build.muzzle
    nose = _INK if posture.build.tail != "horse" else coat.dark * 0.4
    posture.add(
        head(length + 0.024, -0.004, 0.0),
        head(length + 0.026, -0.016, 0.0),
        (0.0185 * s, 0.016 * s),
        Skin(nose, fur=0.0, gloss=0.7),
        0.010,
    )
    for z in (-1, 1):
        out = (0.050 if m > 1.5 else 0.047) * z
        rim = coat.dark * 0.22
        posture.add(
            head(0.052, 0.0160, out),
            head(0.066, 0.0130, out * 0.97),
            (0.0165 * s, 0.0150 * s),
            Skin(rim, fur=0.0),
            0.006,
        )
        posture.add(
            head(0.0600, 0.0155, out * 1.16),
            head(0.0625, 0.0150, out * 1.15),
            (0.0122 * s, 0.0116 * s),
            Skin(coat.iris * 0.3, fur=0.0, gloss=0.7),
            0.002,
        )


def draw_ears(posture: Posture, head: Head, s: float) -> None:
    """Drop ears lag behind the head; the others stand."""
    dark, hair = posture.build.coat.dark, posture.build.hair
    fly = 0.1 + (0.4 + 0.5 * posture.wave(0.55)) * min(1.0, posture.gait.flex / 0.05)
    for z in (-1, 1):
        if posture.build.ears == "drop":
            bend = head(-0.052 - 0.016 * fly, -0.012 + 0.020 * fly, 0.083 * z)
            tip = head(-0.040 - 0.058 * fly, -0.072 + 0.052 * fly, 0.086 * z)
            posture.add(
                head(-0.016, 0.044, 0.052 * z), bend, (0.026 * s, 0.034 * s), Skin(dark, fur=0.006, flow=1), 0.024, 1.7
            )
            posture.add(bend, tip, (0.033 * s, 0.021 * s), Skin(dark * 0.9, fur=0.012, flow=1), 0.03, 1.7)
        elif posture.build.ears == "point":
            posture.add(
                head(-0.022, 0.050, 0.042 * z),
                head(-0.040, 0.128, 0.055 * z),
                (0.036 * s, 0.006),
                Skin(dark, fur=hair),
                0.015,
                1.5,
            )
        else:
            posture.add(
                head(-0.030, 0.058, 0.034 * z),
                head(-0.062, 0.140, 0.050 * z),
                (0.022 * s, 0.008),
                Skin(dark, fur=hair),
                0.015,
                1.4,
            )
