"""Contact sheets of image-to-video: pictures of many kinds, drawn here, each under several prompts, five frames each.

`python benchmarks/gallery.py FOLDER [--only candle,sea] [--seconds 3] [--tier 480p] [--moves]` writes one PNG for
each picture: a row for each prompt. They are for looking at; nothing is measured. `--moves` shows every camera move.
Half of the pictures are frames of the engine's own places, the nearest to photographs that can be had by drawing;
`--pictures FOLDER` takes the JPEG, PNG and WebP files of a folder instead, for real photographs.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont, ImageOps

from openhorse.engines.procedural.brief import Move, Place, Shot
from openhorse.engines.procedural.drawing.finish import to_rgb
from openhorse.engines.procedural.prompt.language import read_prompt
from openhorse.engines.procedural.still.scene import Still
from openhorse.vocabulary import Picture, Tier, frame_size

FRAMES = 5
SHEET_WIDTH = 1900


def place(prompt: str, where: Place, size: tuple[int, int], seed: int, seconds: float = 1.5) -> np.ndarray:
    """One frame of the engine's own scenes, which stands for a photograph."""
    from openhorse.engines.procedural.world.scene import World

    shot = Shot(*size, 3, seed, replace(read_prompt(prompt), place=where))
    scene = World(shot)
    return to_rgb(scene.frame(round(seconds * 24)), *size)


