"""HiAPI's own SDK (pip install hiapi) against OpenHorse, in all three modes; only the address is ours.

python examples/hiapi_three_modes.py http://127.0.0.1:8000 $OPENHORSE_API_KEY first-frame.jpg character.png
"""

import base64
import mimetypes
import sys
import urllib.request
from pathlib import Path

from hiapi import HiAPI

PROMPT = "A snow mountain lake in morning mist, slow camera push-in, calm and vast"


def inline(path: str) -> str:
    """A file as a data: address; with a public address of your own, give that instead."""
    kind = mimetypes.guess_type(path)[0]
    return f"data:{kind};base64,{base64.b64encode(Path(path).read_bytes()).decode()}"


def main(base_url: str, api_key: str, first_frame: str, character: str) -> None:
    """Make one short film in each mode and save it beside us."""
    client = HiAPI(api_key=api_key, base_url=base_url)
    size = {"resolution": "720p", "duration": 3}
    inputs = {
        "text-to-video": {"prompt": PROMPT},
        "image-to-video": {"image_urls": [inline(first_frame)], "prompt": "Slow push-in, gentle wind"},
        "reference-to-video": {
            "prompt": "The character in [Image 1] walking through a scene styled like [Image 2]",
            "reference_image": [inline(character), inline(first_frame)],
        },
    }
    for mode, given in inputs.items():
        task = client.tasks.run(
            model=f"happyhorse-1.1/{mode}",
            input=given | size,
            on_update=lambda task: print(f"  {task.status}"),
            poll_interval=1.0,
        )
        path = f"{mode}.mp4"
        urllib.request.urlretrieve(task.output[0].url, path)
        print(f"{mode}: {path}")


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
