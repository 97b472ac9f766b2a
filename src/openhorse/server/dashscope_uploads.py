"""DashScope's uploads: a policy signed by us goes out, and comes back in a form together with the file it allows.

The policy is read by nobody but us; it has the form of an object store's POST policy, which clients expect. The file
then lies at the `key` of the form, and `oss://<key>` names it in orders of the key that asked for the policy.
"""

from __future__ import annotations

import base64
import json
import secrets
import threading
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs
from uuid import uuid4

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from openhorse.accounts import Key
from openhorse.catalog import Offer
from openhorse.dialects import dashscope
from openhorse.errors import Gone, InvalidOrder, MalformedRequest, NotFound, NotPermitted, RequestTooLarge
from openhorse.pictures import ANY_PICTURE
from openhorse.server.dashscope_requests import key_of, route
from openhorse.server.forms import MULTIPART, Field, read_form
from openhorse.server.gate import SUBMIT
from openhorse.server.intake import Rooms
from openhorse.server.requests import Threads, json_response, read_body

POLICY_PATH = "/api/v1/uploads"
FILE_PATH = "/api/v1/uploads/oss"

POLICY_LIFETIME = timedelta(minutes=5)
UPLOAD_LIFETIME = timedelta(hours=48)

LONGEST_KEY = 1023
"""Bytes of an object's key in an object store."""

_FORM_BYTES = 100_000
"""What a form may weigh beside its file."""

_SIGNED = "dashscope-policy/"

_TEXTS = ("OSSAccessKeyId", "Signature", "policy", "key")
_OPTIONAL = ("x-oss-object-acl", "x-oss-forbid-overwrite", "success_action_status", "x-oss-content-type")
_FORM: dict[str, Any] = {
    "type": "object",
    "properties": {name: {"type": "string"} for name in (*_TEXTS, *_OPTIONAL)}
    | {"file": {"type": "string", "format": "binary"}},
    "required": [*_TEXTS, "file"],
}
_UPLOAD: dict[str, Any] = {
    "openapi_extra": {"requestBody": {"required": True, "content": {MULTIPART: {"schema": _FORM}}}},
    "response_class": Response,
    "responses": {204: {"description": "Taken in"}},
}
_POLICY_QUERY = {
    "parameters": [
        {"name": "action", "in": "query", "required": True, "schema": {"type": "string", "enum": ["getPolicy"]}},
        {"name": "model", "in": "query", "required": True, "schema": {"type": "string"}},
    ]
}


@dataclass(frozen=True, slots=True)
class Policy:
    """What a form may put: one file of at most `bytes` under each key that begins with `folder`, for `key_id`."""

    key_id: str
    folder: str
    bytes: int


def add_routes(router: APIRouter, rooms: Rooms, threads: Threads) -> None:
    """GET /api/v1/uploads and POST /api/v1/uploads/oss."""
    one_at_a_time = threading.Lock()

    @route(router, "GET", POLICY_PATH, openapi_extra=_POLICY_QUERY, summary="Ask for leave to upload")
    async def policy(request: Request) -> Response:
        """What to post to `upload_host` together with a picture; good for several pictures, for five minutes."""
        key = await key_of(request, rooms, threads, SUBMIT)
        if request.query_params.get("action") != "getPolicy":
            raise InvalidOrder("action should be getPolicy", field="action")
        offer = rooms.catalog.offer("dashscope", request.query_params.get("model", ""))
        return json_response(dashscope.answered({"data": _written(rooms, key, offer)}))

    @route(router, "POST", FILE_PATH, summary="Upload a picture", **_UPLOAD)
    async def upload(request: Request) -> Response:
        """200 where the form's `success_action_status` says so, else 204. The policy is the permission: no key."""
        raw = await read_body(request, ANY_PICTURE.bytes + _FORM_BYTES)
        try:
            fields = read_form(raw, request.headers.get("content-type", ""))
            form = {field.name: field.text for field in fields if field.name != "file"}
        except MalformedRequest as error:
            raise InvalidOrder(error.message) from None
        file = next((field for field in fields if field.name == "file"), None)
        await threads.run(_put, rooms, one_at_a_time, form, file)
        return Response(status_code=200 if form.get("success_action_status") == "200" else 204)


