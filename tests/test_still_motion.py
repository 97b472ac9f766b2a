"""What moves in a still picture: only what can, as far as it can, and without a jump."""

from __future__ import annotations

import itertools
from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from openhorse.engines.procedural.brief import Brief, Move, Shot
from openhorse.engines.procedural.drawing.sampling import CELL
from openhorse.engines.procedural.still import scene as still_scene
from openhorse.engines.procedural.still.analysis import Layout
from openhorse.engines.procedural.still.camera import View
from openhorse.engines.procedural.still.figure import Figure
from openhorse.engines.procedural.still.flow import PERIOD, Flow, find_current
from openhorse.engines.procedural.still.glow import Glow
from openhorse.engines.procedural.still.layers import Found, take_apart
from openhorse.engines.procedural.still.lights import Lights, find_lights
from openhorse.engines.procedural.still.scene import Still
from openhorse.engines.procedural.still.treatment import treat
from openhorse.engines.procedural.still.warp import Matter, Motion, Warp
from openhorse.engines.procedural.still.wind import chest, licking, pliant, tresses
from openhorse.vocabulary import Picture

Pixels = NDArray[np.uint8]
Field = NDArray[np.float32]

WIDTH, HEIGHT = 320, 200


def seen(warp: Warp, rgb: Pixels, motion: Motion) -> Pixels:
    """`rgb` as `warp` bends it, sampled the plain way."""
    columns, rows = warp.grid
    maps = (
        cv2.resize(part, (columns * CELL, rows * CELL), interpolation=cv2.INTER_LINEAR) for part in warp.bend(motion)
    )
    x, y = (part[CELL : CELL + rgb.shape[0], CELL : CELL + rgb.shape[1]] for part in maps)
    moved: Pixels = cv2.remap(rgb, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return moved


def nothing() -> Field:
    """Nought everywhere."""
    return np.zeros((HEIGHT, WIDTH), np.float32)


def layout(**found: object) -> Layout:
    """A layout in which nothing was found but `found`."""
    bare = Layout(nothing(), nothing(), nothing(), nothing() + np.float32(0.5), 0.4, None, False, False, False)
    return replace(bare, **found)  # type: ignore[arg-type]


def dark() -> Lights:
    """No lights at all."""
    return Lights(np.zeros((HEIGHT, WIDTH), np.int32), nothing(), nothing(), nothing())


def textured(seed: int = 1, sigma: float = 1.5) -> Pixels:
    """Grey noise, the same in all channels."""
    noise = cv2.GaussianBlur(
        np.random.default_rng(seed).normal(0, 1, (HEIGHT, WIDTH)).astype(np.float32), (0, 0), sigma
    )
    grey = np.clip(128 + 38 * noise / noise.std(), 0, 255).astype(np.uint8)
    return cv2.merge([grey] * 3)


def a_fall() -> tuple[Pixels, Field]:
    """A broad fall of drops and streaks between plain rocks, and where it is."""
    flow = nothing()
    flow[20:180, 110:210] = 1
    drops = np.random.default_rng(2).normal(0, 1, (HEIGHT, WIDTH)).astype(np.float32)
    streaks = cv2.GaussianBlur(drops, (0, 0), 1.0, sigmaY=5)
    water = np.clip(185 + 30 * streaks / streaks.std(), 0, 255).astype(np.uint8)
    picture = np.full((HEIGHT, WIDTH), 60, np.uint8)
    picture[flow > 0] = water[flow > 0]
    return cv2.merge([picture] * 3), flow


def with_layout(monkeypatch: pytest.MonkeyPatch, rgb: Pixels, found: Layout, brief: Brief, seconds: int = 3) -> Still:
    """The scene of a picture in which exactly `found` is found."""
    monkeypatch.setattr(still_scene, "survey", lambda *_: found)
    rgba = np.dstack([rgb, np.full(rgb.shape[:2], 255, np.uint8)])
    return Still(Shot(WIDTH, HEIGHT, seconds, 3, brief), Picture(WIDTH, HEIGHT, rgba.data, False))


def test_water_runs_down_without_a_jump() -> None:
    """It is the picture at first, then moves downwards evenly, for ever, and within its bounds only."""
    rgb, flow = a_fall()
    running = Flow(rgb, find_current(rgb, flow), 3)
    assert running.apply(rgb, 0.0, 1.0) is rgb
    frames = [running.apply(rgb, index / 24, 1.0).copy() for index in range(1, 97)]
    assert np.abs(frames[0].astype(int) - rgb).max() <= 6
    steps = [float(cv2.absdiff(a, b)[30:170, 120:200].mean()) for a, b in itertools.pairwise(frames)]
    steady = steps[12:]
    assert max(steps) < 1.8 * np.median(steady)
    assert min(steady) > 0.5 * np.median(steady) > 0.5
    for frame in frames[::8]:
        assert np.array_equal(frame[flow == 0], rgb[flow == 0])
    lens = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    down = [
        float(lens.calc(a[..., 0].copy(), b[..., 0].copy(), None)[60:150, 130:190, 1].mean())
        for a, b in zip(frames[20:80:6], frames[21:81:6], strict=True)
    ]
    assert np.median(down) > 0.1


def test_water_keeps_its_contrast_all_the_time() -> None:
    """Where two copies lie over one another the water is no paler than the picture's."""
    rgb, flow = a_fall()
    # dark water gets no light of its own, which would make up for it
    rgb = rgb // 4
    running = Flow(rgb, find_current(rgb, flow), 3)
    inside = np.s_[60:150, 130:190]
    for t in np.arange(0.5, 0.5 + PERIOD, 0.1):
        assert running.apply(rgb, float(t), 1.0)[inside].std() > 0.93 * rgb[inside].std()


def test_water_comes_from_water_only() -> None:
    """No colour of a rock is carried into a stream, wherever it bends."""
    flow = nothing()
    cv2.polylines(flow, [np.array([(160, 0), (150, 60), (210, 110), (150, 199)])], False, 1.0, 24)
    rgb = np.full((HEIGHT, WIDTH, 3), (200, 20, 20), np.uint8)
    rgb[cv2.dilate(flow, np.ones((7, 7))) > 0] = (40, 80, 200)
    running = Flow(rgb, find_current(rgb, flow), 5)
    red = max(int(running.apply(rgb, t / 10, 1.2)[flow > 0.9][:, 0].max()) for t in range(1, 25))
    assert red < 110


def test_the_same_water_runs_alike_whatever_came_before() -> None:
    """A frame depends on its time alone."""
    rgb, flow = a_fall()
    current = find_current(rgb, flow)
    first, second = Flow(rgb, current, 3), Flow(rgb, current, 3)
    first.apply(rgb, 0.3, 1.0)
    assert np.array_equal(first.apply(rgb, 1.7, 1.0), second.apply(rgb, 1.7, 1.0))


def test_running_water_is_part_of_the_scene(monkeypatch: pytest.MonkeyPatch) -> None:
    """It moves before a standing camera, is told of, and goes faster when asked for."""
    rgb, flow = a_fall()
    static = Brief("", move=Move.STATIC)
    scene = with_layout(monkeypatch, rgb, layout(flow=flow), static)
    assert any("its water runs" in note for note in scene.notes)
    moved = cv2.absdiff(scene.rgb(60), scene.rgb(0))
    assert moved[40:160, 120:200].mean() > 4 * moved[:, :90].mean()
    asked = with_layout(monkeypatch, rgb, layout(flow=flow), replace(static, life=frozenset({"flow"})))
    assert asked.treatment.flow > scene.treatment.flow
    assert not any("not found" in note for note in asked.notes)


def candle() -> Pixels:
    """A flame in the dark over a pale candle."""
    picture = np.full((HEIGHT, WIDTH, 3), (16, 10, 8), np.uint8)
    cv2.rectangle(picture, (140, 130), (180, 199), (190, 150, 100), -1)
    cv2.ellipse(picture, (160, 92), (10, 30), 0, 0, 360, (255, 170, 60), -1, cv2.LINE_AA)
    cv2.ellipse(picture, (160, 102), (5, 16), 0, 0, 360, (255, 244, 210), -1, cv2.LINE_AA)
    return picture


def test_a_flame_bends_itself_and_not_what_stands_beside_it() -> None:
    """Beyond a flame's width nothing moves; its tip moves by a part of its width."""
    rgb = candle()
    cv2.line(rgb, (196, 20), (196, 199), (90, 90, 90), 2)
    lights = find_lights(rgb, layout(), Brief(""))
    assert lights.has_flames
    flame = treat(Shot(WIDTH, HEIGHT, 5, 3, Brief("")), layout(), lights).flame * (WIDTH * HEIGHT) ** 0.5
    warp = Warp(WIDTH, HEIGHT, Matter(nothing(), flames=licking(rgb, lights), rise=lights.rise))
    tip = 0.0
    for t in np.arange(0.5, 3, 0.11):
        moved = seen(warp, rgb, Motion(float(t), flame=flame))
        changed = cv2.absdiff(moved, rgb).max(axis=2) > 2
        columns, rows = np.flatnonzero(changed.any(0)), np.flatnonzero(changed.any(1))
        assert columns[0] > 160 - 28 and columns[-1] < 160 + 28 and rows[-1] <= 126
        tip = max(tip, float(changed.sum()))
    assert tip > 30


def test_a_lit_wall_is_no_flame() -> None:
    """What is as bright as a flame but goes on beyond its bounds does not bend."""
    rgb = np.full((HEIGHT, WIDTH, 3), (16, 10, 8), np.uint8)
    rgb[:, 100:220] = (250, 190, 80)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    around = np.clip(1.6 - np.abs(x - 160) / 20, 0, 1) * (np.abs(y - 90) < 60)
    lights = replace(dark(), flames=around.astype(np.float32), rise=np.clip((150 - y) / 80, 0, 1), flame_width=0.06)
    assert not licking(rgb, lights).any()


def test_only_plants_sway() -> None:
    """Where there are none, no pixel of a standing camera's picture changes."""
    rgb, plants = textured(), nothing()
    plants[120:, :150] = 1
    warp = Warp(WIDTH, HEIGHT, Matter(nothing() + np.float32(1), plants))
    moved = seen(warp, rgb, Motion(1.3, sway=6.0))
    assert np.array_equal(moved[:, 160:], rgb[:, 160:])
    assert np.array_equal(moved[:110], rgb[:110])
    assert cv2.absdiff(moved, rgb)[135:180, 20:140].mean() > 4


def test_grass_bends_by_its_height_and_trunks_stand() -> None:
    """Tips sway more than roots; a trunk, and what is right beside it, keeps still; a stalk among stalks does not."""
    rgb, plants = textured(), nothing()
    plants[70:] = 1
    rgb[..., 1] = cv2.max(rgb[..., 1], 120)
    rgb[:, 210:230] = (50, 34, 24)
    plants[:, 208:232] = 0
    found = pliant(rgb, layout(plants=plants))
    assert found[80, 60:150].mean() > 1.8 * found[195, 60:150].mean() > 0
    assert found[90:190, 206:234].max() < 0.25
    assert found[100, 60:150].mean() > 0.6


def test_hair_stirs_at_its_tips_before_a_still_face(monkeypatch: pytest.MonkeyPatch) -> None:
    """The face has no part in it; wind gives more; without hair nothing is said of it."""
    matte, hair = nothing(), nothing()
    cv2.ellipse(matte, (160, 90), (60, 75), 0, 0, 360, 1.0, -1)
    cv2.rectangle(matte, (120, 150), (200, 199), 1.0, -1)
    cv2.ellipse(hair, (160, 90), (60, 75), 0, 0, 360, 1.0, -1)
    cv2.ellipse(hair, (160, 95), (34, 44), 0, 0, 360, 0.0, -1)
    found = layout(figure=Figure(matte, 1.0, True), hair=hair)
    swaying = tresses(found)
    assert swaying[60:130, 130:190].max() < 0.05
    assert swaying[:, 100:106].max() > 0.5
    calm = with_layout(monkeypatch, textured(), found, Brief("", move=Move.STATIC))
    windy = with_layout(monkeypatch, textured(), found, Brief("", move=Move.STATIC, weather=frozenset({"wind"})))
    assert 0 < calm.treatment.hair < windy.treatment.hair / 2
    assert any(note.startswith("hair") for note in calm.notes)


def test_a_chest_rises_more_than_a_head() -> None:
    """And where a border cuts the figure off, nothing has to be brought into view."""
    matte = nothing()
    cv2.ellipse(matte, (160, 60), (26, 34), 0, 0, 360, 1.0, -1)
    cv2.rectangle(matte, (150, 85), (170, 110), 1.0, -1)
    cv2.ellipse(matte, (160, 190), (80, 85), 0, 0, 360, 1.0, -1)
    breath = chest(layout(figure=Figure(matte, 1.0, True)))
    assert breath[150, 160] > 1.8 * breath[60, 160] > 0
    assert breath[150, 160] > 1.3 * breath[150, 90]
    assert breath[-1].max() < 0.2 * breath[150, 160]


def a_subject(softness: float = 0.0) -> tuple[Pixels, Layout]:
    """An orange disc before upright stripes."""
    x = np.arange(WIDTH)
    rgb = np.repeat(np.where((x // 6 % 2)[None, :, None] > 0, 60, 190).astype(np.uint8), HEIGHT, axis=0)
    rgb = np.ascontiguousarray(np.repeat(rgb, 3, axis=2))
    disc = nothing()
    cv2.circle(disc, (160, 100), 55, 1.0, -1, cv2.LINE_AA)
    matte = cv2.GaussianBlur(disc, (0, 0), softness) if softness else disc
    rgb = np.rint(rgb * (1 - matte[..., None]) + np.array((235, 120, 30)) * matte[..., None]).astype(np.uint8)
    return rgb, layout(figure=Figure(disc, 1.0))


def test_nothing_of_the_ground_goes_with_a_subject() -> None:
    """Right outside its outline the front is quite open and adds no light: that was seen as a halo."""
    rgb, found = a_subject()
    treatment = treat(Shot(WIDTH, HEIGHT, 3, 3, Brief("")), found, dark())
    assert treatment.kind == "figure"
    parts = take_apart(rgb, Found(found, dark()), treatment, 3)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    outside = np.hypot(x - 160, y - 100) > 55 + 7
    assert parts.front[outside][:, :3].max() <= 2
    assert parts.front[outside][:, 3].min() >= 253
    assert np.abs(parts.backs[0][outside].astype(int) - rgb[outside]).max() <= 2


def test_what_a_subject_hides_is_made_of_what_is_beside_it() -> None:
    """Just inside its outline the ground goes on with its own stripes, and nothing of the subject's colour."""
    rgb, found = a_subject()
    treatment = treat(Shot(WIDTH, HEIGHT, 3, 3, Brief("")), found, dark())
    back = take_apart(rgb, Found(found, dark()), treatment, 3).backs[0].astype(int)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    away = np.hypot(x - 160, y - 100)
    band = (away > 43) & (away < 52)
    assert np.ptp(back[band].astype(int), axis=1).max() < 40
    assert back[band].std() > 30


@pytest.mark.parametrize("rough", [True, False])
def test_glitter_is_for_rough_bright_water(rough: bool) -> None:
    """A calm mirror has none, nor has the sky above it."""
    rgb = np.full((HEIGHT, WIDTH, 3), 150, np.uint8)
    rgb[100:, 100:200] = 210
    if rough:
        rgb[100:] = np.clip(rgb[100:].astype(int) + textured(4, 0.7)[100:] - 128, 0, 255).astype(np.uint8)
    sky, water = nothing(), nothing()
    sky[:100], water[100:] = 1, 1
    glow = Glow(rgb, layout(sky=sky, water=water), dark(), (WIDTH // 4, HEIGHT // 4), 3)
    light = np.max([np.abs(glow.at(t / 10, 0.9)) for t in range(10, 40)], axis=0)
    assert light[:25].max() == 0
    assert (light[27:].max() > 0.2) == rough


def test_a_turned_subject_keeps_its_place_at_a_border() -> None:
    """What is cut off by the frame's side does not come off it."""
    rgb = textured()
    warp = Warp(WIDTH, HEIGHT, Matter(nothing() + np.float32(1)))
    moved = seen(warp, rgb, Motion(1.0, View(), turn=9.0, body=0.5))
    assert cv2.absdiff(moved[:, :1], rgb[:, :1]).max() < 40
    assert cv2.absdiff(moved, rgb)[:, 140:180].mean() > 8
