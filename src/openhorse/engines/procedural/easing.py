"""A moment in, how far a motion has come out: gentle starts and stops, and the unrest of a hand.

Knows no camera and no picture.
"""

from __future__ import annotations

import math


def eased(part: float) -> float:
    """0…1 over a shot: starts and stops gently, and goes evenly in between."""
    part, soft = min(1.0, max(0.0, part)), 0.3
    if part > 0.5:
        return 1 - eased(1 - part)
    if part < soft:
        return part * part / (2 * soft * (1 - soft))
    return (part - soft / 2) / (1 - soft)


def unrest(t: float, seed: int) -> float:
    """Smooth aperiodic unrest, about −1…1; nought at no particular time."""
    a, b = 0.618034 * seed % 1 * math.tau, 0.754878 * seed % 1 * math.tau
    slow, quick = math.sin(math.tau * 0.43 * t + a), math.sin(math.tau * 0.97 * t + b)
    return 0.55 * slow + 0.3 * quick + 0.15 * math.sin(math.tau * 2.3 * t + a + b)
