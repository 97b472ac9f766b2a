"""A clip as an engine made it comes in, the same clip exactly as ordered goes out. Knows no engine, file and mark.

Its first seconds are shown, never more than it has; what is too wide or too high for the ratio is cut off on both
sides, so that nothing is stretched and nothing is padded. A clip that is as ordered already goes through untouched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import cv2
import numpy as np
from av.video.reformatter import Interpolation

from openhorse.errors import FilmRejected
from openhorse.media import tracks
from openhorse.media.surfaces import Plane, framed, planes_of, surface_of
from openhorse.media.timing import Timing
from openhorse.vocabulary import FRAME_RATE, SAMPLE_RATE, Clip, Frame, Order, Picture, Ratio, frame_size

MISSING_FRAMES = 2
"""How many frames a clip may lack at its end: the last one is shown a twelfth of a second longer."""

SHARPENED_FROM, SHARPENED = 1.05, 0.35
"""From which enlargement on luma is sharpened, and how much of the finest detail is added."""

MISSING_SOUND_SECONDS = 0.1
"""Silence at a film's end of which nothing need be said."""

Enlarge = Callable[[Clip], Clip]
"""Makes a clip larger, as a super-resolution model does; what is still to be cut and scaled is done after it."""

_SCALER = Interpolation.LANCZOS | Interpolation.ACCURATE_RND | Interpolation.BITEXACT


def fitted(clip: Clip, order: Order, pictures: Sequence[Picture], enlarge: Enlarge | None = None) -> Clip:
    """`clip` with 24 frames for every second ordered, of the order's tier and ratio or its picture's, and its sound.

    `enlarge` is asked when the clip has fewer pixels than that. Frames are drawn when they are asked for, as often as
    the clip's own can be. Raises FilmRejected for a clip that is too short, before a frame is drawn.
    """
    size, count = size_of(order, pictures), order.seconds * int(FRAME_RATE)
    as_made = clip
    if enlarge is not None and clip.width * clip.height < size[0] * size[1]:
        clip = enlarge(clip)
    timing = Timing(clip.frame_count, clip.frame_rate, count)
    if timing.available + MISSING_FRAMES < count:
        seconds = float(clip.frame_count / clip.frame_rate)
        raise FilmRejected(f"The engine made {seconds:.1f} of {order.seconds} seconds.")
    fit = _Fit(clip, timing, _Crop.of(clip.width, clip.height, *size), size)
    sound, silence = _sound(clip, timing)
    notes = (*clip.notes, *_notes(as_made, fit, silence))
    if not fit.is_needed:
        return clip if sound is clip.sound and clip is as_made else replace(clip, sound=sound, notes=notes)
    return replace(
        clip,
        width=size[0],
        height=size[1],
        frame_count=count,
        frame_rate=FRAME_RATE,
        frames=fit,
        sound=sound,
        notes=notes,
    )


def size_of(order: Order, pictures: Sequence[Picture]) -> tuple[int, int]:
    """Width and height of the order's film: without a ratio it has its first picture's, or 16:9."""
    if order.ratio is not None:
        return frame_size(order.tier, order.ratio.fraction)
    if pictures:
        return frame_size(order.tier, Fraction(pictures[0].width, pictures[0].height))
    return frame_size(order.tier, Ratio.R16_9.fraction)


