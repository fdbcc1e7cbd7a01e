"""A worker configured for one test, a tenant's database, and a server that speaks as providers of models do."""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from pydantic import SecretStr
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from ntro import data
from ntro.capabilities import config
from ntro.capabilities._connections import close_clients

Configure = Callable[..., config.WorkerConfig]
Reply = Callable[[Request], Response]


@pytest.fixture
async def configure() -> AsyncIterator[Configure]:
    """Configures the worker by keyword; each call adds to the one before."""
    config.set(config.WorkerConfig())

    def add(**fields: Any) -> config.WorkerConfig:
        known = config.get().model_dump(mode="python")
        config.set(config.WorkerConfig.model_validate(known | fields))
        return config.get()

    try:
        yield add
    finally:
        await close_clients()
        await data.close_data_planes()
        config.reset()


@pytest.fixture
async def tenant_database(configure: Configure, cell_database_url: str) -> data.DataPlane:
    """The migrated database of tenant `acme`, which the worker serves."""
    configure(tenant_slug="acme", tenant_postgres_url=SecretStr(cell_database_url))
    return await data.get_data_plane("acme")


class ModelServer:
    """Answers `POST /v1/messages` and `POST /v1/chat/completions` with scripted replies, the last one again and again.

    It speaks the documented protocols: message objects and server-sent events of the one, completions and chunks of the
    other, their errors and headers.
    """

    def __init__(self, server: HTTPServer) -> None:
        self._server = server
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self._replies: list[Reply] = []
        server.expect_request("/v1/messages", method="POST").respond_with_handler(self._answer)
        server.expect_request("/v1/chat/completions", method="POST").respond_with_handler(self._answer)

    @property
    def url(self) -> str:
        """Where it is, without a path."""
        return self._server.url_for("").rstrip("/")

    @property
    def prompts(self) -> list[str]:
        """What the model was told, request by request."""
        return [request["messages"][0]["content"] for request in self.requests]

    def says(self, *replies: Reply) -> None:
        """Answer the next requests so."""
        self._replies = list(replies)

    def _answer(self, request: Request) -> Response:
        self.requests.append(request.get_json())
        self.headers.append({name.lower(): value for name, value in request.headers.items()})
        reply = self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]
        return reply(request)


@pytest.fixture
def models(httpserver: HTTPServer) -> Iterator[ModelServer]:
    """The local provider. A request that it did not expect fails the test."""
    yield ModelServer(httpserver)
    httpserver.check()


def message(text: str, *, stop_reason: str = "end_turn", model: str = "claude-test") -> Reply:
    """A whole or streamed message, as the request asks, in three fragments."""
    usage = {"input_tokens": 11, "output_tokens": 7}

    def reply(request: Request) -> Response:
        whole = {"id": "msg_1", "type": "message", "role": "assistant", "model": model, "stop_sequence": None}
        if not request.get_json().get("stream"):
            content = [{"type": "text", "text": text}]
            return _json(whole | {"content": content, "stop_reason": stop_reason, "usage": usage})
        begun = whole | {"content": [], "stop_reason": None, "usage": usage | {"output_tokens": 1}}
        events = [
            {"type": "message_start", "message": begun},
            {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
            *(
                {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": part}}
                for part in _fragments(text)
            ),
            {"type": "content_block_stop", "index": 0},
            {"type": "message_delta", "delta": {"stop_reason": stop_reason, "stop_sequence": None}, "usage": usage},
            {"type": "message_stop"},
        ]
        return _events([f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events])

    return reply


def completion(text: str, *, finish_reason: str = "stop", refusal: str | None = None) -> Reply:
    """A whole or streamed chat completion, as the request asks."""
    usage = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}

    def reply(request: Request) -> Response:
        known = {"id": "cmpl-1", "created": 1, "model": "local"}
        if not request.get_json().get("stream"):
            said = {"role": "assistant", "content": text, "refusal": refusal}
            choice = {"index": 0, "message": said, "finish_reason": finish_reason}
            return _json(known | {"object": "chat.completion", "choices": [choice], "usage": usage})
        deltas = [{"content": part} for part in _fragments(text)]
        choices = [{"index": 0, "delta": delta, "finish_reason": None} for delta in deltas]
        choices.append({"index": 0, "delta": {}, "finish_reason": finish_reason})
        chunks = [known | {"object": "chat.completion.chunk", "choices": [choice]} for choice in choices]
        chunks.append(known | {"object": "chat.completion.chunk", "choices": [], "usage": usage})
        return _events([*(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks), "data: [DONE]\n\n"])

    return reply


def failure(status: int, kind: str = "api_error", **headers: str) -> Reply:
    """An error answer in the shape that both protocols use."""
    body = {"type": "error", "error": {"type": kind, "message": f"{kind}, as scripted"}}

    def reply(_request: Request) -> Response:
        return Response(json.dumps(body), status, headers, content_type="application/json")

    return reply


def broken_stream(text: str, kind: str = "overloaded_error") -> Reply:
    """A streamed message that turns into an error event after its first text."""

    def reply(_request: Request) -> Response:
        begun = {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude-test", "content": []}
        usage = {"input_tokens": 1, "output_tokens": 1}
        events = [
            {"type": "message_start", "message": begun | {"stop_reason": None, "stop_sequence": None, "usage": usage}},
            {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}},
            {"type": "error", "error": {"type": kind, "message": "as scripted"}},
        ]
        return _events([f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events])

    return reply


@pytest.fixture
def reply_message() -> Callable[..., Reply]:
    """Makes replies of the Messages protocol."""
    return message


@pytest.fixture
def reply_completion() -> Callable[..., Reply]:
    """Makes replies of the chat completions protocol."""
    return completion


@pytest.fixture
def reply_failure() -> Callable[..., Reply]:
    """Makes error answers."""
    return failure


@pytest.fixture
def reply_broken_stream() -> Callable[..., Reply]:
    """Makes streams that break."""
    return broken_stream


def _fragments(text: str) -> list[str]:
    third = len(text) // 3 + 1
    return [text[at : at + third] for at in range(0, len(text), third)]


def _json(body: dict[str, Any]) -> Response:
    return Response(json.dumps(body), 200, content_type="application/json")


def _events(lines: list[str]) -> Response:
    return Response("".join(lines), 200, content_type="text/event-stream")
