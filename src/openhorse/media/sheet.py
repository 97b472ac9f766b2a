"""Films and their labels come in, one picture of them goes out: a row each, with frames from beginning to end.

Knows no task. Labels are drawn in Pillow's own font, which has Latin letters only.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import av
from PIL import Image, ImageDraw, ImageFont

MOMENTS = (0.08, 0.36, 0.64, 0.92)
"""Where a film is looked at, as shares of its length."""

_HEIGHT, _GAP, _LABEL = 216, 8, 30
_PAPER, _INK = (24, 24, 27), (228, 228, 231)


def contact_sheet(films: Sequence[tuple[Path, str]], path: Path) -> None:
    """Write a sheet of the films with their labels to `path`, a JPEG or PNG by its name; an existing file is replaced.

    Raises ValueError without films.
    """
    if not films:
        raise ValueError("a sheet needs a film")
    rows = [_stills(film) for film, _label in films]
    width = max(sum(still.width + _GAP for still in row) for row in rows) + _GAP
    sheet = Image.new("RGB", (width, len(rows) * (_HEIGHT + _LABEL + _GAP) + _GAP), _PAPER)
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(18)
    for number, (row, (_film, label)) in enumerate(zip(rows, films, strict=True)):
        top = _GAP + number * (_HEIGHT + _LABEL + _GAP)
        pen.text((_GAP + 2, top + 3), label, fill=_INK, font=font)
        left = _GAP
        for still in row:
            sheet.paste(still, (left, top + _LABEL))
            left += still.width + _GAP
    sheet.save(path, quality=90)


def _stills(path: Path) -> list[Image.Image]:
    """The film at its moments, all of one height."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        wanted = [round(share * max(stream.frames - 1, 0)) for share in MOMENTS]
        found = []
        for index, frame in enumerate(container.decode(stream)):
            if index in wanted:
                picture: Image.Image = frame.to_image()  # type: ignore[no-untyped-call]
                found.append(picture.resize((round(picture.width * _HEIGHT / picture.height), _HEIGHT)))
    return found
