"""Clothes on somebody: where a neck is, and that what is worn lies below it and goes along."""

from __future__ import annotations

import numpy as np
import pytest

from openhorse.engines.procedural.brief import Shot
from openhorse.engines.procedural.ensemble.scene import Ensemble
from openhorse.engines.procedural.ensemble.tailoring import torso_of
from openhorse.engines.procedural.prompt.language import read_prompt
from openhorse.vocabulary import Picture

RED = (220, 20, 20)


def doll(head: float) -> np.ndarray:
    """A figure of a green body with two legs whose head is so much of its height, 600 × 300."""
    y, x = np.mgrid[0:600, 0:300].astype(np.float32)
    radius = head * 300
    inside = ((x - 150) / (0.8 * radius)) ** 2 + ((y - radius) / radius) ** 2 < 1
    inside |= (abs(x - 150) < 12) & (y > radius) & (y < 2 * radius + 30)
    inside |= (abs(x - 150) < 70) & (y > 2 * radius + 20) & (y < 420)
    inside |= (abs(abs(x - 150) - 40) < 26) & (y >= 420)
    return inside


def picture(cover: np.ndarray, colour: tuple[int, int, int]) -> Picture:
    """A cut-out of one colour."""
    rgba = np.zeros((*cover.shape, 4), np.uint8)
    rgba[cover] = (*colour, 255)
    return Picture(cover.shape[1], cover.shape[0], memoryview(rgba.tobytes()), True)


@pytest.mark.parametrize("head", [0.16, 0.24, 0.34])
def test_a_neck_is_found_below_any_head(head: float) -> None:
    """Clothes begin at the neck of a grown person and of a child with a large head alike."""
    torso = torso_of(doll(head).astype(np.float32))
    assert head - 0.03 < torso.neck < head + 0.06
    assert torso.wide == pytest.approx(140 / 600, abs=0.02)


def worn(words: str) -> tuple[Ensemble, np.ndarray]:
    """A green doll and a red shirt in a film of these words, and where its second frame is red."""
    shirt = np.zeros((300, 320), bool)
    shirt[30:270, 90:230] = True
    shirt[30:120, 20:300] = True
    given = [picture(doll(0.2), (30, 160, 60)), picture(shirt, RED)]
    scene = Ensemble(Shot(480, 270, 3, 5, read_prompt(words, 2)), given)
    frame = scene.rgb(24).astype(np.int16)
    return scene, (frame[..., 0] - np.maximum(frame[..., 1], frame[..., 2])) > 60


def test_who_wears_something_has_it_on_the_body() -> None:
    """The shirt covers most of the body's green, below the head and above the legs, and the notes say how."""
    scene, red = worn("[Image 1] wears [Image 2]")
    assert any("worn by [Image 1]" in note for note in scene.notes)
    doll_rows = np.flatnonzero(red.any(1))
    stance = scene._stance(scene._placed[0], 1.0, scene._framing(1.0, 1 / 3))
    tall = scene._placed[0].actor.height * stance.scale
    assert stance.y - 0.82 * tall < doll_rows[0] < stance.y - 0.66 * tall
    assert doll_rows[-1] < stance.y - 0.05 * tall
    assert abs(np.flatnonzero(red.any(0)).mean() - stance.x) < 0.08 * tall


def test_clothes_that_nobody_wears_stand_by() -> None:
    """Beside somebody they are an object of their own."""
    scene, red = worn("[Image 1] stands beside the jacket in [Image 2]")
    stance = scene._stance(scene._placed[0], 1.0, scene._framing(1.0, 1 / 3))
    tall = scene._placed[0].actor.height * stance.scale
    assert abs(np.flatnonzero(red.any(0)).mean() - stance.x) > 0.2 * tall
