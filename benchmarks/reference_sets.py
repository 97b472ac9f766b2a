"""Reference sets drawn by code in, contact sheets of five frames each out: what reference-to-video makes of them.

`python benchmarks/reference_sets.py FOLDER [--only NAME,…] [--size 640x360] [--seconds 4] [--cost] [--pictures DIR]`.
Each sheet shows five frames and the references. `--cost` prints milliseconds per frame instead of drawing sheets;
`--pictures` makes the sets of photographs instead, from that folder's files.
"""

from __future__ import annotations

import argparse
import math
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from openhorse.engines.procedural.brief import Place, Shot
from openhorse.engines.procedural.direction import direct
from openhorse.engines.procedural.drawing.finish import to_rgb
from openhorse.engines.procedural.prompt.language import read_prompt
from openhorse.vocabulary import Mode, Order, Picture, Ratio, Tier

Colour = tuple[int, int, int]
WHITE, GREY = (250, 250, 250), (224, 226, 228)


class Sketch:
    """A drawing surface of `width` × `height`; every shape is lit softly from the upper left."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.rgb = np.zeros((height * 2, width * 2, 3), np.float32)
        self.alpha = np.zeros((height * 2, width * 2), np.float32)

    def _lay(self, mask: np.ndarray, colour: Colour, depth: float) -> None:
        solid = mask.astype(np.float32) / 255
        reach = max(3.0, math.sqrt(float(solid.sum())) * 0.12)
        dome = cv2.GaussianBlur(solid, (0, 0), reach)
        across, down = (cv2.Sobel(dome, cv2.CV_32F, *axis) * reach * 0.55 for axis in ((1, 0), (0, 1)))
        shade = 1 + np.clip((across * 0.6 + down) * depth, -0.4, 0.35)
        lit = np.array(colour, np.float32) * shade[..., None]
        self.rgb += (lit - self.rgb) * solid[..., None]
        self.alpha += (1 - self.alpha) * solid

    def ellipse(
        self, x: float, y: float, rx: float, ry: float, colour: Colour, turn: float = 0, depth: float = 1
    ) -> None:
        mask = np.zeros(self.alpha.shape, np.uint8)
        cv2.ellipse(mask, (int(x * 2), int(y * 2)), (int(rx * 2), int(ry * 2)), turn, 0, 360, 255, -1, cv2.LINE_AA)
        self._lay(mask, colour, depth)

    def polygon(self, points: Sequence[tuple[float, float]], colour: Colour, depth: float = 1) -> None:
        mask = np.zeros(self.alpha.shape, np.uint8)
        cv2.fillPoly(mask, [np.array(points, np.float32).__mul__(2).astype(np.int32)], 255, cv2.LINE_AA)
        self._lay(mask, colour, depth)

    def limb(self, points: Sequence[tuple[float, float]], thick: float, colour: Colour, depth: float = 1) -> None:
        mask = np.zeros(self.alpha.shape, np.uint8)
        line = (np.array(points, np.float32) * 2).astype(np.int32)
        cv2.polylines(mask, [line], False, 255, max(1, int(thick * 2)), cv2.LINE_AA)
        self._lay(mask, colour, depth)

    def ring(self, x: float, y: float, radius: float, thick: float, colour: Colour) -> None:
        mask = np.zeros(self.alpha.shape, np.uint8)
        cv2.circle(mask, (int(x * 2), int(y * 2)), int(radius * 2), 255, max(1, int(thick * 2)), cv2.LINE_AA)
        self._lay(mask, colour, 0.8)

    def text(self, words: str, x: float, y: float, size: int, colour: Colour) -> None:
        canvas = Image.new("L", (self.width * 2, self.height * 2))
        font = ImageFont.load_default(size * 2)
        ImageDraw.Draw(canvas).text((x * 2, y * 2), words, 255, font, "mm")
        self._lay(np.asarray(canvas), colour, 0)

    def rgba(self) -> np.ndarray:
        size = self.width, self.height
        alpha = cv2.resize(self.alpha, size, interpolation=cv2.INTER_AREA)
        rgb = cv2.resize(self.rgb, size, interpolation=cv2.INTER_AREA)
        rgb = rgb / np.maximum(alpha, 1e-3)[..., None]
        return np.dstack([np.clip(rgb, 0, 255), alpha * 255]).round().astype(np.uint8)


# --- subjects -------------------------------------------------------------------------------------------------


def explorer() -> np.ndarray:
    """A girl in a yellow coat, seen from the front, her feet apart."""
    s = Sketch(420, 720)
    coat, skin, hair, jeans, boot = (235, 178, 40), (238, 196, 164), (90, 52, 34), (58, 82, 130), (110, 62, 40)
    for side in (-1, 1):
        x = 210 + side * 42
        s.limb([(x, 430), (x + side * 4, 550), (x + side * 2, 640)], 58, jeans)
        s.ellipse(x + side * 8, 672, 44, 26, boot)
        s.limb([(x, 610), (x + side * 2, 660)], 60, boot)
    s.ellipse(210, 150, 106, 120, hair)
    for side in (-1, 1):
        s.limb([(210 + side * 70, 290), (210 + side * 112, 370), (210 + side * 118, 440)], 48, coat)
        s.ellipse(210 + side * 120, 462, 25, 27, skin)
    s.polygon([(140, 255), (280, 255), (318, 480), (102, 480)], coat)
    s.limb([(210, 262), (210, 476)], 4, (150, 105, 20), 0)
    s.ellipse(210, 162, 82, 96, skin)
    s.polygon([(122, 150), (140, 62), (210, 40), (284, 66), (298, 150), (250, 96), (170, 98)], hair)
    for side in (-1, 1):
        s.ellipse(210 + side * 32, 168, 11, 14, (40, 30, 30))
        s.ellipse(210 + side * 32 + 3, 163, 4, 4, (255, 255, 255), depth=0)
        s.ellipse(210 + side * 48, 204, 14, 9, (240, 160, 140), depth=0)
    s.limb([(190, 218), (210, 226), (230, 218)], 5, (170, 70, 60), 0)
    return s.rgba()


def robot() -> np.ndarray:
    """A boxy robot with two legs and an antenna."""
    s = Sketch(460, 680)
    steel, dark, eye = (150, 170, 190), (82, 96, 118), (90, 230, 240)
    for side in (-1, 1):
        x = 230 + side * 66
        s.limb([(x, 440), (x, 610)], 54, dark)
        s.polygon([(x - 52, 610), (x + 52, 610), (x + 60, 668), (x - 60, 668)], steel)
        s.limb([(230 + side * 130, 270), (230 + side * 182, 380), (230 + side * 176, 450)], 40, dark)
        s.ellipse(230 + side * 176, 466, 34, 34, steel)
    s.polygon([(100, 236), (360, 236), (340, 470), (120, 470)], steel)
    s.polygon([(160, 290), (300, 290), (290, 380), (170, 380)], dark, 0.4)
    s.ellipse(200, 336, 18, 18, (240, 90, 60))
    s.ellipse(260, 336, 18, 18, (250, 210, 70))
    s.polygon([(118, 70), (342, 70), (352, 216), (108, 216)], steel)
    for side in (-1, 1):
        s.ellipse(230 + side * 54, 138, 32, 32, (30, 40, 60))
        s.ellipse(230 + side * 54, 138, 20, 20, eye)
    s.limb([(230, 70), (230, 26)], 10, dark)
    s.ellipse(230, 22, 18, 18, (240, 90, 60))
    return s.rgba()


def strider() -> np.ndarray:
    """A man in a green jumper seen from the side, in mid-stride to the right."""
    s = Sketch(480, 720)
    skin, jumper, trousers, shoe, hair = (224, 172, 138), (46, 128, 92), (66, 62, 78), (36, 34, 40), (44, 34, 30)
    s.limb([(230, 410), (190, 530), (120, 640)], 58, (52, 48, 62))
    s.polygon([(86, 620), (140, 640), (158, 690), (96, 676)], shoe)
    s.limb([(232, 250), (180, 340), (150, 420)], 42, (34, 100, 72))
    s.ellipse(146, 438, 24, 26, skin)
    s.limb([(240, 410), (290, 530), (300, 650)], 62, trousers)
    s.polygon([(268, 646), (326, 646), (380, 690), (270, 692)], shoe)
    s.polygon([(190, 232), (282, 232), (290, 430), (192, 430)], jumper)
    s.limb([(240, 262), (286, 348), (350, 390)], 44, jumper)
    s.ellipse(364, 394, 24, 24, skin)
    s.limb([(240, 200), (240, 240)], 44, skin)
    s.ellipse(250, 130, 80, 92, skin)
    s.polygon([(324, 124), (346, 152), (318, 160)], skin)
    s.ellipse(228, 92, 82, 62, hair)
    s.ellipse(186, 130, 34, 56, hair)
    s.ellipse(296, 124, 8, 12, (30, 24, 24))
    s.limb([(290, 176), (312, 172)], 5, (140, 70, 60), 0)
    return s.rgba()


def wizard() -> np.ndarray:
    """A wizard in a long robe: no legs to be seen."""
    s = Sketch(420, 720)
    robe, beard, skin = (78, 58, 150), (232, 232, 238), (226, 182, 152)
    s.polygon([(150, 300), (270, 300), (350, 700), (70, 700)], robe)
    s.limb([(150, 330), (90, 440), (120, 500)], 60, (66, 48, 132))
    s.limb([(270, 330), (330, 430), (320, 500)], 60, (66, 48, 132))
    s.limb([(330, 220), (326, 700)], 14, (120, 78, 40))
    s.ellipse(332, 206, 28, 28, (250, 210, 90))
    s.ellipse(322, 506, 24, 24, skin)
    s.ellipse(210, 230, 70, 76, skin)
    s.polygon([(146, 240), (274, 240), (250, 400), (210, 450), (170, 400)], beard)
    s.polygon([(210, 14), (300, 190), (120, 190)], robe)
    s.ellipse(210, 192, 128, 26, robe)
    for side in (-1, 1):
        s.ellipse(210 + side * 26, 228, 8, 10, (30, 30, 40))
    return s.rgba()


def fox() -> np.ndarray:
    """A fox from the side, looking right, four legs to be seen."""
    s = Sketch(760, 520)
    coat, dark, pale = (214, 106, 38), (64, 40, 34), (246, 234, 220)
    for x in (262, 520):
        s.limb([(x, 330), (x - 8, 420), (x, 496)], 34, (150, 74, 30))
        s.limb([(x - 6, 440), (x, 498)], 30, (50, 32, 28))
    s.ellipse(120, 270, 130, 46, coat, turn=-24)
    s.ellipse(38, 302, 40, 30, pale, turn=-24)
    s.ellipse(370, 290, 190, 84, coat)
    for x in (210, 470):
        s.limb([(x, 320), (x - 12, 420), (x, 500)], 42, coat)
        s.limb([(x - 10, 430), (x, 502)], 36, dark)
    s.limb([(520, 260), (600, 180)], 110, coat)
    s.polygon([(560, 90), (586, 20), (624, 92)], coat)
    s.polygon([(620, 96), (664, 30), (676, 110)], coat)
    s.ellipse(622, 142, 76, 62, coat)
    s.polygon([(650, 120), (752, 166), (660, 196)], coat)
    s.ellipse(630, 184, 54, 24, pale, depth=0.4)
    s.ellipse(744, 166, 14, 12, (30, 24, 24))
    s.ellipse(654, 134, 9, 11, (26, 22, 22))
    return s.rgba()


def elephant() -> np.ndarray:
    """A toy elephant from the side, looking left, two stout legs to be seen."""
    s = Sketch(720, 560)
    grey, dark = (136, 150, 176), (112, 124, 150)
    for x in (280, 560):
        s.limb([(x, 320), (x, 510)], 110, grey)
        s.ellipse(x, 528, 58, 20, dark)
    s.ellipse(430, 240, 226, 158, grey)
    s.limb([(640, 240), (690, 320)], 14, dark)
    s.limb([(150, 210), (80, 320), (90, 440), (60, 480)], 56, grey)
    s.ellipse(190, 190, 118, 110, grey)
    s.ellipse(260, 190, 76, 100, dark)
    s.ellipse(136, 160, 12, 14, (30, 30, 40))
    s.limb([(140, 250), (80, 276)], 20, (244, 240, 226))
    return s.rgba()


def motorcycle(seed: int = 0) -> np.ndarray:
    """A red motorcycle from the side, with two spoked wheels."""
    s = Sketch(760, 480)
    red, steel, tyre = (196, 36, 36), (190, 196, 204), (34, 34, 38)
    for x in (160, 600):
        s.ring(x, 350, 102, 34, tyre)
        s.ring(x, 350, 82, 8, steel)
        for spoke in range(8):
            a = spoke * math.pi / 4
            s.limb([(x, 350), (x + 80 * math.cos(a), 350 + 80 * math.sin(a))], 5, steel, 0)
        s.ellipse(x, 350, 18, 18, (90, 92, 100))
    s.limb([(600, 350), (520, 170), (470, 120)], 18, steel)
    s.limb([(160, 350), (360, 360)], 22, (70, 72, 80))
    s.polygon([(290, 270), (460, 270), (440, 390), (310, 390)], (86, 90, 98))
    s.ellipse(376, 330, 52, 46, steel)
    s.polygon([(250, 190), (320, 170), (470, 160), (500, 240), (330, 270), (260, 240)], red)
    s.polygon([(90, 200), (300, 196), (320, 246), (150, 252)], (40, 36, 40))
    s.polygon([(60, 230), (170, 220), (220, 262), (96, 276)], red)
    s.limb([(470, 120), (430, 96)], 16, tyre)
    s.ellipse(536, 168, 34, 34, (240, 236, 210))
    s.limb([(220, 400), (60, 420)], 26, steel)
    return s.rgba()


def car() -> np.ndarray:
    """A small blue car from the side."""
    s = Sketch(820, 420)
    blue, glass, tyre = (44, 104, 190), (186, 216, 232), (36, 36, 40)
    s.polygon(
        [(40, 330), (30, 240), (110, 210), (250, 200), (330, 100), (560, 96), (650, 206), (780, 236), (790, 330)], blue
    )
    s.polygon([(276, 204), (342, 118), (440, 116), (440, 204)], glass, 0.3)
    s.polygon([(456, 204), (456, 116), (550, 116), (618, 204)], glass, 0.3)
    s.limb([(448, 210), (448, 320)], 3, (24, 60, 120), 0)
    s.ellipse(766, 250, 20, 16, (250, 240, 190))
    s.ellipse(44, 256, 12, 18, (220, 40, 40))
    for x in (200, 630):
        s.ellipse(x, 332, 80, 80, (20, 34, 60), depth=0)
        s.ellipse(x, 336, 70, 70, tyre)
        s.ellipse(x, 336, 44, 44, (200, 204, 210))
        for spoke in range(5):
            a = spoke * math.tau / 5 + 0.3
            s.limb([(x, 336), (x + 40 * math.cos(a), 336 + 40 * math.sin(a))], 9, (90, 94, 104), 0)
    return s.rgba()


def ball() -> np.ndarray:
    """A beach ball in four colours."""
    s = Sketch(480, 480)
    s.ellipse(240, 240, 228, 228, (245, 245, 240), depth=0)
    for part, colour in enumerate(((224, 52, 52), (252, 200, 40), (44, 120, 210))):
        a = part * math.tau / 3
        fan = [(240 + 228 * math.cos(a + i * 0.105), 240 + 228 * math.sin(a + i * 0.105)) for i in range(11)]
        s.polygon([(240, 240), *fan], colour, 0)
    s.ellipse(240, 240, 34, 34, (245, 245, 240), depth=0)
    rgba = s.rgba()
    y, x = np.mgrid[0:480, 0:480]
    light = 1.15 - 0.6 * np.hypot(x - 170, y - 140) / 400
    rgba[..., :3] = np.clip(rgba[..., :3] * light[..., None], 0, 255)
    return rgba


def slime() -> np.ndarray:
    """A round green mascot with small feet."""
    s = Sketch(520, 480)
    green = (96, 200, 110)
    for side in (-1, 1):
        s.ellipse(260 + side * 80, 448, 56, 26, (60, 150, 80))
    s.ellipse(260, 260, 216, 196, green)
    for side in (-1, 1):
        s.ellipse(260 + side * 72, 226, 34, 42, (255, 255, 255), depth=0.2)
        s.ellipse(260 + side * 66, 232, 17, 22, (24, 30, 34), depth=0)
        s.ellipse(260 + side * 130, 290, 30, 18, (240, 150, 150), depth=0)
    s.limb([(220, 304), (260, 330), (300, 304)], 10, (40, 90, 50), 0)
    s.limb([(260, 70), (270, 26), (300, 16)], 12, (60, 150, 80))
    return s.rgba()


def balloon() -> np.ndarray:
    """A hot-air balloon: nothing that could stand."""
    s = Sketch(420, 640)
    for lane, colour in enumerate(((220, 60, 50), (250, 220, 120), (220, 60, 50), (250, 220, 120), (220, 60, 50))):
        s.ellipse(210, 220, 196 - lane * 42, 210, colour, depth=0.5)
    s.polygon([(110, 396), (310, 396), (246, 520), (174, 520)], (200, 54, 46))
    for side in (-1, 1):
        s.limb([(210 + side * 34, 516), (210 + side * 28, 566)], 4, (80, 60, 40), 0)
    s.polygon([(172, 562), (248, 562), (240, 630), (180, 630)], (150, 100, 56))
    return s.rgba()


def teapot() -> np.ndarray:
    """A blue and white teapot."""
    s = Sketch(600, 460)
    white, blue = (238, 240, 244), (40, 74, 160)
    s.ring(480, 250, 78, 26, white)
    s.limb([(160, 290), (90, 220), (50, 140)], 46, white)
    s.ellipse(290, 270, 184, 150, white)
    s.ellipse(290, 424, 106, 22, (200, 204, 214))
    for x in range(-2, 3):
        s.ellipse(290 + x * 62, 286 + abs(x) * 10, 20, 26, blue, depth=0.3)
    s.ellipse(290, 132, 92, 26, blue)
    s.ellipse(290, 96, 24, 24, white)
    return s.rgba()


def lantern() -> np.ndarray:
    """A red lantern on a stand."""
    s = Sketch(320, 620)
    s.limb([(160, 400), (160, 590)], 18, (60, 44, 36))
    s.ellipse(160, 596, 90, 18, (60, 44, 36))
    s.ellipse(160, 250, 132, 160, (214, 48, 40))
    for x in (-80, -40, 0, 40, 80):
        s.limb(
            [(160 + x, 110 + abs(x) * 0.5), (160 + x * 1.3, 250), (160 + x, 392 - abs(x) * 0.5)], 4, (150, 26, 24), 0
        )
    s.polygon([(100, 78), (220, 78), (230, 116), (90, 116)], (200, 160, 60))
    s.polygon([(90, 388), (230, 388), (220, 424), (100, 424)], (200, 160, 60))
    return s.rgba()


def woman(rows: int = 720, columns: int = 600) -> np.ndarray:
    """A portrait: head and shoulders, cut off below."""
    s = Sketch(columns, rows)
    skin, hair, dress = (226, 178, 150), (52, 34, 30), (150, 40, 66)
    s.ellipse(300, 300, 168, 216, hair)
    s.polygon([(140, 300), (460, 300), (476, 560), (124, 560)], hair)
    s.polygon([(210, 500), (390, 500), (560, 590), (600, 720), (0, 720), (40, 590)], dress)
    s.limb([(300, 420), (300, 540)], 104, skin)
    s.ellipse(300, 316, 118, 154, skin)
    s.polygon([(180, 290), (200, 170), (300, 130), (400, 170), (422, 290), (370, 210), (240, 200)], hair)
    for side in (-1, 1):
        s.ellipse(300 + side * 48, 306, 22, 12, (250, 246, 240), depth=0)
        s.ellipse(300 + side * 48, 306, 11, 12, (60, 90, 70), depth=0)
        s.ellipse(300 + side * 48, 306, 5, 6, (10, 10, 10), depth=0)
        s.limb([(300 + side * 26, 276), (300 + side * 70, 272)], 8, (50, 30, 26), 0)
    s.polygon([(300, 310), (318, 364), (290, 366)], (206, 156, 130), 0.3)
    s.ellipse(300, 406, 38, 13, (182, 66, 76), depth=0.4)
    return s.rgba()


def neon_sign() -> np.ndarray:
    """A shop sign in words, a picture without a subject."""
    s = Sketch(720, 400)
    s.polygon([(0, 0), (720, 0), (720, 400), (0, 400)], (28, 24, 48), 0)
    s.polygon([(24, 24), (696, 24), (696, 376), (24, 376)], (52, 40, 92), 0)
    s.text("NIGHT", 360, 130, 110, (255, 120, 190))
    s.text("NOODLES", 360, 270, 110, (120, 240, 255))
    return s.rgba()


# --- grounds, places, styles ----------------------------------------------------------------------------------


@cache
def place(name: str, seed: int = 3) -> np.ndarray:
    """A frame of one of the engine's own scenes: a busy photograph, as far as a cut-out is concerned."""
    prompts = {
        "lake": "A mountain lake in summer, day",
        "street": "A neon street at night after rain",
        "beach": "An empty beach at sunset, waves",
        "dog": "A golden retriever running on a beach, day",
    }
    kept = Path(tempfile.gettempdir()) / f"openhorse-place-{name}-{seed}.png"
    if not kept.exists():
        order = Order("native", "sets", Mode.TEXT, prompts[name], Tier.P720, 3, Ratio.R16_9, seed=seed)
        scene = direct(order, [], 960, 540).scene
        Image.fromarray(to_rgb(scene.frame(30), 960, 540)).save(kept)
    return np.asarray(Image.open(kept))