def _written(rooms: Rooms, key: Key, offer: Offer) -> dict[str, Any]:
    expires = rooms.now() + POLICY_LIFETIME
    day = rooms.now().astimezone(dashscope.BEIJING).date()
    folder = f"dashscope-instant/{secrets.token_hex(16)}/{day}/{uuid4()}"
    most = offer.picture_limits.bytes
    rules = {
        "expiration": expires.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "conditions": [["content-length-range", 0, most], ["starts-with", "$key", f"{folder}/"]],
    }
    policy = base64.b64encode(json.dumps(rules).encode()).decode()
    return {
        "policy": policy,
        "signature": rooms.links.sign(f"{_SIGNED}{key.id}\n{policy}", expires),
        "upload_dir": folder,
        "upload_host": f"{rooms.public_url}/dashscope{FILE_PATH}",
        "expire_in_seconds": int(POLICY_LIFETIME.total_seconds()),
        "max_file_size_mb": most // 1_000_000,
        "capacity_limit_mb": 999_999_999,
        "oss_access_key_id": key.id,
        "x_oss_object_acl": "private",
        "x_oss_forbid_overwrite": "true",
    }


def _put(rooms: Rooms, one_at_a_time: threading.Lock, form: Mapping[str, str], file: Field | None) -> None:
    """Take the file in. Raises InvalidOrder, NotPermitted, RequestTooLarge or PictureRefused."""
    for name in _TEXTS:
        if not form.get(name):
            raise InvalidOrder(f"the form's field {name} is required", field=name)
    if file is None:
        raise InvalidOrder("the form's field file is required", field="file")
    policy, address = _allowed(rooms, form), form["key"]
    if not address.startswith(policy.folder) or not _is_key(address.removeprefix(policy.folder), address):
        raise NotPermitted(f"the policy allows keys that begin with {policy.folder}, up to {LONGEST_KEY} bytes long")
    if len(file.value) > policy.bytes:
        raise RequestTooLarge(f"the policy allows at most {policy.bytes} bytes, not {len(file.value)}")
    with one_at_a_time:  # or two forms with the same key would make its place twice
        _reserve(rooms, policy, address)
    rooms.uploads.fill(address, file.value, form.get("x-oss-content-type"), ANY_PICTURE)


def _allowed(rooms: Rooms, form: Mapping[str, str]) -> Policy:
    """The policy in a form, if it is one of ours for this very access key."""
    signature = parse_qs(form["Signature"])
    signed = f"{_SIGNED}{form['OSSAccessKeyId']}\n{form['policy']}"
    try:
        rooms.links.check(signed, signature.get("e", [""])[0], signature.get("s", [""])[0], rooms.now())
    except Gone:
        raise NotPermitted("the policy has expired; ask for another one with action=getPolicy") from None
    except NotFound:
        raise NotPermitted("the Signature does not fit the policy and the OSSAccessKeyId") from None
    (_, _, most), (_, _, folder) = json.loads(base64.b64decode(form["policy"]))["conditions"]
    return Policy(form["OSSAccessKeyId"], folder, most)


def _is_key(name: str, address: str) -> bool:
    """Whether an object may be called that: something behind the folder, short enough, nothing that controls."""
    printable = not any(unicodedata.category(letter)[0] == "C" for letter in address)
    return bool(name) and printable and len(address.encode()) <= LONGEST_KEY


def _reserve(rooms: Rooms, policy: Policy, address: str) -> None:
    try:
        place = rooms.uploads.find(address)
    except NotFound:
        name = address.removeprefix(policy.folder)
        rooms.uploads.reserve(policy.key_id, address, dialect="dashscope", name=name, lifetime=UPLOAD_LIFETIME)
        return
    if place.sha256 is not None:
        raise InvalidOrder("there is a file with this key already, and it must not be overwritten", field="key")
