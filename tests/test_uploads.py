"""Places for pictures that come later: filled by a signed link, ordered with by their owner only, gone in time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from conftest import SECRET, House
from openhorse import accounts
from openhorse.errors import AddressRefused, NotFound, PictureRefused
from openhorse.pictures import ANY_PICTURE
from openhorse.server.uploads import put_address
from openhorse.store.pictures import forget_uploads
from openhorse.uploads import Upload
from openhorse.vocabulary import new_ulid
from test_server import png

DAY = timedelta(days=1)


def key_id(house: House, secret: str = SECRET) -> str:
    """The id of a customer's key."""
    return house.rooms.authenticate(secret).id


def reserved(house: House, name: str = "a.png") -> Upload:
    """A new place of the first customer's."""
    address = new_ulid(house.clock())
    return house.rooms.uploads.reserve(key_id(house), address, dialect="wavespeed", name=name, lifetime=DAY)


def test_a_put_link_fills_the_place_without_a_key(house: House) -> None:
    """PUT, then the download link serves the picture and works in an order of the same key."""
    place = reserved(house)
    assert (place.sha256, place.bytes) == (None, None)
    link = house.rooms.upload_address(place)
    assert house.stranger.get(link).status_code == 404
    data = png()
    put = house.stranger.put(put_address(house.rooms, place), content=data, headers={"Content-Type": "image/png"})
    assert put.status_code == 200, put.text
    filled = house.rooms.uploads.find(place.address)
    assert (filled.bytes, filled.content_type, filled.name) == (len(data), "image/png", "a.png")
    fetched = house.stranger.get(link)
    assert (fetched.status_code, fetched.headers["content-type"]) == (200, "image/png")
    made = house.client.post("/openhorse/v1/tasks", json={"image": link})
    assert made.status_code == 201, made.text
    assert house.rooms.tasks.any(made.json()["id"]).order.pictures == (f"blob:{filled.sha256}",)
    other = house.other.post("/openhorse/v1/tasks", json={"image": link})
    assert (other.status_code, other.json()["error"]["code"]) == (400, "address_refused")


def test_links_of_the_two_purposes_do_not_open_each_other(house: House) -> None:
    """Whoever may look may not replace, and a forged signature does neither."""
    place = reserved(house)
    look, replace = house.rooms.upload_address(place), put_address(house.rooms, place)
    assert house.stranger.put(look, content=png()).status_code == 404
    assert house.stranger.put(replace, content=png()).status_code == 200
    assert house.stranger.get(replace).status_code == 404
    assert house.stranger.put(replace.replace("s=", "s=x"), content=png()).status_code == 404


def test_what_is_no_picture_is_refused_and_leaves_the_place_empty(house: House) -> None:
    """400 with the reason; the place can still be filled."""
    place = reserved(house)
    refused = house.stranger.put(put_address(house.rooms, place), content=b"%PDF-1.7")
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "picture_refused")
    assert house.rooms.uploads.find(place.address).sha256 is None
    with pytest.raises(AddressRefused, match="nothing was uploaded"):
        house.rooms.uploads.picture(key_id(house), place.address, ANY_PICTURE)
    with pytest.raises(NotFound):
        house.rooms.uploads.fill("nowhere", png(), None, ANY_PICTURE)


def test_the_orders_own_limits_hold_for_uploads(house: House) -> None:
    """A picture that is too flat for a first frame is taken in, and refused when it is ordered with."""
    place = reserved(house)
    house.rooms.uploads.fill(place.address, png(1200, 300), "image/png", ANY_PICTURE)
    limits = house.rooms.catalog.offer("native", "happyhorse-1.1/image-to-video").picture_limits
    with pytest.raises(PictureRefused):
        house.rooms.uploads.picture(key_id(house), place.address, limits)


def test_an_upload_ends_with_its_time(house: House) -> None:
    """After it, the links are gone, orders with it are refused, and housekeeping forgets the place."""
    place = reserved(house)
    link = house.rooms.upload_address(place)
    house.rooms.uploads.fill(place.address, png(), None, ANY_PICTURE)
    house.clock.advance(days=1, seconds=1)
    assert house.stranger.get(link).status_code == 410
    assert house.stranger.put(put_address(house.rooms, place), content=png()).status_code == 410
    assert house.client.post("/openhorse/v1/tasks", json={"image": link}).status_code == 400
    assert house.client.post("/openhorse/v1/tasks", json={"image": f"oss://{place.address}"}).status_code == 400
    with house.rooms.database.transaction() as connection:
        forget_uploads(connection, house.clock())
    with pytest.raises(NotFound):
        house.rooms.uploads.delete(place.address, key_id(house))


def test_a_key_sees_and_deletes_its_own_uploads_only(house: House) -> None:
    """Newest first, filled ones only; another key's delete finds nothing."""
    places = []
    for name in ("a.png", "b.png", "c.png"):
        places.append(reserved(house, name))
        house.clock.advance(seconds=1)
    for place in places[:2]:
        house.rooms.uploads.fill(place.address, png(), None, ANY_PICTURE)
    mine = key_id(house)
    with house.rooms.database.transaction() as connection:
        stranger, _ = accounts.create_key(connection, label="third")
    found, total = house.rooms.uploads.page(mine, "wavespeed", size=1)
    assert (total, [upload.name for upload in found]) == (2, ["b.png"])
    assert house.rooms.uploads.page(mine, "evolink") == ([], 0)
    assert house.rooms.uploads.used_bytes(mine, "wavespeed") == 2 * len(png())
    with pytest.raises(NotFound):
        house.rooms.uploads.delete(places[0].address, stranger.id)
    house.rooms.uploads.delete(places[0].address, mine)
    assert house.rooms.uploads.page(mine, "wavespeed")[1] == 1
