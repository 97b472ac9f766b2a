"""A stand-in for OpenAI's /v1/moderations and /v1/chat/completions on this machine, with faults.

What comes in is held against the official Python SDK's own types; what goes out is made of them.
"""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from openai.types.chat import ChatCompletion, ChatCompletionSystemMessageParam, ChatCompletionUserMessageParam
from openai.types.moderation import Categories
from openai.types.moderation_create_params import ModerationCreateParams
from openai.types.moderation_create_response import ModerationCreateResponse
from pydantic import TypeAdapter

CATEGORIES = [field.alias or name for name, field in Categories.model_fields.items()]
_MESSAGE = ChatCompletionSystemMessageParam | ChatCompletionUserMessageParam


@dataclass
class Judge:
    """What a test says of the endpoint, and what the endpoint was asked.

    `faults` are the next answers, each an HTTP status, "nonsense", "silence" or a body. `bad` are words in a prompt,
    `flag` a category that every picture is flagged for. `writes` makes the answer of a chat.
    """

    url: str
    bad: dict[str, str] = field(default_factory=dict)
    flag: str | None = None
    faults: list[Any] = field(default_factory=list)
    writes: str | None = None
    finish: str = "stop"
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def judged(self, body: dict[str, Any]) -> dict[str, Any]:
        """A verdict in the official shape."""
        TypeAdapter(ModerationCreateParams).validate_python(body, strict=True, extra="forbid")
        if isinstance(body["input"], str):
            flags = [category for word, category in self.bad.items() if word in body["input"]]
        else:
            (one,) = body["input"]  # OpenAI's model takes one picture a request
            assert one["image_url"]["url"].startswith("data:image/jpeg;base64,")
            flags = [self.flag] if self.flag else []
        said = {name: name in flags for name in CATEGORIES}
        result = {
            "flagged": bool(flags),
            "categories": said,
            "category_scores": dict.fromkeys(CATEGORIES, 0.5),
            "category_applied_input_types": {name: ["text"] for name in CATEGORIES},
        }
        made = ModerationCreateResponse.model_validate({"id": "modr-1", "model": "m", "results": [result]})
        return made.model_dump(by_alias=True)

    def written(self, body: dict[str, Any]) -> dict[str, Any]:
        """An answer of a chat in the official shape."""
        assert set(body) == {"model", "messages"}
        TypeAdapter(list[_MESSAGE]).validate_python(body["messages"], strict=True, extra="forbid")
        text = body["messages"][-1]["content"] if self.writes is None else self.writes
        message = {"role": "assistant", "content": text, "refusal": None}
        choice = {"index": 0, "finish_reason": self.finish, "logprobs": None, "message": message}
        facts = {"id": "c-1", "object": "chat.completion", "created": 1, "model": body["model"], "choices": [choice]}
        return ChatCompletion.model_validate(facts).model_dump()


@contextmanager
def judges() -> Iterator[Judge]:
    """The endpoint; its address ends with /v1."""
    judge = Judge("")

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            judge.asked.append(body)
            judge.paths.append(self.path)
            judge.keys.append(self.headers["Authorization"])
            fault = judge.faults.pop(0) if judge.faults else None
            if fault == "silence":
                judge.over.wait(60)
                self.close_connection = True
                return
            make = {"/v1/moderations": judge.judged, "/v1/chat/completions": judge.written}[self.path]
            status, answer = (fault, {"error": {"message": "no"}}) if isinstance(fault, int) else (200, fault)
            text = "<html>" if fault == "nonsense" else json.dumps(make(body) if answer is None else answer)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    judge.url = f"http://127.0.0.1:{server.server_port}/v1"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield judge
    finally:
        judge.over.set()
        server.shutdown()
        server.server_close()
