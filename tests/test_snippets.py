"""The playground's programs: what was asked for they say unchanged, or a note tells; and each brings its film home."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import openhorse
from conftest import SECRET, House, running_house
from npm_clients import installed
from openhorse.catalog import Catalog, load
from openhorse.dialects import dialect_named
from openhorse.dialects import openai as openai_words
from openhorse.dialects.fields import clean_prompt
from openhorse.errors import NotFound
from openhorse.server.native import write_catalog
from openhorse.vocabulary import Ratio, Tier, Video
from serving import landscape, mascot

PLAYGROUND = Path(openhorse.__file__).parent / "server" / "playground"
DIALECTS = ("native", "hiapi", "wavespeed", "evolink", "dashscope", "openai")
LANGUAGES = {"curl": ("sh", "film.sh"), "python": (sys.executable, "film.py"), "javascript": ("node", "film.mjs")}
BASE = "http://127.0.0.1:8000"
MODES = ("text-to-video", "image-to-video", "reference-to-video")
FORGED = (
    "'; exit 1; #\n\"\"\" + '''\nJSON\n$(false) `false` ${HOME} $HOME \\ \\n %s {0} ${1+1} "
    "海边的狗 🐕 <b>&amp;</b> @x \u2028!"
)
"""Whatever would end a string, a document within a script or the script itself."""

FILM = b"\0\0\0\x18ftypisom" + bytes(range(256)) * 40
LANDSCAPE = "it's a “land”.png"
Snippets = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def playground(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The modules in a folder of their own, in which Node takes them for modules."""
    if not all(shutil.which(program) for program in ("node", "jq", "curl")):
        pytest.skip("needs node, jq and curl")
    folder = tmp_path_factory.mktemp("playground")
    shutil.copytree(PLAYGROUND / "snippets", folder / "snippets")
    shutil.copy(PLAYGROUND / "snippets.js", folder)
    (folder / "package.json").write_text('{"type": "module"}')
    return folder


@pytest.fixture(scope="module")
def snippets(playground: Path) -> Iterator[Snippets]:
    """Asks one Node for the programs for a request, and for what the one in JavaScript sends."""
    catalog = write_catalog(load())
    script = Path(__file__).parent / "snippets.mjs"
    command = ["node", str(script), (playground / "snippets.js").as_uri()]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as node:
        assert node.stdin is not None
        assert node.stdout is not None

        def ask(request: dict[str, Any], dialect: str, base: str = BASE) -> dict[str, Any]:
            line = {"request": request, "dialect": dialect, "base": base, "catalog": catalog}
            node.stdin.write(json.dumps(line) + "\n")  # type: ignore[union-attr]
            node.stdin.flush()  # type: ignore[union-attr]
            return dict(json.loads(node.stdout.readline()))  # type: ignore[union-attr]

        yield ask


def request_of(mode: str = "text-to-video", **asked: Any) -> dict[str, Any]:
    """A request as the page makes it."""
    return {
        "mode": mode,
        "family": "happyhorse-1.1",
        "prompt": "a dog on a beach",
        "pictures": [],
        "resolution": "720p",
        "ratio": None if mode == "image-to-video" else "16:9",
        "seconds": 3,
        "seed": None,
        "engine": None,
        "watermark": False,
        "callback": None,
    } | asked


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    """Anything that can be asked for on the page."""
    mode = draw(st.sampled_from(MODES))
    words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
    count = draw(st.integers(1, 9)) if mode == MODES[2] else MODES.index(mode)
    address = st.sampled_from([{"url": "https://example.com/a.png?b=1&c='"}, {"name": 'it\'s "me".jpg'}, {}])
    return request_of(
        mode,
        family=draw(st.sampled_from(["happyhorse-1.1", "happyhorse-1.0"])),
        prompt="x" + draw(st.one_of(words, st.just(FORGED))),
        pictures=[draw(address) for _ in range(count)],
        resolution=draw(st.sampled_from([tier.value for tier in Tier])),
        ratio=None if mode == "image-to-video" else draw(st.sampled_from([None, *(ratio.value for ratio in Ratio)])),
        seconds=draw(st.integers(3, 15)),
        seed=draw(st.one_of(st.none(), st.sampled_from([0, 1, 2**31 - 1]))),
        engine=draw(st.sampled_from([None, "procedural"])),
        watermark=draw(st.booleans()),
        callback=draw(st.sampled_from([None, "https://example.com/hook?a=it's&b=~"])),
    )


