"""Orders and pictures come in, films made by a vendor of HappyHorse, with the operator's own key, go out.

The dialects have the vendors' words; here is what is done with them: an order becomes one in the vendor's catalog, is
asked for exactly once, looked at, fetched. Whoever refuses there, refuses us: what a customer hears never says more of
keys and balances than that the vendor does not take orders. The rest is logged.
"""

from __future__ import annotations

import hashlib
import logging
import os
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from openhorse.catalog import Catalog, Offer
from openhorse.cues import Credit
from openhorse.dialects import Report, dialect_named, wavespeed
from openhorse.engines.doors import Door
from openhorse.engines.mentions import renamed
from openhorse.engines.remote import Caps, Lost, Place, Sent, Unanswered
from openhorse.engines.uploading import Desks, Parcel, Uploads, packed
from openhorse.engines.vendors import UpstreamTerms, charge_of, stop_call
from openhorse.errors import (
    AddressRefused,
    BusyError,
    ContentRefused,
    EngineUnavailable,
    FilmRejected,
    Gone,
    IdempotencyInFlight,
    IdempotencyMismatch,
    NotFound,
    OpenHorseError,
    PictureUnreachable,
    UnknownModel,
    UpstreamError,
)
from openhorse.outbound import Outbound
from openhorse.peers import Bounds, Reply
from openhorse.vocabulary import Failure, Mode, Order, Status

HEALTH_SECONDS, WELL_SECONDS, ILL_SECONDS = 5.0, 60.0, 10.0
"""How long a vendor may take to say that it is well, and how long what it said, or did not, is believed."""

IN_FLIGHT_TURNS, IN_FLIGHT_SECONDS = 3, 5
"""How often a repeated request is sent again while the first is still in hand there, and after how many seconds."""

_AWAY = "The vendor that makes these films does not take orders at present."
_KEYS, _BUSY = frozenset({401, 402, 403}), frozenset({408, 425, 429})

_log = logging.getLogger(__name__)


