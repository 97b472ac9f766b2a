"""Settings come in; a server with its workers, or one worker, runs until it is told to stop.

Knows processes and signals, nothing of tasks: the house puts the rooms together.
"""

from __future__ import annotations

import logging
import math
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from types import FrameType

import uvicorn

from openhorse import traces
from openhorse.errors import InvalidOrder, OpenHorseError
from openhorse.house import House, seal_of
from openhorse.runs import FILMS, QUEUES
from openhorse.server.app import create_app
from openhorse.server.intake import Rooms
from openhorse.server.wire import Wire
from openhorse.settings import Settings
from openhorse.studio import Studio, Studios

PATIENCE_SECONDS = 15.0
"""How long a worker may take to stop, beyond what it may take to drain, before it is killed; what it had in hand is
made again later."""

GRACE_SECONDS = 5
"""How long an answer that is under way may go on after SIGTERM: a request that waits for its film can ask again."""

LOOK_SECONDS = 0.1
"""How often a worker's process looks whether it is to end."""

LOST = 75
"""The exit status of a worker that was taken for dead (EX_TEMPFAIL: try again)."""

RESTART_SECONDS, LONGEST_RESTART_SECONDS = 1.0, 30.0
"""The pause before a worker that died is started again: doubled each time, short again after a good while."""

_log = logging.getLogger(__name__)