def living_room() -> np.ndarray:
    """A drawn room: wall, window, floorboards, a sofa."""
    s = Sketch(960, 540)
    s.polygon([(0, 0), (960, 0), (960, 380), (0, 380)], (206, 192, 170), 0)
    s.polygon([(0, 380), (960, 380), (960, 540), (0, 540)], (140, 96, 62), 0)
    for x in range(-4, 14):
        s.limb([(480 + (x - 5) * 90, 380), (480 + (x - 5) * 190, 540)], 2, (112, 74, 46), 0)
    s.polygon([(620, 60), (860, 60), (860, 260), (620, 260)], (250, 250, 244), 0)
    s.polygon([(634, 74), (846, 74), (846, 246), (634, 246)], (170, 206, 236), 0)
    s.polygon([(90, 250), (430, 250), (440, 420), (80, 420)], (70, 110, 120))
    s.polygon([(60, 320), (460, 320), (460, 440), (60, 440)], (84, 128, 138))
    return s.rgba()[..., :3]


def painting() -> np.ndarray:
    """Thick strokes in warm and violet tones over rough canvas."""
    draw = np.random.default_rng(5)
    canvas = np.full((540, 720, 3), (60, 50, 90), np.float32)
    palette = np.array([(240, 170, 50), (226, 96, 40), (90, 60, 150), (40, 70, 130), (250, 220, 130), (150, 50, 90)])
    for _ in range(2600):
        x, y = draw.uniform(0, 720), draw.uniform(0, 540)
        band = min(5, int(y / 540 * 4 + draw.normal(0, 0.7))) % 6
        colour = palette[[4, 0, 1, 5, 2, 3][band]] + draw.normal(0, 14, 3)
        a = 0.5 * math.sin(x / 120) + draw.normal(0, 0.3)
        end = (int(x + 34 * math.cos(a)), int(y + 34 * math.sin(a)))
        cv2.line(canvas, (int(x), int(y)), end, colour.tolist(), int(draw.integers(5, 10)), cv2.LINE_AA)
    weave = draw.normal(0, 9, (540, 720, 1))
    return np.clip(canvas + weave, 0, 255).astype(np.uint8)


