"""Cut-outs: every way of finding a subject, how sure each is, and what it leaves at the edges."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.ensemble import seeking
from openhorse.engines.procedural.ensemble.cutout import Cutout, cut_out, opaque
from openhorse.engines.procedural.still.figure import find_figure
from openhorse.vocabulary import Picture

Pixels = NDArray[np.uint8]


def picture(rgb: Pixels, alpha: Pixels | None = None) -> Picture:
    """A vetted picture of `rgb`, with `alpha` when given."""
    rows, columns = rgb.shape[:2]
    full = np.full((rows, columns), 255, np.uint8) if alpha is None else alpha
    return Picture(columns, rows, np.ascontiguousarray(np.dstack([rgb, full])).data, alpha is not None)


def doll(rows: int = 360, columns: int = 320, ground: tuple[int, int, int] = (255, 255, 255)) -> tuple[Pixels, Pixels]:
    """A drawn doll on a plain ground, and where it is (0 or 255)."""
    rgb = np.full((rows, columns, 3), ground, np.uint8)
    mask = np.zeros((rows, columns), np.uint8)
    x, y = columns // 2, rows // 2
    for canvas, shirt, skin in ((rgb, (40, 80, 180), (225, 150, 90)), (mask, (255,) * 3, (255,) * 3)):
        cv2.rectangle(canvas, (x - 45, y - 20), (x + 45, y + 70), shirt, -1)
        cv2.circle(canvas, (x, y - 70), 58, skin, -1)
        cv2.rectangle(canvas, (x - 40, y + 70), (x - 10, y + 140), skin, -1)
        cv2.rectangle(canvas, (x + 10, y + 70), (x + 40, y + 140), skin, -1)
    return rgb, mask


def textured(rows: int, columns: int, seed: int) -> Pixels:
    """A busy, blotchy ground in greens."""
    draw = np.random.default_rng(seed)
    coarse = draw.integers(0, 60, (rows // 12, columns // 12, 1))
    blotches = cv2.resize((coarse + np.array((30, 90, 40))).astype(np.uint8), (columns, rows))
    return np.clip(blotches + draw.integers(-14, 14, (rows, columns, 1)), 0, 255).astype(np.uint8)


def overlap(cut: Cutout, mask: Pixels) -> float:
    """Intersection over union of a cut-out with the truth, both cropped to their bounds."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    truth = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] > 0
    found = cv2.resize(cut.alpha, (truth.shape[1], truth.shape[0])) > 0.5
    return float((found & truth).sum() / (found | truth).sum())


def test_its_own_alpha_is_taken_as_it_is() -> None:
    """A picture that brings its alpha is cut by nothing else, with full confidence."""
    rgb, mask = doll()
    cut = cut_out(picture(rgb, mask))
    assert (cut.how, cut.confidence, cut.open_sides) == ("alpha", 1.0, frozenset())
    assert overlap(cut, mask) > 0.99


def test_clear_pixels_lend_no_colour_to_the_edge() -> None:
    """What is hidden under a clear pixel (here pure green) is not mixed into the subject."""
    rgb, mask = doll()
    rgb[mask == 0] = (0, 255, 0)
    cut = cut_out(picture(rgb, cv2.GaussianBlur(mask, (0, 0), 1.5)))
    edge = (cut.alpha > 0.05) & (cut.alpha < 0.9)
    assert edge.any()
    assert cut.rgb[edge][:, 1].max() < 190


def test_a_full_alpha_says_nothing() -> None:
    """An alpha channel that is opaque throughout does not count as a cut-out."""
    rgb, mask = doll()
    assert cut_out(picture(rgb, np.full_like(mask, 255))).how == "ground"


def test_a_plain_ground_is_flooded() -> None:
    """An illustration on white comes out whole, trusted, and without a white rim."""
    rgb, mask = doll()
    cut = cut_out(picture(rgb))
    assert cut.how == "ground"
    assert cut.trusted
    assert overlap(cut, mask) > 0.96
    edge = (cut.alpha > 0.05) & (cut.alpha < 0.9)
    assert cut.rgb[edge].min(axis=1).mean() < 190


def test_a_soft_shadow_on_a_plain_ground_is_left_behind() -> None:
    """A product shot's shadow is ground, not subject."""
    rgb, mask = doll(ground=(228, 228, 228))
    shadow = np.zeros(mask.shape, np.float32)
    cv2.ellipse(shadow, (160, 320), (110, 16), 0, 0, 360, (1.0,), -1)
    darker = rgb * (1 - 0.3 * cv2.GaussianBlur(shadow, (0, 0), 14)[..., None])
    lit = np.where(mask[..., None] > 0, rgb, darker).astype(np.uint8)
    cut = cut_out(picture(lit))
    assert cut.how == "ground"
    assert overlap(cut, mask) > 0.9


