"""A clip that an engine made comes in, the film that was ordered lies at its path and its Video goes out.

What happens to every film, whoever made it, in this order: a sound track where its model makes none, cut and scaled as
ordered, marked, mastered and coded, sealed, inspected. Knows no engine by name but the one that lends its sound, no
task and no store.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points

from openhorse import catalog
from openhorse.cues import Commission, Credit, Make
from openhorse.media import encode, fitting, probe, provenance, seals, watermark
from openhorse.media.provenance import Origin
from openhorse.profiles import Profile, profiles
from openhorse.vocabulary import Clip, Picture, Progress, Show, Video


@dataclass(frozen=True, slots=True)
class Watch:
    """Who is told of a film on its way, and when work on it was `started`, by the monotonic clock."""

    progress: Progress
    show: Show
    started: float


def finished(clip: Clip, make: Make, pictures: Sequence[Picture], watch: Watch) -> Video:
    """Fit, mark, code, seal and inspect one film. Engines draw while frames are coded, so both tell progress.

    Raises FilmRejected for a clip that cannot be made what was ordered, EngineFailed when it cannot be sealed as it
    has to be, and whatever drawing it raises.
    """
    wish = make.film
    if clip.sound is None and clip.engine != provenance.PROCEDURAL:
        clip = _scored(clip, wish)
    clip = fitting.fitted(clip, wish.order, pictures, _installed("openhorse.enlargers").get(clip.engine))
    if wish.order.watermark:
        clip = watermark.marked(clip)
    for mark in _installed("openhorse.watermarks").values():
        clip = mark(clip)
    origin = _origin(clip, wish)
    loudness = encode.write_film(clip, wish.path, provenance.tags(origin), watch.progress, watch.show)
    if make.seal is not None:
        seals.seal(wish.path, origin, make.seal)
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
        render_seconds=round(time.monotonic() - watch.started, 3),
        notes=clip.notes,
        understood=clip.understood,
    )


def _scored(clip: Clip, wish: Commission) -> Clip:
    from openhorse.engines.scoring import scored  # reading prompts and making sound takes a second to import

    return scored(clip, wish.order)


@cache
def _installed(group: str) -> Mapping[str, Callable[[Clip], Clip]]:
    """What other people's packages do with clips, in the order of its names."""
    return {point.name: point.load() for point in sorted(entry_points(group=group), key=lambda point: point.name)}


def _origin(clip: Clip, wish: Commission) -> Origin:
    credit = wish.credit or _credit(clip.engine)
    return Origin(clip.engine, clip.seed, wish.order.prompt, credit.title, credit.attribution)


def _credit(engine: str) -> Credit:
    """What the profile of that name says; nothing where there is none."""
    profile = _profiles().get(engine)
    return Credit() if profile is None else Credit(profile.title, profile.licence.attribution or "")


@cache
def _profiles() -> Mapping[str, Profile]:
    return profiles(catalog.load())
