"""Sizes and a light in, ink for walls out: windows, doors, boards, stones, tiles. Knows no building."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.parts.model import Colour, Ink
from openhorse.engines.procedural.world.hours import Daylight

WARM = np.array((1.0, 0.50, 0.16), np.float32)


@dataclass(frozen=True, slots=True)
class Pane:
    """A window's place on its wall: its lower left corner, width and height in metres; `arch` is how high it arches."""

    u: float
    v: float
    wide: float
    tall: float
    arch: float = 0.0


def rect(u: float, v: float, wide: float, tall: float) -> list[tuple[float, float]]:
    """A rectangle from its lower left corner."""
    return [(u, v), (u + wide, v), (u + wide, v + tall), (u, v + tall)]


def arched(u: float, v: float, wide: float, tall: float, arch: float) -> list[tuple[float, float]]:
    """A rectangle whose top is a half ellipse `arch` high (a part of `tall`)."""
    angles = np.linspace(0, np.pi, 11)
    top = [(u + wide / 2 + wide / 2 * float(np.cos(a)), v + tall - arch + arch * float(np.sin(a))) for a in angles]
    return [(u, v), (u + wide, v), *top]


def window(
    pane: Pane, light: Daylight, random: np.random.Generator, frame: Colour | None = None, share: float = 0.8
) -> list[Ink]:
    """A window with frame, bars and sill; with lamps lit it shines by the chance `share`."""
    u, v, wide, tall = pane.u, pane.v, pane.wide, pane.tall
    wood = linear(220, 214, 200) if frame is None else frame
    edge = 0.12 * min(wide, tall)
    lit = random.random() < share and light.lamps > 0.1
    inks = [Ink(_form(pane, edge), wood), Ink(rect(u - edge, v - 1.8 * edge, wide + 2 * edge, edge), wood * 0.8)]
    if lit:
        bright = light.lamps * random.uniform(0.75, 1.25)
        inks.append(Ink(_form(pane), WARM * np.float32(0.55 * bright), shines=True))
        # brighter below, where the lamp stands, and a curtain at the sides
        heart = Pane(u + 0.16 * wide, v, 0.68 * wide, 0.72 * tall, min(pane.arch, 0.3 * tall))
        inks.append(
            Ink(_form(heart), WARM * np.float32(0.85 * bright) * np.array((1, 1.08, 1.2), np.float32), shines=True)
        )
    else:
        glass = (light.sky.middle * np.float32(0.30) + light.ambient * np.float32(0.06)).astype(np.float32)
        inks.append(Ink(_form(pane), glass * np.float32(0.6), shines=True))
        gleam = [(u, v + 0.35 * tall), (u + wide, v + 0.75 * tall), (u + wide, v + 0.95 * tall), (u, v + 0.6 * tall)]
        inks.append(Ink(gleam, glass * np.float32(1.6), shines=True))
    bar = max(0.03, 0.06 * wide)
    inks.append(Ink(rect(u + wide / 2 - bar / 2, v, bar, tall - 0.3 * pane.arch), wood * 0.9))
    rows = max(1, round(tall / max(0.5, wide) * 1.2))
    inks += [Ink(rect(u, v + tall * k / (rows + 1) - bar / 2, wide, bar), wood * 0.9) for k in range(1, rows + 1)]
    return inks


def _form(pane: Pane, edge: float = 0.0) -> list[tuple[float, float]]:
    u, v, wide, tall = pane.u - edge, pane.v - edge, pane.wide + 2 * edge, pane.tall + 2 * edge
    return arched(u, v, wide, tall, pane.arch) if pane.arch else rect(u, v, wide, tall)


def door(pane: Pane, colour: Colour) -> list[Ink]:
    """A boarded door in a frame."""
    u, v, wide, tall = pane.u, pane.v, pane.wide, pane.tall
    inks = [Ink(_form(pane, 0.1), colour * 0.45), Ink(_form(pane), colour)]
    inks += [Ink(rect(u + wide * k / 4 - 0.015, v, 0.03, tall * 0.96), colour * 0.6) for k in range(1, 4)]
    return inks


def courses(wide: float, tall: float, pitch: float, colour: Colour, random: np.random.Generator) -> list[Ink]:
    """Lying boards or logs over a whole wall, each of its own tone, with a dark joint below."""
    inks = []
    for k in range(max(1, round(tall / pitch))):
        tone = np.float32(random.uniform(0.82, 1.14))
        inks.append(Ink(rect(0, k * pitch, wide, pitch), colour * tone))
        inks.append(Ink(rect(0, k * pitch, wide, pitch * 0.16), colour * tone * np.float32(0.5)))
    return inks


def stones(
    wide: float, tall: float, size: tuple[float, float], colour: Colour, random: np.random.Generator
) -> list[Ink]:
    """Stones or bricks in a wall: about half of them stand out, lighter and darker."""
    across, down = size
    inks = []
    for row in range(max(1, int(tall / down))):
        off = (row % 2) * across / 2
        for k in range(int(wide / across) + 1):
            if random.random() < 0.55:
                u = max(0.0, k * across - off) + 0.02 * across
                end = min(wide, k * across - off + across * random.uniform(0.82, 0.97))
                if end > u:
                    tone = np.float32(random.uniform(0.80, 1.20))
                    inks.append(Ink(rect(u, row * down, end - u, down * 0.88), colour * tone))
    return inks


def tiles(wide: float, tall: float, pitch: float, colour: Colour, random: np.random.Generator) -> list[Ink]:
    """Rows of roof tiles, the light on each row's edge, single tiles of other tones."""
    inks = []
    for k in range(max(1, round(tall / pitch))):
        v = k * pitch
        tone = np.float32(random.uniform(0.90, 1.08))
        inks.append(Ink(rect(0, v, wide, pitch), colour * tone))
        inks.append(Ink(rect(0, v, wide, pitch * 0.22), colour * tone * np.float32(0.62)))
        for _ in range(int(wide / pitch / 3)):
            u = random.uniform(0, max(0.01, wide - pitch))
            inks.append(
                Ink(rect(u, v + pitch * 0.22, pitch, pitch * 0.78), colour * np.float32(random.uniform(0.75, 1.25)))
            )
    return inks
