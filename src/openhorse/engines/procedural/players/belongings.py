"""A colour in, a thing that somebody owns out: book, clock, gift, guitar, piano, crystal, vase. Knows no table."""

from __future__ import annotations

import math

import numpy as np

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.players.coachwork import words
from openhorse.engines.procedural.players.dyes import DYES, Dye
from openhorse.engines.procedural.players.mesh import (
    Array,
    Material,
    Mesh,
    ball,
    disc,
    grid,
    join,
    lathe,
    plate,
    ring,
    rotation,
    slab,
    smooth,
    tube,
    turned_smooth,
)
from openhorse.engines.procedural.players.props import phone
from openhorse.engines.procedural.players.puppet import placed
from openhorse.engines.procedural.players.thing import Thing
from openhorse.engines.procedural.players.wheel import CHROME

_GILT = Material(linear(222, 172, 70), gloss=0.95, metal=0.8)
_DARK = Material(linear(30, 28, 30), gloss=0.3)


def book(colour: Dye) -> Thing:
    """Open, a page turning now and then."""
    cover, paper = Material(colour, gloss=0.25), Material(linear(242, 234, 214), soft=0.2)
    parts = [slab((0.1 * s, 0.003, 0), (0.1, 0.003, 0.135), cover, 0.003) for s in (1, -1)]

    def leaf(sign: int, high: float) -> Mesh:
        rows = [
            [
                (
                    sign * u * 0.192,
                    0.006 + high * math.sin(min(1.0, u * 1.15) * math.pi * 0.62) ** 0.8 * (1 - 0.75 * max(0, u - 0.35)),
                    w,
                )
                for w in (-0.128, -0.064, 0.0, 0.064, 0.128)
            ]
            for u in np.linspace(0, 1, 14)
        ]
        return grid(np.array(rows)[:, ::-sign] if sign > 0 else np.array(rows), paper)

    for sign in (1, -1):
        block = leaf(sign, 0.026)
        u = np.abs(block.points[:, 0]) / 0.192
        parts.append(block)
        for k in range(13):
            z = -0.100 + k * 0.0158
            long = 0.84 if (k * 7 + sign) % 5 else 0.5
            line = [(sign * (0.14 + (long - 0.14) * s) * 0.192, 0.0, z) for s in np.linspace(0, 1, 9)]
            line = [
                (x, float(np.interp(abs(x) / 0.192, u[::5], block.points[::5, 1])) + 0.0006, z_) for x, _, z_ in line
            ]
            parts.append(tube(line, 0.0016, Material(linear(92, 84, 76)), 4))
        for k in range(5):
            edge = leaf(sign, 0.026 - 0.004 * k)
            parts.append(edge.scaled(1.0 - 0.003 * k, 1.0, 1.0).moved(0, -0.0022 * k, 0))
    page = leaf(1, 0.020).moved(0, 0.004, 0)

    def bones(t: float) -> Array:
        beat = (t / 4.2) % 1.0
        turn = min(max((beat - 0.55) / 0.28, 0.0), 1.0)
        turn = turn * turn * (3 - 2 * turn)
        return np.array([placed(), placed(turn=rotation(2, turn * math.pi * 0.985), about=(0, 0.010, 0))])

    return Thing(join(join(*parts).on(0), page.on(1)), "a book", 0.12, 0.42, "lies open", bones, yaw=0.35, lift=0.55)


