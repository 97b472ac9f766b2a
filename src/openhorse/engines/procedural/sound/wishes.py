"""A prompt comes in, what it says of the sound goes out: a mood, an instrument, drums, things to be heard, no music.

English and Chinese. Knows no samples and no picture: `heeded` puts the wishes into a scene's score. What a prompt says
somebody says is read in speech.py, and is no wish.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from openhorse.engines.procedural.prompt.lexicon import READ_CHARACTERS, read
from openhorse.engines.procedural.score import MOODS, Bed, BedKind, Hit, HitKind, Instrument, Mood, Score

Thing = Literal["bark", "meow", "neigh", "thunder", "rain", "waves", "birds", "wind", "fire", "crowd", "traffic",
                "insects", "stream", "waterfall"]  # fmt: skip

_INSTRUMENTS: tuple[tuple[Instrument, str], ...] = (
    ("piano", r"pianos?|钢琴|鋼琴"),
    ("guitar", r"guitars?|ukulele|harp|吉他|竖琴|豎琴|古筝|古箏"),
    ("strings", r"strings|violins?|cellos?|orchestra\w*|弦乐|弦樂|小提琴|大提琴|管弦乐|管弦樂|交响|交響"),
    ("bells", r"music box|bells|celesta|glockenspiel|八音盒|铃声音乐|鐘琴|钟琴"),
    ("flute", r"flutes?|笛子|长笛|長笛|竹笛|箫"),
    ("synth", r"synth\w*|electronic music|techno|合成器|电子音乐|電子音樂|电音|電音"),
)
_DRUMS = r"drums?|drumming|percussion|drum ?beats?|taiko|鼓点|鼓點|打击乐|打擊樂|鼓声|鼓聲|大鼓|战鼓|戰鼓"
_MUSIC = r"music|soundtrack|score|melody|bgm|音乐|音樂|配乐|配樂|旋律|曲"
_NO = r"(?:\b(?:no|without(?: any)?|not)\s+(?:\w+\s+)?|(?:没有|沒有|无|無|不要|不带|不帶))(?:any\s+|任何)?"
_NO_MUSIC = re.compile(
    rf"{_NO}(?:background\s+|背景)?(?:{_MUSIC})|\bmusic:\s*(?:none|no|off)\b"
    r"|\b(?:only|just)\s+(?:the\s+)?(?:ambien\w+|natural|environment\w*|location)(?:\s+(?:sounds?|audio|noises?|sfx))?\b"
    r"|\b(?:ambien\w+|natural|environment\w*)\s+(?:sounds?|audio|noises?)\s+only\b|\bsounds? of nature only\b"
    r"|(?:只有|仅有|僅有|只要|仅|僅|只)(?:保留)?(?:环境|環境|自然)(?:声|聲|音)",
    re.IGNORECASE,
)
_SOUND_OF = r"(?:sounds?|noises?|audio)\s+of\s+(?:\w+\s+){0,2}?"
_THINGS: Mapping[Thing, str] = {
    "bark": r"bark(?:s|ing|ed)?|woof\w*|狗叫|犬吠|汪汪",
    "meow": r"meow\w*|miaow\w*|猫叫|貓叫|喵",
    "neigh": r"neigh\w*|whinn\w*|马嘶|馬嘶|嘶鸣|嘶鳴",
    "thunder": r"thunder\w*|lightning|打雷|雷声|雷聲|雷电|雷電|雷雨|闪电|閃電",
    "rain": rf"{_SOUND_OF}rain|rain sounds?|雨声|雨聲",
    "waves": rf"{_SOUND_OF}(?:waves|sea|ocean|surf)|(?:wave|ocean|sea) sounds?|crashing waves|"
        rf"海浪声|海浪聲|涛声|濤聲|浪声",
    "birds": r"birdsong|bird calls?|bird sounds?|birds? (?:sing|chirp|twitter)\w*|singing birds|chirping|"
        r"鸟鸣|鳥鳴|鸟叫|鳥叫",
    "wind": rf"{_SOUND_OF}(?:the )?wind|wind sounds?|howling wind|风声|風聲",
    "fire": r"crackl\w*|噼啪|火声",
    "crowd": r"chatter\w*|murmur of|crowd noise|voices in the background|人声鼎沸|嘈杂|嘈雜|喧闹|喧鬧",
    "traffic": r"traffic|car horns?|城市噪音|车流|車流|汽车声",
    "insects": r"crickets?|cicadas?|insect sounds?|蝉鸣|蟬鳴|虫鸣|蟲鳴|蟋蟀",
    "stream": r"babbling|trickling|burbling|流水声|流水聲|溪水声|潺潺",
    "waterfall": r"roar of (?:the )?(?:waterfall|falls)|瀑布声",
}  # fmt: skip
_CALLS: Mapping[Thing, HitKind] = {"bark": "bark", "meow": "meow", "neigh": "neigh"}
_LEVELS: Mapping[Thing, tuple[BedKind, float]] = {
    "thunder": ("thunder", 0.8), "rain": ("rain", 0.5), "waves": ("waves", 0.5), "birds": ("birds", 0.45),
    "wind": ("wind", 0.6), "fire": ("fire", 0.5), "crowd": ("crowd", 0.5), "traffic": ("traffic", 0.5),
    "insects": ("insects", 0.4), "stream": ("stream", 0.5), "waterfall": ("waterfall", 0.6),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a prompt says of the sound; None where it says nothing. `music` False is a film without any."""

    mood: Mood | None = None
    instrument: Instrument | None = None
    drums: bool | None = None
    music: bool = True
    things: tuple[Thing, ...] = ()