def said_in_shell(code: str, dialect: str, folder: Path) -> dict[str, Any]:
    """What the script gives to curl, as the dialect reads it: run with a curl that only notes its words."""
    noting = """
        curl() {
            case " $* " in
                *'/uploads '*|*'/upload/binary '*|*'/upload/stream '*) echo '{"id": "https://example.com/up"}' ;;
                *' -d @- ') printf '%s\\0' "$@" > words; cat > body ;;
                *'/v1/videos -H'*) printf '%s\\0' "$@" > words ;;
            esac
        }
        base64() { cat > /dev/null; }
    """
    for name in ("first-frame.png", *(f"reference-{number}.png" for number in range(1, 10)), 'it\'s "me".jpg'):
        (folder / name).touch()
    submitting = code.partition("\nwhile\n")[0].replace(".data.download_url", ".id").replace(".data.file_url", ".id")
    subprocess.run(["sh", "-c", noting + submitting], cwd=folder, check=False, capture_output=True)
    words = (folder / "words").read_text("utf-8").split("\0")
    if dialect == "openai":
        fields = [words[at + 1].split("=", 1) for at, word in enumerate(words) if word in ("--form-string", "-F")]
        return openai_words.gathered((name, text) for name, text in fields)
    body = json.loads((folder / "body").read_text("utf-8"))
    return {"words": words, "body": body}


def body_of(said: Any, dialect: str, path: str) -> Any:
    """The body as the server puts it before the dialect: WaveSpeed's model and webhook are in the path."""
    if dialect != "wavespeed":
        return said
    model, _, query = path.partition("/api/v3/")[2].partition("?webhook=")
    return {"model": model, "input": said, "webhook": unquote(query) or None}


@settings(max_examples=25, deadline=None)
@given(request=requests(), dialect=st.sampled_from(DIALECTS))
def test_all_three_say_what_was_asked_for(
    snippets: Snippets, tmp_path_factory: pytest.TempPathFactory, request: dict[str, Any], dialect: str
) -> None:
    """The shell's words, JavaScript's body and Python's literals mean the order asked for, but for the notes."""
    told = snippets(request, dialect)
    notes = {note["word"].removeprefix("snippet_") for note in told["made"]["curl"]["notes"]}
    folder = tmp_path_factory.mktemp("shell")
    shell = said_in_shell(told["made"]["curl"]["code"], dialect, folder)
    catalog = load()
    if dialect == "openai":
        bodies = [shell]
    else:
        bodies = [body_of(shell["body"], dialect, shell["words"][1])]
        if dialect != "wavespeed":
            bodies.append(told["sent"])
    for body in bodies:
        check_order(request, dialect, catalog, notes, body)
    constants = [
        node.value for node in ast.walk(ast.parse(told["made"]["python"]["code"])) if isinstance(node, ast.Constant)
    ]
    assert request["prompt"] in constants
    assert told["sent"].get("input", told["sent"])["prompt"] == request["prompt"]
    for made in told["made"].values():
        assert "OPENHORSE_API_KEY" in made["code"]


