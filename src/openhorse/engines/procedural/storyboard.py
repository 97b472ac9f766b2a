"""A prompt and a length come in, a Storyboard goes out: up to eight shots, each with its brief, its time and its entry.

A later shot keeps what it does not speak of: the place, the hour, the weather, the style and who acts. Knows no pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from typing import Any

from openhorse.engines.procedural.brief import FRAME_RATE, Brief, Character, Place
from openhorse.engines.procedural.players.order import in_order
from openhorse.engines.procedural.prompt.language import read_prompt
from openhorse.engines.procedural.prompt.places import choose_setting
from openhorse.engines.procedural.prompt.shots import Entry, Piece, read_shots
from openhorse.engines.procedural.sound.speech import read_speech
from openhorse.engines.procedural.sound.wishes import is_of_sound, read_wishes

LEAST_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Scheduled:
    """One shot of a film: what it shows, its first frame and its length in frames, and how it is entered.

    A dissolve begins at `start` and takes its time from this shot, not from the one before.
    """

    brief: Brief
    start: int
    frames: int
    entry: Entry = "cut"

    @property
    def seconds(self) -> float:
        """Its length."""
        return self.frames / FRAME_RATE


@dataclass(frozen=True, slots=True)
class Storyboard:
    """A film's shots without a gap between them, one at least; `left_out` counts those for which it is too short."""

    shots: tuple[Scheduled, ...]
    left_out: int = 0

    @property
    def frames(self) -> int:
        """The film's length in frames."""
        return sum(shot.frames for shot in self.shots)


def read_storyboard(prompt: str, seconds: int) -> Storyboard:
    """The shots that `prompt` asks for in a film of `seconds`; one when it asks for no more. Never an error."""
    pieces = read_shots(prompt)
    common = read_prompt(pieces.common) if pieces.common.strip() else None
    told: list[tuple[Piece, Brief]] = []
    for piece in pieces.shots:
        before = told[-1][1] if told else common
        if piece.bare and told and not _is_new(piece, told[-1][1]):
            told[-1] = _continued(told[-1], piece, told[-2][1] if len(told) > 1 else common)
            continue
        brief = read_prompt(piece.text, known=before.cast if before else ())
        told.append((piece, brief if before is None else _inherited(brief, before)))
    if len(told) == 1:
        brief = read_prompt(prompt)
        return Storyboard((Scheduled(brief, 0, seconds * FRAME_RATE),))
    told = _styled(told, read_prompt(prompt))
    room = max(1, int(seconds / LEAST_SECONDS))
    kept = told[:room]
    times = _times([piece for piece, _ in kept], seconds)
    shots = tuple(
        Scheduled(brief, start, frames, piece.entry if start else "cut")
        for (piece, brief), (start, frames) in zip(kept, times, strict=True)
    )
    return Storyboard(shots, len(told) - len(kept))


def _is_new(piece: Piece, before: Brief) -> bool:
    """Whether a bare "then" shows somebody, somewhere, some time or some size of shot else, and so begins a shot."""
    brief = read_prompt(piece.text, known=before.cast)
    kinds = {one.kind for one in before.cast}
    elsewhere = brief.place is not None and before.place is not None and brief.place is not before.place
    return bool(
        elsewhere
        or brief.framing
        or (brief.hour is not None and brief.hour is not before.hour)
        or (brief.cast and not kinds & {one.kind for one in brief.cast})
    )


def _continued(told: tuple[Piece, Brief], piece: Piece, before: Brief | None) -> tuple[Piece, Brief]:
    """The shot goes on: one text, one brief."""
    text = f"{told[0].text}. {piece.text}"
    whole = replace(told[0], text=text)
    brief = read_prompt(text, known=before.cast if before else ())
    return whole, brief if before is None else _inherited(brief, before)


def _inherited(brief: Brief, before: Brief) -> Brief:
    """`brief` with what only the shot before it says."""
    moved = brief.place is not None and brief.place is not before.place
    if not moved:
        brief = replace(
            brief,
            place=before.place,
            variety=brief.variety or before.variety,
            features=tuple(dict.fromkeys([*before.features, *brief.features])),
            effects=brief.effects or before.effects,
        )
    alone = moved and not brief.actions  # another place, and nobody is said to be there
    return replace(
        brief,
        hour=brief.hour or before.hour,
        weather=brief.weather or (frozenset() if moved and brief.place in _INDOORS else before.weather),
        season=brief.season or before.season,
        tone=brief.tone or before.tone,
        mood=brief.mood or before.mood,
        looks=brief.looks or before.looks,
        slow_motion=brief.slow_motion or before.slow_motion,
        time_lapse=brief.time_lapse or before.time_lapse,
        cast=brief.cast if brief.cast or alone else before.cast,
        subjects=brief.subjects if brief.cast or alone else before.subjects,
        actions=brief.actions if brief.cast or brief.actions else before.actions,
    )


_INDOORS = frozenset((Place.ROOM, Place.CAFE, Place.KITCHEN, Place.STAGE, Place.UNDERWATER, Place.SPACE))


def _styled(told: Sequence[tuple[Piece, Brief]], whole: Brief) -> list[tuple[Piece, Brief]]:
    """A style that is named anywhere is the film's; so are silence and music."""
    return [
        (
            piece,
            replace(brief, looks=brief.looks or whole.looks, silent=whole.silent, music=whole.music),
        )
        for piece, brief in told
    ]


