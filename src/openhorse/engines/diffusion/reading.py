"""A model's folder comes in, what reads prompts and pictures for its text encoder goes out. Imports transformers.

transformers' processors for Qwen-VL want torchvision, for films as input, which we never give: its build must fit
PyTorch's to the letter, and most that are at hand do not. Ours read words, and pictures with Pillow.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

from transformers import AutoTokenizer, Qwen2_5_VLProcessor, Qwen3VLProcessor
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil


class Words(Qwen2_5_VLProcessor):  # type: ignore[misc]  # without its types
    """Reads prompts for Qwen2.5-VL, as Kandinsky 6 calls it."""

    def __init__(self, tokenizer: Any) -> None:
        self.tokenizer = tokenizer
        self.chat_template = None

    def __call__(self, text: Any = None, images: None = None, videos: None = None, **how: Any) -> Any:
        """The tokens of `text`; there are neither images nor videos."""
        return self.tokenizer(text, **how)

    @classmethod
    def of(cls, folder: Path) -> Self:
        """From the folder of a processor or a tokenizer."""
        return cls(AutoTokenizer.from_pretrained(folder, local_files_only=True))


class WordsAndPictures(Qwen3VLProcessor):  # type: ignore[misc]  # likewise
    """Reads prompts and pictures for Qwen3-VL, as MiniMax-H3 calls it."""

    def __init__(self, tokenizer: Any, image_processor: Any) -> None:
        self.tokenizer = tokenizer
        self.image_processor = image_processor
        self.chat_template = None
        self._picture = tokenizer.convert_tokens_to_ids("<|image_pad|>")

    def create_mm_token_type_ids(self, input_ids: list[list[int]]) -> list[list[int]]:
        """1 for a picture's tokens, 0 for words'."""
        return [[int(token == self._picture) for token in row] for row in input_ids]

    @classmethod
    def of(cls, folder: Path) -> Self:
        """From the folder of a processor."""
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        return cls(tokenizer, Qwen2VLImageProcessorPil.from_pretrained(folder, local_files_only=True))
