"""How much of 300 phrases is understood: accuracy by slot and language, pairs that disagree, and words not used.

`python benchmarks/phrases.py [--unseen] [--wrong]` reads phrases.toml, or unseen.toml, to which the parser was not
tuned when it was first measured; `--wrong` names every label that was missed. What the labels mean stands at the head
of phrases.toml. A cast is right when its kinds are, in their order; counts, colours and the
rest are judged for each of its members, and are wrong where the kinds are.
"""

from __future__ import annotations

import argparse
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openhorse.engines.procedural.brief import Brief, Character
from openhorse.engines.procedural.prompt.language import choose_place
from openhorse.engines.procedural.storyboard import Storyboard, explain, read_storyboard

PHRASES = Path(__file__).with_name("phrases.toml")
UNSEEN = Path(__file__).with_name("unseen.toml")
SECONDS = 8
SIZES = ("small", "large")


@dataclass(slots=True)
class Marks:
    """Labels that were met, by slot, and those that were not, with the phrase and what was understood."""

    right: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[str, str, str]] = field(default_factory=list)

    def mark(self, slot: str, expected: object, found: object, text: str) -> None:
        """One label of one phrase."""
        if expected == found:
            self.right[slot] += 1
        else:
            self.wrong.append((slot, text, f"{expected!r}, not {found!r}"))

    @property
    def accuracy(self) -> float:
        """The share of labels that were met."""
        met = self.right.total()
        return met / max(1, met + len(self.wrong))


@dataclass(frozen=True, slots=True)
class Result:
    """Marks by language, the pairs whose two wordings differ, and the words without use over all words, by language."""

    marks: dict[str, Marks]
    disagreeing: tuple[tuple[str, str], ...]
    unused: dict[str, float]
    pairs: int

    @property
    def accuracy(self) -> float:
        """The share of all labels that were met."""
        met = sum(marks.right.total() for marks in self.marks.values())
        return met / (met + sum(len(marks.wrong) for marks in self.marks.values()))


def judge(phrases: Path = PHRASES) -> Result:
    """Read every phrase and hold it against its labels."""
    entries = tomllib.loads(phrases.read_text("utf-8"))
    marks = {"en": Marks(), "zh": Marks()}
    words = {language: [0, 0] for language in marks}
    for entry, language, text in _texts(entries):
        story = read_storyboard(text, SECONDS)
        for slot, expected, found in _labels(entry, story):
            marks[language].mark(slot, expected, found, text)
        unused = [word for shot in story.shots for word in shot.brief.unused]
        words[language][0] += sum(_length(word) for word in unused)
        words[language][1] += _length(text)
    differ = tuple((entry["en"], entry["zh"]) for entry in entries["both"] if _told(entry["en"]) != _told(entry["zh"]))
    share = {language: without / of for language, (without, of) in words.items()}
    return Result(marks, differ, share, len(entries["both"]))


def _texts(entries: dict[str, list[dict[str, Any]]]) -> Iterator[tuple[dict[str, Any], str, str]]:
    for entry in entries["both"]:
        yield entry, "en", entry["en"]
        yield entry, "zh", entry["zh"]
    for language in ("en", "zh"):
        yield from ((entry, language, entry["text"]) for entry in entries[language])


def _length(text: str) -> int:
    """Words, and of Chinese the characters."""
    han = sum("\u3400" <= letter <= "\u9fff" for letter in text)
    return han + len([word for word in text.split() if word.isascii() and any(letter.isalpha() for letter in word)])


def _told(text: str) -> dict[str, Any]:
    told = explain(read_storyboard(text, SECONDS))
    return {name: value for name, value in told.items() if name != "unused"}


