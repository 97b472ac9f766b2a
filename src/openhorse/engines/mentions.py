"""A prompt that names reference pictures comes in, the same prompt in a model's own words for them goes out.

Customers write `[Image N]`, `characterN` or `图N` (the origin's documentation has used each); MiniMax-H3 was taught
`<Picture N>`. Knows no picture and no model: whether the named ones came along was checked when the order was taken in.
"""

from __future__ import annotations

import re

_MENTION = re.compile(r"\[\s*image\s*(\d+)\s*\]|\bcharacter(\d+)\b|(?<![地蓝版])图\s*(\d+)", re.IGNORECASE)
H3 = "<Picture {}>"
"""How MiniMax-H3's prompts name the reference picture of a number, counted from 1."""


def renamed(prompt: str, form: str = H3) -> str:
    """`prompt` with every picture's name written as `form`, a format of one number."""

    def name(match: re.Match[str]) -> str:
        number = next(group for group in match.groups() if group)
        return form.format(int(number))

    return _MENTION.sub(name, prompt)
