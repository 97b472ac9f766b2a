"""MiniMax-H3 through diffusers' modular pipeline: a Wish comes in, Footage with sound goes out. Imports PyTorch.

Source: diffusers 0.42.1, modular_pipelines/minimax_h3. One repository holds two transformers of 62 GB: one for text and
first frame, one for references; only the one that the film needs is in memory.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from diffusers import (
    AutoencoderKLMiniMaxH3,
    AutoencoderKLMiniMaxH3Audio,
    ComponentsManager,
    MiniMaxH3Blocks,
    MiniMaxH3ModularPipeline,
    MiniMaxH3Scheduler,
    MiniMaxH3Transformer3DModel,
)
from diffusers.hooks import apply_group_offloading
from diffusers.modular_pipelines.minimax_h3 import MiniMaxH3ImageReference
from transformers import AutoTokenizer, Qwen3VLForConditionalGeneration

from openhorse.engines.diffusion import tensors
from openhorse.engines.diffusion.footage import Footage, Spot, Step, Wish
from openhorse.engines.diffusion.placing import Placement
from openhorse.engines.diffusion.reading import WordsAndPictures
from openhorse.engines.mentions import renamed
from openhorse.vocabulary import Mode

INDEX = "modular_model_index.json"

_SETTINGS = ("canvas_short_edge", "canvas_max_pixels", "reference_image_short_edge")
"""What a repository's index may say otherwise than diffusers does."""

_MODELS: Mapping[str, Any] = {
    "text_encoder": Qwen3VLForConditionalGeneration,
    "vae": AutoencoderKLMiniMaxH3,
    "audio_vae": AutoencoderKLMiniMaxH3Audio,
}


class _Pipeline(MiniMaxH3ModularPipeline):  # type: ignore[misc]  # without its types
    """diffusers' own refuses 15 seconds, whose 362 frames last 15.08, and less than five. The servers that run the same
    weights, vLLM-Omni and SGLang, take 4 to 15.
    """

    min_duration = 4.0
    max_duration = 15.1


class MiniMax:
    """Text, first frame and nine references, with sound; see footage.Model."""

    def __init__(self) -> None:
        self._manager = ComponentsManager()
        self._pipeline: Any = None
        self._part = ""

    def load(self, folder: Path, mode: Mode, spot: Spot) -> None:
        """See footage.Model. Films from references need the other transformer, which takes the place of this one."""
        part = "transformer_ref" if mode is Mode.REFERENCE else "transformer"
        if part == self._part:
            return
        how = {"dtype": tensors.dtype_of(spot), "local_files_only": True}
        if self._pipeline is None:
            self._pipeline = _pipeline(folder, how, self._manager)
        elif self._part:
            if spot.placement is Placement.PARTS:
                self._manager.disable_auto_cpu_offload()
            self._pipeline.unload_components(self._part)
            self._part = ""
        transformer = MiniMaxH3Transformer3DModel.from_pretrained(folder / part, **how)
        self._pipeline.update_components(**{part: transformer})
        _settle(self._pipeline, self._manager, spot)
        self._part = part

    def film(self, wish: Wish, step: Step) -> Footage:
        """See footage.Model."""
        asked: dict[str, Any] = {}
        if wish.mode is Mode.IMAGE:
            asked["image"] = wish.pictures[0]
        elif wish.mode is Mode.REFERENCE:
            asked["references"] = [MiniMaxH3ImageReference(image=picture) for picture in wish.pictures]
        with _heard(getattr(self._pipeline, self._part), step):
            made = self._pipeline(
                **asked,
                prompt=renamed(wish.prompt),
                width=wish.width,
                height=wish.height,
                num_frames=wish.frames,
                num_inference_steps=wish.steps,
                generator=tensors.generator(wish.seed),
                output_type="pt",
                output=["videos", "audio", "sampling_rate"],
            )
        sound = made["audio"][0].float().cpu().numpy()
        return Footage(tensors.pixels_of(made["videos"][0]), sound, made["sampling_rate"])


@contextmanager
def _heard(transformer: torch.nn.Module, step: Step) -> Iterator[None]:
    """Tell `step` of each of the transformer's calls: guidance is in its weights, so there is one a step."""
    done = 0

    def called(*_: object) -> None:
        nonlocal done
        done += 1
        step(done)

    handle = transformer.register_forward_hook(called)
    try:
        yield
    finally:
        handle.remove()


def _pipeline(folder: Path, how: Mapping[str, Any], manager: ComponentsManager) -> Any:
    """All but a transformer, loaded part by part: diffusers' loader goes to the hub and only warns of what fails."""
    blocks = MiniMaxH3Blocks()
    _each(blocks, lambda block: block.set_progress_bar_config(disable=True))
    pipeline = _Pipeline(blocks=blocks, components_manager=manager)
    parts = {name: kind.from_pretrained(folder / name, **how) for name, kind in _MODELS.items()}
    for name in ("scheduler", "audio_scheduler"):
        parts[name] = MiniMaxH3Scheduler.from_pretrained(folder / name, local_files_only=True)
    parts["tokenizer"] = AutoTokenizer.from_pretrained(folder / "tokenizer", local_files_only=True)
    parts["processor"] = WordsAndPictures.of(folder / "processor")
    index = json.loads((folder / INDEX).read_text("utf-8"))
    pipeline.update_components(**parts, **{name: index[name] for name in _SETTINGS if name in index})
    return pipeline


def _each(block: Any, do: Callable[[Any], None]) -> None:
    """`do` something with every block in `block` that shows its progress."""
    for one in getattr(block, "sub_blocks", {}).values():
        if hasattr(one, "set_progress_bar_config"):
            do(one)
        _each(one, do)


def _settle(pipeline: Any, manager: ComponentsManager, spot: Spot) -> None:
    """Lay the parts out; modular pipelines have their own ways for it."""
    match spot.placement:
        case Placement.WHOLE:
            pipeline.to(spot.device)
        case Placement.PARTS:
            manager.enable_auto_cpu_offload(device=spot.device)
        case Placement.LAYERS:
            for part in pipeline.components.values():
                if isinstance(part, torch.nn.Module):
                    apply_group_offloading(part, onload_device=torch.device(spot.device), offload_type="leaf_level")
