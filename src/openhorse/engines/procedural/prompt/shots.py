"""A prompt in, the texts of its shots out: "first …, then …", "Shot 1: …", 镜头一：, time codes, "cut to".

Knows no words but those that divide a film. A "then" divides it where a "first" or a "finally" stands beside it; a bare
"then" is told of as such, and storyboard.py decides: one shot goes on as long as only the action changes.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, replace
from typing import Literal

from openhorse.engines.procedural.prompt.lexicon import READ_CHARACTERS

Entry = Literal["cut", "dissolve"]

MOST_SHOTS = 8


@dataclass(frozen=True, slots=True)
class Piece:
    """What is said of one shot; `start` and `end` in seconds where a time code says so.

    `seconds` is its length where a label tells that: "Shot 1 (4s)". `bare` tells that no more than a "then" divides it
    from the one before.
    """

    text: str
    entry: Entry = "cut"
    start: float | None = None
    end: float | None = None
    bare: bool = False
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Pieces:
    """A prompt's shots, and what it says before the first of them, of all."""

    shots: tuple[Piece, ...]
    common: str = ""


_UNDIVIDED = re.compile(
    r"一镜到底|长镜头|\b(?:(?:one|single)[- ](?:continuous\s)?(?:take|shot)|one-take|single take|long take"
    r"|continuous shot|no cuts|without (?:any )?cuts)\b",
    re.IGNORECASE,
)
_CLOCK = r"\d{1,2}:\d{2}(?:\.\d+)?"
_PLAIN = r"\d{1,3}(?:\.\d+)?"
_S = r"(?:\s?(?:s|secs?|seconds?|秒)(?![a-z]))"
_TO = r"\s?(?:-|–|—|~|～|to|至|到)\s?"
_CODE = re.compile(
    rf"[\[(（【]?\s?第?(?:(?P<clock>{_CLOCK}){_TO}(?P<clock_end>{_CLOCK})|(?P<plain>{_PLAIN}){_S}?{_TO}(?P<plain_end>{_PLAIN}){_S})"
    rf"\s?[\])）】]?\s?[:：,，-]?\s?"
    rf"|[\[(（【]\s?(?:(?P<only_clock>{_CLOCK})|(?P<only>{_PLAIN}){_S})\s?[\])）】]\s?[:：]?\s?",
    re.IGNORECASE,
)
_ORDINAL = r"(?:\d{1,2}|one|two|three|four|five|six|seven|eight|[一二三四五六七八])"
_LABEL = re.compile(
    rf"(?:^|(?<=[\s.,;。，；!?！？\"”]))[\[(（【*#\s]*(?:(?:shot|scene|clip|cut|part)\s?#?{_ORDINAL}\b"
    rf"|(?:the\s)?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|final|last|opening|closing|next)\s(?:shot|scene)\b)"
    r"\s?[\])）】*]*\s?(?:[:：.,，\-–—|]|(?=\s?[\[(（【])|(?:shows|is|of|opens on)\b)"
    rf"|[\[(（【]?(?:镜头|分镜|场景|画面|片段)\s?{_ORDINAL}\s?[\])）】]?\s?(?:[:：、，,\n]|(?=\s?[\[(（【]))"
    rf"|第\s?{_ORDINAL}\s?(?:个|组|幕)?(?:镜头|分镜|场景|画面|幕|镜)\s?[:：、，,是]?",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(?:^|\n)\s{0,3}(?:\d{1,2}[.)、]|[一二三四五六七八]、)\s?")
