"""The faulty network does to a connection what it says, and nothing while it is healthy."""

from __future__ import annotations

import socket
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from faults import HEALTHY, REFUSED, SILENT, Fault, Proxy, faulty


class Echo(socketserver.BaseRequestHandler):
    """Sends back what it gets."""

    def handle(self) -> None:
        """Until the client ends."""
        try:
            while data := self.request.recv(65_536):
                self.request.sendall(data)
        except ConnectionError:
            pass


@pytest.fixture(params=["tcp", "unix"])
def proxy(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Proxy]:
    """A faulty network before a server that echoes, reached by a port or by a Unix socket."""
    server: socketserver.BaseServer
    if request.param == "tcp":
        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo)
        where: tuple[str, int] | Path = ("127.0.0.1", server.server_address[1])
    else:
        where = tmp_path / "echo"
        server = socketserver.ThreadingUnixStreamServer(str(where), Echo)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        with faulty(where) as made:
            yield made
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def connection(proxy: Proxy, patience_seconds: float = 10) -> Iterator[socket.socket]:
    """A client's connection."""
    with socket.create_connection(("127.0.0.1", proxy.port), patience_seconds) as made:
        yield made


def echoed(client: socket.socket, data: bytes) -> bytes:
    """What comes back of `data`; as much as came when the connection ended."""
    client.sendall(data)
    got = b""
    while len(got) < len(data):
        part = client.recv(65_536)
        if not part:
            break
        got += part
    return got


def test_a_healthy_network_passes_everything(proxy: Proxy) -> None:
    """A megabyte there and back, and the end of it."""
    data = bytes(range(256)) * 4096
    with connection(proxy) as client:
        sender = threading.Thread(target=client.sendall, args=(data,))
        sender.start()
        got = bytearray()
        while len(got) < len(data):
            got += client.recv(65_536)
        sender.join()
        client.shutdown(socket.SHUT_WR)
        assert (bytes(got), client.recv(1)) == (data, b"")
    assert (proxy.seen, proxy.broken) == (1, 0)


def test_refused_connections_are_reset(proxy: Proxy) -> None:
    """Those there are and those that come, until it is over."""
    with connection(proxy) as old:
        assert echoed(old, b"one") == b"one"
        with proxy.failing(REFUSED):
            with pytest.raises(ConnectionResetError):
                old.recv(1)
            with pytest.raises(ConnectionError), connection(proxy) as new:
                echoed(new, b"two")
        with connection(proxy) as new:
            assert echoed(new, b"three") == b"three"
    assert (proxy.seen, proxy.broken) == (3, 2)


def test_it_ends_without_a_word(proxy: Proxy, caplog: pytest.LogCaptureFixture) -> None:
    """However many connections there are, passing and held back."""
    second = Proxy(("127.0.0.1", proxy.port))
    second.start()
    with connection(second) as passing, connection(second) as held:
        assert echoed(passing, b"one") == b"one"
        second.set(SILENT)
        held.sendall(b"two")
        second.stop()
        with pytest.raises(ConnectionResetError):
            passing.recv(1)
    assert caplog.records == []


def test_only_so_many_are_hit(proxy: Proxy) -> None:
    """The next connection, neither the one there is nor the one after."""
    with connection(proxy) as old:
        assert echoed(old, b"old") == b"old"
        proxy.set(Fault(refused=True, connections=1))
        with pytest.raises(ConnectionError), connection(proxy) as new:
            echoed(new, b"new")
        with connection(proxy) as next_one:
            assert echoed(next_one, b"next") == b"next"
        assert echoed(old, b"still") == b"still"


def test_a_silent_network_holds_all_back(proxy: Proxy) -> None:
    """New and old connections wait, and what was sent arrives when it is over."""
    with connection(proxy) as old, connection(proxy) as new:
        assert echoed(old, b"old") == b"old"
        proxy.set(SILENT)
        for client in (old, new):
            client.sendall(b"later")
            client.settimeout(0.1)
            with pytest.raises(TimeoutError):
                client.recv(1)
            client.settimeout(10)
        proxy.set(HEALTHY)
        assert old.recv(5) == new.recv(5) == b"later"


@pytest.mark.parametrize("fault", [Fault(up_bytes=1000), Fault(down_bytes=1000)])
def test_a_connection_is_cut_after_so_many_bytes(proxy: Proxy, fault: Fault) -> None:
    """Exactly those come through, counted from the moment the fault was set, and then a reset, no end."""
    with connection(proxy) as client:
        assert echoed(client, bytes(5000)) == bytes(5000)
        proxy.set(fault)
        got = 0
        with pytest.raises(ConnectionResetError):
            client.sendall(bytes(3000))
            while part := client.recv(65_536):
                got += len(part)
        # Of what went up, the answer may be lost on its way back with the connection.
        assert got == 1000 if fault.down_bytes else got <= 1000
    assert proxy.broken == 1


def test_a_slow_network_takes_its_time(proxy: Proxy) -> None:
    """Each chunk waits on both ways."""
    proxy.set(Fault(delay_seconds=0.05))
    with connection(proxy) as client:
        began = time.monotonic()
        assert echoed(client, b"x") == b"x"
        assert time.monotonic() - began >= 0.1
