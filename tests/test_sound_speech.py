"""Quoted speech: what of a prompt is spoken, by what voice, where in the film; and that a missing voice is no error."""

from __future__ import annotations

import shutil
import stat
import sys
from pathlib import Path

import numpy as np
import pytest

from openhorse.engines.procedural.direction import direct
from openhorse.engines.procedural.score import Bed, Line, Score
from openhorse.engines.procedural.sound import perform
from openhorse.engines.procedural.sound.speech import LONGEST_LINE, MOST_LINES, read_speech
from openhorse.engines.procedural.sound.synthesis import loudness
from openhorse.engines.procedural.sound.voice import PROGRAM, START_SECONDS, speak, voice_note
from openhorse.vocabulary import SAMPLE_RATE, Mode, Order, Ratio, Tier

HELLO = (Line("Hello there"),)

STAND_IN = """#!{python}
import math, struct, sys
text = sys.stdin.buffer.read()
rate = 22050
samples = b"".join(struct.pack("<h", int(9000 * math.sin(0.06 * n))) for n in range({length}))
head = b"RIFF" + struct.pack("<I", 0x7FFFF024) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, rate, 2 * rate, 2, 16)
sys.stdout.buffer.write(head + b"data" + struct.pack("<I", 0x7FFFF000) + samples)
open({log!r}, "a").write(" ".join(sys.argv[1:]) + "|" + text.decode() + "\\n")
"""


def install(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Put a program by the voice's name on an otherwise empty PATH."""
    program = folder / PROGRAM
    program.write_text(script)
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(folder))


def tone(folder: Path, seconds: float = 1.0) -> str:
    """A program that says everything as a tone of `seconds`, and writes down what it was asked."""
    return STAND_IN.format(python=sys.executable, length=int(seconds * 22050), log=str(folder / "log"))


@pytest.mark.parametrize(
    ("prompt", "spoken"),
    [
        ("A woman on a beach says: 'hello there', slow motion", [("hello there", "en", "woman")]),
        ("A man says: 'it's a fine day'", [("it's a fine day", "en", "man")]),
        ("女孩对着镜头说：“你好，欢迎来到海边。”", [("你好，欢迎来到海边。", "cmn", "woman")]),
        ("老人低声道「风来了」，湖面", [("风来了", "cmn", "man")]),
        ('"Where are you going?" asks the little boy.', [("Where are you going?", "en", "child")]),
        ('Voice-over: "Once upon a time." A lake.', [("Once upon a time.", "en", "man")]),
        ("她说“我们走吧”，然后他问“去哪里？”", [("我们走吧", "cmn", "woman"), ("去哪里？", "cmn", "man")]),
        ('"Come home, please!" A dog on a beach', [("Come home, please!", "en", "man")]),
    ],
)
def test_quoted_speech_is_found(prompt: str, spoken: list[tuple[str, str, str]]) -> None:
    """Beside a word for speaking, or as a sentence, in both languages and every kind of quotation mark."""
    assert [(line.text, line.language, line.speaker) for line in read_speech(prompt).lines] == spoken


@pytest.mark.parametrize(
    "prompt",
    [
        "A neon street with a sign that says 'OPEN'",
        "一条街，招牌上写着“拉面”",
        "“蒸汽朋克”风格的街道",
        'A boat called "Mary" on a lake, in "Ghibli" style',
        "a dog's tail and the dogs' toys",
        "A lake at dawn, no quotes at all",
        '" she says, and the mark is never closed',
        "",
    ],
)
def test_what_is_written_or_named_is_not_spoken(prompt: str) -> None:
    """Signs, titles, names, styles and apostrophes say nothing, and the prompt stays as it is."""
    speech = read_speech(prompt)
    assert speech.lines == ()
    assert speech.rest == prompt


@pytest.mark.parametrize("refusal", ["no voice", "without any dialogue", "no narration", "nobody speaks"])
def test_no_voice_is_obeyed(refusal: str) -> None:
    """The refusal counts outside the quotation, and the quoted words still describe no picture."""
    speech = read_speech(f'A lake, {refusal}. He says "I love snow"')
    assert speech.lines == ()
    assert "snow" not in speech.rest
    assert read_speech('He says "no voice was heard"').lines


def test_no_voice_is_obeyed_in_chinese() -> None:
    """无对白 and its like."""
    assert read_speech("湖面，无对白。他说：“你好”").lines == ()
    assert read_speech("湖面，不要人声。他说：“你好”").lines == ()


def test_lines_are_few_short_and_plain() -> None:
    """However long the prompt: a handful of lines, no control characters, no brackets that the program would obey."""
    speech = read_speech('He says "[[h@l]] <b>\x07hi\nyou</b>" ' * 40 + f'and says "{"a " * 900}"')
    assert len(speech.lines) == MOST_LINES
    assert all(len(line.text) <= LONGEST_LINE and not set(line.text) & set("[]<>\x07\n") for line in speech.lines)
    assert len(read_speech(f'He says "{"a " * 900}"').lines[0].text) <= LONGEST_LINE
    assert read_speech("He whispers “привет”").lines == ()


