"""A URL comes in, an obstore store over that folder or bucket goes out; its errors come in, ours go out.

Knows no key and no byte. What a bucket needs besides its URL (endpoint, region, credentials) is read by obstore from
the environment, under the names that each cloud's own tools use: see docs/machines.md.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import AzureStore, GCSStore, LocalStore, S3Store, from_url

from openhorse.errors import NotFound, StorageFailed, StorageFull

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig

Bucket = S3Store | GCSStore | AzureStore
Store = LocalStore | Bucket

PART_BYTES = 4 << 20
"""The most that one request to a bucket reads: each request has its own time limit, however slow the reader is."""

_CLIENT: ClientConfig = {
    "connect_timeout": "5s",
    "timeout": "30s",  # of one request with its body
    "allow_http": True,  # where the operator's endpoint says so; every cloud's own is https
}
_RETRY: RetryConfig = {"max_retries": 5, "retry_timeout": timedelta(seconds=20)}
"""Who waits for an answer hears within a minute that there is none; who makes films tries again after that."""

FULL_RETRY_AFTER_SECONDS = 60
"""When to try again after StorageFull: somebody must make room first, or films must expire."""

_CREDENTIALS = {
    "s3": "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    "gs": "GOOGLE_SERVICE_ACCOUNT",
    "az": "AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY",
}

_FULL = re.compile(
    rf"\(os error ({errno.ENOSPC}|{errno.EDQUOT})\)|status code: 507|<Code>(QuotaExceeded|XMinioStorageFull)<"
)
"""As disks and S3's kin say it in obstore's errors, which have no other sign of it."""

_NOBODY = re.compile(r"/latest/api/token|/computeMetadata/|/metadata/identity|Account must be specified")
"""Without credentials obstore asks the cloud's machines for theirs, and here nobody answers there."""

_REFUSED = re.compile(r"status code: 40[13]")


def open_store(url: str) -> Store:
    """What lies at `url`: file:///folder, which is made, s3://bucket/prefix, gs://bucket/prefix, az://container/prefix.

    Asks nobody yet. Raises StorageFailed for any other URL, and for an Azure account that is not named.
    """
    scheme = urlsplit(url).scheme
    try:
        if scheme == "file":
            return LocalStore.from_url(url, mkdir=True)
        if scheme not in _CREDENTIALS or not urlsplit(url).netloc:
            raise StorageFailed(
                f"the store {url!r} is not supported; use file:///folder, s3://bucket/prefix, gs:// or az://"
            )
        found = from_url(url, client_options=_CLIENT, retry_config=_RETRY)
    except (BaseError, OSError, ValueError) as error:
        raise StorageFailed(
            f"the store {url} cannot be opened: {misconfigured(error, scheme) or _first(error)}"
        ) from error
    assert isinstance(found, S3Store | GCSStore | AzureStore)
    return found


def misconfigured(error: BaseException, scheme: str) -> str | None:
    """What the operator has to set, where that is why a store failed; None where it is merely in trouble."""
    if _NOBODY.search(str(error)):
        return f"it has no credentials; set {_CREDENTIALS[scheme]}"
    if isinstance(error, PermissionDeniedError | UnauthenticatedError) or _REFUSED.search(str(error)):
        return "it refuses our credentials"
    if isinstance(error, FileNotFoundError) or "NoSuchBucket" in str(error):
        return "there is no such bucket"
    return None


@contextmanager
def explained() -> Iterator[None]:
    """Turns a store's errors into ours. Raises NotFound, StorageFull, StorageFailed."""
    try:
        yield
    except FileNotFoundError as error:
        raise NotFound("no such file") from error
    except (BaseError, OSError) as error:
        raise _ours(error) from error


@contextmanager
def explained_writing() -> Iterator[None]:
    """As `explained`; a place that is missing is no missing file then. Raises StorageFull, StorageFailed."""
    try:
        with explained():
            yield
    except NotFound as error:
        raise StorageFailed("the file store is not there: its bucket or folder is missing") from error


def _ours(error: BaseException) -> StorageFailed:
    number = error.errno if isinstance(error, OSError) else None
    if number in (errno.ENOSPC, errno.EDQUOT) or _FULL.search(str(error)):
        return StorageFull("the file store is full", retry_after=FULL_RETRY_AFTER_SECONDS)
    return StorageFailed("the file store could not be reached or is in trouble")


def _first(error: BaseException) -> str:
    return str(error).partition("\n")[0][:300]
