"""The description of the API: current, and true for whatever is sent."""

import asyncio
import itertools
import json
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from ntro_server.postgres import register_json
from ntro_tenant.api.app import create_app
from ntro_tenant.api.openapi import openapi_text
from ntro_tenant.settings import CellSettings

COMMITTED = Path(__file__).parents[4] / "docs" / "reference" / "openapi-cell.json"
CASES_EACH = 12
ENDLESS = ("/stream",)
CHECKS = [response_schema_conformance, status_code_conformance]


def test_the_committed_description_is_current():
    assert COMMITTED.read_text("utf-8") == openapi_text(), f"run: python -m ntro_tenant openapi --output {COMMITTED}"


def test_every_operation_of_the_api_asks_for_a_token_or_session():
    open_doors = {"/health", "/v1/health", "/sign-in", "/sign-out"}
    for path, operations in json.loads(openapi_text())["paths"].items():
        for operation in operations.values():
            assert path in open_doors or operation["security"], path


async def prepared(settings: CellSettings, books_type: Any) -> UUID:
    """A task at a review."""
    connection = await asyncpg.connect(settings.database_url.get_secret_value())
    try:
        await register_json(connection)
        books = books_type(connection, settings.tenant_id)
        await books.begin()
        task = await books.task(status="BLOCKED")
        await books.gate(task, str(task))
    finally:
        await connection.close()
    return task


@pytest.fixture
def address(settings: CellSettings) -> Iterator[str]:
    """The application on a socket of its own, in a thread."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(create_app(settings), log_config=None, timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(30)


def test_nothing_that_is_sent_breaks_the_server_or_its_description(
    settings: CellSettings, token: Callable[..., str], books_type: Any, request: pytest.FixtureRequest
):
    task = asyncio.run(prepared(settings, books_type))
    address = request.getfixturevalue("address")
    schema = schemathesis.openapi.from_dict(json.loads(openapi_text()))
    headers = {"Authorization": f"Bearer {token('accountant')}"}
    answered: Counter[int] = Counter()
    known = itertools.cycle([True, False])
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.path.endswith(ENDLESS):
            continue

        @hypothesis_settings(
            max_examples=CASES_EACH,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def send(case: Any) -> None:
            if "task" in (case.path_parameters or {}) and next(known):
                case.path_parameters["task"] = str(task)
            answer = case.call(base_url=address, headers=headers, timeout=60)
            answered[answer.status_code] += 1
            assert answer.status_code == 503 or answer.status_code < 500, answer.text
            case.validate_response(answer, checks=CHECKS)

        send()
    assert answered.total() > 200
    assert answered[200] > 0