def grid(width: int, height: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns from 0 to 1."""
    return np.meshgrid(np.linspace(0, 1, height), np.linspace(0, 1, width), indexing="ij")


def noise(width: int, height: int, size: float, seed: int) -> np.ndarray:
    """Smooth noise of −1…1 whose spots are about `size` pixels wide."""
    field = np.zeros((height, width), np.float32)
    random = np.random.default_rng(seed)
    for octave in range(5):
        cells = max(2, int(width / size * 2**octave)), max(2, int(height / size * 2**octave))
        coarse = random.uniform(-1, 1, (cells[1] + 1, cells[0] + 1)).astype(np.float32)
        field += cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC) * 0.5**octave / 1.6
    return field


def colours(field: np.ndarray, low: tuple[int, ...], high: tuple[int, ...]) -> np.ndarray:
    """From one colour at 0 to another at 1."""
    return np.array(low) + (np.array(high) - np.array(low)) * np.clip(field, 0, 1)[..., None]


def as_picture(values: np.ndarray) -> np.ndarray:
    return np.clip(values, 0, 255).astype(np.uint8)


def forest() -> np.ndarray:
    """Trunks in a haze, nearer ones darker, over a floor of leaves."""
    width, height = 1280, 720
    y, _ = grid(width, height)
    image = colours(y, (170, 190, 150), (120, 140, 90)) + 18 * noise(width, height, 90, 1)[..., None]
    random = np.random.default_rng(2)
    for depth in range(7):
        near = depth / 6
        bark = np.array((150, 165, 130)) * (1 - near) + np.array((48, 40, 30)) * near
        mask = np.zeros((height, width), np.uint8)
        for x in random.uniform(0, width, 12 - depth):
            foot, wide = int(height * (0.55 + 0.4 * near)), 5 + 34 * near**1.5
            lean = random.uniform(-30, 30)
            corners = [(x - wide / 2, foot), (x + wide / 2, foot), (x + lean + wide / 3, -5), (x + lean - wide / 3, -5)]
            cv2.fillPoly(mask, [np.array(corners).astype(np.int32)], 255, cv2.LINE_AA)
        cover = (mask / 255.0)[..., None]
        image = image * (1 - cover) + (bark + 26 * near * noise(width, height, 18, 3 + depth)[..., None]) * cover
        crowns = np.clip(noise(width, height, 130 + 60 * near, 20 + depth) * 2.4 - 0.55 + (0.45 - y) * 1.5, 0, 1)
        leaves = np.array((120, 160, 80)) * (1 - near) + np.array((38, 78, 22)) * near
        leaves = leaves + 60 * noise(width, height, 12, 40 + depth)[..., None]
        image = image * (1 - crowns[..., None]) + leaves * crowns[..., None]
    floor = np.clip((y - 0.62) * 6, 0, 1)[..., None]
    ground = colours(noise(width, height, 14, 9) * 0.7 + 0.5, (54, 70, 24), (128, 132, 60))
    return as_picture(image * (1 - floor) + ground * floor)


def city_night() -> np.ndarray:
    """Towers with lit windows beside a dark river that mirrors them."""
    width, height = 1280, 720
    y, _ = grid(width, height)
    image = colours(y * 1.6, (8, 12, 30), (44, 40, 70))
    random = np.random.default_rng(5)
    shore = int(height * 0.68)
    for layer in range(3):
        x = -20
        while x < width:
            wide, tall = int(random.integers(50, 120)), int(random.integers(90, 330) * (0.6 + 0.25 * layer))
            image[shore - tall : shore, max(0, x) : x + wide] = np.array((26, 28, 46)) - 7 * layer
            for wy in range(shore - tall + 8, shore - 6, 13):
                for wx in range(max(0, x) + 6, min(width, x + wide) - 6, 11):
                    if random.random() < 0.32:
                        lamp = [(255, 214, 140), (255, 238, 200), (170, 205, 255)][int(random.integers(3))]
                        image[wy : wy + 6, wx : wx + 5] = np.array(lamp) * random.uniform(0.45, 1)
            x += wide + int(random.integers(-10, 26))
    for x in range(30, width, 85):
        spot = np.zeros((height, width), np.float32)
        cv2.circle(spot, (x, shore - 4), 4, 1.0, -1, cv2.LINE_AA)
        glow = spot + 9 * cv2.GaussianBlur(spot, (0, 0), 14)
        image = image + glow[..., None] * np.array((255, 190, 110))
    mirror = image[2 * shore - height : shore][::-1] * 0.55
    shift = (noise(width, height - shore, 22, 8) * 9).astype(np.float32)
    rows, columns = np.mgrid[0 : height - shore, 0:width].astype(np.float32)
    image[shore:] = cv2.remap(mirror.astype(np.float32), columns + shift, rows + shift, cv2.INTER_LINEAR)
    return as_picture(image)


def head(image: np.ndarray, x: int, y: int, size: float) -> None:
    """A shaded face with hair, eyes and a mouth, drawn into `image`."""
    rows, columns = np.mgrid[0 : image.shape[0], 0 : image.shape[1]].astype(np.float32)

    def oval(cx: float, cy: float, rx: float, ry: float, soft: float = 0.03) -> np.ndarray:
        away = np.hypot((columns - x - cx * size) / (rx * size), (rows - y - cy * size) / (ry * size))
        return np.clip((1 - away) / soft, 0, 1)[..., None]

    def paint(cover: np.ndarray, colour: np.ndarray | tuple[int, ...]) -> None:
        image[:] = image * (1 - cover) + np.asarray(colour) * cover

    grain = noise(image.shape[1], image.shape[0], 6, 3)[..., None]
    paint(oval(0, -0.12, 0.82, 1.12), np.array((62, 40, 26)) + 22 * grain)
    paint(oval(0, 0.9, 0.34, 0.6), (184, 134, 108))
    light = np.clip(1 - np.hypot(columns - x + 0.35 * size, rows - y + 0.4 * size) / (1.7 * size), 0, 1)[..., None]
    paint(oval(0, 0.1, 0.66, 0.88), np.array((150, 96, 74)) + np.array((96, 92, 84)) * light + 4 * grain)
    for side in (-1, 1):
        paint(oval(0.26 * side, -0.02, 0.13, 0.065, 0.2), (238, 232, 226))
        paint(oval(0.26 * side, -0.02, 0.06, 0.065, 0.2), (62, 44, 34))
        paint(oval(0.26 * side, -0.22, 0.18, 0.035, 0.5), (70, 46, 32))
    paint(oval(0.04, 0.28, 0.09, 0.1, 0.8), (168, 106, 82))
    paint(oval(0, 0.55, 0.22, 0.07, 0.35), (168, 70, 70))
    paint(oval(0, -0.78, 0.62, 0.34, 0.15), np.array((66, 43, 28)) + 26 * grain)


def portrait() -> np.ndarray:
    width, height = 768, 1024
    y, x = grid(width, height)
    wall = colours(0.5 + 0.5 * noise(width, height, 260, 4), (70, 86, 92), (128, 140, 136))
    image = wall * (1.1 - 0.5 * np.hypot(x - 0.4, y - 0.4))[..., None]
    body = np.hypot((x - 0.5) / 0.46, (y - 1.08) / 0.42) < 1
    image[body] = (colours(0.5 + 0.5 * noise(width, height, 40, 6), (34, 42, 84), (56, 66, 116)))[body]
    head(image, 384, 440, 190)
    return as_picture(cv2.GaussianBlur(image.astype(np.float32), (0, 0), 0.8))


def full_figure(ground: str) -> np.ndarray:
    """A standing figure, on nothing at all or on a plain ground."""
    width, height = 640, 960
    image = np.full((height, width, 3), (206, 200, 190), np.float64)
    image *= (1.04 - 0.16 * grid(width, height)[0])[..., None]
    mask = np.zeros((height, width), np.uint8)

    def limb(points: list[tuple[int, int]], wide: int, colour: tuple[int, int, int]) -> None:
        for start, stop in itertools.pairwise(points):
            cv2.line(image, start, stop, colour, wide, cv2.LINE_AA)
            cv2.line(mask, start, stop, 255, wide, cv2.LINE_AA)

    limb([(290, 560), (280, 730), (276, 880)], 52, (40, 44, 66))
    limb([(350, 560), (366, 730), (370, 880)], 52, (46, 50, 74))
    limb([(262, 896), (284, 896)], 30, (60, 40, 30))
    limb([(364, 896), (392, 896)], 30, (60, 40, 30))
    limb([(320, 320), (320, 560)], 128, (178, 60, 52))
    limb([(260, 310), (214, 440), (226, 560)], 38, (160, 52, 46))
    limb([(380, 310), (428, 430), (410, 550)], 38, (186, 66, 56))
    limb([(226, 570), (226, 580)], 34, (206, 156, 128))
    limb([(410, 560), (410, 570)], 34, (206, 156, 128))
    cv2.ellipse(mask, (320, 170), (66, 92), 0, 0, 360, 255, -1, cv2.LINE_AA)
    limb([(320, 240), (320, 280)], 40, (190, 140, 112))
    head(image, 320, 178, 84)
    picture = as_picture(image)
    return np.dstack([picture, mask]) if ground == "alpha" else picture


def product() -> np.ndarray:
    width, height = 1024, 1024
    y, x = grid(width, height)
    image = np.full((height, width, 3), 250.0)
    image -= 60 * np.exp(-(((x - 0.5) / 0.2) ** 2 + ((y - 0.8) / 0.02) ** 2))[..., None]
    round_ = np.clip(1 - ((x - 0.5) / 0.15) ** 2, 0, 1) ** 0.5
    glass = colours(round_ * 0.9 + 0.25 * np.exp(-(((x - 0.42) / 0.02) ** 2)), (14, 60, 70), (70, 178, 176))
    for inside, paint in (
        ((abs(x - 0.5) < 0.15) & (y > 0.34) & (y < 0.8), glass),
        ((abs(x - 0.5) < 0.06) & (y > 0.22) & (y <= 0.34), colours(round_, (40, 40, 44), (150, 150, 156))),
        ((abs(x - 0.5) < 0.11) & (y > 0.48) & (y < 0.68), colours(round_, (190, 184, 170), (252, 248, 238))),
    ):
        image[inside] = paint[inside]
    drawn = Image.fromarray(as_picture(image))
    ImageDraw.Draw(drawn).text((512, 590), "SERUM", (40, 60, 60), lettering(44), anchor="mm")
    return np.asarray(drawn)


def lettering(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def poster() -> np.ndarray:
    drawn = Image.new("RGB", (900, 1200), (244, 196, 72))
    pen = ImageDraw.Draw(drawn)
    pen.ellipse((180, 330, 720, 870), (226, 84, 58))
    pen.polygon([(0, 1200), (0, 900), (300, 640), (520, 900), (700, 720), (900, 930), (900, 1200)], (34, 58, 92))
    pen.text((450, 150), "SUMMER", (34, 58, 92), lettering(150), anchor="mm")
    pen.text((450, 270), "FESTIVAL 2031", (34, 58, 92), lettering(64), anchor="mm")
    pen.text((450, 1100), "one night only", (250, 240, 220), lettering(56), anchor="mm")
    return np.asarray(drawn)


def candle() -> np.ndarray:
    width, height = 1024, 768
    y, x = grid(width, height)
    u, v = (x - 0.5) * width / height, y - 0.42
    image = np.full((height, width, 3), (14.0, 9.0, 7.0))
    image = image + np.exp(-(u * u + v * v) * 7)[..., None] * np.array((120, 66, 24))
    wax = (abs(u) < 0.075) & (y > 0.55)
    image[wax] = (np.array((250, 210, 150)) * np.clip(1.05 - 1.5 * (y - 0.5), 0.25, 1)[..., None])[wax]
    table = y > 0.93
    image[table] = (np.array((88, 50, 26)) * np.clip(1.3 - 1.6 * abs(u), 0.1, 1)[..., None])[table]
    width_at = 0.034 * np.clip((0.53 - y) / 0.03, 0, 1) ** 0.5 * np.clip((y - 0.31) / 0.16, 0, 1) ** 0.8
    flame = np.clip((width_at - abs(u)) / 0.014, 0, 1)[..., None]
    heart = np.clip(1 - abs(u) / 0.02, 0, 1)[..., None] * np.clip((y - 0.36) * 9, 0, 1)[..., None]
    image = image * (1 - flame) + (np.array((255, 150, 40)) + np.array((0, 95, 170)) * heart) * flame
    cv2.line(image, (512, 420), (512, 400), (40, 24, 16), 4, cv2.LINE_AA)
    return as_picture(image)


def waterfall() -> np.ndarray:
    width, height = 800, 1000
    y, x = grid(width, height)
    rock = noise(width, height, 120, 3) + 0.6 * noise(width, height, 24, 4)
    image = colours(rock * 0.6 + 0.45, (34, 36, 34), (120, 118, 106))
    moss = np.clip(noise(width, height, 160, 8) * 3 - 0.3 - 1.2 * y, 0, 1)[..., None]
    image = image * (1 - moss) + colours(noise(width, height, 10, 9) + 0.5, (28, 56, 18), (110, 150, 60)) * moss
    streaks = cv2.GaussianBlur(np.random.default_rng(3).uniform(0, 1, (height, width)), (0, 0), 1.2, sigmaY=60)
    streaks = (streaks - streaks.min()) / np.ptp(streaks)
    fall = np.clip((0.15 - abs(x - 0.52 - 0.02 * np.sin(y * 9)) + 0.05 * y) / 0.03, 0, 1) * np.clip(
        (0.8 - y) / 0.06, 0, 1
    )
    water = colours(streaks * 1.2 - 0.1, (110, 140, 155), (250, 252, 252))
    image = image * (1 - fall[..., None]) + water * fall[..., None]
    pool = np.clip((y - 0.78) / 0.03, 0, 1)[..., None]
    waves = cv2.resize(noise(width // 4, height, 20, 12), (width, height)) + 0.5
    spray = np.exp(-(((x - 0.55) / 0.3) ** 2 + ((y - 0.8) / 0.05) ** 2))[..., None]
    image = image * (1 - pool) + colours(waves, (30, 66, 70), (110, 150, 150)) * pool
    return as_picture(image * (1 - 0.8 * spray) + np.array((238, 244, 246)) * 0.8 * spray)


def flowers() -> np.ndarray:
    """Grass and poppies close to the lens before an unsharp meadow."""
    width, height = 1280, 720
    y, _ = grid(width, height)
    image = colours(y * 0.9 + 0.25 * noise(width, height, 300, 2), (150, 184, 120), (60, 110, 40))
    random = np.random.default_rng(7)
    image = cv2.GaussianBlur(as_picture(image + 30 * noise(width, height, 60, 5)[..., None]), (0, 0), 9)
    for blade in range(900):
        near = blade / 900
        x, foot = random.uniform(-40, width + 40), height * (0.8 + 0.25 * near)
        tall, lean = random.uniform(140, 330) * (0.6 + 0.5 * near), random.uniform(-90, 90)
        s = np.linspace(0, 1, 12)
        points = np.column_stack([x + lean * s**2, foot - tall * s])
        green = (np.array((54, 96, 30)) + random.uniform(-20, 50, 3) * (0.4 + 0.6 * near)).tolist()
        cv2.polylines(image, [points.astype(np.int32)], False, green, 1 + int(3 * near), cv2.LINE_AA)
    for _ in range(16):
        x, y_, size = random.uniform(60, width - 60), random.uniform(200, 470), random.uniform(22, 48)
        cv2.line(image, (int(x), int(y_)), (int(x + 20), height), (70, 110, 44), 5, cv2.LINE_AA)
        for turn in range(5):
            a = turn * 1.257 + random.uniform(-0.2, 0.2)
            at = int(x + np.cos(a) * size * 0.5), int(y_ + np.sin(a) * size * 0.4)
            red = (np.array((206, 44, 30)) + random.uniform(-24, 34)).clip(0, 255).tolist()
            cv2.ellipse(image, at, (int(size * 0.6), int(size * 0.45)), np.degrees(a), 0, 360, red, -1, cv2.LINE_AA)
        cv2.circle(image, (int(x), int(y_)), int(size * 0.2), (44, 26, 24), -1, cv2.LINE_AA)
    return image


def abstract() -> np.ndarray:
    y, x = grid(960, 640)
    bend = noise(960, 640, 300, 6)
    return as_picture(
        np.stack([128 + 120 * np.sin(9 * x + 5 * bend + k * 1.9 + 4 * y * (k + 1) / 2) for k in range(3)], -1)
    )


def snow_mountains() -> np.ndarray:
    return place("snow mountain lake, blue sky, sunny day", Place.LAKE, (1280, 720), 21)


PICTURES: dict[str, tuple[Callable[[], np.ndarray], tuple[str, ...]]] = {
    "lake": (
        lambda: place("mountain lake at dawn, mist", Place.LAKE, (1280, 720), 7),
        ("", "snow falls, the camera cranes up", "time-lapse of drifting clouds and shifting light"),
    ),
    "mountains": (snow_mountains, ("orbit", "环绕运镜，雪花飘落", "wide shot to close-up")),
    "sea": (
        lambda: place("beach at sunset, waves", Place.BEACH, (1280, 720), 3),
        ("", "the water glitters, tracking shot to the right", "拉远"),
    ),
    "dog": (
        lambda: place("golden retriever running on the beach", Place.BEACH, (1280, 720), 5),
        ("", "handheld camera follows", "rain, dolly in"),
    ),
    "street": (
        lambda: place("neon street at night after rain", Place.STREET, (1280, 720), 11),
        ("", "lights twinkle, crane down", "手持跟拍，下雨"),
    ),
    "street-tall": (
        lambda: place("neon street at night", Place.STREET, (720, 1280), 4),
        ("", "tilt up, rain"),
    ),
    "lake-wide": (lambda: place("lake at dusk", Place.LAKE, (1680, 720), 9), ("", "pan right", "orbit left")),
    "forest": (forest, ("", "leaves sway in the wind, dolly in", "track left, rain")),
    "city": (city_night, ("", "lights twinkle, static camera", "snow falls, 升降镜头")),
    "portrait": (portrait, ("", "she turns her head, hair in the wind", "orbit around her", "slow zoom out, snow")),
    "figure-alpha": (lambda: full_figure("alpha"), ("", "the person turns around, orbit")),
    "figure-plain": (lambda: full_figure("plain"), ("", "pull back", "handheld")),
    "product": (product, ("", "arc shot around the bottle", "zoom out", "特写推近")),
    "poster": (poster, ("", "push in", "handheld, time-lapse")),
    "candle": (candle, ("", "flame flickers, static shot", "dolly in, close-up")),
    "waterfall": (waterfall, ("", "the water falls, static shot", "crane down")),
    "flowers": (flowers, ("", "wind moves the grass, slow motion, static shot", "orbit")),
    "abstract": (abstract, ("", "track right")),
}

MOVE_PROMPTS = ("static shot", *(move.value.replace("-", " ") for move in Move if move is not Move.STATIC))


def picture_of(pixels: np.ndarray) -> Picture:
    rgba = pixels if pixels.shape[2] == 4 else cv2.cvtColor(pixels, cv2.COLOR_RGB2RGBA)
    return Picture(pixels.shape[1], pixels.shape[0], np.ascontiguousarray(rgba).data, pixels.shape[2] == 4)


def strips(pixels: np.ndarray, prompts: tuple[str, ...], seconds: int, tier: Tier) -> Iterator[np.ndarray]:
    """A captioned row of frames for each prompt."""
    given = picture_of(pixels)
    size = frame_size(tier, Fraction(given.width, given.height))
    for prompt in prompts:
        scene = Still(Shot(*size, seconds, 7, read_prompt(prompt)), given)
        last = scene.shot.frame_count - 1
        shown = (SHEET_WIDTH // FRAMES, round(SHEET_WIDTH // FRAMES * size[1] / size[0]))
        frames = [
            cv2.resize(scene.rgb(round(last * k / (FRAMES - 1))), shown, interpolation=cv2.INTER_AREA)
            for k in range(FRAMES)
        ]
        caption = Image.new("RGB", (shown[0] * FRAMES, 40), "white")
        pen = ImageDraw.Draw(caption)
        pen.text((6, 2), f"'{prompt}'".encode("ascii", "replace").decode(), "black", lettering(15))
        pen.text((6, 20), "; ".join(scene.notes[1:]), "black", lettering(13))
        yield np.vstack([np.asarray(caption), np.hstack(frames)])


def files(folder: Path) -> dict[str, tuple[Callable[[], np.ndarray], tuple[str, ...]]]:
    """The pictures of a folder, each to be shown without a prompt."""

    def opened(path: Path) -> np.ndarray:
        with Image.open(path) as picture:
            upright = ImageOps.exif_transpose(picture)
            return np.asarray(upright.convert("RGBA" if upright.has_transparency_data else "RGB"))

    found = sorted(path for path in folder.iterdir() if path.suffix.lower() in {".jpg", ".jpeg", ".png", ".webp"})
    return {path.stem: (partial(opened, path), ("",)) for path in found}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="", help="names of pictures, with commas")
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--tier", default="480p")
    parser.add_argument("--prompt", default=None, help="this prompt instead of the picture's own")
    parser.add_argument("--pictures", type=Path, help="a folder of pictures instead of the drawn ones")
    parser.add_argument("--moves", action="store_true", help="every camera move instead of the picture's own prompts")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    pictures = PICTURES if options.pictures is None else files(options.pictures)
    for name, (make, own) in pictures.items():
        if options.only and name not in options.only.split(","):
            continue
        prompts = MOVE_PROMPTS if options.moves else own if options.prompt is None else (options.prompt,)
        rows = list(strips(make(), prompts, options.seconds, Tier(options.tier)))
        Image.fromarray(np.vstack(rows)).save(options.folder / f"{name}.png")
        print(options.folder / f"{name}.png", flush=True)


if __name__ == "__main__":
    main()
