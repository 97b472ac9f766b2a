"""A clip that an engine made comes in, the film that was ordered lies at its path and its Video goes out.

What happens to every film, whoever made it, in this order: a sound track where its model makes none, cut and scaled as
ordered, marked, mastered and coded, sealed, inspected. Knows no engine by name but the one that lends its sound, no
task and no store.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from openhorse.cues import Commission
from openhorse.media import encode, fitting, probe, provenance, watermark
from openhorse.vocabulary import Clip, Picture, Progress, Show, Video


def finished(
    clip: Clip, wish: Commission, pictures: Sequence[Picture], progress: Progress, show: Show, started: float
) -> Video:
    """Fit, mark, code and inspect one film. Engines draw while frames are coded, so both tell `progress`.

    `started` is when work on it began, by the monotonic clock. Raises FilmRejected for a clip that cannot be made what
    was ordered, and whatever drawing it raises.
    """
    clip = fitting.fitted(clip, wish.order, pictures)
    if wish.order.watermark:
        clip = watermark.marked(clip)
    loudness = encode.write_film(clip, wish.path, provenance.tags(clip.engine, clip.seed), progress, show)
    facts = probe.probe(wish.path)
    probe.check(facts, width=clip.width, height=clip.height, frame_count=clip.frame_count, silent=loudness is None)
    return Video(
        blob=wish.blob,
        bytes=facts.bytes,
        sha256=facts.sha256,
        width=facts.width,
        height=facts.height,
        frame_count=facts.frame_count,
        seconds=facts.seconds,
        has_sound=facts.has_sound,
        loudness=facts.loudness,
        peak=facts.peak,
        engine=clip.engine,
        seed=clip.seed,
        render_seconds=round(time.monotonic() - started, 3),
        notes=clip.notes,
        understood=clip.understood,
    )