def clock(colour: Dye) -> Thing:
    """A round clock on feet, its hands running and its pendulum swinging."""
    frame = Material(colour, gloss=0.6)
    face = disc(0.105, 0.020, Material(linear(246, 240, 224), gloss=0.2), 56)
    parts = [
        ring(0.115, 0.016, frame, 56).scaled(1, 1, 1.3),
        disc(0.112, -0.02, frame, 40),
        face,
        ring(0.108, 0.004, _GILT, 48).moved(0, 0, 0.018),
    ]
    for k in range(60):
        a, big = k * math.pi / 30, k % 5 == 0
        parts.append(
            slab(
                (0, 0.095 if not big else 0.092, 0.0215),
                (0.0010 if not big else 0.0026, 0.0035 if not big else 0.0075, 0.0006),
                _DARK,
            ).turned(2, -a)
        )
    for number in (12, 3, 6, 9):
        a = number * math.pi / 6
        parts.append(
            words(str(number), 0.020, linear(40, 34, 30)).moved(0.070 * math.sin(a), 0.070 * math.cos(a), 0.0215)
        )
    bells = [ball((0.062 * s, 0.135, 0), (0.038, 0.030, 0.038), _GILT, 16) for s in (1, -1)] + [
        tube([(0, 0.118, 0), (0, 0.160, 0)], 0.005, CHROME, 8),
        ball((0, 0.163, 0), (0.012, 0.008, 0.008), CHROME, 8),
    ]
    feet = [tube([(0.07 * s, -0.095, 0), (0.095 * s, -0.138, 0)], (0.008, 0.006), CHROME, 8) for s in (1, -1)]
    hour = plate(
        [(-0.0034, -0.012), (0.0034, -0.012), (0.0040, 0.040), (0.0, 0.056), (-0.0040, 0.040)], 0.0016, _DARK
    ).moved(0, 0, 0.0245)
    minute = plate(
        [(-0.0026, -0.016), (0.0026, -0.016), (0.0028, 0.065), (0.0, 0.084), (-0.0028, 0.065)], 0.0016, _DARK
    ).moved(0, 0, 0.0270)
    second = join(
        plate(
            [(-0.0008, -0.024), (0.0008, -0.024), (0.0005, 0.088), (-0.0005, 0.088)],
            0.001,
            Material(linear(200, 40, 36)),
        ).moved(0, 0, 0.0290),
        ball((0, 0, 0.029), 0.0045, _GILT, 8),
    )

    def bones(t: float) -> Array:
        tick = math.floor(t * 2) / 2 + 0.5 * min(1.0, (t * 2 % 1) * 6)
        start = 10 * 3600 + 9 * 60
        now = start + tick
        return np.array(
            [
                placed(0, 0.14, 0),
                *(placed(0, 0.14, 0, rotation(2, -2 * math.pi * now / period)) for period in (43200, 3600, 60)),
            ]
        )

    return Thing(
        join(join(*parts, *bells, *feet).on(0), hour.on(1), minute.on(2), second.on(3)),
        "a clock",
        0.31,
        0.26,
        "ticks",
        bones,
        yaw=0.35,
    )


def gift(colour: Dye) -> Thing:
    """A box with a bow; its lid lifts and shows a light."""
    paper, ribbon = Material(colour, gloss=0.3), Material(DYES["gold"] if colour[0] > 0.3 else DYES["red"], gloss=0.5)
    box = [
        slab((0, 0.085, 0), (0.110, 0.085, 0.110), paper, 0.006),
        slab((0, 0.085, 0), (0.112, 0.085, 0.016), ribbon, 0.002),
        slab((0, 0.085, 0), (0.016, 0.085, 0.112), ribbon, 0.002),
    ]
    inside = slab((0, 0.172, 0), (0.100, 0.002, 0.100), Material(linear(255, 214, 120), glow=3.0), 0.001)
    lid = [
        slab((0, 0.190, 0), (0.117, 0.020, 0.117), paper, 0.006),
        slab((0, 0.191, 0), (0.119, 0.0205, 0.017), ribbon, 0.002),
        slab((0, 0.191, 0), (0.017, 0.0205, 0.119), ribbon, 0.002),
        ball((0, 0.216, 0), (0.016, 0.013, 0.016), ribbon, 10),
    ]
    for a in (0.5, 2.64, 3.64, 5.78):
        loop = smooth(
            [(0, 0.214, 0), (0.045, 0.250, 0.012), (0.070, 0.232, 0), (0.045, 0.214, -0.006), (0, 0.214, 0)], 6
        )
        lid.append(_ribbon(loop, 0.014, ribbon).turned(1, a))

    def bones(t: float) -> Array:
        beat = (t / 5.0) % 1.0
        up = math.sin(math.pi * min(max((beat - 0.35) / 0.5, 0.0), 1.0)) ** 0.7
        shake = 0.02 * math.sin(t * 31) * max(0.0, 1 - abs(beat - 0.28) / 0.08)
        return np.array(
            [
                placed(turn=rotation(2, shake)),
                placed(0, 0.06 * up, 0, rotation(2, shake + 0.55 * up), (-0.117, 0.175, 0)),
            ]
        )

    return Thing(join(join(*box, inside).on(0), join(*lid).on(1)), "a gift", 0.27, 0.24, "opens", bones, yaw=0.62)


