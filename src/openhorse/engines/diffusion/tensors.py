"""PyTorch's side of every family: the device and its memory, random numbers, where parts lie, pixels out of tensors.

Imports PyTorch, and so is imported itself only where a model is loaded. Knows no family.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import torch
import transformers
from numpy.typing import NDArray

from openhorse.engines.diffusion.footage import Spot, Step
from openhorse.engines.diffusion.placing import Need, Placement, Room, host_bytes, placement
from openhorse.errors import EngineFailed, InvalidOrder

OutOfMemory = torch.OutOfMemoryError

# Bars for a terminal, which a studio's child has none of.
diffusers.utils.logging.disable_progress_bar()
transformers.utils.logging.disable_progress_bar()


def spot(need: Need, title: str) -> Spot:
    """Where the model called `title` runs here. Raises EngineUnavailable when it has no room, InvalidOrder for a
    setting that is none.
    """
    device = os.environ.get("OPENHORSE_DEVICE") or "auto"
    if device == "cpu":
        return Spot("cpu", Placement.WHOLE)
    wanted = os.environ.get("OPENHORSE_OFFLOAD") or "auto"
    if wanted != "auto" and wanted not in set(Placement):
        raise InvalidOrder(f"OPENHORSE_OFFLOAD is {wanted!r}, not auto, whole, parts or layers")
    device = "cuda" if device == "auto" else device
    found = placement(Room(_gpu_bytes(device), host_bytes()), need, title) if wanted == "auto" else Placement(wanted)
    return Spot(device, found)


def _gpu_bytes(device: str) -> int | None:
    if not torch.cuda.is_available():
        return None
    free, _all = torch.cuda.mem_get_info(torch.device(device))
    return int(free)


def dtype_of(spot: Spot) -> torch.dtype:
    """In which numbers a model is computed: bfloat16 on a GPU, as all of them are published."""
    return torch.float32 if spot.device == "cpu" else torch.bfloat16


def generator(seed: int) -> torch.Generator:
    """Random numbers from a seed, drawn by the processor: the same on every device."""
    return torch.Generator("cpu").manual_seed(seed)


def settle(pipeline: Any, spot: Spot) -> None:
    """Lay a pipeline's parts out on its spot."""
    match spot.placement:
        case Placement.WHOLE:
            pipeline.to(spot.device)
        case Placement.PARTS:
            pipeline.enable_model_cpu_offload(device=spot.device)
        case Placement.LAYERS:
            pipeline.enable_sequential_cpu_offload(device=spot.device)


class Shelf:
    """One family's weights, loaded once, and the pipeline over them that is in use."""

    def __init__(self) -> None:
        self.pipeline: Any = None

    def turn(self, kind: type[Any], folder: Path, spot: Spot, **parts: Callable[[], Any]) -> Any:
        """The pipeline of `kind` over the weights in `folder`, laid out on `spot`; `parts` load in their own way."""
        if self.pipeline is None:
            made = {name: load() for name, load in parts.items()}
            self.pipeline = kind.from_pretrained(folder, dtype=dtype_of(spot), local_files_only=True, **made)
        elif type(self.pipeline) is kind:
            return self.pipeline
        else:
            self.pipeline.remove_all_hooks()
            self.pipeline = _over(self.pipeline, kind)
        self.pipeline.set_progress_bar_config(disable=True)
        settle(self.pipeline, spot)
        return self.pipeline


def _over(pipeline: Any, kind: type[Any]) -> Any:
    """Another `kind` of pipeline over the parts of this one, which must not be used afterwards.

    Not `from_pipe`, which converts every part to other numbers.
    """
    known = {**pipeline.config, **pipeline.components}
    return kind(**{name: known[name] for name in inspect.signature(kind).parameters if name in known})


def heard_by(step: Step) -> Any:
    """A `callback_on_step_end` that tells `step` how many steps are done."""

    def after(_pipeline: Any, index: int, _time: Any, _tensors: Any) -> dict[str, Any]:
        step(index + 1)
        return {}

    return after


def pixels_of(video: torch.Tensor) -> NDArray[np.uint8]:
    """Frames × 3 × height × width in 0…1 as frames × height × width × 3 in 0…255. Raises EngineFailed for NaNs."""
    count, _colours, height, width = video.shape
    out = np.empty((count, height, width, 3), np.uint8)
    for index in range(count):  # a frame at a time: a film in floats is gigabytes
        frame = video[index].float()
        if not torch.isfinite(frame).all():
            raise EngineFailed("The model's picture is not a number.")
        out[index] = (frame.clamp(0, 1) * 255).round().to(torch.uint8).permute(1, 2, 0).cpu().numpy()
    return out