_AWAY = r"(?!\s(?:the\s)?(?:black|white|silence|distance|night|dark|darkness|mist|fog|background|shadows?|nothing)\b)"
_CUT = re.compile(
    r"(?:[,;.。，；]?\s?(?:and\s|then\s|and then\s|the camera\s|camera\s|we\s|it\s|the film\s)?)"
    r"\b(?:(?P<dissolve>(?:cross[- ]?)?(?:dissolv(?:es?|ing)|fad(?:es?|ing))\sto|crossfad(?:es?|ing)\s(?:in)?to"
    r"|(?:the\s)?(?:scene|shot|image|picture|view)\s(?:slowly\s)?(?:dissolves|fades|morphs|transitions)\s(?:in)?to"
    r"|transition(?:s|ing)?\sto)"
    r"|(?:smash\s|hard\s|jump\s|match\s|quick\s)?(?:cut(?:s|ting)?\s(?:back\s)?to|(?:the\s)?scene\s(?:changes|shifts)\sto"
    rf"|(?:camera|shot|view|scene)?\s?switch(?:es)?\sto))\b{_AWAY}\s?[:,]?"
    r"|[,;.。，；、]?\s?(?:然后|接着|随后|最后)?(?:(?P<dissolve_zh>(?:画面|镜头|场景)?(?:叠化|溶解|淡入|渐隐)(?:到|至|为|成)"
    r"|(?:画面|镜头|场景)(?:渐变|渐渐变|过渡|化|渐渐转)(?:到|至|为|成)|淡出(?:并)?淡入)"
    r"|(?:画面|镜头|场景)?(?:快速|硬)?(?:切换?|跳切|转场|跳转)(?:到|至|换到)"
    r"|(?:画面|镜头|场景)(?:一转|一切|转换|切换|转)(?:到|至|为|向)?)(?!黑场|黑屏)[:：,，]?",
    re.IGNORECASE,
)
_START = r"(?:^|(?<=[\s,;.。，；、：:!?！？]))"
_FIRST = re.compile(
    rf"{_START}(?:at first|first(?:ly)?(?=[\s,:](?!time|light|person|snow|frame|image|floor|class|love|step|day|ray\b))"
    r"|to begin with|it (?:begins|starts|opens) with|(?:begin|start|open)s? (?:with|on)|in the beginning"
    r"|首先|起初|一开始|先是|开始时|开头|先(?=[^前生进]))\s?[,:，：]?\s?",
    re.IGNORECASE,
)
_THEN = re.compile(
    r"(?:^|[,;.。，；、!?！？\n]\s?|\s)(?P<word>and then|then|next|after that|afterwards?|after which|subsequently"
    r"|later|followed by|moments later|suddenly the scene changes to)(?=[\s,:])(?!\sto\b|\sdoor)\s?[,:]?\s?"
    r"|[,;.。，；、!?！？\n]?\s?(?P<han>然后|接着|随后|之后|紧接着|接下来|而后|再然后|其次)[,，:：]?",
    re.IGNORECASE,
)
_LAST = re.compile(
    r"(?:^|[,;.。，；、!?！？\n]\s?|(?<!before)\s)(?:and\s)?(?P<word>finally|lastly|at last|in the end|at the end"
    r"|it ends with|ends? with|ending (?:with|on)|ends? on)(?=[\s,:])(?!\sof\b)\s?[,:]?\s?"
    r"|[,;.。，；、!?！？\n]?\s?(?P<han>最后(?!一[缕抹片丝束点]|的)|最终|末尾|结尾|结束时)[,，:：]?",
    re.IGNORECASE,
)


def read_shots(prompt: str) -> Pieces:
    """The shots that `prompt` asks for, in their order, one at least; more than eight are read as eight."""
    text = prompt[:READ_CHARACTERS]
    if _UNDIVIDED.search(text):
        return Pieces((Piece(text),))
    for divide in (_by_codes, _by_labels, _by_cuts, _by_order):
        pieces = divide(text)
        if pieces is not None and pieces.shots:
            return Pieces(pieces.shots[:MOST_SHOTS], pieces.common)
    return Pieces((Piece(text),))


def _by_codes(text: str) -> Pieces | None:
    found = list(_CODE.finditer(text))
    timed = [(code, *_times(code)) for code in found]
    if len(timed) < 2 or any(a[1] > b[1] for a, b in itertools.pairwise(timed)):
        return None
    shots = []
    ends = [code.start() for code, _, _ in timed[1:]] + [len(text)]
    for (code, start, end), stop in zip(timed, ends, strict=True):
        said = _without_tail_label(text[code.end() : stop])
        shots.append(_entered(said, start, end))
    common = _without_tail_label(text[: timed[0][0].start()])
    return Pieces(tuple(shots), common)


