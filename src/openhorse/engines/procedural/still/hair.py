"""A look, a subject's matte and its face in, its hair out: soft, or None when there is none to be sure of.

Knows no motion.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.still.look import Look, Mask
from openhorse.engines.procedural.still.plate import Field, guided


def find_hair(look: Look, matte: Field, face: Mask) -> Field | None:
    """Hair (height × width, 0…1) above and beside a face: of one colour, a little rough, unlike the skin below it."""
    rows, columns = np.nonzero(face)
    top, tall = int(rows.min()), int(np.ptp(rows)) + 1
    middle, wide = float(columns.mean()), int(np.ptp(columns)) + 1
    crown = _crown(matte, (top, tall), (middle, wide))
    if crown.sum() < max(24, 0.06 * face.sum()):
        return None
    tone, spread = _tone(look.lab[crown])
    skin, _ = _tone(look.lab[face])
    if not _is_hairy(tone, spread, skin):
        return None
    clothes = _below(matte, rows.min() + 1.7 * tall)
    hair = _away(look.lab, tone, spread) < 1
    if clothes.sum() > 50:
        cloth, loose = _tone(look.lab[clothes])
        # hair may fall upon clothes of its own colour: then only what is beside the face is sure
        hair &= _away(look.lab, tone, spread) < np.maximum(_away(look.lab, cloth, loose), 0.55)
    y, x = np.mgrid[0 : look.shape[0], 0 : look.shape[1]].astype(np.float32)
    reach = np.hypot((x - middle) / (1.25 * wide), (y - (top + 0.45 * tall)) / (1.35 * tall)) < 1
    hair &= reach & (matte > 0.4) & ~face
    hair = _joined(hair, crown)
    if hair.sum() < 0.12 * face.sum():
        return None
    grey: Field = look.grey * np.float32(1 / 255)
    soft: Field = np.clip((guided(grey, hair.astype(np.float32), 3, 1e-3) - 0.1) / 0.7, 0, 1) * matte
    return soft


def _crown(matte: Field, down: tuple[int, int], across: tuple[float, int]) -> Mask:
    """What is above a face within the subject: where hair must begin."""
    (top, tall), (middle, wide) = down, across
    crown = np.zeros(matte.shape, bool)
    left, right = int(max(0, middle - 0.32 * wide)), int(middle + 0.32 * wide) + 1
    crown[max(0, top - tall // 2) : max(0, top - 1), left:right] = True
    return crown & (matte > 0.6)


def _below(matte: Field, row: float) -> Mask:
    low = matte > 0.6
    low[: min(len(low), int(row))] = False
    return low


def _tone(colours: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The usual colour and how far its parts usually stray from it."""
    usual = np.median(colours, axis=0)
    return usual, np.median(np.abs(colours - usual), axis=0)


def _away(lab: NDArray[np.float32], tone: NDArray[np.float32], spread: NDArray[np.float32]) -> Field:
    """How far each colour is from `tone`: 1 is where it ceases to be the same stuff."""
    reach = np.array((26, 7, 8), np.float32) + 2.0 * spread
    away: Field = np.sqrt((((lab - tone) / reach) ** 2).sum(2)).astype(np.float32)
    return away


def _is_hairy(tone: NDArray[np.float32], spread: NDArray[np.float32], skin: NDArray[np.float32]) -> bool:
    """Whether a colour is one that hair grows in, and not that of the brow below it."""
    lightness, red, yellow = (float(part) for part in tone - np.array((0, 128, 128), np.float32))
    natural = -4 < red < 30 and -5 < yellow < 48 and lightness < 225
    even = float(spread[0]) < 24 and float(spread[1]) < 6 and float(spread[2]) < 8
    unlike = np.abs(tone - skin) / np.array((26, 9, 10), np.float32)
    return natural and even and float(unlike.max()) > 1


def _joined(hair: Mask, crown: Mask) -> Mask:
    """The parts of `hair` that hold together with the crown, without specks."""
    solid = cv2.morphologyEx(hair.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    _, parts = cv2.connectedComponents(solid, connectivity=8)
    names = np.unique(parts[crown & (parts > 0)])
    return np.isin(parts, names[names > 0])
