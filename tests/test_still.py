"""The still scene: a given picture is the first frame, and comes alive without tearing, whatever it shows."""

from __future__ import annotations

from dataclasses import replace

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from openhorse.engines.procedural.brief import Brief, Move, Shot
from openhorse.engines.procedural.drawing.finish import to_rgb
from openhorse.engines.procedural.still.analysis import survey
from openhorse.engines.procedural.still.figure import find_face
from openhorse.engines.procedural.still.plate import Opening, fill, fit, guided, split
from openhorse.engines.procedural.still.scene import Still
from openhorse.media.encode import write_film
from openhorse.vocabulary import Clip, Frame, Picture

Pixels = NDArray[np.uint8]

SIZE = (322, 182)
"""Even, but not divisible by four."""


def picture_of(pixels: Pixels) -> Picture:
    """A vetted picture of RGB or RGBA pixels."""
    height, width, channels = pixels.shape
    rgba = pixels if channels == 4 else np.dstack([pixels, np.full((height, width), 255, np.uint8)])
    return Picture(width, height, np.ascontiguousarray(rgba).data, channels == 4)


def seaside(width: int = 640, height: int = 360) -> Pixels:
    """A clear sky, a level sea and a meadow of straw with a few long stalks before them."""
    random = np.random.default_rng(4)
    down = np.linspace(0, 1, height)[:, None]
    sky = np.array((120, 165, 225)) + (np.array((200, 215, 235)) - np.array((120, 165, 225))) * down[..., None] / 0.4
    sea = np.array((30, 95, 170)) + np.array((20, 60, 30)) * (down[..., None] - 0.4) / 0.3
    scene = np.broadcast_to(np.where(down[..., None] < 0.4, sky, sea), (height, width, 3)).astype(np.uint8).copy()
    for _ in range(1500):
        x, y = random.integers(0, width), random.integers(int(height * 0.68), height)
        straw = tuple(int(v) for v in np.array((205, 165, 50)) + random.integers(-45, 45, 3))
        cv2.line(scene, (int(x), int(y)), (int(x + 14), int(y - 30)), straw, 2, cv2.LINE_AA)
    for x in range(60, width, 110):
        cv2.line(scene, (x, int(height * 0.8)), (x + 40, int(height * 0.15)), (190, 120, 40), 3, cv2.LINE_AA)
    return scene