def _times(pieces: Sequence[Piece], seconds: int) -> list[tuple[int, int]]:
    """First frame and length of each shot, at least a second each, together the whole film."""
    total, count, least = seconds * FRAME_RATE, len(pieces), round(LEAST_SECONDS * FRAME_RATE)
    starts = [piece.start for piece in pieces]
    if all(start is not None for start in starts):
        begins = [start or 0.0 for start in starts]
        end = pieces[-1].end or max(seconds, begins[-1] + LEAST_SECONDS)
        length = max(end - begins[0], LEAST_SECONDS)
        # codes that run past the film are shrunk to fit it; codes that end before it leave the rest to the last shot
        scale = min(1.0, seconds / length)
        edges = [round((begin - begins[0]) * scale * FRAME_RATE) for begin in begins]
    elif all(piece.seconds for piece in pieces):
        lengths = [piece.seconds or LEAST_SECONDS for piece in pieces]
        edges = [round(total * sum(lengths[:index]) / sum(lengths)) for index in range(count)]
    else:
        edges = [round(total * index / count) for index in range(count)]
    for index in range(1, count):
        edges[index] = min(max(edges[index], edges[index - 1] + least), total - least * (count - index))
    return [(edge, stop - edge) for edge, stop in zip(edges, [*edges[1:], total], strict=True)]


# --- told to the customer ------------------------------------------------------------------------------------


def explain_prompt(prompt: str, seconds: int, references: int = 0, staged: bool = True) -> dict[str, Any]:
    """What an order's prompt is understood to say, for JSON: shots, what is spoken and heard, words without use.

    Of a film that is made of pictures (`references`, or not `staged`) it tells no place and nobody who acts: those
    are in the pictures.
    """
    speech = read_speech(prompt)
    if references or not staged:
        told = _explain_pictures(read_prompt(speech.rest, references, staged=False), seconds)
    else:
        told = explain(read_storyboard(speech.rest, seconds))
    unused = [word for word in told.pop("unused") if not is_of_sound(word)]
    wishes = {name: value for name, value in asdict(read_wishes(speech.rest)).items() if value not in (None, True, ())}
    if speech.lines:
        told["speech"] = [{"text": one.text, "language": one.language, "voice": one.speaker} for one in speech.lines]
    if wishes:
        told["sound"] = {name: _plain(value) for name, value in wishes.items()}
    return told | {"unused": unused}


def explain(storyboard: Storyboard) -> dict[str, Any]:
    """What was understood, for JSON: of each shot everything that is set, and the words that could not be used."""
    unused = dict.fromkeys(word for shot in storyboard.shots for word in shot.brief.unused)
    told: dict[str, Any] = {"shots": [_told(shot) for shot in storyboard.shots], "unused": list(unused)}
    if storyboard.left_out:
        told["left_out"] = storyboard.left_out
    return told


_UNTOLD = frozenset(("prompt", "mentions", "unused"))
_OF_PICTURES = frozenset(("relations", "roles", "subjects", "actions", "life"))
_OF_TEXT = frozenset(("place", "variety", "cast", "features", "effects", "season"))


def _explain_pictures(brief: Brief, seconds: int) -> dict[str, Any]:
    shot = {"start": 0.0, "seconds": float(seconds), "entry": "cut"} | _set(brief, _UNTOLD | _OF_TEXT)
    return {"shots": [shot], "unused": list(brief.unused)}


def _told(shot: Scheduled) -> dict[str, Any]:
    place, variety = choose_setting(shot.brief)
    told: dict[str, Any] = {
        "start": round(shot.start / FRAME_RATE, 3),
        "seconds": round(shot.seconds, 3),
        "entry": shot.entry,
        "place": place.value,
    }
    if variety is not None:
        told["variety"] = variety
    if shot.brief.place is None:
        told["place_named"] = False
    return told | _set(shot.brief, _UNTOLD | _OF_PICTURES | {"place", "variety"})


def _set(brief: Brief, without: frozenset[str]) -> dict[str, Any]:
    """The fields of `brief` that say something."""
    plain = Brief("")
    told = {one.name: getattr(brief, one.name) for one in fields(Brief) if one.name not in without}
    return {name: _plain(value) for name, value in told.items() if value != getattr(plain, name)}


def _plain(value: Any) -> Any:
    """As JSON has it."""
    match value:
        case Character():
            return _described(value)
        case StrEnum():
            return value.value
        case frozenset():
            return sorted(value)
        case dict():
            return {str(name): _plain(one) for name, one in value.items()}
        case tuple():
            return [_plain(one) for one in value]
        case _:
            return value


def _described(character: Character) -> dict[str, Any]:
    plain = Character("")
    told = {one.name: getattr(character, one.name) for one in fields(Character)}
    described = {name: _plain(value) for name, value in told.items() if value != getattr(plain, name)}
    acts = in_order(character.actions)
    if len(acts) > 1:  # one after the other, and what goes on at the same time together
        described["acts"] = [" + ".join(act) for act in acts]
    return described | ({"colours": dict(character.colours)} if character.colours else {})