class Upstream:
    """One vendor's HappyHorse, spoken to in its own dialect. `environ` is where its key is looked for.

    Raises InvalidOrder for terms that cannot be followed.
    """

    def __init__(
        self, terms: UpstreamTerms, catalog: Catalog, outbound: Outbound, environ: Mapping[str, str] = os.environ
    ) -> None:
        self._vendor = terms.vendor
        self.name = terms.name
        self.caps = Caps(terms.day_micros, terms.month_micros)
        self.poll_seconds = self._vendor.poll_seconds
        self.has_idempotency = self._vendor.has_idempotency
        self._terms, self._catalog, self._outbound, self._environ = terms, catalog, outbound, environ
        self._addresses = terms.address, terms.files_address
        self._words = dialect_named(terms.dialect)
        self._uploads = Uploads(terms.dialect) if terms.dialect != "openai" else None
        self._lock = threading.Lock()
        self._desks: tuple[str, Desks] | None = None
        self._felt: tuple[float, str | None] = (0.0, None)

    def close(self) -> None:
        """Let go of its connections."""
        with self._lock:
            if self._desks is not None:
                self._desks[1].api.close()
                self._desks[1].files.close()
            self._desks = None

    def places(self, order: Order) -> Sequence[Place]:
        """The vendor's model that makes `order`, at the vendor's price; none where it cannot."""
        if self.why_not(order) is not None:
            return ()
        asked = self._asked(order)
        seats = self._terms.seats or self._vendor.seats
        per_second = self._terms.per_second or self._vendor.per_second
        return (Place(asked.model, seats, per_second, self._catalog.quote(asked).micros),)

    def why_not(self, order: Order) -> str | None:
        """Why the vendor's offer cannot be all that `order` asks for; None when it can."""
        title = self._vendor.title
        try:
            offer = self._offer(order)
        except UnknownModel as error:
            return error.message
        if order.tier not in offer.tiers:
            return f"{title} makes {offer.family} in {', '.join(offer.tiers)}, not in {order.tier}"
        if order.ratio is not None and offer.ratios and order.ratio not in offer.ratios:
            return f"{title} has no {order.ratio} for {offer.family}"
        if not offer.pictures[0] <= len(order.pictures) <= offer.pictures[1]:
            return f"{title} does not take {len(order.pictures)} pictures for {order.mode}"
        if offer.prompt_required and not order.prompt:
            return f"{title} wants a prompt"
        if self._terms.dialect == wavespeed.name and len(order.prompt) > wavespeed.PROMPT_LIMIT:
            return f"{title} takes prompts of up to {wavespeed.PROMPT_LIMIT} characters"
        return None

    def notes(self, order: Order) -> Sequence[str]:
        """What of `order` is not asked for there, in words for the customer."""
        if order.seed is None or self._asked(order).seed is not None:
            return ()
        return (f"{self._vendor.title} was not told the seed: it takes none like it, so the film cannot be repeated",)

    def credit(self, order: Order) -> Credit:
        """The vendor, and its model's name there."""
        return Credit(f"{self._vendor.title} {self._offer(order).model}")

    def health(self, place: Place) -> str | None:
        """What is wrong with the vendor; None when it is well. Asked anew after a while only."""
        now = time.monotonic()
        with self._lock:
            until, felt = self._felt
            if now < until:
                return felt
            self._felt = now + HEALTH_SECONDS, felt  # one asks, the others go by what was last known
        felt = self._feel()
        with self._lock:
            self._felt = now + (WELL_SECONDS if felt is None else ILL_SECONDS), felt
        return felt

    def ask(self, place: Place, order: Order, pictures: Sequence[Sent], once: str) -> Report:
        """Order the film there; see Remote. UpstreamError when the vendor will not make it."""
        desks, asked = self._at(), self._asked(order)
        files: dict[str, tuple[str, bytes, str]] = {}
        if self._uploads is None:
            parcels = [packed(one.png, self._offer(order).picture_limits.bytes) for one in pictures]
            files = {str(index): _file(parcel) for index, parcel in enumerate(parcels)}
            addresses = tuple(files)
        else:
            addresses = self._uploads.addresses(desks, self._offer(order), pictures)
        call = self._words.write_order(replace(asked, pictures=addresses))
        headers = {"idempotency-key": _name_of(once)} if self.has_idempotency else {}
        for turn in range(IN_FLIGHT_TURNS):
            reply = desks.api.make(call, files, headers)
            error = None if reply.is_ok else self._error(reply)
            if not isinstance(error, IdempotencyInFlight):
                break
            if turn + 1 < IN_FLIGHT_TURNS:
                time.sleep(min(error.retry_after or IN_FLIGHT_SECONDS, IN_FLIGHT_SECONDS))
        if error is not None:
            raise self._unmade(reply, error) from error
        return self._read(reply, place, Unanswered)

    def look(self, place: Place, report: Report) -> Report:
        """What the vendor says of the film now; see Remote."""
        call = self._words.write_query(report.id)
        reply = self._at().api.make(call, {}, {})
        if reply.is_ok:
            return self._read(reply, place, EngineUnavailable)
        error = self._error(reply)
        if isinstance(error, NotFound):
            raise Lost(error.message)
        raise self._away(reply, error) from error

    def fetch(self, place: Place, report: Report, path: Path) -> None:
        """Bring the film to `path`; a link that has died is asked for anew, once. UpstreamError when it is gone."""
        try:
            self._bring(report, path)
        except Gone:
            again = self.look(place, report)
            try:
                self._bring(again, path)
            except Gone as error:
                raise UpstreamError("The vendor has made the film, and its link does not work.") from error

    def release(self, place: Place, report: Report) -> None:
        """Nothing: what a vendor has made, it lets expire."""

    def stop(self, place: Place, report: Report) -> bool:
        """Whether the vendor has cancelled the film. False where it goes on, or is ready, there: it is charged."""
        call = stop_call(self._terms.dialect, report.id)
        if call is None:
            return False
        reply = self._at().api.make(call, {}, {})
        if not reply.is_ok and reply.status not in (400, 404, 409):
            error = self._error(reply)
            raise self._away(reply, error) from error
        try:
            return self.look(place, report).status in (Status.CANCELLED, Status.FAILED)
        except Lost:  # it forgets what it cancels
            return reply.is_ok

    def _family(self, order: Order) -> str:
        return self._terms.family or self._catalog.offer(order.dialect, order.model).family

    def _offer(self, order: Order) -> Offer:
        return self._catalog.made_by(self._terms.dialect, self._family(order), order.mode)

    def _asked(self, order: Order) -> Order:
        """`order` in the vendor's own catalog. A mark is put in here, if any, and nobody is told there of its end."""
        offer = self._offer(order)
        fits = order.seed is not None and offer.seed is not None and offer.seed[0] <= order.seed <= offer.seed[1]
        prompt = renamed(order.prompt, self._vendor.mention) if order.mode is Mode.REFERENCE else order.prompt
        return replace(
            order,
            dialect=offer.dialect,
            model=offer.model,
            prompt=prompt,
            seed=order.seed if fits else None,
            engine=None,
            watermark=False,
            callback=None,
            echo={},
            enhance=None if order.enhance is None else False,  # whoever wanted it written anew has had it
        )

    def _at(self) -> Desks:
        """Where the vendor is spoken to. Raises EngineUnavailable without a key."""
        key = self._environ.get(self._terms.key_variable, "")
        if not key:
            _log.warning("%s: the variable %s with its key is not set", self.name, self._terms.key_variable)
            raise EngineUnavailable(_AWAY)
        with self._lock:
            if self._desks is None or self._desks[0] != key:
                address, files_address = self._addresses
                api = Door(address, key)
                files = api if files_address == address else Door(files_address, key)
                self._desks = key, Desks(api, files, self._outbound)
            return self._desks[1]

    def _feel(self) -> str | None:
        """What is wrong with the vendor, for the operator."""
        if not self._environ.get(self._terms.key_variable):
            return f"the variable {self._terms.key_variable} with its key is not set"
        try:
            reply = self._at().api.ask("GET", self._vendor.well, seconds=HEALTH_SECONDS)
        except EngineUnavailable:
            return "it does not answer"
        if reply.status in _KEYS:
            return "it does not accept the key"
        if reply.status in _BUSY or reply.status >= 500:
            return f"it answers with HTTP status {reply.status}"
        return "its balance is spent" if _is_spent(reply.body) else None

    def _error(self, reply: Reply) -> OpenHorseError:
        return self._words.read_error(reply.status, reply.body, reply.headers)

    def _read(self, reply: Reply, place: Place, unread: type[EngineUnavailable]) -> Report:
        """What an answer says of a film. Raises `unread` when it says nothing, Lost when it knows of none."""
        try:
            report = self._words.read_task(reply.body)
        except NotFound as error:
            raise Lost(error.message) from error
        except UpstreamError as error:
            _log.warning("%s: %s: %s", self.name, error, str(reply.body)[:500])
            raise unread("The vendor's answer cannot be read.", retry_after=5) from error
        charge = report.charge_micros
        if charge is None and report.status is Status.SUCCEEDED:
            charge = charge_of(self._catalog, self._terms.dialect, place.label, reply.body)
        return replace(report, charge_micros=charge, failure=_understood(report.failure))

    def _unmade(self, reply: Reply, error: OpenHorseError) -> OpenHorseError:
        """What a refused create means: surely no film, except where it reads as if one was being made already."""
        if isinstance(error, IdempotencyInFlight | IdempotencyMismatch):
            return Unanswered("The vendor has the order, and does not say which film it is.", retry_after=5)
        if reply.status in (500, 502, 504) and not isinstance(
            reply.body, Mapping
        ):  # a gateway's word, not the vendor's
            return Unanswered("The vendor did not answer.", retry_after=5)
        return self._away(reply, error)

    def _away(self, reply: Reply, error: OpenHorseError) -> OpenHorseError:
        """The vendor's refusal as ours: of what was ordered, or of us and the moment."""
        if isinstance(error, ContentRefused):
            return ContentRefused(error.message)
        is_busy = isinstance(error, BusyError) or reply.status in _BUSY
        if not is_busy and reply.status not in _KEYS and _blames_the_order(error):
            return UpstreamError(f"{self._vendor.title} refuses the order: {error.message}"[:500])
        _log.warning("%s: HTTP status %d: %s", self.name, reply.status, error.message)
        return EngineUnavailable(_AWAY, retry_after=error.retry_after or (5 if is_busy else 30))

    def _bring(self, report: Report, path: Path) -> None:
        if report.film is None:
            raise UpstreamError("The vendor says that the film is ready, and not where.")
        door = self._at().api
        below = door.path_of(report.film)
        if below is not None:
            self._check(door.download(below, path))
            return
        try:
            self._outbound.download(report.film, path, max_bytes=Bounds().film_bytes)
        except (AddressRefused, FilmRejected) as error:
            _log.warning("%s: film not fetched: %s", self.name, error)
            raise UpstreamError(f"The vendor's film cannot be fetched: {error.message}") from error
        except Gone:
            raise
        except UpstreamError as error:
            raise EngineUnavailable(error.message, retry_after=5) from error

    def _check(self, reply: Reply) -> None:
        """Raises Gone for a link that is dead, else what the refusal of a film means."""
        if reply.status in (404, 410) or (reply.status == 403 and not isinstance(reply.body, Mapping)):
            raise Gone("The film's link does not work any more.")
        if not reply.is_ok:
            raise self._away(reply, self._error(reply))


