"""A cell's database, a registry of agents, and two hosts of agents that speak their documented protocols."""

import json
import re
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from pydantic import SecretStr
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from ntro import data
from ntro.capabilities import config
from ntro.workflow.agents import AgentResult, invoke

TENANT = "33333333-3333-4333-8333-333333333333"
ENTITY = "44444444-4444-4444-8444-444444444444"
HOST_KEY = "host-key"
DIRECT_LINE = "direct-line-secret"
PAGE = 2
"""Items on a page of the hosts here, however many are asked for."""


@dataclass
class LeftFile:
    """A file of a session. It is listed `late_s` seconds after the session ended."""

    name: str
    content: bytes = b"content"
    kind: str = "text/plain"
    late_s: float = 0.0


@dataclass
class Plan:
    """How a session of the host goes: `working` looks in `while_working`, then it stops for `stop`."""

    working: int = 1
    while_working: str = "running"
    stop: dict[str, Any] | None = field(default_factory=lambda: {"type": "end_turn"})
    status: str = "idle"
    said: str = "Done."
    errors: list[dict[str, Any]] = field(default_factory=list)
    files: list[LeftFile] = field(default_factory=list)


@dataclass
class HostedSession:
    id: str
    body: dict[str, Any]
    plan: Plan
    made_at: datetime
    looks: int = 0
    ended: float | None = None
    calls: list[str] = field(default_factory=list)

    @property
    def works(self) -> bool:
        return self.looks <= self.plan.working


class ClaudeHost:
    """The sessions and files of Claude Managed Agents: paged, rate limited, and behind the times, as told."""

    def __init__(self, server: HTTPServer) -> None:
        self.server = server
        self.url = server.url_for("/claude")
        self.plan = Plan()
        self.sessions: dict[str, HostedSession] = {}
        self.unlisted = 0
        self.failures: list[tuple[str, Callable[[], Response]]] = []
        self.downloads: list[str] = []
        self.after_create: Callable[[], None] = lambda: None
        self._lock = threading.Lock()
        server.expect_request(re.compile("^/claude/")).respond_with_handler(self._answer)

    def fail(self, call: str, status: int, times: int = 1, **headers: str) -> None:
        """The next `times` calls that match `METHOD /path` are answered with `status`."""
        body = json.dumps({"type": "error", "error": {"type": "api_error", "message": "not now"}})
        self.failures += [(call, lambda: Response(body, status, headers, content_type="application/json"))] * times

    @property
    def only(self) -> HostedSession:
        (session,) = self.sessions.values()
        return session

    def _answer(self, request: Request) -> Response:
        with self._lock:
            call = f"{request.method} {request.path.removeprefix('/claude')}"
            assert request.headers["Authorization"] == f"Bearer {HOST_KEY}"
            assert request.headers["anthropic-version"]
            assert "managed-agents-2026-04-01" in request.headers["anthropic-beta"]
            for number, (pattern, answer) in enumerate(self.failures):
                if re.fullmatch(pattern, call):
                    del self.failures[number]
                    return answer()
            return self._routed(request)

    def _routed(self, request: Request) -> Response:
        match [request.method, *request.path.split("/")[3:]]:
            case ["POST", "sessions"]:
                return self._create(request.get_json())
            case ["GET", "sessions"]:
                return self._list(request)
            case [_, "sessions", session, *rest]:
                return self._of_session(self.sessions[session], request, rest)
            case ["GET", "files"]:
                return _paged(self._files(self.sessions[request.args["scope_id"]]), request)
            case ["GET", "files", file, "content"]:
                return self._download(file)
        return Response("{}", 404)

    def _of_session(self, session: HostedSession, request: Request, rest: list[str]) -> Response:
        match [request.method, *rest]:
            case ["GET"]:
                return self._look(session)
            case ["GET", "events"]:
                return _paged(self._events(session), request)
            case ["POST", "archive"]:
                session.calls.append("archive")
                return _json(self._shape(session, "idle"))
            case ["POST", "events"]:
                session.calls += [event["type"] for event in request.get_json()["events"]]
                return _json({"data": []})
        return Response("{}", 404)

    def _create(self, body: dict[str, Any]) -> Response:
        number = f"sesn_{len(self.sessions) + 1}"
        self.sessions[number] = HostedSession(number, body, self.plan, datetime.now(UTC))
        self.after_create()
        return _json(self._shape(self.sessions[number], "idle"))

    def _list(self, request: Request) -> Response:
        if self.unlisted > 0:
            self.unlisted -= 1
            return _json({"data": [], "next_page": None})
        since = datetime.fromisoformat(request.args["created_at[gte]"])
        found = [session for session in self.sessions.values() if session.made_at >= since]
        return _paged([self._shape(session, "idle") for session in found], request)

    def _look(self, session: HostedSession) -> Response:
        session.looks += 1
        if not session.works and session.ended is None:
            session.ended = time.monotonic()
        return _json(self._shape(session, session.plan.while_working if session.works else session.plan.status))

    def _events(self, session: HostedSession) -> list[dict[str, Any]]:
        sent = session.body["initial_events"][0]["content"]
        found: list[dict[str, Any]] = [{"type": "user.message", "content": sent}]
        found += [{"type": "session.status_running"}]
        found += [{"type": "session.error", "error": error} for error in session.plan.errors]
        if not session.works:
            found += [{"type": "agent.message", "content": [{"type": "text", "text": session.plan.said}]}]
            if session.plan.stop is not None:
                found += [{"type": "session.status_idle", "stop_reason": session.plan.stop}]
        at = "2026-04-01T09:00:00Z"
        return [event | {"id": f"evt_{number}", "processed_at": at} for number, event in enumerate(found)]

    def _files(self, session: HostedSession) -> list[dict[str, Any]]:
        past = time.monotonic() - (session.ended or time.monotonic())
        return [
            {
                "id": f"{session.id}-file_{number}",
                "type": "file",
                "filename": file.name,
                "mime_type": file.kind,
                "size_bytes": len(file.content),
                "downloadable": True,
                "created_at": "2026-04-01T09:00:00Z",
                "scope": {"type": "session", "id": session.id},
            }
            for number, file in enumerate(session.plan.files)
            if past >= file.late_s
        ]

    def _download(self, file: str) -> Response:
        self.downloads.append(file)
        session, _, number = file.partition("-file_")
        found = self.sessions[session].plan.files[int(number)]
        return Response(found.content, content_type="application/octet-stream")

    def _shape(self, session: HostedSession, status: str) -> dict[str, Any]:
        agent = session.body["agent"]
        native = agent if isinstance(agent, str) else agent["id"]
        version = 7 if isinstance(agent, str) else agent["version"]
        return {
            "id": session.id,
            "type": "session",
            "status": status,
            "agent": {"id": native, "type": "agent", "version": version, "name": "Handover"},
            "metadata": session.body.get("metadata", {}),
            "vault_ids": session.body.get("vault_ids", []),
            "environment_id": session.body.get("environment_id", "env_default"),
            "budget": session.body.get("budget"),
            "created_at": session.made_at.isoformat(),
            "updated_at": session.made_at.isoformat(),
            "resources": [],
            "outcome_evaluations": [],
            "stats": {},
            "usage": {"input_tokens": 10, "output_tokens": 5, "list_cost": {"amount": "12", "currency": "USD"}},
        }


