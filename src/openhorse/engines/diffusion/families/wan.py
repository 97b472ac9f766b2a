"""Wan 2.2 through diffusers: a Wish comes in, silent Footage goes out. Imports PyTorch and diffusers.

Source: WanPipeline and WanImageToVideoPipeline of diffusers 0.42.1, and the model card of Wan2.2-TI2V-5B.
"""

from __future__ import annotations

from pathlib import Path

import torch
from diffusers import AutoencoderKLWan, WanImageToVideoPipeline, WanPipeline

from openhorse.engines.diffusion import tensors
from openhorse.engines.diffusion.footage import Footage, Spot, Step, Wish
from openhorse.engines.diffusion.wording import WAN_AVOIDS
from openhorse.vocabulary import Mode

GUIDANCE = 5.0


class Wan:
    """Text and first frame; see footage.Model."""

    def __init__(self) -> None:
        self._shelf = tensors.Shelf()

    def load(self, folder: Path, mode: Mode, spot: Spot) -> None:
        """See footage.Model. The picture is decoded in 32 bit, as its documentation advises."""
        kind = WanImageToVideoPipeline if mode is Mode.IMAGE else WanPipeline
        self._shelf.turn(kind, folder, spot, vae=lambda: _decoder(folder))

    def film(self, wish: Wish, step: Step) -> Footage:
        """See footage.Model."""
        made = self._shelf.pipeline(
            **({"image": wish.pictures[0]} if wish.mode is Mode.IMAGE else {}),
            prompt=wish.prompt,
            negative_prompt=WAN_AVOIDS,
            width=wish.width,
            height=wish.height,
            num_frames=wish.frames,
            num_inference_steps=wish.steps,
            guidance_scale=GUIDANCE,
            generator=tensors.generator(wish.seed),
            output_type="pt",
            callback_on_step_end=tensors.heard_by(step),
        )
        return Footage(tensors.pixels_of(made.frames[0]))


def _decoder(folder: Path) -> AutoencoderKLWan:
    return AutoencoderKLWan.from_pretrained(folder, subfolder="vae", dtype=torch.float32, local_files_only=True)
