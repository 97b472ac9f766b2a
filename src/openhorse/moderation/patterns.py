"""Words and regular expressions come in, whether a text has one of them goes out, in time that grows with the text.

No backtracking: all patterns are one automaton (Glushkov's), whose positions are the bits of one number, so that no
pattern and no text can make it slow. Text and patterns are compared as `plain` has them. Knows no order.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

MOST_POSITIONS = 100_000
"""Characters of all patterns together, those that are repeated counted as often."""

MOST_REPEATS = 64

_BEGIN, _END, _EDGE = "begin of text", "end of text", "edge of a word"
"""What stands between characters, and is passed as if it were one."""

_REMEMBERED = 4096
"""Sets of positions whose successors are kept."""

_WITHOUT_SPACES = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")
"""Scripts, by how the names of their letters begin, whose words no space divides."""

_CLASSES: dict[str, Callable[[str], bool]] = {
    "d": str.isdecimal,
    "s": str.isspace,
    "w": lambda character: character.isalnum() or character == "_",
}


def plain(text: str) -> str:
    """Compatible forms and cases alike, without what nobody sees: zero-width characters, variation selectors."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return unicodedata.normalize("NFKC", "".join(one for one in folded if not _is_unseen(one)))


def _is_unseen(character: str) -> bool:
    return unicodedata.category(character) == "Cf" or "\ufe00" <= character <= "\ufe0f" or character == "\u034f"


def _is_wordlike(character: str) -> bool:
    """Whether it makes words with its like: Han characters and some others do not, since nothing divides them."""
    if not (character.isalnum() or character == "_"):
        return False
    return character.isascii() or not unicodedata.name(character, "").startswith(_WITHOUT_SPACES)


@dataclass(frozen=True, slots=True)
class _One:
    """A character that `takes` accepts, or `mark`, the text's begin, its end or a word's edge."""

    takes: Callable[[str], bool] | None = None
    character: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class _All:
    """Parts one after the other."""

    parts: tuple[_Node, ...]


@dataclass(frozen=True, slots=True)
class _Any:
    """One of several parts."""

    parts: tuple[_Node, ...]


@dataclass(frozen=True, slots=True)
class _Times:
    """A part so many times; `most` None is any number."""

    part: _Node
    least: int
    most: int | None


_Node = _One | _All | _Any | _Times


def words(line: str) -> _Node:
    """A line that is to be found as whole words, with any space between them."""
    text = plain(line).strip()
    parts: list[_Node] = [_One(mark=_EDGE)] if text and _is_wordlike(text[0]) else []
    for number, word in enumerate(text.split()):
        parts += [_Times(_One(takes=str.isspace), 1, None)] if number else []
        parts += [_One(character=one) for one in word]
    if text and _is_wordlike(text[-1]):
        parts.append(_One(mark=_EDGE))
    return _All(tuple(parts))


def expression(source: str) -> _Node:
    r"""A regular expression of `. [] () | * + ? {m,n} ^ $ \b \d \s \w` and characters. Raises ValueError."""
    reading = _Reading(source)
    found = reading.choice()
    if not reading.is_over:
        raise ValueError(f"{reading.next!r} without its beginning")
    return found


