"""A customer's prompt comes in, the words that a model was trained to read go out. Knows no model.

What reference pictures are called is in engines/mentions.py, which engines elsewhere need as well."""

from __future__ import annotations

import re

_SPEECH = re.compile(r'"([^"\n]+)"|“([^”\n]+)”|「([^」\n]+)」|『([^』\n]+)』')

LTX_AVOIDS = "worst quality, inconsistent motion, blurry, jittery, distorted"
"""What diffusers' documentation of LTX-2 keeps out of a film."""

WAN_AVOIDS = (
    "Bright tones, overexposed, static, blurred details, subtitles, style, works, paintings, images, static, overall "
    "gray, worst quality, low quality, JPEG compression residue, ugly, incomplete, extra fingers, poorly drawn hands, "
    "poorly drawn faces, deformed, disfigured, misshapen limbs, fused fingers, still picture, messy background, three "
    "legs, many people in the background, walking backwards"
)
"""The negative prompt that Wan was published with, in the English of diffusers' documentation."""


def with_speech(prompt: str) -> str:
    """Quoted speech between `<S>` and `<E>`, as Kandinsky 6 reads what is to be said aloud.

    Source: the instructions of diffusers' Kandinsky6TI2VAPipeline.expand_prompts.
    """
    return _SPEECH.sub(lambda match: f"<S>{next(filter(None, match.groups()))}<E>", prompt)