def ink_wash() -> np.ndarray:
    """Ink on paper: pale, nearly without colour, grainy, with mountains in layers."""
    draw = np.random.default_rng(6)
    y = np.arange(540)[:, None]
    canvas = np.full((540, 720), 232.0)
    for layer in range(4):
        bumps = cv2.resize(draw.standard_normal((1, 6 + 4 * layer)), (720, 1), interpolation=cv2.INTER_CUBIC)[0]
        crest = 170 + layer * 80 + bumps * 46
        mist = np.clip((y - crest) / 170, 0, 1)
        canvas = np.where(y > crest, canvas * (0.42 + 0.16 * (3 - layer) / 3) + mist * 110, canvas)
    paper = cv2.GaussianBlur(draw.normal(0, 30, (540, 720)), (0, 0), 1.6) + draw.normal(0, 5, (540, 720))
    grey = np.clip(canvas, 0, 236) + paper
    return np.clip(grey[..., None] * np.array((1.0, 0.975, 0.92)), 0, 255).astype(np.uint8)


def pop_print() -> np.ndarray:
    """Flat loud colours with dots, as printed."""
    y, x = np.mgrid[0:540, 0:720]
    canvas = np.where((x + y)[..., None] % 360 < 180, (250, 220, 30), (240, 60, 120)).astype(np.float32)
    canvas[np.hypot(x - 360, y - 270) < 170] = (40, 190, 220)
    dots = np.hypot(x % 14 - 7, y % 14 - 7) < 3.4
    canvas[dots] *= 0.72
    return canvas.astype(np.uint8)


