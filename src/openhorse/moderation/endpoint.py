"""A prompt, pictures or frames come in and are shown to an OpenAI-compatible moderation endpoint; a refusal goes out.

`POST /moderations` below the address that the operator names, as OpenAI documents it: the prompt as a text, then one
picture a request, since its model takes no more. Knows no task.
"""

from __future__ import annotations

import base64
import logging
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from openhorse.errors import REFUSED_FILM, ContentRefused, EngineUnavailable, ModerationUnavailable
from openhorse.patience import rest, waited_for
from openhorse.peers import Peer, Reply
from openhorse.vocabulary import Order, Progress

ANSWER_SECONDS = 20.0
PATIENCE_SECONDS = 120.0
"""How long an endpoint that does not answer is asked again, from the first time on."""

PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds between two times, the last of them for all that follow."""

AGAIN = frozenset({408, 409, 425, 429})
"""Refusals that the same request may not meet later; any 5xx is one, too."""

Failure = Literal["wait", "refuse", "allow"]

_WORDS = {
    "harassment/threatening": "threats",
    "hate": "hatred",
    "hate/threatening": "hateful threats",
    "illicit": "instructions for wrongdoing",
    "illicit/violent": "instructions for violent wrongdoing",
    "self-harm/instructions": "instructions for self-harm",
    "self-harm/intent": "self-harm",
    "sexual": "sexual content",
    "sexual/minors": "sexual content with minors",
    "violence/graphic": "graphic violence",
}
"""OpenAI's categories in plain words, but for those that are some already."""

_CATEGORY = re.compile(r"[A-Za-z0-9 _/.-]{1,60}")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A moderator that asks `peer`. `failure` says what happens where it gives no verdict: `wait` asks for `patience`
    seconds and then raises ModerationUnavailable; `refuse` and `allow` ask twice and then do just that.
    """

    peer: Peer
    model: str | None = None
    failure: Failure = "wait"
    sees: bool = True
    """Whether it is shown pictures and frames; else it reads prompts only."""
    patience: float = PATIENCE_SECONDS
    pauses: tuple[float, ...] = PAUSES
    name: str = "endpoint"

    def before(self, order: Order, pictures: Sequence[bytes], progress: Progress) -> None:
        """The prompt, then each picture."""
        if order.prompt:
            self._judge("The prompt", order.prompt, progress)
        for number, jpeg in enumerate(pictures if self.sees else (), 1):
            self._judge(f"Picture {number}" if len(pictures) > 1 else "The picture", _shown(jpeg), progress)

    def after(self, order: Order, frames: Sequence[bytes], progress: Progress) -> None:
        """Each frame, until one is refused."""
        for jpeg in frames if self.sees else ():
            self._judge(REFUSED_FILM.strip(), _shown(jpeg), progress)

    def close(self) -> None:
        """Let go of its connections."""
        self.peer.close()

    def _judge(self, what: str, shown: str | list[dict[str, Any]], progress: Progress) -> None:
        flagged = self._verdict(what, shown, progress)
        if flagged is not None:
            reasons = ", ".join(dict.fromkeys(_WORDS.get(one, one) for one in flagged))
            raise ContentRefused(f"{what} is refused by moderation{': ' * bool(reasons)}{reasons}.")

    def _verdict(self, what: str, shown: str | list[dict[str, Any]], progress: Progress) -> Sequence[str] | None:
        """The categories that it is flagged for, None when it is not."""
        body = {"input": shown, **({} if self.model is None else {"model": self.model})}
        until = time.monotonic() + self.patience
        for number in range(1_000_000):
            try:
                reply = waited_for(
                    lambda: self.peer.ask("POST", "/moderations", body=body, seconds=ANSWER_SECONDS), progress
                )
                return _read(reply)
            except (EngineUnavailable, _NoVerdictError) as error:
                trouble: Exception = error
            pause = self.pauses[min(number, len(self.pauses) - 1)]
            is_final = isinstance(trouble, _NoVerdictError) and not trouble.is_passing
            is_enough = number > 0 if self.failure != "wait" else time.monotonic() + pause > until
            if is_final or is_enough:
                break
            rest(pause, progress)
        self._do_without(what, trouble)
        return None

    def _do_without(self, what: str, trouble: Exception) -> None:
        told = "; ".join([str(trouble), *getattr(trouble, "__notes__", ())])
        if self.failure == "allow":
            _log.warning("%s is let through unjudged: %s", what, told)
            return
        _log.error("%s could not be judged: %s", what, told)
        if self.failure == "refuse":
            raise ContentRefused(f"{what} is refused: it could not be judged by moderation.")
        raise ModerationUnavailable(f"{what} could not be judged by moderation; please try again later.")


class _NoVerdictError(Exception):
    """The endpoint answered something that is no verdict. `is_passing` says whether another time may do."""

    def __init__(self, message: str, *, is_passing: bool = True) -> None:
        super().__init__(message)
        self.is_passing = is_passing


def _shown(jpeg: bytes) -> list[dict[str, Any]]:
    url = f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"
    return [{"type": "image_url", "image_url": {"url": url}}]


def _read(reply: Reply) -> Sequence[str] | None:
    """The categories that are flagged, None when nothing is. Raises _NoVerdictError."""
    if not reply.is_ok:
        told = reply.body.get("error") if isinstance(reply.body, dict) else reply.body
        passing = reply.status >= 500 or reply.status in AGAIN
        raise _NoVerdictError(f"HTTP status {reply.status}: {str(told)[:300]}", is_passing=passing)
    results = reply.body.get("results") if isinstance(reply.body, dict) else None
    if not isinstance(results, list) or not results:
        raise _NoVerdictError("an answer without results")
    found: list[str] = []
    is_flagged = False
    for result in results:
        if not isinstance(result, dict) or not isinstance(result.get("flagged"), bool):
            raise _NoVerdictError("a result that does not say whether it is flagged")
        is_flagged |= result["flagged"]
        categories = result.get("categories")
        if result["flagged"] and isinstance(categories, dict):
            found += [str(name) for name, said in categories.items() if said is True and _CATEGORY.fullmatch(str(name))]
    return found if is_flagged else None