def check_order(request: dict[str, Any], dialect: str, catalog: Catalog, notes: set[str], body: Any) -> None:
    """What the server reads in `body` is what was asked for, except what `notes` say."""
    order = dialect_named(dialect).read_order(body, catalog)
    offer = catalog.offer(dialect, order.model)
    ratio = request["ratio"] or ("16:9" if offer.ratios else None)
    watermark = request["watermark"] if dialect in ("native", "dashscope") else False
    expected = {
        "mode": (order.mode.value, request["mode"]),
        "prompt": (order.prompt, clean_prompt(request["prompt"])),
        "seconds": (order.seconds, request["seconds"]),
        "watermark": (order.watermark, watermark),
        "family": (offer.family, request["family"]),
        "tier": (order.tier.value, request["resolution"]),
        "ratio": (order.ratio and order.ratio.value, ratio),
        "seed": (order.seed, request["seed"]),
        "engine": (order.engine, request["engine"]),
        "callback": (order.callback and order.callback.url, request["callback"]),
    }
    if "seed_range" in notes:
        notes = notes | {"seed"}
    for name, (got, asked) in expected.items():
        assert got == asked or name in notes, (name, got, asked)
        assert not (got == asked and name in notes and name in ("tier", "ratio", "family")), (
            f"a needless note of {name}"
        )
    assert len(order.pictures) == len(request["pictures"])
    for address, picture in zip(order.pictures, request["pictures"], strict=True):
        assert "url" not in picture or address == picture["url"]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A server that makes the same film of every order, at once: here counts what is asked for and brought home."""
    with running_house(tmp_path_factory.mktemp("house")) as running:
        over = threading.Event()
        maker = threading.Thread(target=make_films, args=(running, over))
        maker.start()
        yield running
        over.set()
        maker.join()


def make_films(house: House, over: threading.Event) -> None:
    """Bring each task to its end when it is there."""
    made = 0
    while not over.wait(0.05):
        for task_id in house.enqueued[made:]:
            try:
                house.rooms.tasks.start(task_id)
            except NotFound:  # its order is being written
                break
            blob = f"films/{task_id}.mp4"
            house.rooms.blobs.put_bytes(blob, FILM)
            facts = (len(FILM), hashlib.sha256(FILM).hexdigest(), 854, 480, 72, 3.0, True, -16.0, -1.5, "plain", 7, 0.1)
            house.rooms.tasks.storing(task_id)
            house.rooms.tasks.finish(task_id, Video(blob, *facts))
            made += 1


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A customer's folder, with pictures and npm's packages."""
    made = tmp_path_factory.mktemp("customer")
    (made / "node_modules").symlink_to(installed() / "node_modules")
    return made


def test_every_program_brings_its_film_home(snippets: Snippets, house: House, folder: Path) -> None:
    """Six dialects in three languages, each in all modes, with files, quotes, lines and Chinese in the prompt."""
    jobs = [(dialect, language) for dialect in DIALECTS for language in LANGUAGES]

    def program(dialect: str, language: str) -> str:
        mode = MODES[(DIALECTS.index(dialect) + list(LANGUAGES).index(language)) % 3]
        pictures = [{"name": LANDSCAPE}, {"name": "mascot.png"}][: MODES.index(mode)]
        request = request_of(mode, prompt=FORGED, pictures=pictures, resolution="480p", seed=7)
        return str(snippets(request, dialect, house.url)["made"][language]["code"])

    codes = [program(*job) for job in jobs]

    def run(job: tuple[str, str]) -> str:
        number = jobs.index(job)
        return make(codes[number], job[1], folder / str(number))

    snippets_of = {}
    for job in jobs:
        mode = MODES[(DIALECTS.index(job[0]) + list(LANGUAGES).index(job[1])) % 3]
        names = {"text-to-video": [], "image-to-video": ["it's a “land”.png"]}.get(
            mode, ["mascot.png", "it's a “land”.png"]
        )
        request = request_of(
            mode, prompt=FORGED, pictures=[{"name": name} for name in names], resolution="480p", seed=7
        )
        snippets_of[job] = snippets(request, job[0], house.url)["made"][job[1]]["code"]
    with ThreadPoolExecutor(4) as pool:
        faults = [fault for fault in pool.map(run, jobs) if fault]
    assert not faults, "\n".join(faults)


def make(code: str, language: str, place: Path) -> str:
    """Run a program where its pictures lie; what is wrong with what it did, or nothing."""
    place.mkdir()
    (place / LANDSCAPE).write_bytes(landscape())
    (place / "mascot.png").write_bytes(mascot())
    program, name = LANGUAGES[language]
    (place / name).write_text(code, "utf-8")
    environment = os.environ | {"OPENHORSE_API_KEY": SECRET}
    done = subprocess.run([program, name], cwd=place, env=environment, capture_output=True, text=True, check=False)
    film = place / "film.mp4"
    if done.returncode == 0 and film.exists() and film.read_bytes() == FILM:
        return ""
    return f"{done.returncode}\n{done.stdout}\n{done.stderr}\n{code}"
