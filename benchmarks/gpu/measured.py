"""An engine that is watched, in the studio's child: films as ever, and a line of figures for each that is measured.

It fills its weights with random numbers, and calls its own pipeline directly with what the engine called it with: the
same weights, settings and seed, in the same process, by turns first and second. What the order's prompt is says what
is wanted. After each step our film waits for the GPU, to be timed, which the direct call does not: if that costs
anything, it is counted as ours.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch

from openhorse.engines import Engine
from openhorse.engines.diffusion import DENOISED_SHARE, LOADED_SHARE, Diffusion
from openhorse.engines.diffusion.footage import Model, Spot
from openhorse.engines.diffusion.tensors import generator
from openhorse.vocabulary import Clip, Mode, Order, Picture, Progress

FIGURES = "OPENHORSE_BENCH_FIGURES"
"""The environment variable with the file that lines are added to."""

BESIDE = "a lighthouse in a storm, beside the pipeline itself"
SHORT = "a lighthouse in a storm, short of memory"

_LEFT_BYTES = 1 << 28
_DRAWN = 1 << 24
"""So many numbers are drawn, and laid down again and again: thousands of millions would take minutes."""


def engine_named(name: str) -> Engine:
    """The one engine there is here."""
    return Measured(name)


class Measured(Diffusion):
    """An engine of a profile, with its figures."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._placement = ""
        self._asked: dict[str, Any] = {}
        self._plain: Any = None
        self._films = 0

    def setup(self) -> None:
        """As ever; then random weights, and an ear at the pipeline's call."""
        super().setup()
        pipeline = self._pipeline()
        for part in pipeline.components.values():
            if isinstance(part, torch.nn.Module):
                fill(part)
        kind = type(pipeline)
        self._plain = kind.__call__

        def call(this: Any, **asked: Any) -> Any:
            self._asked = asked
            return self._plain(this, **asked)

        kind.__call__ = call

    def render(self, order: Order, pictures: Sequence[Picture], progress: Progress) -> Clip:
        """A film, told about as its prompt asks."""
        if order.prompt == SHORT:
            self._leave_little()
        if order.prompt != BESIDE:
            return super().render(order, pictures, progress)
        self._films += 1
        direct = self._direct(order) if self._films % 2 else None
        clip, row = self._watched(order, pictures, progress)
        row["direct"] = self._direct(order) if direct is None else direct
        with Path(os.environ[FIGURES]).open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(row) + "\n")
        return clip

    def _watched(self, order: Order, pictures: Sequence[Picture], progress: Progress) -> tuple[Clip, dict[str, Any]]:
        """The film by our engine."""
        ends: list[float] = []

        def told(share: float) -> None:
            if LOADED_SHARE < share <= DENOISED_SHARE:
                wait()
                ends.append(time.monotonic())
            progress(share)

        if torch.cuda.is_available():
            torch.cuda.reset_peak_memory_stats()
        begun = time.monotonic()
        clip = super().render(order, pictures, told)
        wait()
        seconds = time.monotonic() - begun
        steps = [after - before for before, after in pairwise(ends)]
        row = {"engine": seconds, "step": statistics.median(steps), "evaluations": len(ends)}
        return clip, {**row, "placement": self._placement, "frames": clip.frame_count, **peaks()}

    def _direct(self, order: Order) -> float:
        """Seconds that the pipeline takes by itself for what it was last asked for."""
        asked = {key: value for key, value in self._asked.items() if key != "callback_on_step_end"}
        asked["generator"] = generator(order.seed or 0)
        begun = time.monotonic()
        self._plain(self._pipeline(), **asked)
        wait()
        return time.monotonic() - begun

    def _pipeline(self) -> Any:
        model: Any = self._model
        return model._shelf.pipeline if hasattr(model, "_shelf") else model._pipeline

    def _load(self, model: Model, mode: Mode) -> None:
        """As ever, noting where the weights are laid."""
        watched: Any = model
        plain = model.load

        def load(folder: Path, mode: Mode, spot: Spot) -> None:
            self._placement = self._placement or str(spot.placement)
            plain(folder, mode, spot)

        watched.load = load
        try:
            super()._load(model, mode)
        finally:
            del watched.load

    def _leave_little(self) -> None:
        """Take all of the GPU's memory but what is too little for any film; without a GPU, raise what it would."""
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
            self._held = torch.empty(
                max(0, torch.cuda.mem_get_info()[0] - _LEFT_BYTES), dtype=torch.uint8, device="cuda"
            )
            return

        def full(*_: object) -> None:
            raise torch.OutOfMemoryError("stands for a GPU's memory")

        self._pipeline().transformer.register_forward_pre_hook(full)


def wait() -> None:
    """Until the GPU has done what it was told."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def peaks() -> dict[str, int]:
    """Bytes at most: on the GPU in tensors and taken from it since last asked to begin, and of the machine so far."""
    host = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    if not torch.cuda.is_available():
        return {"tensors": 0, "taken": 0, "host": host}
    return {"tensors": torch.cuda.max_memory_allocated(), "taken": torch.cuda.max_memory_reserved(), "host": host}


@torch.no_grad()
def fill(part: torch.nn.Module) -> None:
    """Random weights where zeros were loaded; ones where things are scaled. What lies nowhere yet stays as it is."""
    drawn = torch.randn(_DRAWN, generator=torch.Generator().manual_seed(11)) * 0.02
    for name, values in (*part.named_parameters(), *part.named_buffers()):
        if values.is_meta or not values.is_floating_point():
            continue
        if isinstance(values, torch.nn.Parameter) and values.ndim > 1:
            drawn = drawn.to(values.device, values.dtype)
            for piece in values.data.view(-1).split(_DRAWN):
                piece.copy_(drawn[: piece.numel()])
        elif ("norm" in name and name.endswith("weight")) or name.endswith(("_std", "running_var")):
            values.data.fill_(1)
