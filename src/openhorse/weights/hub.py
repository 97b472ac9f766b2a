"""A repository of the Hugging Face hub is named, what is in it comes out, and the bytes of one file from any place on.

Knows no profile and no folder. Everything that can go wrong comes out in our own words, a line that says what to do.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Any, Protocol
from urllib.parse import urlsplit

from httpx2 import HTTPError

from openhorse.errors import CallerError, NotFound, NotPermitted, UpstreamError
from openhorse.profiles import Weights
from openhorse.weights import File

ENDPOINT = "https://huggingface.co"
MISSING = "this needs the package huggingface_hub: pip install 'openhorse[models]'"


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of a repository that a profile needs, as they were at one commit."""

    commit: str
    files: tuple[File, ...]


class Growing(Protocol):
    """What a file's bytes are appended to."""

    def write(self, block: bytes, /) -> int:
        """Append `block`."""

    def tell(self) -> int:
        """How many bytes there are."""

    def seek(self, place: int, /) -> int:
        """Go back, where the hub begins again from the beginning."""

    def truncate(self) -> int:
        """Forget what follows."""


class Hub:
    """The hub at HF_ENDPOINT, asked with the token in HF_TOKEN. Raises CallerError where its library is missing.

    The token is the hub's alone: it does not go along to the stores that the hub sends us on to.
    """

    def __init__(self) -> None:
        self.endpoint = (os.environ.get("HF_ENDPOINT") or ENDPOINT).rstrip("/")
        self._token = os.environ.get("HF_TOKEN") or None
        self._library = _library()

    def listing(self, weights: Weights) -> Listing:
        """What `weights` selects. Raises NotFound, NotPermitted or UpstreamError."""
        api = self._library.HfApi(endpoint=self.endpoint, token=self._token)
        with self._understood(weights.repository, weights.revision):
            found = api.model_info(weights.repository, revision=weights.revision, files_metadata=True)
        files = [_file(one) for one in found.siblings or () if _is_wanted(one.rfilename, weights.files)]
        if not files or not found.sha:
            raise NotFound(f"{weights.repository} at {weights.revision} has none of the files that the catalog names")
        return Listing(found.sha, tuple(sorted(files, key=lambda file: file.path)))

    def fetch(self, repository: str, commit: str, file: File, into: Growing, have: int) -> None:
        """Append the bytes of `file` from `have` on; a connection that breaks is taken up again a few times.

        Raises NotFound, NotPermitted or UpstreamError; OSError when `into` cannot grow.
        """
        from huggingface_hub.file_download import get_hf_file_metadata, http_get

        url = self._library.hf_hub_url(repository, file.path, revision=commit, endpoint=self.endpoint)
        with self._understood(repository, commit):
            where = get_hf_file_metadata(url, token=self._token, endpoint=self.endpoint, retry_on_errors=True)
            token = self._token if urlsplit(where.location).netloc == urlsplit(self.endpoint).netloc else False
            headers = self._library.utils.build_hf_headers(token=token)
            http_get(where.location, into, resume_size=have, headers=headers, expected_size=file.bytes)

    @contextmanager
    def _understood(self, repository: str, revision: str) -> Iterator[None]:
        errors = self._library.errors
        try:
            yield
        except errors.GatedRepoError:
            unfit = " (this one may not read it)" if self._token else ""
            raise NotPermitted(
                f"{repository} is gated: agree to its terms at {self.endpoint}/{repository} "
                f"and set HF_TOKEN to a token of that account{unfit}"
            ) from None
        except errors.RepositoryNotFoundError:
            raise NotFound(f"{self.endpoint} has no {repository}, or only shows it to others than HF_TOKEN's") from None
        except errors.RevisionNotFoundError:
            raise NotFound(f"{repository} has no revision {revision}") from None
        except errors.EntryNotFoundError as error:
            raise NotFound(f"{repository} has lost a file since it was listed: {_line(error)}") from None
        except errors.OfflineModeIsEnabled:
            raise UpstreamError("HF_HUB_OFFLINE is set, so the hub is not asked") from None
        except errors.HfHubHTTPError as error:
            status = getattr(error.response, "status_code", "?")
            if status in (401, 403):
                raise NotPermitted(f"{self.endpoint} refuses HF_TOKEN for {repository} ({status})") from None
            raise UpstreamError(f"{self.endpoint} answered {status}; the same command goes on later") from None
        except HTTPError as error:
            raise UpstreamError(
                f"{self.endpoint} cannot be reached ({type(error).__name__}: {_line(error)}); "
                "the same command goes on where this one stopped"
            ) from None
        except OSError as error:
            if error.errno is not None:  # of this machine's disk
                raise
            raise UpstreamError(f"the hub's answer is not whole: {_line(error)}") from None
        except ValueError as error:
            raise UpstreamError(f"the hub's answer cannot be used: {_line(error)}") from None


def _library() -> Any:
    try:
        import huggingface_hub
        import huggingface_hub.errors
        import huggingface_hub.utils
    except ModuleNotFoundError:
        raise CallerError(MISSING) from None
    # Progress is ours to show, and what goes wrong is told once, at the end.
    huggingface_hub.utils.disable_progress_bars()
    huggingface_hub.utils.logging.set_verbosity_error()
    return huggingface_hub


def _is_wanted(path: str, patterns: tuple[str, ...]) -> bool:
    return not patterns or any(fnmatchcase(path, pattern) for pattern in patterns)


def _file(found: Any) -> File:
    """Raises UpstreamError for a path that leads out of the folder, and for a file without size or digest."""
    path = found.rfilename
    if path != str(PurePosixPath(path)) or path.startswith("/") or ".." in path.split("/") or "\\" in path:
        raise UpstreamError(f"the hub names a file {path!r}, which leads out of its folder")
    sha256 = None if found.lfs is None else found.lfs.sha256
    if found.size is None or (sha256 is None and found.blob_id is None):
        raise UpstreamError(f"the hub says no size or no digest of {path}")
    return File(path, found.size, sha256=sha256, blob=None if sha256 else found.blob_id)


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
