"""Settings come in; what goes out is all that is done with an order besides making it: moderation and its prompt.

Knows no queue, no task and no vendor: whoever takes orders in or makes films asks it at the right moment.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol, runtime_checkable

from pydantic import SecretStr

from openhorse.enhancement import Enhanced, Enhancer, Writer
from openhorse.errors import ContentRefused, InvalidOrder, ModerationUnavailable
from openhorse.moderation import Moderator, guests
from openhorse.moderation.denying import DenyList
from openhorse.moderation.endpoint import Endpoint
from openhorse.peers import Peer
from openhorse.settings import Settings
from openhorse.vocabulary import Order, Progress

FRAMES = 6
"""How many of a film its judges see, from its first to its last."""

UNUSED = "The prompt stayed as it was: what had been made of it was refused by moderation."

UNABLE = "The prompt stayed as it was: nothing here enhances prompts."

_audit = logging.getLogger("openhorse.audit")


def _unwatched(_share: float) -> None:
    """Nobody asks how far it is, and nobody cancels it."""


@runtime_checkable
class Closing(Protocol):
    """Holds connections."""

    def close(self) -> None:
        """Let go of them."""


@dataclass(frozen=True, slots=True)
class Care:
    """What an installation does with orders besides making them. As it is by default, it lets everything through.

    Used from many threads of a process at once. `progress` is told 0 a few times a second while an endpoint is waited
    for, and what it raises comes out. Each refusal is one line of the log "openhorse.audit", without the prompt.
    """

    moderators: tuple[Moderator, ...] = ()
    enhancer: Enhancer | None = None
    denied: DenyList | None = None

    def deny(self, order: Order) -> None:
        """Refuse at once what needs no thinking about; asks nobody. Raises ContentRefused."""
        if self.denied is not None:
            with _audited("order", "deny list"):
                self.denied.check(order)

    def before(self, order: Order, pictures: Sequence[bytes], progress: Progress = _unwatched) -> None:
        """Judge an order and its pictures, vetted PNGs, before any engine is asked.

        Raises ContentRefused, and ModerationUnavailable when a judge does not answer, however often asked.
        """
        if not self.moderators:
            return
        from openhorse.media.glances import glance  # codecs, which who judges nothing need not wait for

        shown = [glance(png) for png in pictures]
        self._judge("order", lambda judge: judge.before(order, shown, progress))

    def enhance(self, order: Order, engine: str, progress: Progress = _unwatched) -> Enhanced:
        """The prompt for `engine` to make `order` from; the order's own in case of doubt.

        Asks an endpoint, whose answer may differ at every call: keep what came out with the task.
        """
        if self.enhancer is None:
            return Enhanced(order.prompt, UNABLE if order.enhance else None)
        made = self.enhancer.enhance(order, engine, progress)
        if made.prompt == order.prompt:
            return made
        written = replace(order, prompt=made.prompt, pictures=())
        try:
            self.deny(written)
            self._judge("prompt", lambda judge: judge.before(written, (), progress))
        except (ContentRefused, ModerationUnavailable):
            return Enhanced(order.prompt, UNUSED)
        return made

    def after(self, order: Order, film: Path, progress: Progress = _unwatched) -> None:
        """Judge the finished film, before anybody can see it. Raises as `before` does."""
        if not self.moderators:
            return
        from openhorse.media.glances import frames_of

        shown = frames_of(film, FRAMES)
        self._judge("film", lambda judge: judge.after(order, shown, progress))

    def close(self) -> None:
        """Let go of all connections."""
        for one in (*self.moderators, self.enhancer):
            if isinstance(one, Closing):
                one.close()

    def _judge(self, stage: str, ask: Callable[[Moderator], None]) -> None:
        for judge in self.moderators:
            with _audited(stage, judge.name):
                ask(judge)


@contextmanager
def _audited(stage: str, judge: str) -> Iterator[None]:
    """Whose order it is, the log knows by itself: see openhorse.logs."""
    try:
        yield
    except ContentRefused as refusal:
        _audit.warning("refused at stage %s by %s: %s", stage, judge, refusal.message)
        raise


def care_of(settings: Settings) -> Care:
    """What `settings` ask for. Raises InvalidOrder for settings that cannot be followed."""
    denied = None if settings.deny_list is None else DenyList(settings.deny_list)
    return Care(_moderators(settings), _enhancer(settings), denied)


def _enhancer(settings: Settings) -> Enhancer | None:
    if settings.enhance_url is None:
        return None
    if settings.enhance_model is None:
        raise InvalidOrder("OPENHORSE_ENHANCE_URL needs OPENHORSE_ENHANCE_MODEL")
    peer = Peer(settings.enhance_url, _headers(settings.enhance_key))
    return Writer(peer, settings.enhance_model, settings.enhance_engines)


def _moderators(settings: Settings) -> tuple[Moderator, ...]:
    """The endpoint first: it is the one that answers."""
    if settings.moderation_url is None:
        return guests()
    peer = Peer(settings.moderation_url, _headers(settings.moderation_key))
    endpoint = Endpoint(peer, settings.moderation_model, settings.moderation_failure, sees=settings.moderation_pictures)
    return (endpoint, *guests())


def _headers(key: SecretStr | None) -> Mapping[str, str]:
    return {} if key is None else {"authorization": f"Bearer {key.get_secret_value()}"}
