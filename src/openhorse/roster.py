"""An order comes in, the engines that can make it go out, in order of preference; or why there is none.

Engines are those that are installed, by their entry points, and those elsewhere that the operator has added. Whether
one is ready is what stands still: installed, accepted, there. Whether a server answers just now is asked by the run.
Loads no engine: this is asked in the server's process.
"""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from openhorse import licences
from openhorse.catalog import Catalog
from openhorse.engines import engine_names
from openhorse.engines.added import addresses, key_variable, read_words, talker
from openhorse.engines.readiness import why_not_ready
from openhorse.engines.remote import Remote, Servers
from openhorse.errors import DatabaseUnavailable, InvalidOrder, NoEngine, UnknownModel
from openhorse.outbound import Outbound
from openhorse.profiles import Profile, profiles
from openhorse.store.database import Database
from openhorse.store.engines import Added, read_engines
from openhorse.vocabulary import Mode, Order

LOCAL = "local"
"""The kind of engines that make their films in a worker's own child process."""

FRESH_SECONDS = 3.0
"""How old what the database says of engines and licences may be when it is used."""

Obstacle = Callable[[Profile], str | None]
"""Why the model of a profile cannot be run on this machine as it is, None when it can."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How an engine stands. `kind` is LOCAL or how it is spoken to, `profile` the model it is known to run, `where`
    its addresses; `why_not` says why it is not ready, None when it is.
    """

    name: str
    kind: str
    profile: str | None = None
    where: tuple[str, ...] = ()
    why_not: str | None = None


@dataclass(frozen=True, slots=True)
class _Member:
    standing: Standing
    profile: Profile | None = None
    remote: Remote | None = None

    def why_not(self, order: Order) -> str | None:
        able = self.remote or self.profile
        return (None if able is None else able.why_not(order)) or self.standing.why_not


