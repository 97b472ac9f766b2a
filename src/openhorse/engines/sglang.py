"""Orders and pictures come in, films made by SGLang's diffusion servers go out.

Spoken to as sglang 0.5.23 checks it (`multimodal_gen/runtime/entrypoints/openai/video_api.py` and, for MiniMax-H3,
`…/minimax_h3/request_validation.py`). A film that is being made cannot be stopped there: DELETE only drops its record,
and the GPU goes on, so it is never sent before the film has ended. Knows no durable state.
"""

from __future__ import annotations

import math
from base64 import b64encode
from collections.abc import Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from functools import cache
from itertools import product
from typing import Any

from openhorse.dialects import Report
from openhorse.engines.fleet import H3, H3_LEAST_SECONDS, H3_TASKS, NO_WORDS, Card, Fleet, Host, nearest
from openhorse.engines.mentions import renamed
from openhorse.engines.remote import Lost, Place
from openhorse.engines.sending import keyframe, reference, size_of
from openhorse.errors import EngineUnavailable
from openhorse.peers import Reply
from openhorse.profiles import Canvas
from openhorse.vocabulary import FINAL, Mode, Order


class SGLang(Fleet):
    """The SGLang servers of one engine."""

    def stop(self, place: Place, report: Report) -> bool:
        """Whether it has ended; then its record is dropped. The film stays on the server's disk."""
        try:
            if self.look(place, report).status not in FINAL:
                return False
        except Lost:
            return True
        with suppress(EngineUnavailable):  # a record more or less
            self._host(place).peer.ask("DELETE", f"/v1/videos/{report.id}")
        return True

    def _tasks_of(self, data: Mapping[str, Any]) -> frozenset[str]:
        return frozenset(map(str, data.get("supported_task_types") or [data.get("task_type")])) - {"None"}

    def _submitted(self, host: Host, card: Card, order: Order, pngs: Sequence[bytes]) -> Reply:
        if self.profile.family == H3:
            return host.peer.ask("POST", "/v1/videos", body=self._of_h3(order, pngs), seconds=120)
        size = self.profile.canvas.size(
            Fraction(*size_of(pngs[0])) if order.ratio is None or pngs else order.ratio.fraction
        )
        fields = {
            "prompt": order.prompt or NO_WORDS,
            "width": str(size[0]),
            "height": str(size[1]),
            "num_frames": str(self.profile.frames.count(order.seconds)),
            "fps": str(round(self.profile.frames.rate)),
            "seed": str(order.seed),
        }
        files = [("input_reference", "first.png", keyframe(png, size), "image/png") for png in pngs[:1]]
        return host.peer.ask_form("/v1/videos", fields, files)

    def _of_h3(self, order: Order, pngs: Sequence[bytes]) -> dict[str, Any]:
        # A first frame gives the film its shape; of references and text the order does.
        ratio = "auto" if order.mode is Mode.IMAGE or order.ratio is None else nearest(order.ratio)
        seconds = max(H3_LEAST_SECONDS, order.seconds)
        return {
            "prompt": renamed(order.prompt) if order.mode is Mode.REFERENCE else order.prompt or NO_WORDS,
            "task": H3_TASKS[order.mode],
            "conditions": self._conditions(order, pngs),
            "target": {"short_edge": self.profile.canvas.short, "aspect_ratio": ratio, "duration_seconds": seconds},
            "seed": order.seed,
        }

    def _conditions(self, order: Order, pngs: Sequence[bytes]) -> list[dict[str, Any]]:
        if order.mode is Mode.TEXT:
            return []
        if order.mode is Mode.REFERENCE:
            return [{"type": "image", "uri": _inline(reference(png)), "role": "reference"} for png in pngs]
        uri = _inline(keyframe(pngs[0], _kept_size(self.profile.canvas, size_of(pngs[0]))))
        return [{"type": "image", "uri": uri, "role": "keyframe", "frame_index": 0}]


def _kept_size(canvas: Canvas, size: tuple[int, int]) -> tuple[int, int]:
    """Of the sizes that the server leaves as they are, the one whose shape is nearest: it stretches all others."""
    return min(_kept_sizes(canvas), key=lambda kept: abs(math.log(kept[0] / kept[1] * size[1] / size[0])))


@cache
def _kept_sizes(canvas: Canvas) -> tuple[tuple[int, int], ...]:
    sides = range(canvas.multiple, 4 * canvas.short + 1, canvas.multiple)
    return tuple(size for size in product(sides, sides) if _made_of(canvas, size[0] / size[1]) == size)


def _made_of(canvas: Canvas, ratio: float) -> tuple[int, int]:
    """The frame that the server makes of a picture (`resolved_plan.py`): the nearest multiples, whatever the shape."""
    width, height = canvas.short * max(ratio, 1), canvas.short * max(1 / ratio, 1)
    share = min(1.0, (canvas.most / (width * height)) ** 0.5)
    return _rounded(canvas, width * share), _rounded(canvas, height * share)


def _rounded(canvas: Canvas, side: float) -> int:
    return max(1, round(side / canvas.multiple)) * canvas.multiple


def _inline(png: bytes) -> str:
    return "data:image/png;base64," + b64encode(png).decode()
