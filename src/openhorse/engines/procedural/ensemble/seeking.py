"""A picture in, its subject's mask out: several guesses of where it is, each cut by GrabCut, and the best of them.

Knows no plain grounds, no faces and no mattes. The guesses: what is hard to reach from the border and unlike it, what
is in focus, what has a rare colour, what holds the middle.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.ensemble.outline import (
    Lab,
    Mask,
    Worth,
    agreement,
    closed,
    grown,
    largest,
    opened,
    worth,
)  # fmt: skip
from openhorse.engines.procedural.ensemble.palette import to_lab
from openhorse.engines.procedural.still.plate import Field, Pixels

_SIDE = 176
_FINE = 440
_SEED = 20240917
_COMMON = "common"
_ENOUGH = 0.85
_EVEN = 0.97
"""Guesses whose worth is at least this part of the best one's are told apart by the detail that they hold."""
_GRIP = 0.3


@dataclass(frozen=True, slots=True)
class Found:
    """A subject's mask (height × width of the picture it was sought in, reduced) and its confidence, 0…1."""

    solid: Mask
    confidence: float


def shrunk(image: NDArray[np.uint8], longest: int) -> NDArray[np.uint8]:
    """`image` reduced by area so that neither side is longer than `longest`; never enlarged."""
    rows, columns = image.shape[:2]
    scale = longest / max(rows, columns)
    if scale >= 1:
        return np.ascontiguousarray(image)
    size = max(2, round(columns * scale)), max(2, round(rows * scale))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def seek(rgb: Pixels) -> Found:
    """The subject of a picture in which nothing else tells where it is."""
    small = shrunk(rgb, _SIDE)
    lab = to_lab(small)
    guesses = [_Guess(name, solid, worth(lab, solid).total) for name, solid in _candidates(rgb, small, lab)]
    guesses = [one for one in guesses if one.worth > 0]
    if not guesses:
        return Found(np.zeros(small.shape[:2], bool), 0.0)
    common = _in_common(small, guesses)
    guesses.append(_Guess(_COMMON, common, worth(lab, common).total))
    grips = _grips(rgb, guesses)
    ranked = sorted(guesses, key=lambda one: -one.worth * (0.55 + 0.45 * _support(one, guesses)) - grips[one.name])
    finals: list[tuple[float, float, Mask]] = []
    tried: list[Mask] = []
    for one in ranked:
        enough = len(tried) == 3 or (finals and max(finals, key=lambda final: final[0])[0] > _ENOUGH)
        if enough or any(agreement(one.solid, other) > 0.85 for other in tried):
            continue
        tried.append(one.solid)
        solid, value = _refined(rgb, one.solid)
        confidence = value.total * _likelihood(one, guesses) * _oneness(solid)
        finals.append((confidence + grips[one.name], confidence, solid))
    _, confidence, solid = max(finals, key=lambda one: one[0])
    return Found(solid, confidence)


@dataclass(frozen=True, slots=True)
class _Guess:
    """A mask at the small size, the name of the guess it came from, and its worth."""

    name: str
    solid: Mask
    worth: float


def _grips(rgb: Pixels, guesses: Sequence[_Guess]) -> dict[str, float]:
    """What is added to a guess, by name, that holds clearly more of the picture's sharp detail, and more densely.

    Only among guesses of nearly the best worth: a motorcycle whole, rather than a half of it with the sofa behind it.
    """
    shape = guesses[0].solid.shape
    detail = _sharpness(rgb, (shape[0], shape[1]))
    detail = np.maximum(detail - np.median(detail), 0)
    best = max(one.worth for one in guesses)
    close = [one for one in guesses if one.worth > _EVEN * best]
    held = {id(one): (float(detail[one.solid].sum()), float(detail[one.solid].mean())) for one in close}
    gains: dict[str, float] = {one.name: 0.0 for one in guesses}
    for one in close:
        rivals = [held[id(other)] for other in close if agreement(one.solid, other.solid) < 0.8]
        amount, density = held[id(one)]
        fuller = all(amount > 1.15 * other[0] for other in rivals)
        if rivals and fuller and all(density > 1.1 * other[1] for other in rivals if other[0] > 0.3 * amount):
            gains[one.name] = _GRIP
    return gains