def _ribbon(path: Array, half: float, material: Material) -> Mesh:
    rows = [[(x, y, z + half * w) for w in (1, 0, -1)] for x, y, z in path]
    return grid(np.array(rows), material)


def guitar(colour: Dye) -> Thing:
    """Leaning as on a stand."""
    from openhorse.engines.procedural.players.props import guitar as held

    return Thing(held(colour).moved(0, 0.20, 0).turned(0, -0.18).turned(2, 0.10), "a guitar", 1.02, 0.42, yaw=0.3)


def piano(colour: Dye) -> Thing:
    """A grand, its lid up."""
    black = Material(colour, gloss=0.95)
    line = [
        (-0.75, 0.70),
        (-0.75, -0.78),
        (0.85, -0.78),
        (1.15, -0.66),
        (1.20, -0.30),
        (0.95, 0.15),
        (0.45, 0.58),
        (-0.15, 0.70),
    ]
    outline = smooth([*line, line[0]], 5)[:-1]
    case = plate(outline, 0.30, black, 0.02).turned(0, math.pi / 2).moved(0, 0.82, 0)
    gold = plate(outline * 0.93, 0.01, _GILT).turned(0, math.pi / 2).moved(0, 0.975, 0)
    lid = (
        plate(outline, 0.03, black, 0.01)
        .turned(0, math.pi / 2)
        .moved(0, 0, 0.78)
        .turned(0, -0.72)
        .moved(0, 0.99, -0.78)
    )
    keys = [
        slab((-0.84, 0.80, -0.66 + k * 0.0260), (0.075, 0.012, 0.0122), Material(DYES["white"], gloss=0.6))
        for k in range(52)
    ]
    sharps = [
        slab((-0.81, 0.818, -0.647 + k * 0.0260), (0.045, 0.010, 0.0065), _DARK)
        for k in range(51)
        if k % 7 not in (1, 4)
    ]
    legs = [
        tube([(x, 0.68, z), (x, 0.06, z)], (0.055, 0.035), black, 14)
        for x, z in ((-0.6, 0.6), (-0.6, -0.58), (0.85, 0.30))
    ]
    bench = [
        slab((-1.35, 0.47, 0), (0.18, 0.045, 0.36), Material(linear(60, 20, 22), gloss=0.3), 0.03),
        *(
            tube([(-1.35 + 0.14 * a, 0.43, 0.30 * b), (-1.35 + 0.15 * a, 0.02, 0.32 * b)], 0.018, black, 8)
            for a in (1, -1)
            for b in (1, -1)
        ),
    ]
    return Thing(
        join(
            case,
            gold,
            lid,
            *keys,
            *sharps,
            slab((-0.84, 0.765, 0), (0.10, 0.03, 0.72), black, 0.01),
            *legs,
            *bench,
            tube([(0.1, 0.96, 0.30), (0.1, 1.72, 0.12)], 0.012, black, 7),
        ),
        "a piano",
        1.75,
        2.8,
        yaw=0.9,
    )


def crystal(colour: Dye) -> Thing:
    """A cluster that glows from within."""
    parts = []
    for x, z, long, wide, lean, round_ in (
        (0, 0, 0.24, 0.042, 0.0, 0.0),
        (0.055, 0.02, 0.17, 0.032, 0.35, 0.2),
        (-0.05, 0.02, 0.19, 0.034, 0.30, 2.9),
        (0.02, -0.05, 0.15, 0.030, 0.40, 1.7),
        (0.015, 0.055, 0.13, 0.030, 0.42, 4.6),
        (-0.04, -0.04, 0.11, 0.026, 0.55, 2.4),
    ):
        prism = lathe(
            [(wide * 0.8, 0), (wide, long * 0.75), (0.0, long)], Material(colour, gloss=1.0, soft=0.5, glow=0.10), 6
        )
        flat = faceted(prism)
        up = np.clip(flat.points[:, 1:2] / long, 0, 1)
        flat = flat.coloured(flat.colours * (0.35 + 1.2 * up))
        parts.append(flat.turned(2, -lean).turned(1, round_).moved(x, 0, z))
    rock = ball((0, 0.0, 0), (0.12, 0.035, 0.11), Material(linear(70, 66, 74)), 8)
    return Thing(join(*parts, faceted(rock)), "a crystal", 0.25, 0.24, "glows", halo=0.0)