class _Server(uvicorn.Server):
    """Tells those who wait for their films, at the first signal to stop, that they wait no longer, and the workers to
    drain; at the second one all to stop at once.
    """

    def __init__(self, config: uvicorn.Config, stopping: threading.Event, crew: Sequence[_Supervised]) -> None:
        super().__init__(config)
        self._stopping, self._crew = stopping, crew

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal to stop has come.

        Not told to Uvicorn, which would raise it once more when it has ended: the process would die of it before the
        workers are gone.
        """
        self.force_exit = self._stopping.is_set()
        self.should_exit = True
        self._stopping.set()
        _tell_to_stop(self._crew)


def serve(settings: Settings, host: str, port: int, say: Callable[[str], None]) -> None:
    """Run the API on `host`:`port` and OPENHORSE_WORKERS workers beside it, until SIGTERM or Ctrl-C."""
    traces.set_up()
    public_url = (settings.public_url or f"http://{_reachable(host)}:{port}").rstrip("/")
    house = House(settings, public_url)
    house.roster.check()
    secret = house.first_key()
    _greet(public_url, secret, preset=settings.api_key is not None, say=say)
    environment = os.environ | {
        "OPENHORSE_DATA": str(settings.data.absolute()),
        "OPENHORSE_PUBLIC_URL": public_url,
    }
    crew = [_Supervised(environment) for _ in range(settings.workers)]
    warms = settings.warm_up and settings.workers > 0 and "procedural" in settings.engine
    warming = _start_warming(environment) if warms else None
    stopping = house.rooms.stopping
    server = _Server(config_of(settings, house.rooms, host, port), stopping, crew)
    # Uvicorn hears signals while it serves; one that comes before, or while its threads and loop end, is heard too.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, server.handle_exit)
    try:
        server.run()
    finally:
        if not stopping.is_set():  # it could not listen, say
            _tell_to_stop(crew)
        if warming is not None:
            warming.kill()
            warming.wait()
        if any(worker.is_alive() for worker in crew):
            say("Films in hand are being finished; a second signal (Ctrl-C) drops them, to be made at the next start.")
        for worker in crew:
            worker.wait(settings.drain_seconds)
        house.close()


def config_of(settings: Settings, rooms: Rooms, host: str, port: int) -> uvicorn.Config:
    """How the API over `rooms` is served on `host`:`port`."""
    # Uvicorn's own lines repeat what we say; its warnings and errors stay.
    level = settings.log_level if settings.log_level in ("debug", "error") else "warning"
    return uvicorn.Config(
        create_app(rooms),
        host=host,
        port=port,
        http=Wire,
        log_level=level,
        log_config=None,  # its lines go where ours do
        access_log=False,  # a signed link is as good as a key, and would stand in it
        lifespan="off",
        timeout_graceful_shutdown=GRACE_SECONDS,
        # By itself it would believe whatever runs on this machine.
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=[str(network) for network in settings.trusted_proxies],
        server_header=False,
    )


def work(settings: Settings, queues: Sequence[str] = (), *, attached: bool) -> None:
    """Run one worker that takes from `queues`, all when none is named, until SIGTERM or Ctrl-C: then it finishes what
    it has in hand, for OPENHORSE_DRAIN_SECONDS at most, or until the second signal.

    When `attached`, it also stops, at once, when standard input ends with our parent. Exits with LOST when the others
    have taken it for dead: whatever supervises it should start another. Raises InvalidOrder for an unknown queue.
    """
    unknown = sorted(set(queues) - set(QUEUES))
    if unknown:
        raise InvalidOrder(f"unknown queue {unknown[0]!r}; there are {', '.join(QUEUES)}", field="queue")
    taken = tuple(queues) or QUEUES
    traces.set_up()
    house = House(settings, (settings.public_url or "").rstrip("/"))
    house.roster.check()
    told = _Told()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, told.once_more)
    if attached:
        threading.Thread(target=_until_input_ends, args=(told,), daemon=True).start()
    with Studios([Studio(seal=seal_of(settings)) for _ in range(settings.films_per_worker)]) as studios:
        worker = house.worker(studios, taken)
        worker.start()
        first = house.roster.first_at_home() if FILMS in taken else None
        warming = None if first is None else _Warming(studios, first)
        while not told.to_end() and not worker.lost.is_set() and (warming is None or warming.failure is None):
            time.sleep(LOOK_SECONDS)
        worker.drain(settings.drain_seconds, told.to_hurry)
        worker.stop()
    house.close()
    if warming is not None and warming.failure is not None and not told.to_end():
        raise warming.failure
    if worker.lost.is_set():
        raise SystemExit(LOST)


def _start_warming(environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """A process that compiles the kernels of all films, once on a machine; tasks are taken and films made meanwhile."""
    command = [sys.executable, "-m", "openhorse.engines.procedural.warming"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, env=environment, start_new_session=True)


class _Told:
    """How often this process was told to stop: once, to end; twice, to hurry.

    A plain number: a signal's handler interrupts its thread anywhere, and one that takes a lock, as Event.set() does,
    waits for ever when that very thread holds it.
    """

    def __init__(self) -> None:
        self._times = 0

    def once_more(self, *_signal: object) -> None:
        """It was told so now."""
        self._times += 1

    def at_once(self) -> None:
        """It was told so for the last time."""
        self._times += 2

    def to_end(self) -> bool:
        """Whether it was told so at all."""
        return self._times > 0

    def to_hurry(self) -> bool:
        """Whether it was told so again."""
        return self._times > 1


class _Warming:
    """Studios set up beside the films that are already being made, so that a signal is heard meanwhile."""

    def __init__(self, studios: Studios, engine: str) -> None:
        self.failure: OpenHorseError | None = None
        threading.Thread(target=self._warm, args=(studios, engine), daemon=True).start()

    def _warm(self, studios: Studios, engine: str) -> None:
        try:
            studios.warm(engine)
        except OpenHorseError as error:
            self.failure = error


def _until_input_ends(told: _Told) -> None:
    # os.read, not sys.stdin: a buffered reader's lock would hinder the interpreter's exit.
    while os.read(0, 1024):
        pass
    told.at_once()


def _tell_to_stop(crew: Sequence[_Supervised]) -> None:
    for worker in crew:
        worker.tell_to_stop()


def _reachable(host: str) -> str:
    """A name for this machine under which a client on it finds what listens on `host`."""
    if host in ("0.0.0.0", "::", ""):
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _greet(public_url: str, secret: str | None, *, preset: bool, say: Callable[[str], None]) -> None:
    say(f"OpenHorse listens on {public_url} (documentation: {public_url}/docs)")
    if secret is None:
        shown = "$OPENHORSE_API_KEY" if preset else "<your API key>"
    else:
        shown = secret
        say(f"Your API key, shown this once: {secret}")
    body = '{"model":"happyhorse-1.1/text-to-video","input":{"prompt":"A snow mountain lake in morning mist"}}'
    say(
        f"Try it:\n  curl {public_url}/v1/tasks -H 'Content-Type: application/json' "
        f"-H \"Authorization: Bearer {shown}\" \\\n    -d '{body}'"
    )


class _Supervised:
    """One worker process, started again whenever it dies by itself."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._stopping = threading.Event()
        self._hurried_at = math.inf
        self._process = self._start()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def tell_to_stop(self) -> None:
        """Ask the worker to end when it has finished what it has in hand; asked again, at once."""
        hurry = self._stopping.is_set()
        if hurry:
            self._hurried_at = min(self._hurried_at, time.monotonic())
        self._stopping.set()
        # Another signal the second time: two of the same that come close together are one.
        self._process.send_signal(signal.SIGINT if hurry else signal.SIGTERM)

    def is_alive(self) -> bool:
        """Whether its process has not ended."""
        return self._process.poll() is None

    def wait(self, seconds: float) -> None:
        """Return when the worker is gone. It is killed PATIENCE_SECONDS after its time to drain, `seconds`, is over, or
        after it was asked to hurry.
        """
        end = time.monotonic() + seconds
        while self._thread.is_alive() and time.monotonic() < min(end, self._hurried_at) + PATIENCE_SECONDS:
            self._thread.join(LOOK_SECONDS)
        if self.is_alive():
            self._process.kill()
        self._process.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        # A session of its own: Ctrl-C reaches the server, and the server tells its workers. Standard input
        # is a pipe that ends when the server does, also by kill -9, and the worker with it.
        command = [sys.executable, "-m", "openhorse", "work", "--attached"]
        return subprocess.Popen(command, stdin=subprocess.PIPE, env=self._environment, start_new_session=True)

    def _watch(self) -> None:
        pause = RESTART_SECONDS
        while True:
            started = time.monotonic()
            code = self._process.wait()
            if self._stopping.is_set():
                return
            if time.monotonic() - started > LONGEST_RESTART_SECONDS:
                pause = RESTART_SECONDS
            _log.error("a worker ended with %d; another starts in %.0f s", code, pause)
            if self._stopping.wait(pause):
                return
            pause = min(pause * 2, LONGEST_RESTART_SECONDS)
            self._process = self._start()
            if self._stopping.is_set():
                self._process.terminate()
