"""The procedural engine: an Order and its pictures in, a drawn and scored Clip out. No weights, GPU or network.

It computes its films (noise, meshes, rigs, classical vision, synthesised sound) and says so everywhere.
Knows no file format, task or money.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from itertools import chain
from typing import Any, TypeVar

from openhorse.engines.procedural.kernels import claim, kernel_cache
from openhorse.vocabulary import Clip, Frame, Mode, Order, Picture, Progress, frame_size

T = TypeVar("T")

SETUP_SHARE = 0.05
"""The part of a film's progress that its scene's set-up stands for."""


# Numba reads this once, when it is first imported, which every scene does.
os.environ.setdefault("NUMBA_CACHE_DIR", str(kernel_cache()))


class Procedural:
    """The engine as the entry point offers it; scenes are imported when first needed, with their kernels."""

    name = "procedural"

    def setup(self) -> None:
        """Nothing to load: kernels are compiled by the first film that needs them, then kept on disk."""

    def render(self, order: Order, pictures: Sequence[Picture], progress: Progress) -> Clip:
        """The clip for `order`: its prompt read, a scene set up, the score performed; most frames are drawn lazily."""
        from openhorse.engines.procedural.compiling import Watch
        from openhorse.engines.procedural.direction import direct
        from openhorse.engines.procedural.sound import perform

        if order.seed is None:
            raise ValueError("an order that is rendered has its seed")
        width, height = frame_size(order.tier, _ratio(order, pictures))
        progress(0.0)
        claim()
        watch = Watch()
        with watch:
            production = direct(order, pictures, width, height)
        progress(SETUP_SHARE)
        frame_count = production.shot.frame_count

        def draw() -> Iterator[Frame]:
            with watch:
                for index in range(frame_count):
                    yield production.scene.frame(index)
                    progress(SETUP_SHARE + (1 - SETUP_SHARE) * (index + 1) / frame_count)

        frames = draw()
        score = production.score()
        sound, early = _meanwhile(lambda: perform(score), frames)
        return Clip(
            width=width,
            height=height,
            frame_count=frame_count,
            frames=chain(early, frames),
            sound=None if sound is None else sound.data,
            engine=self.name,
            seed=order.seed,
            notes=production.notes,
            understood=_understood(order, len(pictures)),
        )


def _meanwhile(work: Callable[[], T], frames: Iterator[Frame]) -> tuple[T, list[Frame]]:
    """What `work` gives, and copies of the frames that were drawn until it was there."""
    early: list[Frame] = []
    with ThreadPoolExecutor(1, thread_name_prefix="sound") as hand:
        working = hand.submit(work)
        for frame in frames:
            early.append(Frame(*(_copied(plane) for plane in (frame.y, frame.u, frame.v))))
            if working.done():
                break
    return working.result(), early


def _copied(plane: memoryview) -> memoryview:
    return memoryview(bytes(plane)).cast("B", list(plane.shape or ()))


def _understood(order: Order, pictures: int) -> dict[str, Any]:
    """What the prompt was read to say; of a film made of pictures not who acts where, which they show."""
    from openhorse.engines.procedural.storyboard import explain_prompt

    references = pictures if order.mode is Mode.REFERENCE else 0
    return explain_prompt(order.prompt, order.seconds, references, order.mode is Mode.TEXT)


def _ratio(order: Order, pictures: Sequence[Picture]) -> Fraction:
    """The order's ratio; image-to-video follows its first frame."""
    if order.mode is Mode.IMAGE:
        return Fraction(pictures[0].width, pictures[0].height)
    if order.ratio is None:
        raise ValueError("only image-to-video goes without a ratio")
    return order.ratio.fraction