def _times(code: re.Match[str]) -> tuple[float, float | None]:
    group = code.groupdict()
    if group["clock"]:
        return _seconds(group["clock"]), _seconds(group["clock_end"])
    if group["plain"]:
        return float(group["plain"]), float(group["plain_end"])
    return (_seconds(group["only_clock"]) if group["only_clock"] else float(group["only"])), None


def _seconds(clock: str) -> float:
    minutes, _, seconds = clock.partition(":")
    return int(minutes) * 60 + float(seconds)


_LENGTH = re.compile(
    rf"\s?[\[(（【]\s?(?:生成|时长|约|duration)?\s?:?\s?(\d{{1,2}}(?:\.\d+)?){_S}\s?[\])）】]\s?[:：]?\s?",
    re.IGNORECASE,
)
_TAIL = re.compile(
    rf"[\s\[(（【*#]*(?:(?:shot|scene|clip|part)\s?#?{_ORDINAL}|(?:镜头|分镜|场景|画面)\s?{_ORDINAL}|第\s?{_ORDINAL}\s?个?(?:镜头|分镜|场景|镜))"
    r"[\s\])）】*:：,，]*$",
    re.IGNORECASE,
)


def _without_tail_label(said: str) -> str:
    return _TAIL.sub("", said)


def _entered(said: str, start: float | None = None, end: float | None = None) -> Piece:
    """A piece that may begin by telling how it is entered: "dissolve to a lake"."""
    head = _LABEL.match(said.lstrip())
    text = said.lstrip()[head.end() :] if head else said
    cut = _CUT.match(text.lstrip())
    if cut is not None and cut.end() > 0:
        return Piece(text.lstrip()[cut.end() :].strip(), _entry(cut), start, end)
    return Piece(text.strip(), "cut", start, end)


def _entry(cut: re.Match[str]) -> Entry:
    return "dissolve" if cut["dissolve"] or cut["dissolve_zh"] else "cut"


def _by_labels(text: str) -> Pieces | None:
    for pattern in (_LABEL, _NUMBERED):
        found = list(pattern.finditer(text))
        if len(found) >= 2:
            ends = [label.start() for label in found[1:]] + [len(text)]
            shots = []
            for label, stop in zip(found, ends, strict=True):
                said = text[label.end() : stop]
                length = _LENGTH.match(said)
                piece = _entered(said[length.end() :] if length else said)
                shots.append(replace(piece, seconds=float(length[1])) if length else piece)
            return Pieces(tuple(shot for shot in shots if shot.text), text[: found[0].start()])
    return None


def _by_cuts(text: str) -> Pieces | None:
    found = [cut for cut in _CUT.finditer(text) if cut.end() > cut.start()]
    if not found:
        return None
    shots = []
    begin = 0
    entry: Entry = "cut"
    for cut in [*found, None]:
        said = text[begin : cut.start() if cut else len(text)]
        inner = _by_order(said)
        for index, piece in enumerate(inner.shots if inner else (Piece(said.strip()),)):
            opening: Entry = "dissolve" if entry == "dissolve" and index == 0 else "cut"
            if piece.text:
                shots.append(Piece(piece.text, opening, bare=piece.bare))
        if cut is not None:
            begin, entry = cut.end(), _entry(cut)
    return Pieces(tuple(shots)) if len(shots) > 1 else None


def _by_order(text: str) -> Pieces | None:
    """By "first", "then", "finally"; bare where there is neither a first nor a last."""
    first = _FIRST.search(text)
    marks = sorted(
        [(mark.start(), mark.end(), False) for mark in _THEN.finditer(text)]
        + [(mark.start(), mark.end(), True) for mark in _LAST.finditer(text)]
    )
    start = first.end() if first else 0
    marks = [mark for mark in marks if mark[0] >= start]
    if not marks:
        return None
    sure = first is not None or len({last for _, _, last in marks}) == 2
    common = text[: first.start()] if first else ""
    ends = [begin for begin, _, _ in marks] + [len(text)]
    shots = [Piece(text[start : ends[0]].strip())]
    shots += [Piece(text[end:stop].strip(), bare=not sure) for (_, end, _), stop in zip(marks, ends[1:], strict=True)]
    return Pieces(tuple(shot for shot in shots if shot.text.strip(" ,.;，。；")), common)