@dataclass(frozen=True, slots=True)
class _Crop:
    """The part of a frame that is shown; all four are even, so that chroma stays where it is."""

    left: int
    top: int
    width: int
    height: int

    @classmethod
    def of(cls, width: int, height: int, wanted_width: int, wanted_height: int) -> _Crop:
        """The largest part in the middle that has the ratio wanted."""
        cut_width = min(width, 2 * round(height * wanted_width / wanted_height / 2))
        cut_height = min(height, 2 * round(width * wanted_height / wanted_width / 2))
        return cls((width - cut_width) // 4 * 2, (height - cut_height) // 4 * 2, cut_width, cut_height)

    def cut(self, frame: Frame) -> Frame:
        """That part of `frame`."""
        planes = []
        for plane, share in ((frame.y, 1), (frame.u, 2), (frame.v, 2)):
            top, left = self.top // share, self.left // share
            rows = np.asarray(plane)[top : top + self.height // share]
            planes.append(rows[:, left : left + self.width // share])
        return framed(planes)


@dataclass(frozen=True, slots=True)
class _Fit:
    """The frames of a clip as ordered; they can be drawn as often as the clip's own."""

    clip: Clip
    timing: Timing
    crop: _Crop
    size: tuple[int, int]

    @property
    def is_cut(self) -> bool:
        return (self.crop.width, self.crop.height) != (self.clip.width, self.clip.height)

    @property
    def is_scaled(self) -> bool:
        return (self.crop.width, self.crop.height) != self.size

    @property
    def is_needed(self) -> bool:
        timing = self.timing
        return self.is_cut or self.is_scaled or (timing.count, timing.rate) != (timing.wanted, FRAME_RATE)

    def __iter__(self) -> Iterator[Frame]:
        return (self._scaled(self._cut(frame)) for frame in self.timing.retimed(self.clip.frames))

    def _cut(self, frame: Frame) -> Frame:
        return self.crop.cut(frame) if self.is_cut else frame

    def _scaled(self, frame: Frame) -> Frame:
        if not self.is_scaled:
            return frame
        width, height = self.size
        surface = surface_of(frame, self.crop.width, self.crop.height)
        y, u, v = planes_of(surface.reformat(width=width, height=height, interpolation=_SCALER))
        return framed([sharpened(y, width / self.crop.width), u, v])


def sharpened(luma: Plane, enlargement: float) -> Plane:
    """An enlarged luma plane with the detail that enlarging has softened, limited range kept.

    What is finer than about a pixel of the original is raised by a third.
    """
    if enlargement < SHARPENED_FROM:
        return luma
    soft = cv2.GaussianBlur(luma, (0, 0), 0.7 * enlargement)
    return np.asarray(np.clip(cv2.addWeighted(luma, 1 + SHARPENED, soft, -SHARPENED, 0), 16, 235), np.uint8)


def _sound(clip: Clip, timing: Timing) -> tuple[memoryview | None, float]:
    """The clip's sound as long as the film, and how many seconds at its end are silence for want of any."""
    if clip.sound is None:
        return None, 0.0
    wanted = int(timing.wanted / FRAME_RATE * SAMPLE_RATE)
    samples = np.asarray(clip.sound, np.float32)
    if timing.pace != 1:
        samples = tracks.paced(samples, float(timing.pace))
    if samples.shape == (2, wanted):
        return clip.sound if timing.pace == 1 else samples.data, 0.0
    return tracks.lasting(samples, wanted).data, max(0.0, (wanted - samples.shape[1]) / SAMPLE_RATE)


def _notes(made: Clip, fit: _Fit, silence: float) -> Iterator[str]:
    """What was done, in words; nothing where nothing was."""
    timing = fit.timing
    if fit.is_needed:
        done = [f"{_made(made, fit)};", *([] if fit.clip is made else ["enlarged by a model,"])]
        verbs = [verb for verb, is_done in (("cut", fit.is_cut), ("scaled", fit.is_scaled)) if is_done]
        if verbs:
            done.append(f"{' and '.join(verbs)} to {fit.size[0]}×{fit.size[1]},")
        if timing.is_drawn:
            done.append("frames drawn between its own,")
        elif timing.rate != FRAME_RATE:
            done.append("played at 24 a second," if timing.is_played else "thinned out to 24 a second,")
        done.append(f"{timing.wanted} frames shown")
        yield " ".join(done)
    if silence > MISSING_SOUND_SECONDS:
        yield f"its sound ends {silence:.1f} seconds before the picture"


def _made(clip: Clip, fit: _Fit) -> str:
    rate = "" if clip.frame_rate == FRAME_RATE else f" at {float(clip.frame_rate):.3g} a second"
    return f"made at {clip.width}×{clip.height}, {clip.frame_count} frames{rate}"