def _support(one: _Guess, guesses: Sequence[_Guess]) -> float:
    """How well the two most alike of the other guesses agree with one: 0…1."""
    alike = sorted(agreement(one.solid, other.solid) for other in guesses if other.name not in (one.name, _COMMON))
    return float(np.mean(alike[-2:])) if alike else 0.0


def _likelihood(one: _Guess, guesses: Sequence[_Guess]) -> float:
    """0…1 from how well others agree, and from how much of theirs it holds: an eye is not the whole cat."""
    others = [other for other in guesses if other.name not in (one.name, _COMMON)]
    # a guess that is worth little says little about what is missing
    weights = [other.worth**2 for other in others]
    shares = [float((one.solid & other.solid).sum()) / max(1, int(other.solid.sum())) for other in others]
    recall = float(np.dot(weights, shares)) / max(1e-6, sum(weights))
    return float(np.clip((_support(one, guesses) - 0.1) / 0.5, 0.45, 1)) * (0.4 + 0.6 * recall)


def _oneness(solid: Mask) -> float:
    """Less where a subject is in pieces."""
    count, _, facts, _ = cv2.connectedComponentsWithStats(solid.astype(np.uint8))
    areas = facts[1:, cv2.CC_STAT_AREA]
    return float(areas.max() / areas.sum()) ** 0.75 if count > 1 else 1.0


def _in_common(small: Pixels, guesses: Sequence[_Guess]) -> Mask:
    """GrabCut from what most of the guesses have in common, each counting as much as it is worth."""
    weights = np.array([max(0.05, one.worth) for one in guesses], np.float32)
    votes = np.tensordot(weights / weights.sum(), np.stack([one.solid for one in guesses]).astype(np.float32), 1)
    votes = cv2.GaussianBlur(votes, (0, 0), 1.0)
    marks = np.full(votes.shape, cv2.GC_PR_BGD, np.uint8)
    marks[votes > 0.4] = cv2.GC_PR_FGD
    marks[votes > 0.75] = cv2.GC_FGD
    marks[votes < 0.08] = cv2.GC_BGD
    return _cleaned(_cut(small, marks, 3), np.asarray(votes, np.float32))


# --- guesses --------------------------------------------------------------------------------------------------


def _candidates(rgb: Pixels, small: Pixels, lab: Lab) -> Iterator[tuple[str, Mask]]:
    """Masks by every guess, named; those of one guess share the name."""
    saliency = _saliency(lab)
    yield "saliency", _cleaned(_grab(small, saliency, 0.6), saliency)
    border = _from_border_colours(lab)
    yield "border", _cleaned(_grab(small, border, 0.6), border)
    focus = _focus(rgb, small.shape[:2])
    if focus is not None:
        yield "focus", _cleaned(_grab(small, focus, 0.6), focus)
    rare = _rarity(lab)
    yield "rare", _cleaned(_grab(small, rare, 0.9), rare, 0.35)
    yield "middle", _cleaned(_grab_middle(small), saliency)


