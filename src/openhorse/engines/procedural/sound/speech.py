"""A prompt comes in, the Lines that it wants spoken go out, and the prompt without them. Knows no samples.

Speech is what stands in quotation marks beside a word for speaking (says, whispers, voice-over, 说, 旁白), or is
plainly a sentence. What is written on a sign, a title or a name is none. Pure: nothing to say gives no lines.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from openhorse.engines.procedural.score import Line, Speaker

READ_CHARACTERS = 5000
MOST_LINES = 6
LONGEST_LINE = 300
"""Characters; a film lasts fifteen seconds."""

_QUOTED = re.compile(
    r"“([^“”]+)”|「([^「」]+)」|『([^『』]+)』|«([^«»]+)»|\"([^\"]+)\""
    r"|(?<!\w)‘((?:[^‘’]|(?<=\w)’(?=\w))+)’(?!\w)|(?<!\w)'((?:[^'\n]|(?<=\w)'(?=\w))+)'(?!\w)"
)
_VERBS = (
    r"say|says|said|saying|asks?|asked|asking|whisper\w*|shout\w*|yell\w*|cries|cried|crying out|calls? out|"
    r"calling out|called out|repl(?:y|ies|ied)|answer\w*|speaks?|spoke|speaking|tells?|telling|told|greet\w*|"
    r"announc\w*|exclaim\w*|murmur\w*|mutter\w*|aloud"
)
_BEFORE = re.compile(
    rf"\b(?:{_VERBS}|narrat\w*|voice[- ]?over|voices?|dialogue|dialog|speech)\b[^.;!?\"“”]{{0,40}}$"
    r"|(?:说|說|喊|问|問|答|道|叫|讲|講|念|低语|低語|旁白|对白|對白|台词|臺詞|配音|画外音|畫外音|解说|解說|朗读|告诉)[^。！？；“”]{0,12}$",
    re.IGNORECASE,
)
_AFTER = re.compile(
    rf"^\W{{0,3}}(?:[\w-]+\s){{0,4}}?(?:{_VERBS})\b|^[，,\s]{{0,2}}[^。！？；，“”]{{0,8}}(?:说|說|喊|问|問|答|道|叫|讲|講)",
    re.IGNORECASE,
)
_WRITTEN = re.compile(
    r"\b(?:sign\w*|poster|banner|billboard|label\w*|logo|titled?|caption\w*|subtitle\w*|text|t-?shirt|card|plaque|"
    r"tattoo|graffiti|screen|reads?|reading|written|spell\w*|letters|lettering|called|named|inscri\w*)\b(?! aloud)"
    r"|招牌|牌子|写着|写有|寫著|寫有|标题|標題|字幕|名为|名為|叫做|标语|標語|海报|海報|字样|字樣",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"^\W{0,2}(?:style|sign|poster|banner|logo|lettering|look)|^(?:风格|風格|字样|字樣|招牌|的牌|四个字)", re.IGNORECASE
)
_NO_VOICE = re.compile(
    r"\b(?:no|without(?: any)?)\s+(?:\w+\s+or\s+)?(?:voices?|voice[- ]?over|speech|dialog(?:ue)?|narration|talking|"
    r"speaking|spoken words)\b|\b(?:nobody|no one) (?:speaks|talks)\b"
    r"|(?:没有|沒有|无|無|不要|无需|不带)(?:任何)?(?:人声|人聲|对白|對白|旁白|配音|说话|說話|对话|對話|语音|語音|解说)",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?…。！？～]$")
_CHILD = re.compile(r"\b(?:child|boy|kid|toddler|little girl)\b|小女孩|小男孩|男孩|孩子|小孩|儿童", re.IGNORECASE)
_WOMAN = re.compile(
    r"\b(?:wom[ae]n|girl|she|her|female|lady|mother|queen|actress)\b|女|她|妈|姑娘|奶奶|姐", re.IGNORECASE
)
_CLAUSE = re.compile(r"[.;!?。；！？\n“”\"「」『』«»]")


@dataclass(frozen=True, slots=True)
class Speech:
    """The lines to be spoken, in order, and what of the prompt describes the picture."""

    lines: tuple[Line, ...]
    rest: str


def read_speech(prompt: str) -> Speech:
    """What `prompt` wants spoken, in English or Chinese. "No voice" and its like give no lines.

    Quoted speech is left out of `rest` even then: it is no description. Other quotations stay where they are.
    """
    lines: list[Line] = []
    rest, end = [], 0
    for quoted in _QUOTED.finditer(prompt[:READ_CHARACTERS]):
        text = _clean(next(group for group in quoted.groups() if group))
        before = _CLAUSE.split(prompt[max(0, quoted.start() - 90) : quoted.start()])[-1]
        after = prompt[quoted.end() : quoted.end() + 40]
        if not _is_spoken(text, before, after):
            continue
        rest.append(prompt[end : quoted.start()])
        end = quoted.end()
        language = _language(text)
        if language and len(lines) < MOST_LINES:
            lines.append(Line(text[:LONGEST_LINE], language, _speaker(before + " " + _CLAUSE.split(after)[0])))
    rest.append(prompt[end:])
    described = " ".join(rest) if lines or len(rest) > 1 else prompt
    return Speech(() if _NO_VOICE.search(described) else tuple(lines), described)


def _is_spoken(text: str, before: str, after: str) -> bool:
    if not text or _WRITTEN.search(before) or _NAMED.search(after):
        return False
    if _BEFORE.search(before) or _AFTER.search(after):
        return True
    words = len(text.split()) + sum(_is_han(character) for character in text)
    return words > 1 and _SENTENCE_END.search(text) is not None


def _clean(text: str) -> str:
    """One line of plain characters: no control characters, and no brackets, which the speech program would obey."""
    kept = "".join(" " if unicodedata.category(character)[0] in "CZ" else character for character in text)
    return re.sub(r"\s+", " ", re.sub(r"[\[\]<>{}|\\]", " ", kept)).strip()


def _language(text: str) -> Literal["en", "cmn"] | None:
    """The language of `text` by its letters; None where it has others than Latin and Chinese ones, or none."""
    letters = [character for character in text if character.isalpha()]
    if any(_is_han(letter) for letter in letters):
        return "cmn" if all(_is_han(letter) or letter.isascii() for letter in letters) else None
    return "en" if letters and all("LATIN" in unicodedata.name(letter, "") for letter in letters) else None


def _is_han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff" or "\u3400" <= character <= "\u4dbf"


def _speaker(context: str) -> Speaker:
    if _CHILD.search(context):
        return "child"
    return "woman" if _WOMAN.search(context) else "man"
