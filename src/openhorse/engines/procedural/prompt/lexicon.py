"""Text in, matches out: the words of a prompt, English and Chinese, and what lexicon.toml says they mean.

Knows no brief and no scene: a meaning is a slot and a value, and language.py decides what follows from it.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal, NamedTuple

READ_CHARACTERS = 5000
"""How much of a prompt is read: as much as the origin reads, which drops the rest."""

_LONGEST_FORM = 8
_CORRECTED_WORDS = 64  # a prompt with more unknown words than this is not a prompt with slips of the pen
_CHINESE_NUMBERS = "一二三四五六七八九"
_ENGLISH_NUMBERS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_PICTURE = r"image|picture|photo|img|reference\simage|reference|ref"
_LIST = r"\s?(?:,|、|and|&|\+|[-–~]|to|through|和|与|到|至)\s?(?:and\s?)?"
_TOKEN = re.compile(
    rf"""
      \[?\s?@?(?:\b(?:images|pictures|photos|references|imgs)\s?|图片?|参考图)
        (?P<several>\d(?:{_LIST}\d)+)(?!\d)\s?\]?
    | \[?\s?@?\b(?:{_PICTURE})\s?(?P<range>\d\s?[-–~]\s?\d)(?!\d)\s?\]?
    | \[?\s?@?\b(?:{_PICTURE})\s?[#]?(?P<picture>\d{{1,2}})\b\s?\]?
    | (?:the\s)?\b(?P<ordinal>{"|".join(_ENGLISH_NUMBERS)})\s(?:{_PICTURE})\b
    | \[?\s?@?(?:参考图片|参考图|图片|图像|图)\s?(?P<chinese>[1-9{_CHINESE_NUMBERS}])(?!\d)\s?\]?
    | 第(?P<nth>[1-9{_CHINESE_NUMBERS}])张(?:参考图|图片|图像|照片|图)?
    | \[?\s?@?(?:\bcharacter\s?|角色|人物)(?P<character>[1-9])(?!\d)\s?\]?
    | (?P<han>[\u3400-\u9fff])
    | (?P<stop>[.,;:!?。、\n])
    | (?P<word>\d+[a-z]+|[^\W\d_\u3400-\u9fff]+)
    """,
    re.VERBOSE,
)
_MEASURED = re.compile(r"\b(8|16|360)[\s-](?=(?:bit|mm|shot)\b)")
"""A number of which a form is made: by themselves numbers are no words, and "bit" or "shot" alone says nothing."""
_INVISIBLE = dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF, 0xAD])
_SKIPPED = frozenset(
    ("a", "an", "the", "very", "slow", "slowly", "gently", "smoothly", "gradually", "steadily", *"缓慢地的")
)
_STAGED = frozenset(
    ("character", "adjective", "garment", "colour", "size", "number", "where", "deed", "kin", "effect", "season")
)
"""Sections that are read of a text's film only: what a picture or a reference shows is not theirs to say."""
_NEVER_GUESSED = frozenset(("silent", "sound", "sounds", "audio", "music", "muted", "soundless", "without"))


_VOWELS = frozenset("aeiouy")


class Meaning(NamedTuple):
    """What a form says: `slot` is a section of lexicon.toml, `value` a line of it."""

    slot: str
    value: str


class Token(NamedTuple):
    """One word, one Chinese character, one stop, or one reference picture's `number`."""

    kind: Literal["word", "han", "stop", "picture", "character"]
    text: str
    number: int = 0


class Match(NamedTuple):
    """A form found in the text, or one token that means nothing to us (`meanings` empty)."""

    kind: Literal["form", "word", "han", "stop", "picture", "character"]
    text: str
    meanings: frozenset[Meaning] = frozenset()
    number: int = 0

    def values(self, slot: str) -> list[str]:
        """What it says in `slot`, sorted."""
        return sorted(meaning.value for meaning in self.meanings if meaning.slot == slot)


class _Node:
    """Where the next word of a form leads; `meanings` are those of the form that ends here."""

    __slots__ = ("following", "meanings")

    def __init__(self) -> None:
        self.following: dict[str, _Node] = {}
        self.meanings: set[Meaning] = set()


class _Index(NamedTuple):
    root: _Node
    words: frozenset[str]
    guessable: dict[str, list[str]]
    simplified: dict[int, str]


def lemmas(word: str) -> list[str]:
    """`word` and the simpler words it may be a form of, likeliest first; some are no words at all."""
    found = [word]
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        found.append(word[:-1])
        for ending, simple in (("ies", "y"), ("ves", "f"), ("es", "")):
            if word.endswith(ending):
                found.append(word[: -len(ending)] + simple)
    for ending in ("ing", "ed", "ly"):
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= 3:
            found += [stem, stem + "e", *([stem[:-1]] if stem[-1] == stem[-2] else [])]
    if word.endswith("ly"):
        found.append(word[:-1] + "e")  # gently
    return found


def _spelling(text: str, simplified: dict[int, str]) -> str:
    text = unicodedata.normalize("NFKC", text[:READ_CHARACTERS])[:READ_CHARACTERS]
    return _MEASURED.sub(
        lambda found: found.group(1) or "super 8mm ", text.casefold().translate(_INVISIBLE).translate(simplified)
    )


def _tokens(spelling: str) -> Iterator[Token]:
    for found in _TOKEN.finditer(spelling):
        text, kind = found.group(), found.lastgroup or ""
        if kind in ("word", "han", "stop"):
            yield Token(kind, text)  # type: ignore[arg-type]
        elif kind in ("several", "range"):
            yield from (Token("picture", text, number) for number in _numbers(found.group(kind)))
        elif kind == "ordinal":
            yield Token("picture", text, 1 + _ENGLISH_NUMBERS.index(found.group(kind)))
        else:
            digit = found.group(kind)
            number = 1 + _CHINESE_NUMBERS.index(digit) if digit in _CHINESE_NUMBERS else int(digit)
            yield Token("character" if kind == "character" else "picture", text, number)


def _numbers(text: str) -> list[int]:
    """The pictures of a list or a range: "1-3", "1, 2 and 4"."""
    digits = [int(digit) for digit in re.findall(r"\d", text)]
    if len(digits) == 2 and not re.search(r",|、|and|&|\+|和|与", text):
        return list(range(digits[0], digits[1] + 1)) or digits
    return digits


def _forms(line: str, simplified: dict[int, str]) -> Iterator[list[str]]:
    for form in line.split(", "):
        yield [token.text for token in _tokens(_spelling(form, simplified))]


def _sections(name: str) -> dict[str, dict[str, str]]:
    return tomllib.loads((files(__package__) / name).read_text("utf-8"))


@cache
def _index(staged: bool) -> _Index:
    """The lexicon as a tree of words, read once; who acts in a text's film is in it only where that is `staged`."""
    sections = _sections("lexicon.toml") | _sections("kin.toml")
    simplified = {ord(pair[0]): pair[1] for pair in sections.pop("script")["pairs"].split()}
    measures = sections["number"].pop("measures").split()
    root, words = _Node(), set[str]()
    for slot, lines in sections.items():
        if slot in _STAGED and not staged:
            continue
        for value, line in lines.items():
            for form in _forms(line, simplified):
                _plant(root, form, Meaning(slot, value))
                words.update(form)
                if slot == "number" and len(form) == 1 and not form[0].isascii():
                    for measure in measures:
                        _plant(root, [*form, measure], Meaning(slot, value))
    words.update(measures)
    guessable: dict[str, list[str]] = {}
    kept_out = {form[0] for form in _forms(sections["mistakable"]["words"], simplified)} | _NEVER_GUESSED
    for word in sorted(words - kept_out):
        if len(word) >= 5 and word.isascii():
            guessable.setdefault(word[0], []).append(word)
    return _Index(root, frozenset(words), guessable, simplified)


def _plant(node: _Node, form: list[str], meaning: Meaning) -> None:
    for word in form:
        node = node.following.setdefault(word, _Node())
    node.meanings.add(meaning)


def _swapped(word: str, other: str) -> bool:
    """True when two neighbouring letters changed places."""
    differ = [i for i, (a, b) in enumerate(zip(word, other, strict=True)) if a != b]
    return len(differ) == 2 and differ[1] == differ[0] + 1 and sorted(word) == sorted(other)


def _may_be(word: str, ours: str) -> bool:
    """False where the difference makes another word: sleeping is no slip for sweeping."""
    if len(ours) != len(word):
        return abs(len(ours) - len(word)) == 1
    return _swapped(word, ours) or all(a == b or {a, b} <= _VOWELS for a, b in zip(word, ours, strict=True))


@lru_cache(maxsize=1024)
def correct(word: str, staged: bool = False) -> str | None:
    """The word of ours that `word` must be a slip of the pen for, or None.

    Careful on purpose: five letters at least, the same first letter, and one letter too many or too few, two
    neighbours swapped, or, in a long word, one vowel wrong. Words that silence a film are never guessed.
    """
    if len(word) < 5:
        return None
    ours = [ours for ours in _index(staged).guessable.get(word[0], ()) if _may_be(word, ours)]
    swapped = next((one for one in ours if len(one) == len(word) and _swapped(word, one)), None)
    return swapped or next(iter(get_close_matches(word, ours, n=1, cutoff=0.86)), None)


def _readings(tokens: list[Token], staged: bool) -> list[list[str]]:
    """For each token the words of ours it may be."""
    words, guesses = _index(staged).words, 0
    readings: list[list[str]] = []
    for token in tokens:
        if token.kind not in ("word", "han"):
            readings.append([])
            continue
        candidates = lemmas(token.text) if token.kind == "word" else [token.text]
        known = [word for word in candidates if word in words]
        if not known and token.kind == "word" and guesses < _CORRECTED_WORDS and len(token.text) <= 24:
            guesses += 1
            known = [ours for word in candidates if (ours := correct(word, staged))][:1]
        readings.append(known)
    return readings


def _longest(root: _Node, readings: list[list[str]], start: int) -> tuple[int, frozenset[Meaning]]:
    """Where the longest form that begins at `start` ends, and its meanings; `start` when there is none."""
    best, meanings = start, frozenset[Meaning]()
    ways = [(root, start)]
    while ways:
        node, at = ways.pop()
        if at == len(readings) or at - start > _LONGEST_FORM:
            continue
        for word in readings[at]:
            following = node.following.get(word)
            if following is not None:
                ways.append((following, at + 1))
                if following.meanings and at + 1 > best:
                    best, meanings = at + 1, frozenset(following.meanings)
        if at > start and not _SKIPPED.isdisjoint(readings[at]):
            ways.append((node, at + 1))  # "pans slowly left"
    return best, meanings


@lru_cache(maxsize=64)
def read(text: str, staged: bool = False) -> tuple[Match, ...]:
    """The forms found in `text` in order, longest first, with what lies between them.

    `staged` reads it for a film that is made of the text alone: with everybody who may act in it, and all they do.

    Reads the first `READ_CHARACTERS`, in time linear in them; never fails, whatever the text holds.
    """
    index = _index(staged)
    tokens = list(_tokens(_spelling(text, index.simplified)))
    readings = _readings(tokens, staged)
    found: list[Match] = []
    at = 0
    while at < len(tokens):
        end, meanings = _longest(index.root, readings, at)
        if end > at:
            joint = "" if tokens[at].kind == "han" else " "
            found.append(Match("form", joint.join(token.text for token in tokens[at:end]), meanings))
            at = end
        else:
            found.append(Match(tokens[at].kind, tokens[at].text, number=tokens[at].number))
            at += 1
    return tuple(found)
