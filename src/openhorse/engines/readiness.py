"""A model's profile and the folder of models come in, why the model cannot be run here goes out.

Light: imports neither PyTorch nor diffusers. Knows no licence, which the roster asks for, and no GPU.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from openhorse import weights
from openhorse.profiles import Profile

EXTRA = ("torch", "diffusers", "transformers", "accelerate", "safetensors", "ftfy")
"""What the extra brings that the engines import, or that diffusers imports for them."""


def why_not_ready(profile: Profile, models: Path) -> str | None:
    """Why the model cannot be loaded from its folder in `models`, in words for the operator; None when it can."""
    missing = _missing()
    if missing:
        return f"{', '.join(missing)} not installed; to install: pip install 'openhorse[diffusers]'"
    return weights.why_not_there(profile, models)


@cache
def _missing() -> tuple[str, ...]:
    """What of the extra is not installed; asked once, since the answer stands for the life of a process."""
    return tuple(name for name in EXTRA if find_spec(name) is None)