def test_a_subject_before_a_busy_ground_is_found() -> None:
    """What stands out of a textured ground is cut out with confidence."""
    rgb, mask = doll()
    rgb = np.where(mask[..., None] > 0, rgb, textured(360, 320, 3)).astype(np.uint8)
    cut = cut_out(picture(rgb))
    assert cut.how == "saliency"
    assert cut.trusted
    assert overlap(cut, mask) > 0.85


def test_texture_alone_is_not_trusted() -> None:
    """Where there is no subject the cut-out says so."""
    assert not cut_out(picture(textured(300, 400, 5))).trusted


def test_a_subject_cut_by_the_frame_names_the_side() -> None:
    """A bust that runs out of the picture below is open there and nowhere else."""
    rgb, mask = doll()
    cut = cut_out(picture(np.ascontiguousarray(rgb[:230]), np.ascontiguousarray(mask[:230])))
    assert cut.open_sides == {"bottom"}


def test_the_same_picture_gives_the_same_bits() -> None:
    """GrabCut's random start is pinned, whatever ran before it."""
    rgb, mask = doll()
    rgb = np.where(mask[..., None] > 0, rgb, textured(360, 320, 3)).astype(np.uint8)
    first = cut_out(picture(rgb))
    cv2.setRNGSeed(99)
    cut_out(picture(textured(300, 400, 5)))
    second = cut_out(picture(rgb))
    assert np.array_equal(first.alpha, second.alpha)
    assert np.array_equal(first.rgb, second.rgb)


def test_large_pictures_are_reduced() -> None:
    """No side of a cut-out is longer than asked."""
    rgb, mask = doll()
    wide = cv2.resize(rgb, None, fx=4, fy=4), cv2.resize(mask, None, fx=4, fy=4)
    assert max(cut_out(picture(*wide), longest=500).rgb.shape) <= 500


def test_opaque_lays_clear_pixels_on_a_ground() -> None:
    """Half-clear black on white is middle grey."""
    rgb, alpha = np.zeros((4, 4, 3), np.uint8), np.full((4, 4), 128, np.uint8)
    assert abs(int(opaque(picture(rgb, alpha))[0, 0, 0]) - 127) <= 1


def portrait(rows: int = 640, columns: int = 500) -> Pixels:
    """A face over a dark coat before a mottled wall that is as dark in places."""
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    random = np.random.default_rng(5)
    wall = cv2.resize(
        random.uniform(20, 190, (9, 7, 3)).astype(np.float32), (columns, rows), interpolation=cv2.INTER_CUBIC
    )
    rgb = np.clip(wall, 0, 255).astype(np.uint8)
    coat = (np.abs(x - 250) < 70 + (y - 330) * 0.6) & (y > 330)
    rgb[coat] = (28, 30, 44)
    face = ((x - 250) / 78) ** 2 + ((y - 230) / 105) ** 2 < 1
    rgb[face] = np.stack([np.full_like(x, 214), np.full_like(x, 160), np.full_like(x, 128)], -1)[face]
    shade = (np.clip((x - 250) / 78, -1, 1) * 32)[face, None]
    rgb[face] = np.clip(rgb[face] - shade, 0, 255)
    for eye in (220, 280):
        rgb[((x - eye) / 14) ** 2 + ((y - 205) / 8) ** 2 < 1] = (30, 24, 22)
    return rgb


def test_a_head_is_never_cut_off_its_body() -> None:
    """Where a face is seen, a trusted cut holds the body below it too; else the portrait is framed."""
    cut = cut_out(picture(portrait()))
    assert not cut.trusted or (cut.share > 0.2 and "bottom" in cut.open_sides)
    figure = find_figure(np.ascontiguousarray(portrait()[::2, ::2]))
    assert figure is not None
    assert figure.face