class _Reading:
    """Goes through a regular expression from its first character on."""

    def __init__(self, source: str) -> None:
        self._source, self._at, self._depth = source, 0, 0

    @property
    def is_over(self) -> bool:
        return self._at >= len(self._source)

    @property
    def next(self) -> str:
        return self._source[self._at : self._at + 1]

    def _take(self) -> str:
        if self.is_over:
            raise ValueError("it ends too soon")
        self._at += 1
        return self._source[self._at - 1]

    def choice(self) -> _Node:
        parts = [self._sequence()]
        while self.next == "|":
            self._take()
            parts.append(self._sequence())
        return parts[0] if len(parts) == 1 else _Any(tuple(parts))

    def _sequence(self) -> _Node:
        parts: list[_Node] = []
        while self.next not in ("", "|", ")"):
            parts.append(self._repeated(self._atom()))
        return _All(tuple(parts))

    def _repeated(self, part: _Node) -> _Node:
        while self.next and self.next in "*+?{":
            sign = self._take()
            least, most = self._bounds() if sign == "{" else {"*": (0, None), "+": (1, None), "?": (0, 1)}[sign]
            part = _Times(part, least, most)
            if self.next == "?":  # as few as possible: whether there is one is the same
                self._take()
        return part

    def _bounds(self) -> tuple[int, int | None]:
        end = self._source.find("}", self._at)
        low, comma, high = self._source[self._at : end].partition(",")
        if end < 0 or not low.isdecimal() or not (high.isdecimal() or not high):
            raise ValueError("{ is read as {m}, {m,} or {m,n}; write \\{ for the character")
        self._at = end + 1
        least = int(low)
        most = int(high) if high else None if comma else least
        if max(least, most or 0) > MOST_REPEATS or (most is not None and most < least):
            raise ValueError(f"{{m,n}} goes from 0 to {MOST_REPEATS}")
        return least, most

    def _atom(self) -> _Node:
        one = self._take()
        if one == "(":
            return self._group()
        if one == "[":
            return self._class()
        if one == ".":
            return _One(takes=lambda character: character != "\n")
        if one == "\\":
            return self._escaped()
        if one in "^$":
            return _One(mark=_BEGIN if one == "^" else _END)
        if one in "*+?{":
            raise ValueError(f"{one!r} repeats nothing")
        return _characters(one)

    def _group(self) -> _Node:
        if self.next == "?":
            self._take()
            if self._take() != ":":
                raise ValueError("(?… is not offered, but for (?:…)")
        self._depth += 1
        if self._depth > MOST_REPEATS:
            raise ValueError("brackets in brackets, too many of them")
        found = self.choice()
        if self._take() != ")":
            raise ValueError("( without )")
        self._depth -= 1
        return found

    def _escaped(self) -> _Node:
        one = self._take()
        if one == "b":
            return _One(mark=_EDGE)
        if one.lower() in _CLASSES:
            return _One(takes=_kind(one))
        if one.isalnum():
            raise ValueError(f"\\{one} is not offered")
        return _characters(one)

    def _class(self) -> _Node:
        is_inverse = self.next == "^"
        if is_inverse:
            self._take()
        tests: list[Callable[[str], bool]] = []
        while self.next != "]" or not tests:
            tests.append(self._member())
        self._take()
        return _One(takes=lambda character: any(test(character) for test in tests) != is_inverse)

    def _member(self) -> Callable[[str], bool]:
        low = self._take()
        if low == "\\":
            low = self._take()
            if low.lower() in _CLASSES:
                return _kind(low)
            if low.isalnum():
                raise ValueError(f"\\{low} is not offered in []")
        high = low
        if self.next == "-" and self._source[self._at + 1 : self._at + 2] not in ("", "]"):
            self._take()
            high = self._take()
            if high < low:
                raise ValueError(f"{low}-{high} is no range")
        return lambda character: low <= character <= high or low <= character.upper() <= high


def _kind(letter: str) -> Callable[[str], bool]:
    """What `\\d`, and of everything else `\\D`, takes."""
    test = _CLASSES[letter.lower()]
    return test if letter.islower() else lambda character: not test(character)


def _characters(text: str) -> _Node:
    return _All(tuple(_One(character=one) for one in plain(text)))


@dataclass(frozen=True, slots=True)
class _Part:
    """What the automaton knows of a part: whether nothing will do, and with which positions it begins and ends."""

    is_empty: bool
    first: int
    last: int


