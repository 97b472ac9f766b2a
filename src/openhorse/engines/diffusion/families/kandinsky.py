"""Kandinsky 6.0 through diffusers: a Wish comes in, Footage with sound goes out. Imports PyTorch and diffusers.

Source: Kandinsky6TI2VAPipeline of diffusers 0.42.1. Its own negative prompt stands; distilled checkpoints, which bring
a scheduler of their own, are not guided.
"""

from __future__ import annotations

from pathlib import Path

from diffusers import Kandinsky6TI2VAPipeline, PiflowScheduler

from openhorse.engines.diffusion import tensors
from openhorse.engines.diffusion.footage import Footage, Spot, Step, Wish
from openhorse.engines.diffusion.reading import Words
from openhorse.engines.diffusion.wording import with_speech
from openhorse.vocabulary import Mode

GUIDANCE = 5.0


class Kandinsky:
    """Text and first frame, with sound; see footage.Model."""

    def __init__(self) -> None:
        self._shelf = tensors.Shelf()

    def load(self, folder: Path, mode: Mode, spot: Spot) -> None:
        """See footage.Model."""
        self._shelf.turn(Kandinsky6TI2VAPipeline, folder, spot, tokenizer=lambda: Words.of(folder / "tokenizer"))

    def film(self, wish: Wish, step: Step) -> Footage:
        """See footage.Model."""
        pipeline = self._shelf.pipeline
        made = pipeline(
            prompt=with_speech(wish.prompt),
            image=wish.pictures[0] if wish.mode is Mode.IMAGE else None,
            width=wish.width,
            height=wish.height,
            num_frames=wish.frames,
            frame_rate=float(wish.rate),
            num_inference_steps=wish.steps,
            guidance_scale=1.0 if isinstance(pipeline.scheduler, PiflowScheduler) else GUIDANCE,
            generator=tensors.generator(wish.seed),
            output_type="pt",
            callback_on_step_end=tensors.heard_by(step),
        )
        sound = made.audio[:1].float().cpu().numpy()
        return Footage(tensors.pixels_of(made.frames[0]), sound, pipeline.audio_sample_rate)
