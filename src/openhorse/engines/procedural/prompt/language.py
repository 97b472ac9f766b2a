"""A prompt comes in, a Brief goes out.

Knows no pixels: the words are in lexicon.toml, how they are found in lexicon.py; cast.py reads who does what,
places.py where, references.py what stands near a reference picture's number. Here are the plain slots, and refusals
("no people").
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from openhorse.engines.procedural.brief import Brief, Character, Hour, Move, Place, Season
from openhorse.engines.procedural.prompt.asides import shown
from openhorse.engines.procedural.prompt.cast import Cast, read_cast
from openhorse.engines.procedural.prompt.lexicon import READ_CHARACTERS, Match, read
from openhorse.engines.procedural.prompt.places import choose_setting, read_setting
from openhorse.engines.procedural.prompt.references import read_references
from openhorse.engines.procedural.prompt.syntax import waved
from openhorse.engines.procedural.score import MOODS

_UNUSED_WORDS = 40
_SAID = (
    "effect",
    "season",
    "hour",
    "weather",
    "subject",
    "action",
    "haste",
    "framing",
    "life",
    "tone",
    "mood",
    "look",
    "flag",
)
_SCENERY = frozenset({"place", "feature", "variety", "subject", "character", "hour", "weather"})
_DETERMINERS = frozenset(("任何", "any", "more", "of", "the", "a", "an", "visible", "any more", "的", "地"))
_QUIET_ADJECTIVES = frozenset(("silent", "无声"))
_OF_CAMERA = ("camera", "shot", "tripod", "镜", "机位", "拍")
_NUMBERS = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_COUNT = re.compile(
    r"(?<![\w.:\-–~,/#@\[])([1-9]|10)\s?(?=[a-zA-Z\u3400-\u9fff])(?!\s?(?:s|k|d|p|x|mm|秒|帧|d|点|号|月|年|am|pm)\b)(?!\s?[秒帧点号月年])"
)
_OF_REFERENCES = frozenset({"role", "noun", "tie", "after", "relation", "show"})
"""Slots of which something is made only where reference pictures are named."""


def read_prompt(prompt: str, references: int = 0, staged: bool = True, known: Sequence[Character] = ()) -> Brief:
    """What `prompt` asks for, in English, Chinese or both; the same meaning gives the same brief.

    `references` is how many reference pictures came with it: roles are given to those numbers only. Without any,
    and unless not `staged`, it is read for a film that is made of the text alone, with its place and its cast.
    `known` are those whom an earlier shot has shown: "the dog" and "it" are then one of them.
    Reads the first 5000 characters. Nothing known gives a brief of Nones; no text raises an error.
    """
    staged = staged and not references
    text = prompt[:READ_CHARACTERS]
    matches = _without_refused(read(_spelled_out(text) if staged else text, staged))
    matches = waved(shown(matches)) if staged else matches
    said = _said(matches)
    flags = said["flag"]
    mentions, relations = read_references(matches, references)
    brief = Brief(
        prompt=prompt,
        hour=Hour(said["hour"][0]) if said["hour"] else None,
        weather=frozenset(said["weather"]),
        subjects=_specific(said["subject"]),
        actions=frozenset(said["action"]),
        move=_move(matches),
        haste="fast" in said["haste"],
        slow_motion="slow-motion" in flags,
        time_lapse="time-lapse" in flags,
        framing=tuple(said["framing"]),
        life=frozenset(said["life"]),
        tone=_tone(said["tone"]),
        mood=MOODS[said["mood"][0]] if said["mood"] else None,
        looks=frozenset(said["look"]),
        drifting_clouds="drifting-clouds" in flags,
        shifting_light="shifting-light" in flags,
        silent="silent" in flags,
        music="no-music" not in flags,
        roles={number: one.role for number, one in mentions.items() if one.named and one.role is not None},
        mentions=mentions,
        relations=relations,
    )
    if not staged:
        return _with_unused(brief, matches, None)
    cast = read_cast(matches, known)
    setting = read_setting(matches, cast.characters, brief.move)
    return _with_unused(
        replace(
            brief,
            cast=cast.characters,
            place=setting.place,
            variety=setting.variety,
            features=setting.features,
            effects=_effects(said["effect"], cast.characters),
            season=Season(said["season"][0]) if said["season"] else None,
        ),
        matches,
        cast,
    )


def _move(matches: Sequence[Match]) -> Move | None:
    """The first move that is named; before "orbits" or "pan" one that is said of the camera itself."""
    named = [match for match in matches if match.values("move")]
    own = [match for match in named if any(word in match.text for word in _OF_CAMERA)] or named
    return Move(own[0].values("move")[0]) if own else None


def _effects(said: Sequence[str], cast: Sequence[Character]) -> frozenset[str]:
    """What is in the air; the flame of a candle is no fire."""
    small = any(
        "candle" in one.things or (one.kind in ("candle", "lantern", "campfire") and "burn" in one.actions)
        for one in cast
    )
    return frozenset(word for word in said if word != "fire" or not small)


def _spelled_out(text: str) -> str:
    """Small numbers before a word as words: "3 dogs", 3只猫."""
    return _COUNT.sub(lambda found: _NUMBERS[int(found.group(1))] + " ", text)


def choose_place(brief: Brief) -> Place:
    """The place that was named, else the one for which everything else speaks; else the abstract."""
    return choose_setting(brief)[0]


def _without_refused(matches: Sequence[Match]) -> list[Match]:
    """The matches without what a "no", "without" or 没有 refuses: the noun after it, and the next after an "or", 和."""
    kept: list[Match] = []
    state: Literal["nothing", "refusing", "refused"] = "nothing"
    for match in matches:
        refusal = match.values("refuse")
        if "word" in refusal or (state == "refused" and "and-also" in refusal):
            state = "refusing"
        elif state == "refusing" and match.text not in _DETERMINERS:
            state = "refused"
            if not match.values("plain"):
                continue
        elif state == "refused":
            state = "nothing"
        kept.append(match)
    return kept


def _said(matches: Sequence[Match]) -> dict[str, list[str]]:
    """For each slot the values named, in the order of their first mention."""
    said: dict[str, list[str]] = {slot: [] for slot in _SAID}
    for index, match in enumerate(matches):
        for slot in _SAID:
            for value in match.values(slot):
                where = (slot, value)
                if where == ("flag", "silent") and _is_of_colours(matches, index):
                    continue
                if where == ("flag", "silent") and _is_adjective(matches, index):
                    where = ("mood", "calm")  # a silent street is a quiet one; a silent film has no sound
                if where[1] not in said[where[0]]:
                    said[where[0]].append(where[1])
    return said


def _is_adjective(matches: Sequence[Match], index: int) -> bool:
    """Whether "silent" or 无声 at `index` describes what is seen: "a silent, snowy forest", "silent streets"."""
    if matches[index].text not in _QUIET_ADJECTIVES:
        return False
    if index and matches[index - 1].text in ("a", "an", "the"):
        return True
    following = next((match for match in matches[index + 1 :] if match.text not in _DETERMINERS), None)
    return following is not None and any(meaning.slot in _SCENERY for meaning in following.meanings)


def _is_of_colours(matches: Sequence[Match], index: int) -> bool:
    """Whether it is the colours that are muted."""
    following = " ".join(match.text for match in matches[index + 1 : index + 4])
    return matches[index].text == "muted" and any(word in following for word in ("color", "colour", "palette", "tone"))


def _specific(subjects: Sequence[str]) -> tuple[str, ...]:
    """Without "dog" where "dog/golden" tells more."""
    return tuple(one for one in subjects if not any(other.startswith(one + "/") for other in subjects))


def _tone(said: Sequence[str]) -> Literal["warm", "cool"] | None:
    if not said:
        return None
    return "warm" if said[0] == "warm" else "cool"


def _with_unused(brief: Brief, matches: Sequence[Match], cast: Cast | None) -> Brief:
    staged = cast is not None
    chosen = {"hour": brief.hour, "move": brief.move, "season": brief.season}
    words: list[str] = []
    run = ""
    for at, match in enumerate(matches):
        if match.kind == "han" and len(run) < 12:
            run += match.text
            continue
        words += [run] * bool(run)
        run = match.text if match.kind == "han" else ""
        unknown = match.kind == "word" or (cast is not None and at in cast.idle)
        if unknown or (match.kind == "form" and not _is_used(match, chosen, bool(brief.roles) or staged)):
            words.append(match.text[:40])
    unused = tuple(dict.fromkeys([*words, *([run] if run else [])]))[:_UNUSED_WORDS]
    return replace(brief, unused=unused)


def _is_used(match: Match, chosen: Mapping[str, str | None], has_roles: bool) -> bool:
    """False for a form of which the brief has nothing: another place, a second hour, a thing that is not drawn."""
    for slot, value in match.meanings:
        if slot in chosen:
            used = chosen[slot] == value
        elif slot in _OF_REFERENCES:
            used = has_roles
        else:
            used = slot != "mistakable"
        if used:
            return True
    return False