class DirectLineHost:
    """Direct Line 3.0: conversations, activities by watermark, attachments."""

    def __init__(self, server: HTTPServer) -> None:
        self.server = server
        self.url = server.url_for("/directline")
        self.answers: list[dict[str, Any]] = []
        self.silent = 0
        self.conversations: dict[str, list[dict[str, Any]]] = {}
        self.files: dict[str, bytes] = {}
        self.failures: list[tuple[str, Response]] = []
        server.expect_request(re.compile("^/directline/")).respond_with_handler(self._answer)

    def _answer(self, request: Request) -> Response:
        assert request.headers["Authorization"] == f"Bearer {DIRECT_LINE}"
        parts = request.path.split("/")[2:]
        if self.failures and self.failures[0][0] == f"{request.method} {parts[-1]}":
            return self.failures.pop(0)[1]
        match [request.method, *parts]:
            case ["POST", "conversations"]:
                number = f"c{len(self.conversations) + 1}"
                self.conversations[number] = []
                return _json({"conversationId": number, "token": "t", "expires_in": 1800}, 201)
            case ["POST", "conversations", conversation, "activities"]:
                return self._said(self.conversations[conversation], request.get_json())
            case ["GET", "conversations", conversation, "activities"]:
                return self._activities(self.conversations[conversation], request)
            case ["GET", "files", name]:
                return Response(self.files[name], content_type="application/octet-stream")
        return Response("{}", 404)

    def _said(self, log: list[dict[str, Any]], activity: dict[str, Any]) -> Response:
        log.append(activity | {"id": f"a{len(log)}"})
        if activity["type"] == "message":
            for answer in self.answers:
                log.append({"from": {"id": "bot", "role": "bot"}, "type": "message"} | answer | {"id": f"a{len(log)}"})
        return _json({"id": "said"})

    def _activities(self, log: list[dict[str, Any]], request: Request) -> Response:
        start = int(request.args.get("watermark", 0))
        shown = log[start : start + PAGE]
        if self.silent > 0 and any(item["from"]["id"] == "bot" for item in shown):
            self.silent -= 1
            shown = [item for item in shown if item["from"]["id"] != "bot"]
        return _json({"activities": shown, "watermark": str(start + len(shown))})


