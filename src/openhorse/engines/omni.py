"""Orders and pictures come in, films made by vLLM-Omni's servers go out.

Spoken to as vllm-omni 0.30.0 documents and checks it (`entrypoints/openai/api_server.py`, `protocol/videos.py`,
`video/generation/helpers.py`): forms only, pictures as files, films stopped by DELETE. Knows no durable state.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from fractions import Fraction

from openhorse.dialects import Report
from openhorse.engines.fleet import H3, H3_LEAST_SECONDS, H3_RATIOS, H3_TASKS, NO_WORDS, Card, Fleet, Host, nearest
from openhorse.engines.mentions import renamed
from openhorse.engines.remote import Place
from openhorse.engines.sending import keyframe, reference, size_of
from openhorse.peers import File, Reply
from openhorse.vocabulary import Mode, Order

STOP_SECONDS = 20.0
"""A film that is stopped is waited for a while there (by default 2 s, and as much again to clean up)."""


class Omni(Fleet):
    """The vLLM-Omni servers of one engine."""

    def stop(self, place: Place, report: Report) -> bool:
        """Have it stopped, or its record and its file removed. False while it drains."""
        host = self._host(place)
        reply = host.peer.ask("DELETE", f"/v1/videos/{report.id}", seconds=STOP_SECONDS)
        if reply.is_ok or reply.status == 404:
            return True
        if reply.status == 409:
            return False
        raise self._refused(host, reply)

    def _submitted(self, host: Host, card: Card, order: Order, pngs: Sequence[bytes]) -> Reply:
        fields = {"model": card.model, "seed": str(order.seed), "prompt": order.prompt or NO_WORDS}
        size = self._size(order, pngs)
        if self.profile.family == H3:
            fields |= _of_h3(order)
        else:
            rate = self.profile.frames.rate
            fields |= {"num_frames": str(self.profile.frames.count(order.seconds)), "fps": f"{float(rate):g}"}
        if size is not None:
            fields |= {"width": str(size[0]), "height": str(size[1])}
        return host.peer.ask_form("/v1/videos", fields, _files(order, pngs, size))

    def _size(self, order: Order, pngs: Sequence[bytes]) -> tuple[int, int] | None:
        """The size to ask for by numbers; None where it goes by a name, or the server would bend references to it."""
        if order.mode is Mode.IMAGE:
            return self.profile.canvas.size(Fraction(*size_of(pngs[0])))
        if self.profile.family == H3 and (order.mode is Mode.REFERENCE or order.ratio in H3_RATIOS):
            return None
        return self.profile.canvas.size(order.ratio.fraction) if order.ratio is not None else None


def _of_h3(order: Order) -> dict[str, str]:
    fields = {
        "seconds": str(max(H3_LEAST_SECONDS, order.seconds)),
        "extra_params": json.dumps({"task": H3_TASKS[order.mode]}),
    }
    if order.ratio is not None and order.mode is not Mode.IMAGE:
        fields["aspect_ratio"] = nearest(order.ratio)
    if order.mode is Mode.REFERENCE:
        fields["prompt"] = renamed(order.prompt)
    return fields


def _files(order: Order, pngs: Sequence[bytes], size: tuple[int, int] | None) -> list[File]:
    if order.mode is Mode.REFERENCE:
        return [("input_references", f"{i}.png", reference(png), "image/png") for i, png in enumerate(pngs, 1)]
    if size is None or order.mode is Mode.TEXT:
        return []
    return [("input_reference", "first.png", keyframe(pngs[0], size), "image/png")]
