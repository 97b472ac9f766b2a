"""Our own client: a price, one scene with two seeds at the same time, and what was spent.

OPENHORSE_API_KEY=… python examples/python_client.py http://127.0.0.1:8000 "A red fox in a snowy forest"
"""

import sys
from concurrent.futures import ThreadPoolExecutor

import openhorse


def main(base_url: str, prompt: str) -> None:
    """Ask the price, then make two films at once; an error says what to do."""
    wishes = {"seconds": 3, "resolution": "480p"}
    with openhorse.Client(base_url) as client, ThreadPoolExecutor(2) as threads:
        price = client.quote(prompt, **wishes)["price"]
        print(f"${price['usd']} a film, by {price['source']}")
        films = threads.map(lambda seed: client.make(prompt, seed=seed, **wishes), (1, 2))
        try:
            for film in films:
                print(film.path, *film.task["film"]["notes"], sep="\n  ")
        except openhorse.InsufficientBalance as error:
            sys.exit(f"{error.message}: ask the operator")
        print(f"spent this month: ${client.usage()['total']['spent_usd']}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