def _json(body: Any, status: int = 200) -> Response:
    return Response(json.dumps(body), status, content_type="application/json")


def _paged(items: list[dict[str, Any]], request: Request) -> Response:
    start = int(request.args.get("page", "page_0").removeprefix("page_"))
    following = start + PAGE
    return _json({"data": items[start:following], "next_page": f"page_{following}" if following < len(items) else None})


@dataclass
class Registry:
    """Workspace's registry of agents as the worker asks it."""

    server: HTTPServer

    def add(self, kind: str = "claude_managed", *, tenant: str = TENANT, ref: str | None = None, **more: Any) -> str:
        agent = str(uuid4())
        row = {"id": agent, "tenantId": tenant, "name": "audit-handover", "kind": kind}
        row["externalRef"] = "anthropic://agents/agent_01" if ref is None else ref
        self.server.expect_request(
            f"/v1/workspace/registry/agents/{agent}", headers={"Authorization": "Bearer cell-key"}
        ).respond_with_json(row | more)
        return agent

    def unknown(self) -> str:
        agent = str(uuid4())
        problem = {"statusCode": 404, "message": "There is no such agent."}
        self.server.expect_request(f"/v1/workspace/registry/agents/{agent}").respond_with_json(problem, 404)
        return agent


@pytest.fixture(scope="session")
def httpserver_listen_address() -> tuple[str, int]:
    return ("127.0.0.1", 0)


@pytest.fixture
def claude(httpserver: HTTPServer) -> Iterator[ClaudeHost]:
    yield ClaudeHost(httpserver)
    httpserver.check_assertions()


@pytest.fixture
def direct_line(httpserver: HTTPServer) -> Iterator[DirectLineHost]:
    yield DirectLineHost(httpserver)
    httpserver.check_assertions()


@pytest.fixture
def registry(httpserver: HTTPServer) -> Registry:
    return Registry(httpserver)


@pytest.fixture
def worker(httpserver: HTTPServer, cell_database_url: str) -> config.WorkerConfig:
    """The configuration of a worker whose hosts are here."""
    return config.WorkerConfig(
        tenant_id=TENANT,
        tenant_slug="acme",
        tenant_postgres_url=SecretStr(cell_database_url),
        workspace_api_url=httpserver.url_for("/v1"),
        workspace_api_key=SecretStr("cell-key"),
        anthropic_api_key=SecretStr(HOST_KEY),
        anthropic_base_url=httpserver.url_for("/claude"),
        direct_line_secret=SecretStr(DIRECT_LINE),
        direct_line_url=httpserver.url_for("/directline"),
    )


@pytest.fixture
async def db(worker: config.WorkerConfig) -> AsyncIterator[data.DataPlane]:
    config.set(worker)
    plane = await data.get_data_plane("acme")
    await plane.execute("insert into system.tenant (id, slug, name) values ($1, 'acme', 'Acme')", TENANT)
    await plane.execute("insert into system.entities (id, slug, name) values ($1, 'spv-1', 'SPV One')", ENTITY)
    try:
        yield plane
    finally:
        await data.close_data_planes()
        config.reset()


@pytest.fixture
async def task(db: data.DataPlane) -> str:
    """An open task of the entity."""
    task_id = str(uuid4())
    await db.execute(
        """insert into system.tasks (id, title, status, entity_id, workflow_id, runbook_slug)
           values ($1, 'close', 'IN_PROGRESS', $2, gen_random_uuid(), 'nav-monthly')""",
        task_id,
        ENTITY,
    )
    return task_id


@pytest.fixture
def ask(task: str) -> Callable[..., Any]:
    """Invokes an agent for the task, looking often."""

    async def asked(agent: str, given: Any = "Write it.", **options: Any) -> AgentResult:
        return await invoke(
            agent, input=given, task_id=task, **({"poll_interval_seconds": 0.02, "max_poll_seconds": 60} | options)
        )

    return asked


@pytest.fixture
def plan_type() -> type[Plan]:
    return Plan


@pytest.fixture
def file_type() -> type[LeftFile]:
    return LeftFile