def _word(pattern: str) -> re.Pattern[str]:
    """A pattern of whole words; Chinese has none, so letters may not touch letters."""
    return re.compile(rf"(?<![a-zA-Z])(?:{pattern})(?![a-zA-Z])", re.IGNORECASE)


_BY_MUSIC = re.compile(rf"(?<![a-zA-Z])[ \w,]{{1,40}}?(?:{_MUSIC})", re.IGNORECASE)
_INSTRUMENT_WORDS = tuple((name, _word(pattern)) for name, pattern in _INSTRUMENTS)
_THING_WORDS = tuple((name, _word(pattern)) for name, pattern in _THINGS.items())
_NOT = re.compile(rf"{_NO}$", re.IGNORECASE)
_PLAYED = _word(
    rf"{_MUSIC}|soundtrack|accompan\w*|play(?:s|ed|ing)? (?:softly|gently)|solo|with|background|tune|notes|"
    rf"弹奏|彈奏|伴奏|演奏"
)


def read_wishes(prompt: str, mood: Mood | None = None) -> Wishes:
    """What `prompt` says of the sound; `mood` is the film's own, which music has unless it is said to have another.

    An instrument counts where music is spoken of near by: others are only seen.
    """
    text = prompt[:READ_CHARACTERS]
    instrument = next((name for name, pattern in _INSTRUMENT_WORDS if _is_music(pattern, text)), None)
    drums = _word(_DRUMS)
    beaten = True if _is_music(drums, text) else False if re.search(rf"{_NO}(?:{_DRUMS})", text, re.I) else None
    things = tuple(name for name, pattern in _THING_WORDS if _said(pattern, text))
    return Wishes(_mood_of_music(text) or mood, instrument, beaten, _NO_MUSIC.search(text) is None, things)


def _mood_of_music(text: str) -> Mood | None:
    """The mood of which it is said in the same breath that the music has it: "tense music", not what is seen."""
    for found in _BY_MUSIC.finditer(text):
        named = [value for match in read(found.group()) for value in match.values("mood")]
        if named:
            return MOODS[named[-1]]
    return None


def with_animals(wishes: Wishes, subjects: Iterable[str]) -> Wishes:
    """The wishes, and the voices of the animals that a prompt names as what its pictures show."""
    voices: dict[str, Thing] = {"dog": "bark", "cat": "meow", "horse": "neigh", "bird": "birds"}
    called = [voices[name.split("/")[0]] for name in subjects if name.split("/")[0] in voices]
    return replace(wishes, things=tuple(dict.fromkeys([*wishes.things, *called])))


def is_of_sound(word: str) -> bool:
    """Whether a word by itself says something of the sound, and so is none that nothing was made of."""
    patterns = [*_INSTRUMENT_WORDS, *_THING_WORDS]
    return any(pattern.fullmatch(word) for _, pattern in patterns) or _word(_DRUMS).fullmatch(word) is not None


def _said(pattern: re.Pattern[str], text: str) -> bool:
    """Whether it is said somewhere without a "no" before it."""
    return any(not _NOT.search(text[max(0, found.start() - 24) : found.start()]) for found in pattern.finditer(text))


def _is_music(pattern: re.Pattern[str], text: str) -> bool:
    """Whether an instrument is to be heard rather than seen: music is spoken of near by."""
    for found in pattern.finditer(text):
        before = text[max(0, found.start() - 24) : found.start()]
        near = text[max(0, found.start() - 24) : found.end() + 24]
        if _PLAYED.search(near) and not _NOT.search(before):
            return True
    return False


def heeded(score: Score, wishes: Wishes) -> Score:
    """`score` as the wishes want it; a silent one stays silent, one without music stays without."""
    if score.is_silent:
        return score
    mood = (wishes.mood or score.mood) if score.mood is not None and wishes.music else None
    there = {bed.kind for bed in score.beds}
    beds = list(score.beds)
    hits = list(score.hits)
    for thing in wishes.things:
        if thing in _CALLS:
            hits += _calls(_CALLS[thing], score)
        elif _LEVELS[thing][0] not in there:
            beds.append(Bed(*_LEVELS[thing]))
    ordered = tuple(sorted(hits, key=lambda hit: (hit.at, hit.kind)))
    return replace(
        score, mood=mood, beds=tuple(beds), hits=ordered, instrument=wishes.instrument, drums=wishes.drums
    )  # fmt: skip


def _calls(kind: HitKind, score: Score) -> list[Hit]:
    """When an animal calls that does not do so in the picture: early, and once more in a longer film."""
    offset = 0.1 * (score.seed % 7)
    pair = (0.0, 0.34) if kind == "bark" else (0.0,)
    starts = [0.5 + offset, *([2.9 + offset] if score.seconds >= 5 else [])]
    return [Hit(kind, start + more, 0.4, 0.42) for start in starts for more in pair]
