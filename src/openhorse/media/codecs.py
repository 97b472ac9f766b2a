"""Nothing comes in; which codecs a film needs, and whether FFmpeg's libraries here have them, goes out."""

from __future__ import annotations

from collections.abc import Mapping

import av
from av.codec import codecs_available

NEEDED = ("libx264", "aac")


def codecs() -> tuple[Mapping[str, str], Mapping[str, bool]]:
    """The versions of PyAV and FFmpeg, and for each codec that films are written with whether it is there."""
    versions = {"PyAV": av.__version__, "FFmpeg": str(av.ffmpeg_version_info)}
    return versions, {name: name in codecs_available for name in NEEDED}
