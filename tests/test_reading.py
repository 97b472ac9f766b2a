"""What is found in a picture is there: drawn pictures of what is easily mistaken for something else."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.brief import Brief, Shot
from openhorse.engines.procedural.drawing.finish import to_rgb
from openhorse.engines.procedural.prompt.language import read_prompt
from openhorse.engines.procedural.still.analysis import Layout, survey
from openhorse.engines.procedural.still.lights import Lights, find_lights
from openhorse.engines.procedural.world.scene import World

Pixels = NDArray[np.uint8]
SIZE = (360, 640)


def grain(rows: int, columns: int, strength: float, seed: int) -> NDArray[np.float64]:
    """Fine texture of a ground, height × width × 1."""
    return np.random.default_rng(seed).normal(0, strength, (rows, columns, 1))


def landscape(ground: tuple[int, int, int], rough: float = 22) -> Pixels:
    """A clear sky over hills of one colour."""
    height, width = SIZE
    down = np.linspace(0, 1, height)[:, None, None]
    picture = np.array((110, 160, 225)) + np.array((90, 60, 20)) * down + np.zeros((height, width, 1))
    skyline = 0.42 + 0.13 * np.sin(np.linspace(0, 9, width)) + 0.02 * np.sin(np.linspace(1, 41, width))
    land = np.linspace(0, 1, height)[:, None] > skyline
    picture[land] = (np.array(ground) + grain(height, width, rough, 1))[land]
    return picture.clip(0, 255).astype(np.uint8)


def lights_of(picture: Pixels) -> tuple[Layout, Lights]:
    """What is found in a picture without a prompt."""
    layout = survey(picture)
    return layout, find_lights(picture, layout, Brief(""))


def test_a_sky_over_rough_hills_is_found() -> None:
    """It ends at the skyline and takes in no land."""
    layout = survey(landscape((90, 110, 60)))
    rows = layout.sky.shape[0]
    assert layout.sky[: rows // 4].mean() > 0.95
    assert layout.sky[rows * 2 // 3 :].mean() < 0.02


def test_the_engines_own_lake_is_water() -> None:
    """Below its level shore, which mirrors wood, rock and sky, and nowhere above it."""
    for prompt, seed in (("a mountain lake in summer, day", 9), ("lake at dusk", 3), ("lake at dawn", 3)):
        scene = World(Shot(640, 360, 3, seed, read_prompt(prompt)))
        water = survey(to_rgb(scene.frame(30), 640, 360)).water
        rows = len(water)
        assert water[rows * 3 // 4 :].mean() > 0.5
        assert water[: rows // 2].mean() == 0


def test_a_level_field_under_a_sky_is_no_water() -> None:
    """It has a straight far edge, but neither hill nor sky is seen in it."""
    picture = landscape((96, 92, 84))
    picture[220:] = (np.array((150, 132, 70)) + grain(140, SIZE[1], 14, 12)).clip(0, 255)
    assert not survey(picture).has_water


def test_hills_and_snow_are_no_water() -> None:
    """Bluish rock has no level shore, and snow is brighter than the sky that lights it."""
    for ground in ((96, 112, 140), (236, 240, 246)):
        assert not survey(landscape(ground, 12)).has_water


def test_a_sea_in_the_glow_of_a_low_sun_is_water_up_to_its_beach() -> None:
    """The sky ends at the horizon though the sea has its colours; a plain of them, without waves, is no water."""
    height, width = SIZE
    down = np.linspace(0, 1, height)[:, None, None]
    picture = np.array((222, 110, 112)) + np.array((60, 190, -80)) * down + np.zeros((height, width, 1))
    horizon, beach = int(0.4 * height), int(0.67 * height)
    streaks = grain(height, width, 60, 3)[..., 0]
    for size, wet in (((30, 1), True), ((5, 5), False)):
        ground = cv2.GaussianBlur(streaks, (0, 0), sigmaX=size[0], sigmaY=size[1])[..., None]
        picture[horizon:] = (np.array((246, 168, 118)) + ground)[horizon:]
        picture[beach:] = np.array((206, 128, 96)) + grain(height - beach, width, 1, 5)
        layout = survey(picture.clip(0, 255).astype(np.uint8))
        assert layout.has_water is wet
        if wet:
            rows = len(layout.water)
            assert abs(layout.horizon - 0.4) < 0.03
            assert layout.water[int(0.44 * rows) : int(0.63 * rows)].mean() > 0.9
            assert layout.water[int(0.72 * rows) :].mean() < 0.05


def test_a_blurred_backdrop_is_no_sky() -> None:
    """A pale ground out of focus, right down to the foot of the picture, behind a flower."""
    height, width = SIZE
    picture = cv2.GaussianBlur(np.full((height, width, 3), (150, 170, 200)) + grain(height, width, 90, 2), (0, 0), 40)
    picture = picture.clip(0, 255).astype(np.uint8)
    for turn in np.linspace(0, 2 * np.pi, 14)[:-1]:
        at = (int(420 + 70 * np.cos(turn)), int(190 + 70 * np.sin(turn)))
        cv2.ellipse(picture, at, (64, 18), float(np.degrees(turn)), 0, 360, (200, 60, int(90 + 9 * turn)), -1)
    assert not survey(picture).has_sky


def test_a_wall_of_boards_is_no_sky() -> None:
    """White boards above a rough fence reach from the middle to the right border."""
    height, width = SIZE
    picture = (np.array((96, 92, 84)) + grain(height, width, 20, 3)) * np.ones((height, width, 3))
    picture[:230, 200:] = (206, 210, 214)
    for row in range(10, 230, 24):
        picture[row : row + 4, 200:] = (192, 196, 200)
    assert not survey(picture.clip(0, 255).astype(np.uint8)).has_sky


def tower_at_night() -> Pixels:
    """A lit upright tower and a row of street lamps under a dark blue sky."""
    height, width = SIZE
    picture = np.array((14, 20, 60)) + np.zeros((height, width, 1)) + grain(height, width, 1, 4)
    picture[300:] = np.array((24, 20, 22)) + grain(60, width, 14, 5)
    picture[110:300, 290:350] = np.array((235, 160, 60)) + grain(190, 60, 12, 6)
    picture = picture.clip(0, 255).astype(np.uint8)
    for x in range(40, 640, 60):
        if not 260 < x < 380:
            cv2.circle(picture, (x, 282), 4, (255, 226, 170), -1, cv2.LINE_AA)
    return picture


def test_a_lit_tower_at_night_is_no_flame() -> None:
    """Nor are street lamps: they are lamps."""
    layout, lights = lights_of(tower_at_night())
    assert not lights.has_flames
    assert layout.night and lights.has_lamps


def test_petals_before_a_dark_wood_are_no_lamps() -> None:
    """A bright flower in the shade shines by no light of its own."""
    height, width = SIZE
    picture = (np.array((16, 40, 34)) + grain(height, width, 5, 7)).clip(0, 255).astype(np.uint8)
    for ring in range(5, 0, -1):
        for turn in np.linspace(0, 2 * np.pi, 12)[:-1]:
            at = (int(320 + 16 * ring * np.cos(turn)), int(180 + 16 * ring * np.sin(turn)))
            cv2.circle(picture, at, 9, (250, 190 - 12 * ring, 130), -1, cv2.LINE_AA)
    assert not lights_of(picture)[1].has_lamps


def test_boards_are_no_plants() -> None:
    """Wood is the colour of straw, and full of grain, but nothing green grows by it."""
    height, width = SIZE
    picture = np.array((186, 142, 62)) + np.zeros((height, width, 1)) + grain(height, width, 18, 8)
    assert survey(picture.clip(0, 255).astype(np.uint8)).plants.max() == 0


def test_a_creek_runs_in_a_wood() -> None:
    """Cool, foaming and going down the picture; the same picture without it has none."""
    height, width = SIZE
    wood = np.array((104, 100, 62)) + grain(height, width, 26, 9)
    wood[:150] = np.array((60, 96, 36)) + grain(150, width, 26, 10)
    creek = wood.copy()
    foam = np.random.default_rng(11).uniform(0, 1, (height, width, 1)) ** 6
    rows = np.arange(height)
    for row in rows[130:]:
        middle, half = 320 + 40 * np.sin(row / 40), 24 + row / 9
        inside = slice(int(middle - half), int(middle + half))
        creek[row, inside] = np.array((96, 108, 128)) + 130 * foam[row, inside]
    flow = survey(creek.clip(0, 255).astype(np.uint8)).flow
    assert survey(wood.clip(0, 255).astype(np.uint8)).flow is None
    assert flow is not None and flow[flow.shape[0] * 3 // 4, flow.shape[1] // 2] > 0.5
    assert flow[:, : flow.shape[1] // 4].max() < 0.5