def _file(parcel: Parcel) -> tuple[str, bytes, str]:
    return parcel.name, parcel.data, parcel.kind


def _name_of(once: str) -> str:
    """A name for a request that fits every vendor: EvoLink wants 16 to 96 of a few characters."""
    return "openhorse-" + hashlib.sha256(once.encode()).hexdigest()[:40]


def _blames_the_order(error: OpenHorseError) -> bool:
    return error.blame == "caller" or isinstance(error, PictureUnreachable)


def _understood(failure: Failure | None) -> Failure | None:
    """A film's failure there: moderation's stays, any other is the vendor's."""
    if failure is None:
        return None
    code = ContentRefused.code if failure.code == ContentRefused.code else UpstreamError.code
    return Failure(code, failure.message, failure.retry)


def _is_spent(body: Any) -> bool:
    """Whether a balance, as WaveSpeed or EvoLink tells it, is used up."""
    data = body.get("data") if isinstance(body, Mapping) else None
    if not isinstance(data, Mapping):
        return False
    user, token = data.get("user"), data.get("token")
    left = user.get("remaining_credits") if isinstance(user, Mapping) else data.get("balance")
    if isinstance(token, Mapping) and token.get("unlimited_credits") is True:
        return False
    return isinstance(left, int | float) and not isinstance(left, bool) and left <= 0