class Roster:
    """Which engines there are here, which are ready, and which can make an order. Used from many threads."""

    def __init__(
        self, database: Database, catalog: Catalog, outbound: Outbound, default: Sequence[str], obstacle: Obstacle
    ) -> None:
        """`default` is in what order engines are asked where the catalog's routes say nothing. Reads the database."""
        self._database, self._catalog, self._outbound = database, catalog, outbound
        self._default, self._obstacle = tuple(default), obstacle
        self._routes: Mapping[str, Sequence[str]] = catalog.data.get("routes", {})
        self._installed = engine_names()
        self._lock = threading.Lock()
        self._talkers: dict[Added, Remote | str] = {}
        self._seen = time.monotonic(), self._look()

    def check(self) -> None:
        """Raise InvalidOrder where settings or routes name an engine, a family or a mode that there is not."""
        for where, names in self.lists():
            if isinstance(names, str) or not names:
                raise InvalidOrder(f"{where}: a list of engines is expected, with one at least")
            for name in names:
                if name not in self._members():
                    raise InvalidOrder(f"{where}: {_unknown(str(name), self.names())}")
        offers = self._catalog.offers
        known = {str(mode) for mode in Mode} | {one.family for one in offers}
        known |= {f"{one.family}/{one.mode}" for one in offers}
        for key in self._routes:
            if key not in known:
                raise InvalidOrder(f"routes: no model or mode {key!r}; there are {', '.join(sorted(known))}")

    def lists(self) -> Sequence[tuple[str, Sequence[str]]]:
        """The lists of engines that settings and routes hold, each with where it stands."""
        routes = [(f"routes: {key}", names) for key, names in self._routes.items()]
        return [("OPENHORSE_ENGINE", self._default), *routes]

    def names(self) -> list[str]:
        """All engines, sorted."""
        return sorted(self._members())

    def route(self, order: Order) -> tuple[str, ...]:
        """The engines that can make all of `order` and are ready, in order of preference; the one that it names.

        Raises NoEngine with each one's reason, InvalidOrder where it names one that there is not.
        """
        return self._routed(order, self._members())

    def _routed(self, order: Order, members: Mapping[str, _Member]) -> tuple[str, ...]:
        if order.engine is not None and order.engine not in members:
            raise InvalidOrder(_unknown(order.engine, sorted(members)), field="engine")
        asked = self._preferred(order) if order.engine is None else (order.engine,)
        reasons = {
            name: members[name].why_not(order) if name in members else "there is no such engine here" for name in asked
        }
        able = tuple(name for name, reason in reasons.items() if reason is None)
        if not able:
            told = "; ".join(f"{name}: {reason}" for name, reason in reasons.items())
            raise NoEngine(f"no engine here can make it: {told}", field=None if order.engine is None else "engine")
        return able

    def first(self, order: Order) -> str | None:
        """Who is asked first to make `order`, by what was last known; None where nobody can. Asks no database."""
        try:
            return self._routed(order, self._seen[1])[0]
        except InvalidOrder:
            return None

    def is_elsewhere(self, order: Order) -> bool:
        """Whether the first engine that makes `order` is elsewhere; False where none can."""
        self._members()
        return self.first(order) in self.elsewhere()

    def elsewhere(self) -> Collection[str]:
        """The engines that are elsewhere, by what was last known."""
        return [name for name, member in self._seen[1].items() if member.remote is not None]

    def remote(self, name: str) -> Remote | None:
        """The engine elsewhere of that name; None for a local one, and where there is none."""
        member = self._members().get(name)
        return None if member is None else member.remote

    def first_at_home(self) -> str | None:
        """The first ready engine of the default order that makes its films here; None when there is none."""
        members = self._members()
        some = [members[name].standing for name in self._default if name in members]
        return next((one.name for one in some if one.kind == LOCAL and one.why_not is None), None)

    def standing(self) -> Sequence[Standing]:
        """How every engine stands, by name."""
        return [member.standing for _name, member in sorted(self._members().items())]

    def forget(self) -> None:
        """Look anew at the next question: the database was changed by this very process."""
        self._seen = -math.inf, self._seen[1]

    def close(self) -> None:
        """Let go of all connections."""
        for one in self._talkers.values():
            if hasattr(one, "close"):
                one.close()

    def _preferred(self, order: Order) -> Sequence[str]:
        try:
            family = self._catalog.offer(order.dialect, order.model).family
        except UnknownModel:  # it was sold when it was ordered
            family = ""
        keys = (f"{family}/{order.mode}", family, str(order.mode))
        return next((self._routes[key] for key in keys if key in self._routes), self._default)

    def _members(self) -> Mapping[str, _Member]:
        """All engines as they were less than FRESH_SECONDS ago. One thread looks anew, others go on meanwhile."""
        at, members = self._seen
        if time.monotonic() - at < FRESH_SECONDS or not self._lock.acquire(blocking=False):
            return members
        try:
            members = self._look()
        except DatabaseUnavailable:
            pass  # what it said last holds until it answers again
        finally:
            self._seen = time.monotonic(), members
            self._lock.release()
        return members

    def _look(self) -> Mapping[str, _Member]:
        with self._database.reading() as connection:
            added = read_engines(connection)
            accepted = licences.accepted(connection)
        members = {name: self._local(name, accepted) for name in self._installed}
        return {one.name: self._elsewhere(one, accepted) for one in added} | members

    def _local(self, name: str, accepted: set[str]) -> _Member:
        profile = profiles(self._catalog).get(name)
        if profile is None:
            return _Member(Standing(name, LOCAL))
        why_not = licences.why_not(profile, accepted) or self._obstacle(profile)
        return _Member(Standing(name, LOCAL, name, (), why_not), profile)

    def _elsewhere(self, added: Added, accepted: set[str]) -> _Member:
        words = read_words(added.name, added.kind, added.text)
        if words is None:
            return _Member(Standing(added.name, added.kind, why_not="another version of OpenHorse has added it"))
        name = words.profile if isinstance(words, Servers) else None
        profile = profiles(self._catalog).get(name or "")
        if added not in self._talkers:
            try:
                self._talkers[added] = talker(added.kind, words, self._catalog, self._outbound)
            except InvalidOrder as error:
                self._talkers[added] = error.message
        remote, variable = self._talkers[added], key_variable(words)
        why_not = remote if isinstance(remote, str) else None
        if why_not is None and profile is not None:
            why_not = licences.why_not(profile, accepted)
        if why_not is None and variable is not None and not os.environ.get(variable):
            why_not = f"its key is not here: the variable {variable} is not set"
        standing = Standing(added.name, added.kind, name, addresses(words), why_not)
        return _Member(standing, None, None if isinstance(remote, str) else remote)


def obstacle_in(models: Path) -> Obstacle:
    """Tells why a model cannot be run here: what is not installed, or not in the folder `models`."""
    return lambda profile: why_not_ready(profile, models)


def _unknown(name: str, names: Sequence[str]) -> str:
    return f"unknown engine {name[:100]!r}; available: {', '.join(names)}"
