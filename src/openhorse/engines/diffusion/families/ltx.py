"""LTX-2.x through diffusers: a Wish comes in, Footage with sound goes out. Imports PyTorch and diffusers.

Source: LTX2Pipeline and LTX2ImageToVideoPipeline of diffusers 0.42.1 and their documentation. The image is compressed
as a film's frame would be before it is a first frame, which the model was trained with.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from diffusers import LTX2ImageToVideoPipeline, LTX2Pipeline
from diffusers.pipelines.ltx2.utils import DISTILLED_SIGMA_VALUES

from openhorse.engines.diffusion import tensors
from openhorse.engines.diffusion.footage import Footage, Spot, Step, Wish
from openhorse.engines.diffusion.wording import LTX_AVOIDS
from openhorse.vocabulary import Mode

FIRST_SAMPLE_RATE = 24_000
"""LTX-2.0's; later models speak at 48 kHz."""

_UNGUIDED = {"guidance_scale": 1.0, "stg_scale": 0.0, "modality_scale": 1.0, "guidance_rescale": 0.0}
"""Distilled weights have their guidance in them; see `_guidance`."""


class Ltx:
    """Text and first frame, with sound; see footage.Model."""

    def __init__(self) -> None:
        self._shelf = tensors.Shelf()

    def load(self, folder: Path, mode: Mode, spot: Spot) -> None:
        """See footage.Model."""
        self._shelf.turn(LTX2ImageToVideoPipeline if mode is Mode.IMAGE else LTX2Pipeline, folder, spot)

    def film(self, wish: Wish, step: Step) -> Footage:
        """See footage.Model."""
        pipeline = self._shelf.pipeline
        rate = pipeline.vocoder.config.output_sampling_rate
        video, audio = pipeline(
            **({"image": wish.pictures[0]} if wish.mode is Mode.IMAGE else {}),
            prompt=wish.prompt,
            negative_prompt=LTX_AVOIDS,
            width=wish.width,
            height=wish.height,
            num_frames=wish.frames,
            frame_rate=float(wish.rate),
            num_inference_steps=wish.steps,
            **_guidance(wish.steps, rate),
            generator=tensors.generator(wish.seed),
            output_type="pt",
            return_dict=False,
            callback_on_step_end=tensors.heard_by(step),
        )
        sound = audio[0].float().cpu().numpy()
        return Footage(tensors.pixels_of(video[0]), sound, rate)


def _guidance(steps: int, sample_rate: int) -> dict[str, Any]:
    """What differs between checkpoints: a profile with the distilled ones' number of steps is of such weights."""
    is_first = sample_rate == FIRST_SAMPLE_RATE
    asked: dict[str, Any] = {"use_cross_timestep": not is_first}
    asked["spatio_temporal_guidance_blocks"] = [29 if is_first else 28]
    if steps == len(DISTILLED_SIGMA_VALUES):
        asked |= {"sigmas": list(DISTILLED_SIGMA_VALUES), **_UNGUIDED}
        asked |= {f"audio_{name}": value for name, value in _UNGUIDED.items()}
    return asked