def test_without_a_voice_nothing_is_said_and_the_notes_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The film sounds as it would without the words."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert speak(HELLO, 3) is None
    assert "not spoken: no voice" in str(voice_note(HELLO, 3))
    assert voice_note((), 3) is None
    with_line, without = (perform(Score(3, 1, (Bed("wind", 0.5),), lines=lines)) for lines in (HELLO, ()))
    assert with_line is not None
    assert without is not None
    assert np.array_equal(with_line, without)


@pytest.mark.parametrize(
    "script",
    ["#!/bin/sh\nexit 3\n", "#!/bin/sh\necho no wave\n", "not a program", "#!/bin/sh\nprintf 'RIFF....WAVEdata'\n"],
)
def test_a_voice_that_fails_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """A bad exit, bad output or a bad program: nothing is spoken, and the notes say that it failed."""
    install(tmp_path, monkeypatch, script)
    assert speak(HELLO, 3) is None
    assert "failed" in str(voice_note(HELLO, 3))


def test_a_voice_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time limit holds."""
    install(tmp_path, monkeypatch, f"#!{sys.executable}\nimport time\ntime.sleep(60)\n")
    monkeypatch.setattr("openhorse.engines.procedural.sound.voice.LIMIT_SECONDS", 0.3)
    assert speak(HELLO, 3) is None


def test_speech_lies_over_the_sound_and_music_gives_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From second 0.6 on the voice is there, clearly above an ambience that is ducked under it."""
    install(tmp_path, monkeypatch, tone(tmp_path))
    score = Score(5, 1, (Bed("rain", 0.5),), mood="calm", lines=HELLO)
    spoken, silent = perform(score), perform(Score(5, 1, (Bed("rain", 0.5),), mood="calm"))
    assert spoken is not None
    assert silent is not None
    speaking, before = slice(int(0.8 * SAMPLE_RATE), int(1.4 * SAMPLE_RATE)), slice(0, int(0.2 * SAMPLE_RATE))
    assert loudness(spoken[:, speaking]) > loudness(silent[:, speaking]) + 4
    assert np.abs(spoken[:, before] - silent[:, before]).max() < 0.3 * np.abs(silent[:, before]).max()
    after = slice(int(3 * SAMPLE_RATE), None)
    assert loudness(spoken[:, after]) == pytest.approx(loudness(silent[:, after]), abs=1)
    begin = np.flatnonzero(np.abs(spoken - silent).max(axis=0) > 0.02)[0] / SAMPLE_RATE
    assert 0.1 < begin < START_SECONDS + 0.05
    assert np.array_equal(spoken, perform(score))


def test_the_program_gets_the_words_on_its_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Never as arguments; language and speaker choose the voice, and one speech is made once for notes and sound."""
    install(tmp_path, monkeypatch, tone(tmp_path))
    lines = (Line("-v evil", "en", "woman"), Line("你好", "cmn", "man"))
    assert "spoken by" in str(voice_note(lines, 5))
    assert speak(lines, 5) is not None
    first, second = (tmp_path / "log").read_text().splitlines()
    assert first.startswith("-v en+f")
    assert first.endswith("|-v evil")
    assert second.startswith("-v cmn+m")
    assert second.endswith("|你好")


def test_speech_that_is_too_long_is_cut_and_said_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It ends before the film does, faded, and the notes tell."""
    install(tmp_path, monkeypatch, tone(tmp_path, 9.0))
    spoken = speak(HELLO, 3)
    assert spoken is not None
    assert not spoken.whole
    assert START_SECONDS + spoken.samples.size / SAMPLE_RATE < 3
    assert abs(spoken.samples[-1]) < 1e-3
    assert "as far as the film is long" in str(voice_note(HELLO, 3))


def order(prompt: str) -> Order:
    """A small text-to-video order."""
    return Order("native", "test", Mode.TEXT, prompt, Tier("480p"), 3, Ratio.R16_9, seed=3)


def test_words_reach_the_score_and_the_notes_but_not_the_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A beach stays a beach, whatever is said of snow; a silent film stays silent."""
    monkeypatch.setenv("PATH", str(tmp_path))
    production = direct(order('A beach at noon. A man says: "I love snowy mountain lakes!"'), [], 160, 90)
    assert [line.text for line in production.score().lines] == ["I love snowy mountain lakes!"]
    assert "snow" not in production.shot.brief.weather
    assert any("not spoken" in note for note in production.notes)
    silent = direct(order('A beach at noon, no sound. A man says: "hello you!"'), [], 160, 90)
    assert silent.score().is_silent
    assert not any("spoken" in note for note in silent.notes)


@pytest.mark.parametrize("line", [Line("Hello there, good morning", "en", "woman"), Line("你好，欢迎", "cmn", "man")])
def test_the_real_voice_speaks(line: Line) -> None:
    """The installed program gives a second or so of clean speech."""
    if shutil.which(PROGRAM) is None:
        pytest.skip(f"{PROGRAM} is not installed: the voice is tested with a stand-in only")
    spoken = speak((line,), 5)
    assert spoken is not None
    assert spoken.whole
    assert 0.4 < spoken.samples.size / SAMPLE_RATE < 3
    assert np.abs(spoken.samples).max() == pytest.approx(1, abs=0.05)
    assert abs(spoken.samples[0]) < 1e-3
