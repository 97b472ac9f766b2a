"""Open-weights video models on this machine's GPU: an Order and its pictures in, a Clip out, through diffusers.

Light: PyTorch and diffusers are imported when an engine is set up. Knows no licence, task or money; the Clip is the
model's own (its canvas, its length), and becomes what was ordered elsewhere.
"""

from __future__ import annotations

import gc
import importlib
import os
from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType

from openhorse import catalog
from openhorse.engines.diffusion.footage import Footage, Model, Wish, frames_of, image_of, sound_of
from openhorse.engines.diffusion.placing import need_of
from openhorse.engines.readiness import why_not_ready
from openhorse.errors import EngineFailed, EngineOutOfMemory
from openhorse.profiles import Profile, profiles
from openhorse.settings import Settings
from openhorse.vocabulary import Clip, Mode, Order, Picture, Progress, Ratio
from openhorse.weights import folder_of

FAMILIES: Mapping[str, str] = MappingProxyType(
    {
        "minimax-h3": "minimax:MiniMax",
        "ltx-2": "ltx:Ltx",
        "kandinsky-6": "kandinsky:Kandinsky",
        "wan-2.2": "wan:Wan",
    }
)
"""The module in `families` and the class of each family that profiles name."""

LOADED_SHARE, DENOISED_SHARE = 0.02, 0.9
"""Progress when the weights are there, and when the last step is done; then the picture is decoded."""


def h3() -> Diffusion:
    """MiniMax-H3."""
    return Diffusion("h3")


def ltx() -> Diffusion:
    """LTX-2."""
    return Diffusion("ltx")


def k6() -> Diffusion:
    """Kandinsky 6.0 Video."""
    return Diffusion("k6")


def wan() -> Diffusion:
    """Wan 2.2."""
    return Diffusion("wan")


class Diffusion:
    """The engine of one model profile, by its name."""

    def __init__(self, name: str) -> None:
        self.name = name
        settings = Settings()
        self._profile = profiles(catalog.load(settings.catalog))[name]
        self._models = settings.resolved_models
        self._model: Model | None = None

    def setup(self) -> None:
        """Load the weights for text-to-video. Raises EngineFailed, with what the operator can do about it."""
        reason = why_not_ready(self._profile, self._models)
        if reason is not None:
            raise EngineFailed(f"{self._profile.title}: {reason}")
        self._model = model_of(self._profile)
        self._load(self._model, Mode.TEXT)

    def render(self, order: Order, pictures: Sequence[Picture], progress: Progress) -> Clip:
        """The clip in the model's own canvas and at least as long as ordered; `progress` is told after each step.

        Raises EngineOutOfMemory when the GPU had not enough of it, and lets through what `progress` raises.
        """
        assert self._model is not None, "an engine is set up before it renders"
        progress(0.0)
        wish = wish_for(self._profile, order, pictures)
        self._load(self._model, order.mode)
        progress(LOADED_SHARE)
        footage = self._filmed(self._model, wish, progress)
        return clip_of(self._profile, wish, footage)

    def _filmed(self, model: Model, wish: Wish, progress: Progress) -> Footage:
        from openhorse.engines.diffusion.tensors import OutOfMemory

        def step(done: int) -> None:
            progress(LOADED_SHARE + (DENOISED_SHARE - LOADED_SHARE) * done / wish.steps)

        try:
            return model.film(wish, step)
        except (OutOfMemory, MemoryError) as error:
            raise self._out_of_memory(f"a film of {wish.frames} frames of {wish.width}×{wish.height}") from error
        finally:
            gc.collect()  # what a film that was broken off held is in cycles

    def _load(self, model: Model, mode: Mode) -> None:
        from openhorse.engines.diffusion.tensors import OutOfMemory, spot

        folder = folder_of(self._profile, self._models)
        need = need_of(folder, self._profile.memory_bytes, self._profile.least_memory_bytes, unused(mode))
        try:
            model.load(folder, mode, spot(need, self._profile.title))
        except (OutOfMemory, MemoryError) as error:
            raise self._out_of_memory("its weights") from error

    def _out_of_memory(self, what: str) -> EngineOutOfMemory:
        return EngineOutOfMemory(f"{self._profile.title} ran out of memory with {what}.")


def unused(mode: Mode) -> Collection[str]:
    """What is not loaded: where references have a transformer of their own, one takes the other's place."""
    return {"transformer"} if mode is Mode.REFERENCE else {"transformer_ref"}


def model_of(profile: Profile) -> Model:
    """The model of a profile's family, nothing loaded yet. Imports PyTorch and diffusers. Raises EngineFailed."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")  # weights are pulled by the operator, never by a film
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")  # it advises torchvision, which is not needed
    module, _, kind = FAMILIES[profile.family].partition(":")
    try:
        model: Model = getattr(importlib.import_module(f"{__name__}.families.{module}"), kind)()
    except ImportError as error:
        raise EngineFailed(f"{profile.title}: {error}; pip install 'openhorse[diffusers]'") from error
    return model


def wish_for(profile: Profile, order: Order, pictures: Sequence[Picture]) -> Wish:
    """What the model of `profile` is asked for, so that `order` can be cut from it."""
    if order.seed is None:
        raise ValueError("an order that is rendered has its seed")
    width, height = profile.canvas.size(_ratio(order, pictures))
    return Wish(
        mode=order.mode,
        prompt=order.prompt,
        width=width,
        height=height,
        frames=profile.frames.count(order.seconds),
        rate=profile.frames.rate,
        steps=profile.steps,
        seed=order.seed,
        pictures=tuple(image_of(picture) for picture in pictures),
    )


def clip_of(profile: Profile, wish: Wish, footage: Footage) -> Clip:
    """What a model made, as it made it. Raises EngineFailed when that is not what it was asked for."""
    count, height, width, _ = footage.pixels.shape
    if count < wish.frames:
        raise EngineFailed(f"{profile.title} made {count} frames instead of {wish.frames}.")
    sound = sound_of(footage, count / wish.rate)
    return Clip(
        width=width,
        height=height,
        frame_count=count,
        frames=frames_of(footage.pixels),
        sound=None if sound is None else sound.data,
        engine=profile.name,
        seed=wish.seed,
        notes=(f"{profile.title}, {wish.steps} steps at {width}×{height}.", *profile.notes),
        frame_rate=wish.rate,
    )


def _ratio(order: Order, pictures: Sequence[Picture]) -> Fraction:
    """The order's ratio; image-to-video follows its first frame."""
    if order.ratio is not None:
        return order.ratio.fraction
    return Fraction(pictures[0].width, pictures[0].height) if pictures else Ratio.R16_9.fraction
