"""Rain, snow, haze and a fast camera over given pictures, and the rows that are read for them."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from openhorse.engines.procedural.brief import Brief, Move, Shot
from openhorse.engines.procedural.drawing.finish import Darkroom
from openhorse.engines.procedural.drawing.sampling import OPAQUE, OPEN, lay
from openhorse.engines.procedural.prompt.language import read_prompt
from openhorse.engines.procedural.shelf import SHELF, Shelf, key_of
from openhorse.engines.procedural.still.camera import View, plan, travel
from openhorse.engines.procedural.still.composite import Composite, Layer, Moment, Weather
from openhorse.engines.procedural.still.fall import Downpour, Fall
from openhorse.engines.procedural.still.plate import Pixels
from openhorse.engines.procedural.still.scene import Still
from openhorse.vocabulary import Picture

SIZE = (320, 192)


def scenery(width: int = 640, height: int = 384) -> Pixels:
    """A pale sky over a striped field."""
    y, x = np.mgrid[0:height, 0:width]
    picture = np.full((height, width, 3), (150, 185, 230), np.uint8)
    land = y > height * 0.45
    picture[land] = np.where(((x // 9 + y // 7) % 2)[..., None] > 0, (70, 96, 44), (128, 110, 62))[land]
    return picture


def still(pixels: Pixels, brief: Brief, seconds: int = 3, seed: int = 5) -> Still:
    """A scene of `pixels`."""
    rgba = np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)])
    picture = Picture(pixels.shape[1], pixels.shape[0], np.ascontiguousarray(rgba).data, False)
    return Still(Shot(*SIZE, seconds, seed, brief), picture)


def at_rest(width: int, height: int) -> NDArray[np.float32]:
    """The maps of a layer that does not move."""
    y, x = np.mgrid[0 : -(-height // 4) + 2, 0 : -(-width // 4) + 2].astype(np.float32)
    return np.stack([x * 4 - 2.5, y * 4 - 2.5])


def moment(front: Layer, back: Layer | None, size: tuple[int, int]) -> Moment:
    """These layers and no weather at all."""
    shine = np.zeros((-(-size[1] // 4) + 2, -(-size[0] // 4) + 2), np.float32)
    return Moment(1, front, back, shine, Weather(0.0, 0.0))


@pytest.mark.parametrize("size", [(322, 182), (256, 144)])
def test_a_picture_that_does_not_move_is_itself(size: tuple[int, int]) -> None:
    """Read at rest, a layer gives its own pixels, at any width; and the frame is the picture converted."""
    pixels = np.random.default_rng(2).integers(0, 255, (size[1], size[0], 3)).astype(np.uint8)
    composite, room, other = Composite(*size, 1), Darkroom(*size), Darkroom(*size)
    shown = moment(Layer(lay(pixels), at_rest(*size)), None, size)
    rgb = composite.rgb(shown).copy()
    assert np.abs(rgb.astype(int) - pixels).max() <= 1
    frame, converted = composite.encode(shown, room), other.convert(rgb)
    for one, two in ((frame.y, converted.y), (frame.u, converted.u), (frame.v, converted.v)):
        assert np.array_equal(np.asarray(one), np.asarray(two))


def test_skipping_what_cannot_be_seen_changes_nothing() -> None:
    """A front with tiles that tell of opaque and open parts gives the bits of one whose tiles tell nothing."""
    random, (width, height) = np.random.default_rng(3), SIZE
    front = random.integers(0, 120, (height, width, 4)).astype(np.uint8)
    front[:80, :, 3] = 0
    front[100:, :200] = (0, 0, 0, 255)
    back = random.integers(0, 255, (height, width, 3)).astype(np.uint8)
    maps = at_rest(*SIZE) + random.uniform(-6, 6, (2, 50, 82)).astype(np.float32)
    sheet = lay(front)
    assert {OPAQUE, OPEN} <= set(np.unique(sheet.tiles).tolist())
    blind = replace(sheet, tiles=np.zeros_like(sheet.tiles))
    shown = [
        Composite(*SIZE, 1).rgb(moment(Layer(s, maps), Layer(lay(back), maps), SIZE)).copy() for s in (sheet, blind)
    ]
    assert np.array_equal(*shown)


def test_a_fast_camera_blurs_along_its_way_only() -> None:
    """Edges across the motion soften, edges along it stay; a slow camera blurs nothing."""
    y, x = np.mgrid[0 : SIZE[1], 0 : SIZE[0]]
    rest = at_rest(*SIZE)
    moved = rest + np.array((12, 0), np.float32)[:, None, None]
    kept = []
    for stripes in (x, y):
        sheet = lay(cv2.cvtColor(((stripes // 8 % 2) * 200).astype(np.uint8), cv2.COLOR_GRAY2RGB))
        layers = Layer(sheet, rest), Layer(sheet, np.concatenate([rest, moved]), taps=8)
        sharp, blurred = (Composite(*SIZE, 1).rgb(moment(one, None, SIZE))[:, 20:-20].astype(float) for one in layers)
        kept.append(blurred.std() / sharp.std())
    assert kept[0] < 0.5
    assert kept[1] > 0.98


def test_only_fast_moves_are_blurred() -> None:
    """A slow push has one sample a pixel, a camera that rushes several; the first frame is still the picture."""
    slow = still(scenery(), read_prompt("slow push in"), seconds=5)
    assert all(slow._moment(index).front.taps == 1 for index in (1, 30, 60, 119))
    fast = still(scenery(1280, 768), read_prompt("rapid zoom from a wide shot to a close-up"))
    fast.shot = replace(fast.shot, width=1280, height=768)
    assert fast._moment(36).front.taps > 1
    assert np.array_equal(fast.rgb(0), fast._first)


def test_travel_is_how_far_the_farthest_corner_goes() -> None:
    """A zoom by a tenth about the middle moves corners by a twentieth; about a corner by a tenth."""
    assert travel(View(), View(zoom_far=0.1, zoom_near=0.1)) == pytest.approx(0.05)
    corner = View(zoom_far=0.1, zoom_near=0.1, pivot_far=(0, 0), pivot_near=(0, 0))
    assert travel(View(), corner) == pytest.approx(0.1)


@pytest.mark.parametrize("prompt", ["fast pan right", "快速推近"])
def test_haste_changes_the_reach(prompt: str) -> None:
    """A fast move goes farther than the same move unhurried."""
    asked = read_prompt(prompt)
    assert asked.haste
    fast, calm = (max(plan(replace(asked, haste=haste), (0.5, 0.5), 5, 1).zooms) for haste in (True, False))
    assert fast > 1.4 * calm


@pytest.mark.parametrize("kind", ["rain", "snow"])
def test_heavy_falls_are_heavier(kind: str) -> None:
    """Drizzle, rain and downpour, like light snow, snow and blizzard, cover more and more."""
    covers = [
        np.mean([np.mean([mask.mean() for mask in Fall(Downpour(kind, force), *SIZE, 3).at(t)]) for t in (2.0, 2.7)])  # type: ignore[arg-type]
        for force in (0.0, 1.0, 2.0)
    ]
    assert 1.4 * covers[0] < covers[1] < covers[2] / 1.4


def test_words_tell_light_from_heavy() -> None:
    """Both languages; the kind is told with the force."""
    assert {"rain", "heavy"} <= read_prompt("a downpour").weather
    assert {"rain", "light"} <= read_prompt("毛毛雨").weather
    assert {"snow", "heavy"} <= read_prompt("暴风雪").weather
    assert {"snow", "light"} <= read_prompt("light snow falls").weather
    assert not {"light", "heavy"} & read_prompt("rain in the street").weather


def test_drops_burst_below_the_ground_line_only() -> None:
    """With a ground there are rings on it, and nowhere above."""
    dry, wet = (Fall(Downpour("rain", 2.0, ground=g), *SIZE, 3).at(2.5)[0].copy() for g in (None, 0.6))
    row = int(0.55 * SIZE[1])
    assert np.array_equal(dry[:row], wet[:row])
    assert (wet[row:] > dry[row:]).sum() > 20


def test_mist_hides_the_far_more_than_the_near() -> None:
    """Contrast is lost towards the horizon, hardly at the feet, and not at all in the first frame."""
    clear, misty = (
        still(scenery(), Brief("", weather=frozenset(w), move=Move.STATIC)) for w in (set(), {"mist", "heavy"})
    )
    assert np.array_equal(clear.rgb(0), misty.rgb(0))
    assert misty.rgb(71)[96:112].astype(float).std() < 0.7 * clear.rgb(71)[96:112].astype(float).std()
    haze = misty._haze
    assert haze is not None
    far, near = (haze.over(np.full((40, 60), depth, np.float32), 2.9)[20:].mean() for depth in (0.0, 1.0))
    assert near < 0.3 * far


def test_a_close_up_keeps_the_given_pictures_detail() -> None:
    """Where the camera ends close, a picture larger than the frame shows what the frame could not hold."""
    fine = scenery(1280, 768)
    fine[400:] = np.random.default_rng(1).integers(0, 255, (368, 1280, 1))
    brief = Brief("", framing=("wide", "close"))
    sharp = still(fine, brief)
    assert sharp._sharp_front is not None
    soft = still(cv2.resize(fine, SIZE, interpolation=cv2.INTER_AREA), brief)
    ends = [cv2.Laplacian(cv2.cvtColor(scene.rgb(71), cv2.COLOR_RGB2GRAY), cv2.CV_32F).std() for scene in (sharp, soft)]
    assert ends[0] > 1.15 * ends[1]


@pytest.mark.parametrize("move", [move for move in Move if move is not Move.STATIC])
def test_no_move_shows_what_is_beyond_the_border(move: Move) -> None:
    """In a picture that cannot shrink every point that is shown lies within it."""
    scene = still(scenery(), Brief("", move=move, haste=True))
    assert min(scene.treatment.path.zooms) >= 0
    for index in (10, 36, 71):
        maps = scene._moment(index).front.maps
        for k in range(0, len(maps), 2):
            inner_x, inner_y = maps[k, 1:-1, 1:-1], maps[k + 1, 1:-1, 1:-1]
            # swaying and rounding may reach a cell's half over the edge, where the last row is repeated
            assert inner_x.min() > -3 and inner_x.max() < SIZE[0] + 2
            assert inner_y.min() > -3 and inner_y.max() < SIZE[1] + 2


def test_a_kept_set_up_gives_the_same_bits() -> None:
    """A scene whose picture is known already is the one that was made afresh, and another picture is another scene."""
    brief = Brief("", move=Move.PUSH_IN)
    SHELF.clear()
    fresh = still(scenery(), brief)
    shown = [fresh.rgb(index).copy() for index in (20, 60)]
    assert SHELF.taken > 0
    again = still(scenery(), brief)
    assert again.layout is fresh.layout
    SHELF.clear()
    anew = still(scenery(), brief)
    assert anew.layout is not fresh.layout
    for scene in (again, anew):
        assert all(np.array_equal(scene.rgb(index), one) for index, one in zip((20, 60), shown, strict=True))
    assert still(255 - scenery(), brief).layout is not fresh.layout


def test_the_shelf_is_bounded_in_bytes() -> None:
    """What was not asked for longest goes; what is larger than the shelf is made and not kept."""
    shelf = Shelf(room=1000)
    made: list[int] = []

    def make(number: int, size: int) -> NDArray[np.uint8]:
        made.append(number)
        return np.full(size, number, np.uint8)

    for number in (1, 2, 1, 3, 1, 2):
        shelf.find(key_of(number), lambda number=number: make(number, 400))  # type: ignore[misc]
    assert made == [1, 2, 3, 2]
    assert shelf.taken <= 1000
    shelf.find(key_of("large"), lambda: make(9, 2000))
    assert shelf.taken <= 1000
    with pytest.raises(TypeError):
        key_of(object())
    assert key_of(np.zeros(4, np.uint8)) != key_of(np.zeros(2, np.uint16))