def faceted(mesh: Mesh) -> Mesh:
    """The same, every face with a normal of its own."""
    at = mesh.faces.reshape(-1)
    points = mesh.points[at]
    corners = points.reshape(-1, 3, 3)
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normal /= np.maximum(np.sqrt((normal**2).sum(axis=1, keepdims=True)), 1e-12)
    mean = mesh.normals[at].reshape(-1, 3, 3).mean(axis=1)
    normal *= np.where((normal * mean).sum(axis=1, keepdims=True) < 0, -1, 1)
    faces = np.arange(len(at)).reshape(-1, 3).astype(np.int32)
    return Mesh(
        points,
        np.repeat(normal, 3, axis=0),
        mesh.colours[at],
        mesh.matter[at],
        faces,
        mesh.bones[at],
        mesh.share[at],
        mesh.sway[at],
    )


def phone_thing(colour: Dye) -> Thing:
    """Upright, its screen lit."""
    return Thing(
        phone(colour).moved(0, 0.025, 0).turned(1, -math.pi / 2).turned(1, math.pi),
        "a phone",
        0.155,
        0.08,
        yaw=0.4,
    )


def vase(colour: Dye) -> Thing:
    """With flowers that sway."""
    body = turned_smooth(
        [(0.035, 0.0), (0.055, 0.03), (0.068, 0.085), (0.050, 0.150), (0.028, 0.185), (0.036, 0.205), (0.032, 0.206)],
        Material(colour, gloss=0.85),
        44,
        6,
    )
    parts = [body]
    for k in range(9):
        a, out = k * 2.39996, 0.05 + 0.10 * math.sqrt((k + 0.5) / 9)
        x, z, y = out * math.cos(a), out * math.sin(a), 0.44 - 0.9 * out + 0.03 * (k % 3)
        path = smooth([(0.0, 0.17, 0.0), (x * 0.35, 0.30, z * 0.35), (x, y, z)], 6)
        stem = tube(path, 0.0034, Material(linear(70, 124, 56)), 6)
        parts.append(stem.swaying(0.03 * np.clip((stem.points[:, 1] - 0.17) / 0.25, 0, 1)))
        shade = (DYES["pink"], linear(250, 214, 90), linear(246, 240, 232), linear(214, 80, 96))[k % 4]
        parts.append(
            blossom(shade, 0.040)
            .turned(2, -0.7 * math.cos(a))
            .turned(0, 0.7 * math.sin(a))
            .moved(x, y, z)
            .swaying(0.03)
        )
    return Thing(join(*parts), "a vase of flowers", 0.5, 0.34, yaw=0.5)


def blossom(colour: Dye, size: float, petals: int = 9) -> Mesh:
    """An open flower that looks up."""
    parts = []
    for layer, (count, out, lift) in enumerate(((petals, 1.0, 0.16), (petals - 2, 0.74, 0.42))):
        for k in range(count):
            rows = [
                [
                    (
                        size * out * u,
                        size * (lift * u + 0.16 * u * u * (1 - layer * 0.3)),
                        size * 0.30 * w * math.sin(math.pi * (0.12 + 0.86 * u)) ** 0.7,
                    )
                    for w in (1, 0.4, -0.4, -1)
                ]
                for u in np.linspace(0.04, 1, 7)
            ]
            petal = grid(np.array(rows), Material(colour, soft=1.25))
            inner = np.clip(1 - np.hypot(petal.points[:, 0], petal.points[:, 2]) / (size * 0.6), 0, 1)[:, None]
            parts.append(
                petal.coloured(petal.colours * (1 - 0.35 * inner)).turned(1, 2 * math.pi * k / count + layer * 0.3)
            )
    parts.append(ball((0, size * 0.10, 0), (size * 0.20, size * 0.12, size * 0.20), Material(linear(224, 158, 40)), 10))
    return join(*parts)