def _labels(entry: dict[str, Any], story: Storyboard) -> Iterator[tuple[str, object, object]]:
    """For each label its slot, what it wants and what was understood."""
    brief = story.shots[0].brief
    for slot, expected in entry.items():
        match slot:
            case "en" | "zh" | "text":
                continue
            case "shots":
                yield slot, expected, len(story.shots)
            case "entries":
                yield slot, expected, " ".join(shot.entry for shot in story.shots)
            case "place":
                yield slot, expected, choose_place(brief).value
            case "features" | "effects" | "looks" | "weather":
                wanted = set(expected.split())
                yield (
                    slot,
                    wanted,
                    set(getattr(brief, slot)) & wanted if slot == "features" else _of(brief, slot, wanted),
                )
            case "framing":
                yield slot, tuple(expected.split()), brief.framing
            case "flags":
                yield slot, expected.split(), [flag for flag in expected.split() if getattr(brief, flag)]
            case "cast":
                yield from _cast(expected, brief.cast)
            case _:
                yield slot, expected, getattr(brief, slot)


def _of(brief: Brief, slot: str, wanted: set[str]) -> set[str]:
    """Weather must be told exactly; looks and effects may hold more."""
    found = set(getattr(brief, slot))
    return found if slot == "weather" else found & wanted


def _cast(expected: list[str], cast: tuple[Character, ...]) -> Iterator[tuple[str, object, object]]:
    kinds = [label.split()[0].partition("/")[0] for label in expected]
    found = [one.kind for one in cast]
    yield "cast", kinds, found
    for index, label in enumerate(expected):
        one = cast[index] if found == kinds else None
        yield from _member(label.split(), one)


def _member(label: list[str], one: Character | None) -> Iterator[tuple[str, object, object]]:
    variety = label[0].partition("/")[2]
    if variety:
        yield "variety of kind", variety, one and one.variety
    for word in label[1:]:
        name, _, value = word.partition("=")
        if not value and word[0] == "x" and word[1:].isdigit():
            yield "count", int(word[1:]), one and one.count
        elif not value:
            yield "colour", word, one and one.colour
        elif name == "does":
            yield "actions", value.split(","), one and list(one.actions)
        elif name == "has":
            yield "things", value.split(","), one and _things(one, value)
        elif name == "at":
            yield "where", value, one and one.where
        elif name == "size":
            yield "size", value, one and one.size
        elif name == "bond":
            yield "bond", value, one and one.bond and f"{one.bond[0]}:{one.bond[1]}"


def _things(one: Character, value: str) -> list[str]:
    """As the label has them: with a colour where it tells one."""
    colours = dict(one.colours)
    told = {
        thing: f"{thing}:{colours[thing]}" if f"{thing}:" in value and thing in colours else thing
        for thing in one.things
    }
    return [told[thing] for thing in one.things]


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--wrong", action="store_true", help="name every label that was missed")
    parser.add_argument("--unseen", action="store_true", help="the phrases to which the parser was not tuned")
    options = parser.parse_args()
    result = judge(UNSEEN if options.unseen else PHRASES)
    slots = sorted({slot for marks in result.marks.values() for slot in [*marks.right, *(w[0] for w in marks.wrong)]})
    print(f"{'slot':<16}{'English':>14}{'Chinese':>14}")
    for slot in slots:
        print(f"{slot:<16}" + "".join(_column(marks, slot) for marks in result.marks.values()))
    print(f"{'all':<16}" + "".join(f"{marks.accuracy:14.3f}" for marks in result.marks.values()))
    print(f"{'words not used':<16}" + "".join(f"{share:14.3f}" for share in result.unused.values()))
    print(f"accuracy {result.accuracy:.3f}; {result.pairs - len(result.disagreeing)} of {result.pairs} pairs agree")
    if options.wrong:
        for marks in result.marks.values():
            for slot, text, what in marks.wrong:
                print(f"{slot}: {text}\n    {what}")
        for english, chinese in result.disagreeing:
            print(f"differ: {english} | {chinese}\n    {_told(english)}\n    {_told(chinese)}")


def _column(marks: Marks, slot: str) -> str:
    missed = sum(wrong[0] == slot for wrong in marks.wrong)
    of = marks.right[slot] + missed
    return f"{marks.right[slot]:>10}/{of:<3}" if of else " " * 14


if __name__ == "__main__":
    main()
