"""The text of an address comes in, its parts and whether it may be opened at all go out. Opens nothing."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import httpx2

from openhorse.errors import AddressRefused

Purpose = Literal["picture", "callback", "film", "upload"]
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

LONGEST_ADDRESS: Mapping[Purpose, int] = {"picture": 4096, "callback": 2048, "film": 8192, "upload": 8192}

_BOTH, _SAFE = (frozenset({"http", "https"}), frozenset({80, 443})), (frozenset({"https"}), frozenset({443}))
_DOORS: Mapping[Purpose, tuple[frozenset[str], frozenset[int]]] = {
    "picture": _BOTH,
    "callback": _SAFE,
    "film": _BOTH,
    "upload": _SAFE,
}
"""Schemes and ports by purpose."""

REFUSED = "This server does not open that address."

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_UNICAST = ipaddress.ip_network("2000::/3")
_TUNNELS = (ipaddress.ip_network("2002::/16"), ipaddress.ip_network("2001::/32"))  # 6to4, Teredo
_HOST = re.compile(r"(?!-)[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?", re.ASCII)
_LAST_LABEL_IS_NUMBER = re.compile(r"(^|\.)(\d+|0x[0-9a-f]*)\.?$", re.ASCII)
# A space, a control character or a backslash means one thing to one parser and another to the next.
AMBIGUOUS = re.compile(r"[\x00-\x20\x7f-\xa0\\]")


def unwrapped(address: Address) -> Address:
    """The IPv4 address inside a v4-mapped or NAT64 one, else the address itself."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _NAT64:
            return ipaddress.IPv4Address(address.packed[-4:])
    return address


def is_public(address: Address) -> bool:
    """Whether `address` belongs to the public internet; addresses with an inner one are judged by that."""
    address = unwrapped(address)
    if isinstance(address, ipaddress.IPv6Address) and (
        address not in _UNICAST or any(address in tunnel for tunnel in _TUNNELS)
    ):
        return False
    return address.is_global and not address.is_multicast


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart once; what is checked here is what is connected to."""

    scheme: str
    host: str
    port: int
    host_header: bytes
    path: bytes

    @property
    def literal(self) -> Address | None:
        """The host as an IP address, None when it is a name."""
        try:
            return ipaddress.ip_address(self.host)
        except ValueError:
            return None


def parse(text: str, purpose: Purpose) -> Target:
    """The parts of an address. Raises AddressRefused for what is not well-formed, or too long."""
    if len(text) > LONGEST_ADDRESS[purpose]:
        raise AddressRefused(f"The address is longer than {LONGEST_ADDRESS[purpose]} characters.")
    match = re.match(r"(?i:https?)://([^/?#]*)", text)
    if match is None or AMBIGUOUS.search(text):
        raise AddressRefused("The address is not a well-formed http or https URL.")
    if "@" in match[1]:
        raise AddressRefused("The address must not carry a user name or password.")
    try:
        url = httpx2.URL(text)
        host = url.raw_host.decode("ascii")
        port = url.port or (443 if url.scheme == "https" else 80)
    except (httpx2.InvalidURL, ValueError) as error:
        raise AddressRefused("The address is not a well-formed http or https URL.") from error
    target = Target(url.scheme, host, port, url.netloc, url.raw_path)
    if not _well_formed_host(target) or not 0 < port < 65536:
        raise AddressRefused("The address is not a well-formed http or https URL.")
    return target


def _well_formed_host(target: Target) -> bool:
    if target.literal is not None:
        return True
    # Left to themselves, resolvers read 2130706433, 0x7f.1 and 0177.0.0.1 as 127.0.0.1.
    return (
        len(target.host) <= 253
        and _HOST.fullmatch(target.host) is not None
        and _LAST_LABEL_IS_NUMBER.search(target.host) is None
    )


def vet_door(target: Target, purpose: Purpose) -> None:
    """Raises AddressRefused for another scheme or port than `purpose` has."""
    schemes, ports = _DOORS[purpose]
    if target.scheme not in schemes:
        raise AddressRefused("The address must begin with https://.")
    if target.port not in ports:
        raise AddressRefused(f"The address must use port {' or '.join(map(str, sorted(ports)))}.")


def joined(url: str, location: str) -> str:
    """Where `location` leads to from `url`. Raises AddressRefused."""
    if AMBIGUOUS.search(location):
        raise AddressRefused(REFUSED)
    try:
        return str(httpx2.URL(url).join(location))
    except (httpx2.InvalidURL, ValueError) as error:
        raise AddressRefused(REFUSED) from error