def _grab(small: Pixels, likely: Field, boldness: float, rounds: int = 3) -> Mask:
    """GrabCut from a map (0…1): above its Otsu threshold is probably subject, well below certainly ground."""
    levels = (likely * 255).astype(np.uint8)
    otsu = cv2.threshold(levels, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[0] / 255
    threshold = otsu * (0.55 + boldness * 0.6)
    marks = np.full(likely.shape, cv2.GC_PR_BGD, np.uint8)
    marks[likely > threshold] = cv2.GC_PR_FGD
    certain = max(threshold, float(np.percentile(likely, 92)))
    if float((likely > threshold).mean()) < 0.08:
        certain = (
            max(threshold, float(np.percentile(likely[likely > threshold], 50))) if (likely > threshold).any() else 1.0
        )
    marks[likely > certain] = cv2.GC_FGD
    marks[likely < threshold * 0.35] = cv2.GC_BGD
    return _cut(small, marks, rounds)


def _grab_middle(small: Pixels) -> Mask:
    rows, columns = small.shape[:2]
    marks = np.full((rows, columns), cv2.GC_BGD, np.uint8)
    marks[rows // 10 : -rows // 14, columns // 9 : -columns // 9] = cv2.GC_PR_FGD
    return _cut(small, marks, 4)


def _cut(small: Pixels, marks: NDArray[np.uint8], rounds: int) -> Mask:
    """GrabCut (Rother et al. 2004); the marks alone where one side has none."""
    rim = max(1, small.shape[0] // 80)
    marks[:rim] = cv2.GC_BGD
    cv2.setRNGSeed(_SEED)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    inside = (marks == cv2.GC_FGD) | (marks == cv2.GC_PR_FGD)
    if inside.sum() < 12 or (~inside).sum() < 12:
        return np.asarray(inside, bool)
    try:
        cv2.grabCut(np.ascontiguousarray(small[..., ::-1]), marks, None, *models, rounds, cv2.GC_INIT_WITH_MASK)
    except cv2.error:  # too few colours on one side for its five clusters
        return np.asarray(inside, bool)
    return np.asarray((marks == cv2.GC_FGD) | (marks == cv2.GC_PR_FGD), bool)


def _cleaned(mask: Mask, likely: Field, least: float = 0.3) -> Mask:
    """The pieces that stand out most: the one with the most likelihood in it, and others of like weight."""
    mask = closed(opened(mask, 3))
    count, labels, _, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    if count < 2:
        return mask
    weight = np.bincount(labels.ravel(), (likely**2).ravel(), count)
    weight[0] = 0
    # what the top or a side cuts off is rather a part of the surroundings
    for rim in (labels[0], labels[:, 0], labels[:, -1]):
        names, lengths = np.unique(rim[rim > 0], return_counts=True)
        weight[names[lengths > 0.06 * len(rim)]] *= 0.3
    return np.asarray((weight >= least * weight.max())[labels] & mask, bool)


def _focus(rgb: Pixels, shape: tuple[int, int]) -> Field | None:
    """0…1: how sharp the picture is about each pixel; None unless a part is in focus and another is not."""
    energy = np.log1p(cv2.GaussianBlur(_sharpness(rgb, shape), (0, 0), max(shape) / 60))
    low, high = (float(limit) for limit in np.percentile(energy, (25, 97)))
    if high - low < 0.75:
        return None
    y, x = np.mgrid[-1 : 1 : shape[0] * 1j, -1 : 1 : shape[1] * 1j].astype(np.float32)
    central = np.exp(-(x * x / 1.6 + (y - 0.1) ** 2 / 1.8))
    return _stretched(np.asarray(np.clip((energy - low) / (high - low), 0, 1) * central, np.float32))


def _sharpness(rgb: Pixels, shape: tuple[int, int]) -> Field:
    """How much fine detail there is about each pixel, in grey levels."""
    grey = cv2.cvtColor(shrunk(rgb, 700), cv2.COLOR_RGB2GRAY).astype(np.float32)
    fine = np.abs(grey - cv2.GaussianBlur(grey, (0, 0), 1.2))
    return np.asarray(cv2.resize(fine, (shape[1], shape[0]), interpolation=cv2.INTER_AREA), np.float32)


def _rarity(lab: Lab) -> Field:
    """0…1: how rare a colour is in the picture, and how vivid: a kite in the sky."""
    smooth = cv2.GaussianBlur(lab, (0, 0), 0.8)
    cv2.setRNGSeed(_SEED)
    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_MAX_ITER, 10, 0.5)
    _, names, centres = cv2.kmeans(
        np.ascontiguousarray(smooth.reshape(-1, 3)), 12, None, stop, 1, cv2.KMEANS_PP_CENTERS
    )
    shares = np.bincount(names.ravel(), minlength=12) / names.size
    apart = np.linalg.norm(centres[:, None] - centres[None], axis=2)
    contrast = (apart * shares[None]).sum(1)
    contrast = contrast * (0.5 + np.hypot(*(centres[:, 1:] - np.median(smooth.reshape(-1, 3), axis=0)[1:]).T) / 60)
    rare: Field = contrast[names.reshape(lab.shape[:2])].astype(np.float32)
    return _stretched(cv2.GaussianBlur(rare, (0, 0), 1.0), 99.7)


def _from_border_colours(lab: Lab) -> Field:
    """0…1: distance to the nearest of the colours that the top and the sides of the border show."""
    rows, columns = lab.shape[:2]
    rim = max(2, min(rows, columns) // 20)
    smooth = cv2.GaussianBlur(lab, (0, 0), 1.0)
    strips = (smooth[:rim], smooth[: rows * 4 // 5, :rim], smooth[: rows * 4 // 5, -rim:])
    border = np.ascontiguousarray(np.concatenate([strip.reshape(-1, 3) for strip in strips]))
    cv2.setRNGSeed(_SEED)
    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_MAX_ITER, 12, 0.5)
    _, names, centres = cv2.kmeans(border, 6, None, stop, 1, cv2.KMEANS_PP_CENTERS)
    shares = np.bincount(names.ravel(), minlength=6) / len(border)
    # a colour that is rare on the border may be the subject's, cut off by it
    kept = centres[shares > 0.05]
    away = np.stack([np.linalg.norm(smooth - centre, axis=2) for centre in kept]).min(0)
    y, x = np.mgrid[-1 : 1 : rows * 1j, -1 : 1 : columns * 1j].astype(np.float32)
    central = np.exp(-(x * x / 1.2 + (y - 0.15) ** 2 / 1.5))
    return _stretched(np.asarray(cv2.GaussianBlur(away * central, (0, 0), 1.2), np.float32))


def _saliency(lab: Lab) -> Field:
    """0…1: how hard a pixel is to reach from the border, how unlike the border and how central it is.

    After Zhang et al. 2015 (minimum barrier distance and backgroundness of the borders).
    """
    rows, columns = lab.shape[:2]
    barrier = _barrier_distance(cv2.GaussianBlur(lab, (0, 0), 1.0))
    unlike = _unlike_border(lab)
    combined = _stretched(barrier) + 0.7 * _stretched(unlike)
    y, x = np.mgrid[-1 : 1 : rows * 1j, -1 : 1 : columns * 1j].astype(np.float32)
    central = np.exp(-(x * x / 0.9 + (y - 0.1) ** 2 / 1.3))
    smooth: Field = cv2.GaussianBlur(combined * central, (0, 0), max(rows, columns) / 90)
    return _stretched(smooth)


def _stretched(values: Field, most: float = 98) -> Field:
    low, high = (float(limit) for limit in np.percentile(values, (2, most)))
    return np.asarray(np.clip((values - low) / (high - low + 1e-6), 0, 1), np.float32)


def _barrier_distance(lab: Lab) -> Field:
    """The least range of colour that any path from the top or side borders to a pixel must cross.

    Swept row by row in four directions: the recurrence runs along one axis, NumPy along the other.
    """
    distance = np.full(lab.shape, np.inf, np.float32)
    distance[0], distance[:, 0], distance[:, -1] = 0, 0, 0
    high, low = lab.copy(), lab.copy()
    state = (lab, distance, high, low)
    for _ in range(3):
        _sweep(*state)
        _sweep(*(np.flip(part, 0) for part in state))
        _sweep(*(part.transpose(1, 0, 2) for part in state))
        _sweep(*(np.flip(part.transpose(1, 0, 2), 0) for part in state))
    return np.asarray(distance.max(axis=2) * 0.6 + distance.sum(axis=2) * 0.4, np.float32)


def _sweep(
    values: NDArray[np.float32], distance: NDArray[np.float32], high: NDArray[np.float32], low: NDArray[np.float32]
) -> None:
    """One pass from the first row to the last; the three last arrays are updated in place."""
    for row in range(1, values.shape[0]):
        top = np.maximum(high[row - 1], values[row])
        bottom = np.minimum(low[row - 1], values[row])
        cost = np.where(np.isfinite(distance[row - 1]), top - bottom, np.inf)
        better = cost < distance[row]
        distance[row] = np.where(better, cost, distance[row])
        high[row] = np.where(better, top, high[row])
        low[row] = np.where(better, bottom, low[row])


def _unlike_border(lab: Lab) -> Field:
    """Distance to the colours of three of the four borders: the one that is most unlike is let off."""
    rows, columns = lab.shape[:2]
    rim = max(3, min(rows, columns) // 12)
    parts = (lab[:rim], lab[-rim:], lab[:, :rim], lab[:, -rim:])
    maps = []
    for part in parts:
        colours = part.reshape(-1, 3)
        covariance = np.cov(colours, rowvar=False) + np.eye(3) * 9
        away = lab - colours.mean(0)
        squared = np.einsum("hwi,ij,hwj->hw", away, np.linalg.inv(covariance), away)
        far = np.sqrt(squared).astype(np.float32)
        maps.append(far / (np.percentile(far, 98) + 1e-6))
    stack = np.stack(maps)
    return np.asarray(stack.sum(0) - stack.max(0), np.float32)


# --- the best one, finer --------------------------------------------------------------------------------------


def _refined(rgb: Pixels, solid: Mask) -> tuple[Mask, Worth]:
    """The mask cut again at a finer size in its own surroundings, from colours near its outline; and its worth."""
    fine = shrunk(rgb, _FINE)
    rows, columns = fine.shape[:2]
    start = cv2.resize(solid.astype(np.float32), (columns, rows), interpolation=cv2.INTER_LINEAR) > 0.5
    top, bottom, left, right = _surroundings(start)
    part = np.s_[top:bottom, left:right]
    inside = np.asarray(start[part], bool)
    reach = max(3, round(0.05 * float(np.sqrt(inside.sum()))))
    marks = np.where(inside, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    marks[~grown(inside, 2 * reach)] = cv2.GC_BGD
    core = grown(inside, -reach)
    marks[core] = cv2.GC_FGD
    again = _cut(fine[part], marks, 2)
    again = largest(opened(again, 3), 0.25)
    result = np.zeros((rows, columns), bool)
    result[part] = again
    lab = to_lab(fine)
    old, new = worth(lab, np.asarray(start, bool)), worth(lab, result)
    if new.total >= 0.9 * old.total:
        return result, new
    return np.asarray(start, bool), old


def _surroundings(solid: Mask) -> tuple[int, int, int, int]:
    """Top, bottom, left and right of the mask's bounds with a half of their size about them, within the picture."""
    rows, columns = np.flatnonzero(solid.any(1)), np.flatnonzero(solid.any(0))
    if not len(rows):
        return 0, solid.shape[0], 0, solid.shape[1]
    tall, wide = max(12, len(rows) // 2), max(12, len(columns) // 2)
    return (
        max(0, int(rows[0]) - tall), min(solid.shape[0], int(rows[-1]) + tall + 1),
        max(0, int(columns[0]) - wide), min(solid.shape[1], int(columns[-1]) + wide + 1),
    )  # fmt: skip
