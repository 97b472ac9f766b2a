"""A real S3 server on this machine, that checks signatures; from npm, with the vendors' clients: see npm_clients."""

from __future__ import annotations

import atexit
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from uuid import uuid4

import npm_clients

BUCKET = "films"
KEY_ID = SECRET = "S3RVER"
"""The server's only account."""

_SERVE = """
import S3rver from "@20minutes/s3rver";
const [directory, bucket] = process.argv.slice(1);
const configureBuckets = [{ name: bucket }];
const server = new S3rver({ port: 0, address: "127.0.0.1", silent: true, directory, configureBuckets });
console.log((await server.run()).port);
process.stdin.on("end", () => process.exit()).resume();
"""


@dataclass(frozen=True, slots=True)
class S3:
    """A server with the bucket `films`, whose objects are files below `folder`."""

    port: int
    folder: Path

    def settings(self, port: int | None = None, secret: str = SECRET) -> dict[str, str]:
        """What an operator sets in the environment; `port` where something stands before the server."""
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port or self.port}",
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": KEY_ID,
            "AWS_SECRET_ACCESS_KEY": secret,
        }

    def keys(self, prefix: str) -> list[str]:
        """What lies under `s3://films/prefix`."""
        root = self.folder / BUCKET / prefix.removeprefix(f"s3://{BUCKET}/")
        found = (path.relative_to(root) for path in root.rglob("*_object") if path.is_file())
        return sorted(str(path).removesuffix("._S3rver_object") for path in found)


def fresh_prefix() -> str:
    """A place in the bucket where nothing is yet."""
    return f"s3://{BUCKET}/{uuid4().hex}"


@cache
def the_server() -> S3:
    """One server for all tests of this process; skips the test where Node is missing."""
    clients = npm_clients.installed()
    folder = Path(tempfile.mkdtemp(prefix="openhorse-s3-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    command = ["node", "--input-type=module", "--eval", _SERVE, str(folder), BUCKET]
    # Its standard input is ours to close: it ends with this process, however that ends.
    process = subprocess.Popen(command, cwd=clients, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    atexit.register(process.wait)
    atexit.register(process.kill)
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.strip().isdigit(), f"the S3 server did not start: {line!r}"
    return S3(int(line), folder)