def test_drawn_checks_are_plain_ground() -> None:
    """A subject on the grey checks that stand for transparency comes out without them."""
    rgb, mask = doll()
    checks = np.where((np.indices(mask.shape) // 12).sum(0) % 2, 255, 238).astype(np.uint8)
    cut = cut_out(picture(np.where(mask[..., None] > 0, rgb, checks[..., None]).astype(np.uint8)))
    assert cut.trusted
    assert overlap(cut, mask) > 0.95


def test_white_on_a_white_gradient_is_found_by_its_shading() -> None:
    """A pale, shaded jug on a paper sweep that darkens downward is cut out whole and trusted."""
    y, x = np.mgrid[0:360, 0:320].astype(np.float32)
    noise = np.random.default_rng(2).normal(0, 1.2, (360, 320))
    radius = ((x - 160) / 80) ** 2 + ((y - 190) / 110) ** 2
    mask = (radius < 1).astype(np.uint8) * 255
    sweep = 250 - 14 * y / 360
    jug = 238 - 20 * radius - 8 * (y - 190) / 110
    grey = np.where(mask > 0, jug, sweep) + noise
    cut = cut_out(picture(np.clip(np.repeat(grey[..., None], 3, 2), 0, 255).astype(np.uint8)))
    assert cut.trusted
    assert overlap(cut, mask) > 0.9


def test_a_hard_shadow_of_the_grounds_own_hue_is_no_part_of_the_subject() -> None:
    """A red bowl in the sun leaves its dark grey shadow behind."""
    rgb = np.full((300, 400, 3), 170, np.uint8)
    rgb = np.clip(rgb + np.random.default_rng(3).normal(0, 3, rgb.shape), 0, 255).astype(np.uint8)
    mask = np.zeros((300, 400), np.uint8)
    cv2.ellipse(rgb, (170, 130), (110, 70), 0, 0, 360, (78, 78, 80), -1)
    for canvas, colour in ((rgb, (210, 50, 20)), (mask, (255,))):
        cv2.ellipse(canvas, (210, 170), (110, 70), 0, 0, 360, colour, -1)
    cut = cut_out(picture(rgb))
    assert cut.trusted
    assert overlap(cut, mask) > 0.9


def test_a_hole_shows_the_ground_no_more() -> None:
    """What is seen through a handle is cut out of the subject too."""
    rgb = np.full((300, 300, 3), (40, 90, 60), np.uint8)
    cv2.circle(rgb, (150, 150), 100, (220, 190, 60), -1)
    cv2.circle(rgb, (150, 150), 36, (40, 90, 60), -1)
    cut = cut_out(picture(rgb))
    rows, columns = cut.alpha.shape
    assert cut.alpha[rows // 2, columns // 2] < 0.1
    assert cut.alpha[rows // 2, columns // 8] > 0.9


def test_a_small_subject_keeps_the_pictures_own_detail() -> None:
    """What is small in a large picture is cut from the picture's full size."""
    rgb = np.full((1500, 2000, 3), (60, 120, 200), np.uint8)
    cv2.rectangle(rgb, (1200, 600), (1399, 799), (230, 60, 30), -1)
    cv2.rectangle(rgb, (1250, 650), (1349, 749), (250, 220, 40), -1)
    cut = cut_out(picture(rgb), longest=500)
    assert 190 <= max(cut.alpha.shape) <= 215
    assert cut.share < 0.05


def glazed_pot(noise: float) -> tuple[Pixels, Pixels]:
    """A pot of the paper's own white, shaded below, with a blue lid; only a faint step parts it from the paper."""
    y, x = np.mgrid[0:360, 0:440].astype(np.float32)
    mask = (((x - 220) / 130) ** 2 + ((y - 200) / 110) ** 2 < 1).astype(np.uint8) * 255
    # the shade comes softly over the body and is sharp only at its lower edge
    shade = np.clip((y + 0.35 * (x - 220) - 190) / 90, 0, 1) ** 1.5
    grey = np.where(mask > 0, 255 - 110 * shade, 251)
    rgb = np.repeat(grey[..., None], 3, 2)
    lid = ((x - 220) / 70) ** 2 + ((y - 96) / 18) ** 2 < 1
    rgb[lid] = (40, 74, 160)
    rgb += np.random.default_rng(4).normal(0, noise, (360, 440, 1))
    return np.clip(rgb, 0, 255).astype(np.uint8), np.where(lid, 255, mask).astype(np.uint8)


def test_white_on_white_is_whole_where_its_faint_edge_shows() -> None:
    """A white pot on white paper keeps its lit half, of which only the edge is to be seen."""
    rgb, mask = glazed_pot(0.5)
    cut = cut_out(picture(rgb))
    assert cut.trusted
    assert overlap(cut, mask) > 0.95


def test_what_has_lost_a_half_is_not_trusted() -> None:
    """Where noise hides the faint edge, the pot is whole or framed, but never shown in halves."""
    for noise in (2.0, 4.0):
        rgb, mask = glazed_pot(noise)
        cut = cut_out(picture(rgb))
        assert not cut.trusted or overlap(cut, mask) > 0.9


def test_what_holds_the_detail_is_preferred_to_a_smooth_neighbour() -> None:
    """Of guesses worth the same, both wheels win over one wheel with the sofa behind it."""
    rgb = np.full((176, 176, 3), 150, np.uint8)
    draw = np.random.default_rng(6)
    whole, half = np.zeros((176, 176), bool), np.zeros((176, 176), bool)
    for left in (60, 120):
        rgb[90:130, left : left + 40] = draw.integers(0, 255, (40, 40, 1))
        whole[90:130, left : left + 40] = True
    half[90:130, 10:100] = True
    rgb[90:130, 10:60] = 90
    gains = seeking._grips(rgb, [seeking._Guess("half", half, 1.0), seeking._Guess("whole", whole, 0.99)])
    assert gains["whole"] > gains["half"] == 0
    poor = seeking._grips(rgb, [seeking._Guess("half", half, 1.0), seeking._Guess("whole", whole, 0.8)])
    assert poor["whole"] == 0
