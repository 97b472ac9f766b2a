"""Engines for stories in which only what is around a film counts: its picture or grey, and a tone, at once or slowly.

It is found as everybody's own engine is: by the entry point of an installed package, here a folder on PYTHONPATH.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from openhorse.vocabulary import FRAME_RATE, SAMPLE_RATE, Clip, Frame, Mode, Order, Picture, Progress, frame_size

SLOW_SECONDS = 0.08


class Plain:
    """Makes every film of the size and length that was ordered."""

    name = "plain"

    def setup(self) -> None:
        """Nothing to load."""

    def render(self, order: Order, pictures: Sequence[Picture], progress: Progress) -> Clip:
        """The clip; without a ratio it follows the first picture."""
        ratio = Fraction(pictures[0].width, pictures[0].height) if order.ratio is None else order.ratio.fraction
        width, height = frame_size(order.tier, ratio)
        count = order.seconds * int(FRAME_RATE)
        tone = 0.1 * np.sin(np.arange(order.seconds * SAMPLE_RATE, dtype=np.float32) * (440 * 2 * np.pi / SAMPLE_RATE))
        sound = np.stack([tone, tone]).astype(np.float32)
        planes = _planes(pictures[0], width, height) if order.mode is Mode.IMAGE else _grey(width, height)
        frames = _frames(planes, count, progress)
        return Clip(width, height, count, frames, sound.data, self.name, order.seed or 0, ("a plain film",))


class Slow(Plain):
    """The same, in `SLOW_SECONDS` more for each frame."""

    name = "slow"

    def render(self, order: Order, pictures: Sequence[Picture], progress: Progress) -> Clip:
        """See Plain."""
        clip = super().render(order, pictures, progress)
        return replace(clip, frames=_slowly(clip.frames))


class Ponderous(Plain):
    """The same, when it is set up, which no test waits for."""

    name = "ponderous"

    def setup(self) -> None:
        """Takes longer than any test."""
        time.sleep(3600)


def _slowly(frames: Iterable[Frame]) -> Iterator[Frame]:
    for frame in frames:
        time.sleep(SLOW_SECONDS)
        yield frame


def _frames(planes: Sequence[np.ndarray], count: int, progress: Progress) -> Iterator[Frame]:
    for index in range(count):
        progress(index / count)
        yield Frame(*(plane.data for plane in planes))


def _grey(width: int, height: int) -> list[np.ndarray]:
    sizes = ((height, width), (height // 2, width // 2), (height // 2, width // 2))
    return [np.full(size, 120, np.uint8) for size in sizes]


def _planes(picture: Picture, width: int, height: int) -> list[np.ndarray]:
    """A picture in the film's size, BT.709 in limited range."""
    rgba = np.frombuffer(picture.pixels, np.uint8).reshape(picture.height, picture.width, 4)
    rows, columns = np.arange(height) * picture.height // height, np.arange(width) * picture.width // width
    r, g, b = np.moveaxis(rgba[rows][:, columns, :3].astype(np.float32) / 255, -1, 0)
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    planes = (16 + 219 * y, 128 + 224 * ((b - y) / 1.8556)[::2, ::2], 128 + 224 * ((r - y) / 1.5748)[::2, ::2])
    return [np.ascontiguousarray(np.rint(plane), dtype=np.uint8) for plane in planes]