class Patterns:
    """Finds the first of many patterns in a text. Safe to use from many threads."""

    def __init__(self, nodes: Sequence[_Node], most: int = MOST_POSITIONS) -> None:
        """Raises ValueError when one would be found in every text, or there are more than `most` positions."""
        self._most = most
        self._follow: list[int] = []
        self._by_character: dict[str, int] = {}
        self._marks = {_BEGIN: 0, _END: 0, _EDGE: 0}
        self._tests: list[tuple[int, Callable[[str], bool]]] = []
        self._work = 0
        self._first = self._last = 0
        self._owners: list[tuple[int, int]] = []
        for number, node in enumerate(nodes):
            part = self._built(node)
            if part.is_empty:
                raise ValueError("it is found in every text")
            self._first |= part.first
            self._last |= part.last
            self._owners.append((part.last, number))
        self._seen: dict[str, int] = {}
        self._next: dict[int, int] = {}

    def find(self, text: str) -> int | None:
        """The number of a pattern that `text` holds, None when it holds none."""
        state = 0
        for symbol in _symbols(plain(text)):
            reached = self._after(state) | self._first
            if symbol in self._marks:
                state |= reached & self._marks[symbol]
            else:
                state = reached & self._taking(symbol)
            if state & self._last:
                return next(number for last, number in self._owners if state & last)
        return None

    def _after(self, state: int) -> int:
        """The positions that may come after those of `state`."""
        found = self._next.get(state)
        if found is None:
            found, rest = 0, state
            while rest:
                lowest = rest & -rest
                found |= self._follow[lowest.bit_length() - 1]
                rest ^= lowest
            if len(self._next) >= _REMEMBERED:
                self._next.clear()
            self._next[state] = found
        return found

    def _taking(self, character: str) -> int:
        found = self._seen.get(character)
        if found is None:
            found = self._by_character.get(character, 0)
            for position, test in self._tests:
                if test(character):
                    found |= position
            if len(self._seen) >= _REMEMBERED:
                self._seen.clear()
            self._seen[character] = found
        return found

    def _built(self, node: _Node) -> _Part:
        self._work += 1
        if self._work > 4 * self._most:
            raise ValueError("it is too long")
        if isinstance(node, _One):
            return self._position(node)
        if isinstance(node, _Any):
            parts = [self._built(part) for part in node.parts]
            return _Part(
                any(p.is_empty for p in parts), _joined(p.first for p in parts), _joined(p.last for p in parts)
            )
        if isinstance(node, _All):
            return self._chained(self._built(part) for part in node.parts)
        return self._chained(self._repeats(node))

    def _repeats(self, node: _Times) -> Iterator[_Part]:
        for _ in range(node.least):
            yield self._built(node.part)
        if node.most is None:
            part = self._built(node.part)
            self._link(part.last, part.first)
            yield _Part(True, part.first, part.last)
        else:
            for _ in range(node.most - node.least):
                part = self._built(node.part)
                yield _Part(True, part.first, part.last)

    def _chained(self, parts: Iterator[_Part]) -> _Part:
        whole = _Part(True, 0, 0)
        for part in parts:
            self._link(whole.last, part.first)
            whole = _Part(
                whole.is_empty and part.is_empty,
                whole.first | (part.first if whole.is_empty else 0),
                part.last | (whole.last if part.is_empty else 0),
            )
        return whole

    def _position(self, node: _One) -> _Part:
        if len(self._follow) >= self._most:
            raise ValueError("it is too long")
        bit = 1 << len(self._follow)
        self._follow.append(0)
        if node.mark:
            self._marks[node.mark] |= bit
        elif node.takes is not None:
            self._tests.append((bit, node.takes))
        else:
            self._by_character[node.character] = self._by_character.get(node.character, 0) | bit
        return _Part(False, bit, bit)

    def _link(self, last: int, first: int) -> None:
        while last:
            lowest = last & -last
            self._follow[lowest.bit_length() - 1] |= first
            last ^= lowest


def _joined(positions: Iterator[int]) -> int:
    found = 0
    for one in positions:
        found |= one
    return found


def _symbols(text: str) -> Iterator[str]:
    """The characters with what stands between them."""
    yield _BEGIN
    was_word = False
    for character in text:
        is_word = _is_wordlike(character)
        if is_word != was_word:
            yield _EDGE
        yield character
        was_word = is_word
    if was_word:
        yield _EDGE
    yield _END
