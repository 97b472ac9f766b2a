"""A prompt comes in, a Brief goes out; and for a place that is not drawn here, the nearest one and a note that says so.

Knows no pixels: the words are in lexicon.toml, how they are found in lexicon.py. There is no grammar here,
only forms, refusals ("no people", 没有人), and what stands near a reference picture's number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from openhorse.engines.procedural.brief import Brief, Hour, Move, Place
from openhorse.engines.procedural.prompt.lexicon import READ_CHARACTERS, Match, read
from openhorse.engines.procedural.prompt.references import read_references

_UNUSED_WORDS = 40
_SAID = (
    "place",
    "hour",
    "weather",
    "subject",
    "action",
    "move",
    "haste",
    "framing",
    "life",
    "tone",
    "mood",
    "look",
    "flag",
)
_SCENERY = frozenset({"place", "shows", "near", "thing", "subject", "hour", "weather"})
_DETERMINERS = frozenset(("任何", "any", "more", "of", "the", "a", "an", "visible", "any more", "的", "地"))
_QUIET_ADJECTIVES = frozenset(("silent", "无声"))
_HINTS: Mapping[str, tuple[Place, int]] = {
    "weather/mist": (Place.LAKE, 1),
    "weather/snow": (Place.LAKE, 1),
    "weather/clouds": (Place.LAKE, 1),
    "weather/rain": (Place.STREET, 1),
    "weather/after-rain": (Place.STREET, 1),
    "hour/dawn": (Place.LAKE, 1),
    "hour/dusk": (Place.BEACH, 1),
    "hour/night": (Place.STREET, 1),
    "look/cyberpunk": (Place.STREET, 1),
    "look/neon": (Place.STREET, 1),
    "mood/neon": (Place.STREET, 1),
    "mood/vast": (Place.LAKE, 1),
    "subject/person": (Place.STREET, 1),
    **{
        f"subject/{animal}": (Place.BEACH, 2) for animal in ("dog/golden", "dog", "cat", "fox", "wolf", "horse", "deer")
    },
}
"""Where a film is set when its words name no place, and how strongly each hint speaks for it."""

_OF_REFERENCES = frozenset({"role", "noun", "tie", "after", "relation", "show"})
"""Slots of which something is made only where reference pictures are named."""

_WORD_VOTES = {"shows": 5, "near": 4, "thing": 3}
"""A word for a place outweighs all but the strongest set of hints; what is drawn there, what stands in for another."""


def read_prompt(prompt: str, references: int = 0) -> Brief:
    """What `prompt` asks for, in English, Chinese or both; the same meaning gives the same brief.

    `references` is how many reference pictures came with it: roles are given to those numbers only. Reads the first
    5000 characters. Nothing known gives a brief of Nones; no text raises an error.
    """
    matches = _without_refused(read(prompt[:READ_CHARACTERS]))
    said = _said(matches)
    flags = said["flag"]
    mentions, relations = read_references(matches, references)
    brief = Brief(
        prompt=prompt,
        place=Place(said["place"][0]) if said["place"] else None,
        hour=Hour(said["hour"][0]) if said["hour"] else None,
        weather=frozenset(said["weather"]),
        subjects=_specific(said["subject"]),
        actions=frozenset(said["action"]),
        move=Move(said["move"][0]) if said["move"] else None,
        haste="fast" in said["haste"],
        slow_motion="slow-motion" in flags,
        time_lapse="time-lapse" in flags,
        framing=tuple(said["framing"]),
        life=frozenset(said["life"]),
        tone=_tone(said["tone"]),
        mood=said["mood"][0] if said["mood"] else None,
        looks=frozenset(said["look"]),
        drifting_clouds="drifting-clouds" in flags,
        shifting_light="shifting-light" in flags,
        silent="silent" in flags,
        music="no-music" not in flags,
        roles={number: one.role for number, one in mentions.items() if one.named and one.role is not None},
        mentions=mentions,
        relations=relations,
    )
    return _with_unused(brief, matches)


def choose_place(brief: Brief) -> Place:
    """The place that was named, else the nearest to the words, subjects, weather and hour; else the lake."""
    if brief.place is not None:
        return brief.place
    votes: Counter[Place] = Counter()  # of equal ones, the first that was named wins
    for match in _without_refused(read(brief.prompt[:READ_CHARACTERS])):
        for slot, weight in _WORD_VOTES.items():
            votes.update({Place(value): weight for value in match.values(slot)})
    for hint in _hints(brief):
        place, weight = _HINTS.get(hint, (Place.LAKE, 0))
        votes[place] += weight
    return max(votes, key=lambda place: votes[place], default=Place.LAKE)


def stand_in_note(brief: Brief) -> str | None:
    """A sentence for the customer when the place is not the one they asked for; None when it is."""
    if brief.place is not None:
        return None
    place = choose_place(brief)
    matches = _without_refused(read(brief.prompt[:READ_CHARACTERS]))
    strange = [match.text for match in matches if match.values("near") and not match.values("shows")]
    if strange:
        words = ", ".join(f"“{word}”" for word in list(dict.fromkeys(strange))[:3])
        return f"This engine draws a lake, a street or a beach; the {place.value} stands in for {words}."
    if any(place.value in match.values("shows") for match in matches):
        return None
    return f"The prompt names no place that this engine knows; it shows a {place.value}."


def _hints(brief: Brief) -> Iterator[str]:
    yield from (f"weather/{word}" for word in sorted(brief.weather))
    yield from (f"look/{word}" for word in sorted(brief.looks))
    yield from (f"subject/{word}" for word in brief.subjects)
    yield f"hour/{brief.hour}"
    yield f"mood/{brief.mood}"


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


def _specific(subjects: Sequence[str]) -> tuple[str, ...]:
    """Without "dog" where "dog/golden" tells more."""
    return tuple(one for one in subjects if not any(other.startswith(one + "/") for other in subjects))


def _tone(said: Sequence[str]) -> Literal["warm", "cool"] | None:
    if not said:
        return None
    return "warm" if said[0] == "warm" else "cool"


def _with_unused(brief: Brief, matches: Sequence[Match]) -> Brief:
    place = choose_place(brief)
    chosen = {"place": brief.place, "hour": brief.hour, "move": brief.move, "shows": place}
    words: list[str] = []
    run = ""
    for match in matches:
        if match.kind == "han" and len(run) < 12:
            run += match.text
            continue
        words += [run] * bool(run)
        run = match.text if match.kind == "han" else ""
        if match.kind == "word" or (match.kind == "form" and not _is_used(match, chosen, bool(brief.roles))):
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
            used = slot not in ("near", "thing", "mistakable")
        if used:
            return True
    return False