def portrait(width: int = 300, height: int = 400) -> Pixels:
    """A head and shoulders before a chequered wall."""
    y, x = np.mgrid[0:height, 0:width]
    wall = np.where(((x // 12 + y // 12) % 2)[..., None] > 0, (70, 95, 90), (95, 125, 120)).astype(np.uint8)
    middle = width // 2
    cv2.ellipse(wall, (middle, height), (105, 190), 0, 0, 360, (40, 40, 110), -1, cv2.LINE_AA)
    cv2.ellipse(wall, (middle, 150), (52, 72), 0, 0, 360, (60, 40, 25), -1, cv2.LINE_AA)
    cv2.ellipse(wall, (middle, 160), (44, 58), 0, 0, 360, (215, 165, 140), -1, cv2.LINE_AA)
    for side in (-18, 18):
        cv2.circle(wall, (middle + side, 148), 7, (40, 25, 20), -1, cv2.LINE_AA)
    cv2.ellipse(wall, (middle, 190), (16, 6), 0, 0, 360, (150, 60, 60), -1, cv2.LINE_AA)
    return wall


def product(width: int = 480, height: int = 320) -> Pixels:
    """A blue jar on white paper."""
    paper = np.full((height, width, 3), 252, np.uint8)
    cv2.rectangle(paper, (width // 2 - 50, 90), (width // 2 + 50, 260), (30, 60, 150), -1)
    cv2.rectangle(paper, (width // 2 - 35, 60), (width // 2 + 35, 90), (150, 150, 160), -1)
    return paper


def ramp(width: int, height: int) -> Pixels:
    """A picture that grows brighter to the right and towards the bottom, so that a mirror image would show."""
    across, down = np.linspace(20, 130, width)[None, :], np.linspace(10, 110, height)[:, None]
    return np.dstack(
        [np.broadcast_to(across, (height, width)), np.broadcast_to(down, (height, width)), across + down]
    ).astype(np.uint8)


def still(pixels: Pixels, brief: Brief | None = None, size: tuple[int, int] = SIZE, seed: int = 3) -> Still:
    """A five-second still scene of `pixels`."""
    return Still(Shot(*size, 5, seed, brief or Brief("")), picture_of(pixels))


def change(first: Pixels, second: Pixels) -> NDArray[np.float32]:
    """How much each pixel differs, in levels."""
    difference: NDArray[np.float32] = cv2.absdiff(first, second).astype(np.float32).mean(axis=2)
    return difference


def psnr(first: Pixels, second: Pixels) -> float:
    """Peak signal to noise in decibels."""
    error = float(((first.astype(np.float64) - second) ** 2).mean())
    return 10 * np.log10(255**2 / max(error, 1e-9))


def subsampled(rgb: Pixels) -> Pixels:
    """The picture's own way through 8-bit BT.709 4:2:0 and back, worked out in floating point."""
    r, g, b = np.moveaxis(rgb.astype(np.float64) / 255, 2, 0)
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    blue, red = (b - y) / 1.8556, (r - y) / 1.5748
    height, width = y.shape

    def halved(plane: NDArray[np.float64]) -> NDArray[np.float32]:
        small = plane.reshape(height // 2, 2, width // 2, 2).mean(axis=(1, 3))
        return cv2.resize((np.round(small * 224) / 224).astype(np.float32), (width, height))

    y, u, v = np.round(y * 219) / 219, halved(blue), halved(red)
    back = np.dstack([y + 1.5748 * v, y - 0.1873 * u - 0.4681 * v, y + 1.8556 * u])
    return (np.clip(back, 0, 1) * 255 + 0.5).astype(np.uint8)


@pytest.mark.parametrize("make", [seaside, portrait, product])
def test_the_first_frame_is_the_given_picture(make) -> None:  # type: ignore[no-untyped-def]
    """Frame 0 loses no more than 4:2:0 itself loses."""
    given = make()
    size = given.shape[1], given.shape[0]
    scene = still(given, size=size)
    assert np.array_equal(scene.rgb(0), given)
    decoded = to_rgb(scene.frame(0), *size)
    assert psnr(decoded, given) > psnr(subsampled(given), given) - 0.5


@pytest.mark.parametrize("make", [seaside, portrait, product])
def test_the_first_frame_of_the_film_is_the_given_picture(make, tmp_path) -> None:  # type: ignore[no-untyped-def]
    """Decoded from the MP4 it has 36 dB, or what 4:2:0 leaves of the picture less half a decibel."""
    given = make()
    size = given.shape[1], given.shape[0]
    scene = still(given, Brief("", move=Move.PUSH_IN), size=size)
    frames = (scene.frame(index) for index in range(13))
    film = tmp_path / "film.mp4"
    write_film(Clip(*size, 13, frames, None, "procedural", 3), film, {})
    with av.open(str(film), "r") as opened:
        planes = next(opened.decode(video=0)).to_ndarray()
    height, width = size[1], size[0]
    quarter = height // 4
    luma, blue, red = (planes[a:b] for a, b in ((0, height), (height, height + quarter), (height + quarter, None)))
    half = (height // 2, width // 2)
    frame = Frame(*(np.ascontiguousarray(p).data for p in (luma, blue.reshape(half), red.reshape(half))))
    shown = psnr(to_rgb(frame, *size), given)
    assert shown >= min(36.0, psnr(subsampled(given), given) - 0.5)


def candle(width: int = 400, height: int = 300) -> Pixels:
    """A flame in the dark over a pale candle."""
    picture = np.full((height, width, 3), (16, 10, 8), np.uint8)
    cv2.rectangle(picture, (180, 170), (220, 299), (190, 150, 100), -1)
    cv2.ellipse(picture, (200, 128), (11, 34), 0, 0, 360, (255, 170, 60), -1, cv2.LINE_AA)
    cv2.ellipse(picture, (200, 138), (5, 18), 0, 0, 360, (255, 244, 210), -1, cv2.LINE_AA)
    return picture


def test_a_flame_flickers_and_its_candle_stands() -> None:
    """Its tip leans and its light comes and goes; the candle moves no pixel."""
    scene = still(candle(), Brief("", move=Move.STATIC), size=(400, 300))
    assert any("a flame was found" in note for note in scene.notes)
    assert "fire" in {bed.kind for bed in scene.score().beds}
    later = [scene.rgb(index).astype(np.float32) for index in range(48, 96, 4)]
    tips = [float(np.average(np.arange(170, 230), weights=p[100:108, 170:230, 0].sum(0) + 1e-3)) for p in later]
    assert np.ptp(tips) > 0.6
    edges = [int(np.argmax(np.abs(np.diff(p[250, :200, 0])))) for p in later]
    assert np.ptp(edges) <= 1
    assert np.ptp([float(p[175:240, 185:215].mean()) for p in later]) > 2


def test_lights_twinkle_in_the_dark_only() -> None:
    """Lit windows change one by one at night; the same picture by day is left alone unless the prompt says so."""
    night = np.full((240, 360, 3), (14, 16, 30), np.uint8)
    for y in range(60, 220, 16):
        for x in range(20, 340, 16):
            night[y : y + 6, x : x + 5] = (250, 224, 160)
    scene = still(night, Brief("", move=Move.STATIC), size=(360, 240))
    assert any("lights twinkle" in note for note in scene.notes)
    later = np.stack([scene.rgb(index)[60:66, 20:340].mean((0, 2)) for index in range(36, 84, 4)])
    lit = later[:, :5].mean(1), later[:, 160:165].mean(1)
    assert all(np.ptp(one) > 3 for one in lit)
    assert abs(float(np.corrcoef(*lit)[0, 1])) < 0.98
    day = 255 - night
    assert not any("twinkle" in note for note in still(day, size=(360, 240)).notes)


@pytest.mark.parametrize("kind", ["snow", "rain"])
def test_snow_and_rain_fall_behind_and_before_a_subject(kind: str) -> None:
    """Nothing at first, then more on the ground than on the subject; the note and the sound tell."""
    brief = Brief("", weather=frozenset({kind}), move=Move.STATIC)
    wet, dry = (still(portrait(), b, size=(300, 400)) for b in (brief, Brief("", move=Move.STATIC)))
    assert np.array_equal(wet.rgb(0), dry.rgb(0))
    assert any(kind in note for note in wet.notes)
    assert kind == "snow" or "rain" in {bed.kind for bed in wet.score().beds}
    struck = np.mean([change(wet.rgb(index), dry.rgb(index)) > 6 for index in (60, 75, 90, 105)], axis=0)
    wall, trunk = struck[20:70].mean(), struck[330:, 90:210].mean()
    assert wall > 0.01
    assert 0 < trunk < 0.75 * wall


def test_a_poster_is_moved_as_one_sheet() -> None:
    """Flat colours and letters are neither sky nor water: straight lines stay straight and colours stay."""
    poster = np.full((360, 260, 3), (244, 196, 72), np.uint8)
    cv2.fillPoly(poster, [np.array([(0, 359), (0, 250), (90, 190), (259, 280), (259, 359)])], (34, 58, 92))
    cv2.putText(poster, "SUMMER", (40, 70), cv2.FONT_HERSHEY_SIMPLEX, 1.5, (34, 58, 92), 4, cv2.LINE_AA)
    scene = still(poster, size=(260, 360))
    assert any("flat colours" in note for note in scene.notes)
    last = scene.rgb(scene.shot.frame_count - 1)
    assert np.abs(last[5:25, 60:200].astype(int) - (244, 196, 72)).max() <= 3


def test_water_glitters_where_it_is_bright() -> None:
    """Light comes and goes on the sea, more when the prompt asks, and not on the land."""
    brief = Brief("", move=Move.STATIC)
    asked = replace(brief, life=frozenset({"glitter"}))
    at = [still(seaside(), b).treatment.glitter for b in (brief, asked)]
    assert 0 < at[0] < at[1]
    assert still(product(), asked, size=(96, 64)).treatment.glitter == 0


def test_motion_eases_in_from_the_given_picture() -> None:
    """Frame 1 is all but frame 0, the last one is not."""
    scene = still(seaside(), Brief("", drifting_clouds=True, shifting_light=True, weather=frozenset({"wind"})))
    first = scene.rgb(0)
    assert change(first, scene.rgb(1)).mean() < 0.5
    assert change(first, scene.rgb(scene.shot.frame_count - 1)).mean() > 3


def test_the_same_shot_gives_the_same_bits() -> None:
    """Two scenes of one shot and picture agree, whatever frame was drawn before."""
    brief = Brief("", drifting_clouds=True, move=Move.TILT_UP)
    one, other = still(seaside(), brief), still(seaside(), brief)
    one.rgb(90)
    assert np.array_equal(one.rgb(30), other.rgb(30))
    assert one.notes == other.notes
    assert one.score() == other.score()


def test_the_same_order_gives_the_same_planes_and_another_seed_others() -> None:
    """Two scenes of the same inputs encode the same bits, with weather, lights and glitter; another seed does not."""
    brief = Brief("", weather=frozenset({"snow"}), life=frozenset({"glitter"}), move=Move.HANDHELD)
    scenes = [still(seaside(), brief, seed=seed) for seed in (5, 5, 6)]
    for index in (30, 70):
        one, same, other = ([np.array(plane) for plane in (f.y, f.u, f.v)] for f in (s.frame(index) for s in scenes))
        assert all(np.array_equal(a, b) for a, b in zip(one, same, strict=True))
        assert not np.array_equal(one[0], other[0])
    assert scenes[0].score() == scenes[1].score()


def test_a_seed_places_other_clouds() -> None:
    """The sky differs from seed to seed."""
    brief = Brief("", drifting_clouds=True)
    one, other = still(seaside(), brief, seed=3), still(seaside(), brief, seed=4)
    assert change(one.rgb(100), other.rgb(100))[:40].mean() > 1


def test_frame_encodes_what_rgb_shows() -> None:
    """The planes of a frame are those of its picture."""
    scene = still(seaside())
    shown = scene.rgb(40).copy()
    assert psnr(to_rgb(scene.frame(40), *SIZE), shown) > psnr(subsampled(shown), shown) - 0.5


def test_a_seaside_is_read() -> None:
    """Sky, level sea horizon and plants are found where they are."""
    layout = survey(seaside())
    height, width = layout.sky.shape
    assert layout.sky[: int(height * 0.35)].mean() > 0.8
    assert layout.sea_horizon == pytest.approx(0.4, abs=0.03)
    assert layout.water[int(height * 0.45) : int(height * 0.6)].mean() > 0.7
    assert layout.plants[int(height * 0.7) : int(height * 0.9)].mean() > 0.5
    assert layout.plants[: int(height * 0.35)].mean() < 0.05
    assert layout.depth[-1, width // 2] > layout.depth[int(height * 0.7), width // 2]
    assert layout.figure is None
    assert not layout.night


def test_a_seaside_is_heard() -> None:
    """Waves, wind and leaves follow from what was found, and silence from the brief."""
    scene = still(seaside(), Brief("", weather=frozenset({"wind"})))
    assert {"waves", "wind", "leaves"} <= {bed.kind for bed in scene.score().beds}
    assert scene.score().mood is not None
    assert still(seaside(), Brief("", music=False)).score().mood is None
    assert still(seaside(), Brief("", silent=True)).score().is_silent


def test_drifting_clouds_change_the_sky_only_when_asked_for_more() -> None:
    """Asked for, clouds are drawn strongly over a clear sky; the note says that they are drawn."""
    asked, plain = still(seaside(), Brief("", drifting_clouds=True)), still(seaside())
    sky = slice(0, 50)
    assert change(asked.rgb(0), asked.rgb(100))[sky].mean() > 1.5 * change(plain.rgb(0), plain.rgb(100))[sky].mean()
    assert any("clouds are drawn" in note for note in asked.notes)


def test_the_horizon_stays_level_behind_swaying_stalks() -> None:
    """Wind bends the grass, not the line between sky and sea."""
    brief = Brief("", weather=frozenset({"wind"}), move=Move.STATIC)
    scene = still(seaside(), brief, size=(640, 360))
    late = scene.rgb(100).astype(np.int32)
    # blue over red steps up at the horizon; read its row in columns that no stalk crosses
    step = np.abs(late[120:170, :, 0] - np.roll(late, 3, axis=0)[120:170, :, 0])
    rows = np.argmax(cv2.blur(step.astype(np.float32), (1, 3)), axis=0)
    clear = np.abs(rows - np.median(rows)) <= 2
    assert clear.mean() > 0.85


@pytest.mark.parametrize("move", list(Move))
def test_nothing_outside_the_picture_is_shown(move: Move) -> None:
    """Under every camera move brightness still only grows to the right and downwards: no mirror image, no smear."""
    given = ramp(400, 240)
    scene = still(given, Brief("", move=move), size=(400, 240))
    scene._shine._depth = 0.0  # light would change brightness rightly
    last = scene.rgb(scene.shot.frame_count - 1).astype(np.int32)
    assert np.diff(last[..., 0], axis=1).min() >= -1
    assert np.diff(last[..., 1], axis=0).min() >= -1
    assert last[..., 0].min() >= given[..., 0].min() - 1
    assert (np.diff(last[120, :12, 0]).sum() > 0) and (np.diff(last[120, -12:, 0]).sum() > 0)


def test_a_portrait_turns_before_a_blurred_ground() -> None:
    """The head moves against the wall, and the wall, not the face, goes out of focus."""
    given = portrait()
    brief = Brief("", actions=frozenset({"turn"}), looks=frozenset({"blur"}), move=Move.STATIC)
    scene = still(given, brief, size=(300, 400))
    assert scene.treatment.kind == "figure"
    assert any("turns by a few degrees" in note for note in scene.notes)
    first, late = scene.rgb(0), scene.rgb(70).copy()

    def sharpness(rgb: Pixels, where: tuple[slice, slice]) -> float:
        return float(np.abs(cv2.Laplacian(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), cv2.CV_32F))[where].mean())

    wall, eyes = (slice(20, 70), slice(10, 60)), (slice(125, 205), slice(100, 200))
    assert sharpness(late, wall) < 0.7 * sharpness(first, wall)
    assert sharpness(late, eyes) > 0.75 * sharpness(first, eyes)
    matched = cv2.matchTemplate(late, first[125:205, 115:185], cv2.TM_SQDIFF)
    shift = cv2.minMaxLoc(matched)[2][0] - 115
    assert 1 <= abs(shift) <= 40
    assert {bed.kind for bed in scene.score().beds} == {"room"}


def test_a_face_is_seen_in_a_portrait_only() -> None:
    """A face is a compact patch of skin near the middle; a jar and a meadow have none."""
    assert find_face(portrait()) is not None
    assert find_face(product()) is None
    assert find_face(cv2.resize(seaside(), (320, 180))) is None


def test_a_product_stands_on_clean_paper() -> None:
    """The paper stays white up to the border and no sky is taken for it."""
    scene = still(product(), Brief("", actions=frozenset({"turn"})), size=(480, 320))
    assert scene.treatment.kind == "figure"
    assert not scene.layout.has_sky
    last = scene.rgb(scene.shot.frame_count - 1)
    for corner in (last[:40, :40], last[-40:, :40], last[:40, -40:], last[-40:, -40:]):
        assert corner.min() > 220


def test_a_clear_picture_stands_before_a_plain_ground() -> None:
    """Alpha is composed over one colour and is the subject's own matte."""
    sticker = np.zeros((300, 300, 4), np.uint8)
    cv2.circle(sticker, (150, 150), 80, (200, 40, 40, 255), -1)
    scene = still(sticker, size=(300, 300))
    first = scene.rgb(0)
    assert len(np.unique(first[:40].reshape(-1, 3), axis=0)) == 1
    assert np.abs(first[150, 150].astype(int) - (200, 40, 40)).max() <= 2
    assert scene.treatment.kind == "figure"


def test_a_colourless_picture_stays_colourless() -> None:
    """No warm light falls on a black-and-white photograph."""
    grey = cv2.cvtColor(cv2.cvtColor(seaside(), cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    last = still(grey, Brief("", tone="warm", shifting_light=True)).rgb(110).astype(np.int32)
    assert np.abs(last[..., 0] - last[..., 2]).mean() < 3


@pytest.mark.parametrize(
    ("name", "size"),
    [("noise", (182, 182)), ("black", (182, 146)), ("white", (146, 182)), ("wide", (450, 180)), ("tall", (180, 450))],
)
def test_any_picture_makes_a_film(name: str, size: tuple[int, int]) -> None:
    """Noise, nothing at all, and the extreme ratios all give frames of the right size and honest notes."""
    random = np.random.default_rng(1)
    given = {
        "noise": random.integers(0, 256, (300, 300, 3), dtype=np.uint8),
        "black": np.zeros((300, 375, 3), np.uint8),
        "white": np.full((375, 300, 3), 255, np.uint8),
        "wide": seaside(750, 300),
        "tall": seaside(300, 750),
    }[name]
    brief = Brief("", actions=frozenset({"turn"}), looks=frozenset({"blur"}), drifting_clouds=True, slow_motion=True)
    scene = still(given, brief, size=size)
    frame = scene.frame(scene.shot.frame_count - 1)
    assert frame.y.shape == (size[1], size[0])
    assert frame.u.shape == (size[1] // 2, size[0] // 2)
    assert scene.notes[0] == "the given picture is the first frame"
    if name in ("noise", "black", "white"):
        assert "moved as one layer: no depth could be found" in scene.notes


def test_what_cannot_be_done_is_said() -> None:
    """A flame that is not there, a turn and a blur that the picture does not allow are owned up to."""
    brief = Brief("", life=frozenset({"flame"}), actions=frozenset({"turn"}), looks=frozenset({"blur"}))
    notes = " ".join(still(seaside(), brief).notes)
    assert "not found in the picture, and so not moved: a flame" in notes
    assert "no subject was found to turn" in notes
    assert "the ground was not blurred" in notes
    moves = {move: still(product(), replace(brief, move=move), size=(96, 64)).notes[1] for move in Move}
    assert len(set(moves.values())) == len(Move)


def test_layers_add_up_to_the_picture() -> None:
    """Front plus what shows of the back is the picture again, to a level."""
    given = seaside()
    shown = np.zeros(given.shape[:2], np.float32)
    shown[:144] = 1
    sure = shown.copy()
    sure[:, 65:125] = 0
    layers = split(given, Opening(shown, sure, thin=True, seam=0.4))
    opening = layers.front[..., 3:].astype(np.float32) / 255
    again = layers.front[..., :3] + opening * layers.back
    assert np.abs(again - given).max() <= 1.01
    assert layers.front[10, 10, 3] == 255
    assert layers.front[-10, 10, 3] == 0
    # a stalk before the sky belongs to the front
    assert layers.front[100:120, 65:125, 3].min() < 60
    assert np.median(layers.front[100:120, 65:125, 3]) == 255


def test_fill_keeps_what_is_known() -> None:
    """Known pixels stay, holes take on values between those around them."""
    values = np.tile(np.linspace(0, 100, 64, dtype=np.float32), (48, 1))
    mask = np.ones_like(values)
    mask[10:30, 20:40] = 0
    filled = fill(values, mask)
    assert np.allclose(filled[mask > 0], values[mask > 0], atol=1e-3)
    assert np.abs(filled - values)[mask == 0].max() < 20
    assert np.array_equal(fill(values, np.zeros_like(mask)), values)


@pytest.mark.parametrize("size", [(1000, 100), (100, 1000), (64, 64), (322, 182)])
def test_fit_covers_the_frame(size: tuple[int, int]) -> None:
    """The picture's middle is kept, whatever the sizes."""
    given = np.zeros((90, 120, 3), np.uint8)
    given[44:46, 59:61] = 255
    fitted = fit(given, *size)
    assert fitted.shape == (size[1], size[0], 3)
    rows, columns = np.nonzero(fitted[..., 0] > 100)
    assert rows.mean() == pytest.approx((size[1] - 1) / 2, abs=max(size) / 60)
    assert columns.mean() == pytest.approx((size[0] - 1) / 2, abs=max(size) / 60)


def test_guided_follows_the_guide() -> None:
    """A coarse mask snaps to the guide's edge."""
    guide = np.zeros((60, 80), np.float32)
    guide[:, 40:] = 1
    coarse = np.zeros_like(guide)
    coarse[:, 45:] = 1
    soft = guided(guide, cv2.blur(coarse, (11, 11)), 8, 1e-3)
    assert soft[30, 42] - soft[30, 37] > 0.4
