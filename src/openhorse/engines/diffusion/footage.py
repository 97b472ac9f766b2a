"""What a model is asked for and what it gives: a Wish comes in, Footage goes out, and becomes a Clip.

Knows no model and no PyTorch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.signal import resample_poly

from openhorse.engines.diffusion.placing import Placement
from openhorse.errors import EngineFailed
from openhorse.media.planes import frame_from_rgb
from openhorse.vocabulary import SAMPLE_RATE, Frame, Mode, Picture

Samples = NDArray[np.float32]

Step = Callable[[int], None]
"""Told after each denoising step how many are done; what it raises ends the film."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a model runs: PyTorch's name of the `device`, and how its weights are spread."""

    device: str
    placement: Placement


@dataclass(frozen=True, slots=True)
class Wish:
    """A film in a model's own terms: its native canvas, frame count and rate. `pictures` are upright RGB."""

    mode: Mode
    prompt: str
    width: int
    height: int
    frames: int
    rate: Fraction
    steps: int
    seed: int
    pictures: tuple[Image.Image, ...] = ()


@dataclass(frozen=True, slots=True)
class Footage:
    """What a model made. `pixels` is frames × height × width × 3, 8 bit; `sound` is channels × n in −1…1 at
    `sample_rate`, None from a model that makes none.
    """

    pixels: NDArray[np.uint8]
    sound: Samples | None = None
    sample_rate: int = SAMPLE_RATE


class Model(Protocol):
    """One family's pipelines. Used by one thread."""

    def load(self, folder: Path, mode: Mode, spot: Spot) -> None:
        """Have the weights for films of `mode` ready; what is loaded already stays. Raises EngineFailed."""

    def film(self, wish: Wish, step: Step) -> Footage:
        """Make it; lets through what `step` raises."""


def image_of(picture: Picture) -> Image.Image:
    """The picture as models take it: RGB; what is transparent becomes white."""
    rgba = Image.frombuffer("RGBA", (picture.width, picture.height), picture.pixels.tobytes(), "raw", "RGBA", 0, 1)
    ground = Image.new("RGBA", rgba.size, "white")
    return Image.alpha_composite(ground, rgba).convert("RGB")


def frames_of(pixels: NDArray[np.uint8]) -> Iterator[Frame]:
    """The frames of a clip, converted as they are asked for."""
    for picture in pixels:
        yield frame_from_rgb(picture)


def sound_of(footage: Footage, seconds: Fraction) -> Samples | None:
    """Its sound at 48 kHz in two channels, exactly `seconds` long: models count in blocks and miss a few samples.

    Raises EngineFailed when it is no sound.
    """
    if footage.sound is None:
        return None
    if not np.isfinite(footage.sound).all():
        raise EngineFailed("The model's sound is not a number.")
    ratio = Fraction(SAMPLE_RATE, footage.sample_rate)
    samples = np.atleast_2d(footage.sound)
    samples = samples - samples.mean(axis=1, keepdims=True)  # an offset is not heard, but its two ends are
    heard = resample_poly(samples, ratio.numerator, ratio.denominator, axis=1)
    out = np.zeros((2, round(seconds * SAMPLE_RATE)), np.float32)
    length = min(out.shape[1], heard.shape[1])
    out[:, :length] = heard[:2, :length]  # one channel is heard in both
    return np.clip(out, -1, 1)