def on(subject: np.ndarray, ground: np.ndarray | Colour, share: float = 0.8) -> np.ndarray:
    """A subject standing on a plain ground or before a photograph (height × width × 3), its feet near the bottom."""
    rows, columns = subject.shape[:2]
    if isinstance(ground, tuple):
        size = round(columns / share), round(rows / share)
        behind = np.full((size[1], size[0], 3), ground, np.uint8)
    else:
        behind = ground
    tall, wide = behind.shape[:2]
    scale = min(share * tall / rows, share * wide / columns)
    small = cv2.resize(subject, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    left, top = (wide - small.shape[1]) // 2, round(tall * 0.94) - small.shape[0]
    canvas = behind.astype(np.float32)
    alpha = small[..., 3:].astype(np.float32) / 255
    part = np.s_[max(0, top) : top + small.shape[0], left : left + small.shape[1]]
    alpha, colour = alpha[max(0, -top) :], small[max(0, -top) :, :, :3]
    canvas[part] += (colour - canvas[part]) * alpha
    noise = np.random.default_rng(1).normal(0, 2.0, (tall, wide, 1))
    return np.clip(canvas + noise, 0, 255).astype(np.uint8)


def portrait_on(ground: Colour) -> np.ndarray:
    rgba = woman()
    alpha = rgba[..., 3:] / 255
    canvas = rgba[..., :3] * alpha + np.array(ground) * (1 - alpha)
    return np.clip(canvas + np.random.default_rng(2).normal(0, 2, (*alpha.shape[:2], 1)), 0, 255).astype(np.uint8)


def given(pixels: np.ndarray) -> Picture:
    """`pixels` (height × width × 3 or 4) as a vetted picture."""
    rows, columns = pixels.shape[:2]
    clear = pixels.shape[2] == 4
    rgba = pixels if clear else np.dstack([pixels, np.full((rows, columns), 255, np.uint8)])
    return Picture(columns, rows, np.ascontiguousarray(rgba).data, clear)


# --- the sets -------------------------------------------------------------------------------------------------

Drawn = Callable[[], np.ndarray]


@dataclass(frozen=True)
class ReferenceSet:
    """A prompt and what draws its pictures; `actors` are the numbers (from 1) of those that must be recognised."""

    name: str
    prompt: str
    pictures: tuple[Drawn, ...]
    actors: tuple[int, ...] = (1,)
    size: tuple[int, int] = (640, 360)


def _nine() -> tuple[Drawn, ...]:
    return (explorer, robot, fox, slime, ball, teapot, lantern, lambda: place("lake"), painting)


SETS = (
    ReferenceSet("01-girl-alpha", "The girl in [Image 1] walks towards us", (explorer,)),
    ReferenceSet(
        "02-robot-plain-street",
        "The robot in [Image 1] walking through [Image 2]",
        (lambda: on(robot(), WHITE), lambda: place("street")),
    ),
    ReferenceSet(
        "03-man-side-painting",
        "The character in [Image 1] walking through a scene styled like [Image 2]",
        (strider, painting),
    ),
    ReferenceSet(
        "04-fox-photo",
        "The fox in [Image 1] runs along the beach of [Image 2]",
        (lambda: on(fox(), place("lake"), 0.7), lambda: place("beach")),
    ),
    ReferenceSet(
        "05-motorcycle-cabinet",
        "The motorcycle in [Image 1] drives through [Image 2]",
        (lambda: on(motorcycle(), living_room(), 0.75), lambda: place("street")),
    ),
    ReferenceSet(
        "06-car-plain",
        "The car in [Image 1] drives past the lake in [Image 2], tracking shot",
        (lambda: on(car(), GREY), lambda: place("lake")),
    ),
    ReferenceSet("07-ball", "The ball of [Image 1] bounces on the beach of [Image 2]", (ball, lambda: place("beach"))),
    ReferenceSet(
        "08-portrait-ink",
        "The woman in [Image 1] looks around, styled like [Image 2]",
        (lambda: portrait_on((196, 204, 210)), ink_wash),
    ),
    ReferenceSet(
        "09-wizard-lantern",
        "The character in [Image 1] walks past the lantern, an object from [Image 2], in the place [Image 3]",
        (wizard, lantern, lambda: place("lake")),
        (1, 2),
    ),
    ReferenceSet(
        "10-sign-street",
        "The girl in [Image 1] stands before the street of [Image 2]; the logo [Image 3] is an object there",
        (explorer, lambda: place("street"), neon_sign),
        (1, 3),
    ),
    ReferenceSet(
        "11-balloon-two-places",
        "The balloon, object of [Image 1], floats over the landscape in [Image 2] and then the place of [Image 3]",
        (balloon, lambda: place("lake"), lambda: place("beach")),
    ),
    ReferenceSet(
        "12-nine",
        "Everyone walks together: characters [Image 1], [Image 2], [Image 3] and [Image 4], with the objects "
        "[Image 5], [Image 6] and [Image 7], in the landscape of [Image 8], in the style of [Image 9]",
        _nine(),
        (1, 2, 3, 4),
    ),
    ReferenceSet(
        "13-slime-jump-pop", "The mascot [Image 1] jumps for joy, in the style of [Image 2]", (slime, pop_print)
    ),
    ReferenceSet(
        "14-teapot-room",
        "The product [Image 1] on show in the room of [Image 2], slow push-in",
        (lambda: on(teapot(), WHITE), living_room),
    ),
    ReferenceSet(
        "15-elephant-and-girl",
        "The elephant in [Image 1] and the girl in [Image 2] walk through the landscape of [Image 3]",
        (elephant, explorer, lambda: place("lake")),
        (1, 2),
    ),
    ReferenceSet(
        "16-dog-photo",
        "The dog in [Image 1] in the street of [Image 2]",
        (lambda: place("dog"), lambda: place("street")),
    ),
    ReferenceSet(
        "17-girl-tall", "The girl in [Image 1] walking, styled like [Image 2]", (explorer, ink_wash), (1,), (360, 640)
    ),
    ReferenceSet(
        "18-company", "[Image 1], [Image 2] and [Image 3] dance together", (explorer, slime, robot), (1, 2, 3)
    ),
)


PHOTOGRAPHS = (
    ("p1-coffee-bythewater", "[Image 1] on [Image 2]", "coffee bythewater"),
    ("p2-astronaut-path", "The astronaut in [Image 1] in [Image 2]", "astronaut path"),
    ("p3-cheetah-aitzgorri", "The cheetah in [Image 1] runs through [Image 2]", "cheetah aitzgorri"),
    ("p4-motorcycle-cincinnati", "[Image 1] drives past [Image 2]", "motorcycleleft cincinnati"),
    (
        "p5-fish-sea-style",
        "The fish in [Image 1] swims in [Image 2], in the style of [Image 3]",
        "goldfish summer1am umang",
    ),
    (
        "p6-bird-rocket",
        "The bird in [Image 1] flies to the left of the rocket in [Image 2], in [Image 3]",
        "free rocket sunset",
    ),
    ("p7-unnamed", "A calm film", "flower picosdeeuropa tower"),
    (
        "p8-nine",
        "In [Image 4], [Image 1], [Image 2] and [Image 3] dance next to [Image 5]; a poster shows [Image 6]",
        "flyingkonqui cheetah2 themouse sunset coffee videoannotation flower picture0b kite",
    ),
)
"""Sets of photographs: a name, a prompt and the names of the files."""


def photographed(folder: Path, file: str) -> np.ndarray:
    """The photograph whose name in `folder` is `file`, whatever its kind."""
    image = Image.open(next(path for path in sorted(folder.iterdir()) if path.stem == file)).convert("RGB")
    image.thumbnail((1600, 1600))
    return np.asarray(image)


def photograph_sets(folder: Path) -> tuple[ReferenceSet, ...]:
    """The sets of photographs, from the files in `folder`."""
    return tuple(
        ReferenceSet(name, prompt, tuple(partial(photographed, folder, file) for file in files.split()))
        for name, prompt, files in PHOTOGRAPHS
    )


def scene_of(one: ReferenceSet, size: tuple[int, int], seconds: int, seed: int = 11):
    """The scene of a set; its place's frame is drawn first where the engine's own scenes lend it."""
    from openhorse.engines.procedural.ensemble.scene import Ensemble

    pictures = [given(draw()) for draw in one.pictures]
    brief = replace(read_prompt(one.prompt, references=len(pictures)), place=None)
    assert not isinstance(brief.place, Place)
    return Ensemble(Shot(*size, seconds, seed, brief), pictures), pictures


def sheet(one: ReferenceSet, size: tuple[int, int], seconds: int) -> tuple[np.ndarray, tuple[str, ...]]:
    """The set's contact sheet (references, then five frames two to a row) and its notes."""
    scene, pictures = scene_of(one, size, seconds)
    last = scene.shot.frame_count - 1
    frames = [to_rgb(scene.frame(round(part * last)), *size) for part in (0, 0.25, 0.5, 0.75, 1)]
    tall = size[1] // 3
    thumbs = []
    for picture in pictures:
        rgba = np.asarray(picture.pixels, np.uint8).reshape(picture.height, picture.width, 4)
        cover = rgba[..., 3:] / 255
        checks = 200 + 30 * ((np.indices(rgba.shape[:2]) // 24).sum(0) % 2)[..., None]
        flat = (rgba[..., :3] * cover + checks * (1 - cover)).astype(np.uint8)
        thumbs.append(cv2.resize(flat, (max(2, round(tall * picture.width / picture.height)), tall)))
    per_row = 2 if size[0] > size[1] else 5
    while len(frames) % per_row:
        frames.append(_rows(thumbs, size))
    rows = [np.hstack(frames[at : at + per_row]) for at in range(0, len(frames), per_row)]
    if per_row == 5:
        rows.append(_fitted(np.hstack(thumbs), rows[0].shape[1]))
    return np.vstack(rows), scene.notes


def _rows(thumbs: list[np.ndarray], size: tuple[int, int]) -> np.ndarray:
    canvas = np.full((size[1], size[0], 3), 40, np.uint8)
    x, y = 0, 0
    for thumb in thumbs:
        if x + thumb.shape[1] > size[0]:
            x, y = 0, y + thumb.shape[0]
        part = thumb[: max(0, size[1] - y), : size[0] - x]
        canvas[y : y + part.shape[0], x : x + part.shape[1]] = part
        x += thumb.shape[1]
    return canvas


def _fitted(strip: np.ndarray, width: int) -> np.ndarray:
    canvas = np.full((strip.shape[0], width, 3), 40, np.uint8)
    canvas[:, : min(width, strip.shape[1])] = strip[:, :width]
    return canvas


def cost(one: ReferenceSet, size: tuple[int, int], seconds: int) -> tuple[float, float]:
    """Seconds of set-up, and milliseconds of processor time (all cores, median) for a frame of a warm scene."""
    began = time.perf_counter()
    scene, _ = scene_of(one, size, seconds)
    ready = time.perf_counter() - began
    spent = []
    for index in range(0, scene.shot.frame_count, 2):
        began = time.process_time()
        scene.frame(index)
        spent.append(1000 * (time.process_time() - began))
    return ready, statistics.median(spent)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--size", default="")
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--cost", action="store_true")
    parser.add_argument("--pictures", type=Path)
    options = parser.parse_args()
    sets = photograph_sets(options.pictures) if options.pictures else SETS
    options.folder.mkdir(parents=True, exist_ok=True)
    wanted = [one for one in sets if not options.only or any(name in one.name for name in options.only.split(","))]
    for one in wanted:
        size = one.size
        if options.size:
            longer, shorter = (int(side) for side in options.size.split("x"))
            size = (longer, shorter) if size[0] > size[1] else (shorter, longer)
        if options.cost:
            ready, frame = cost(one, size, options.seconds)
            print(f"{one.name:24} set-up {ready:5.2f} s, {frame:5.1f} ms of processor time a frame", flush=True)
            continue
        picture, notes = sheet(one, size, options.seconds)
        Image.fromarray(picture).save(options.folder / f"{one.name}.png")
        print(one.name, *notes, sep="\n    ", flush=True)


if __name__ == "__main__":
    main()
