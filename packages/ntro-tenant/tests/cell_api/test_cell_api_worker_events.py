"""What a model writes reaches the task's log from the cell's own worker, and by its key nothing else does."""

from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from ntro_tenant.core.worker_key import worker_key
from ntro_tenant.settings import CellSettings
from ntro_tenant.worker.hosting import worker_config

Check = Callable[[httpx2.Response, int], dict[str, Any]]
REASONING = {
    "type": "reasoning.delta",
    "source": "worker",
    "sourceLabel": "Invoice",
    "seq": 1_000_001,
    "groupKey": "extract",
    "payload": {"phase": "delta", "chunk": "so", "activityName": "extract", "droppedCharacters": 3},
}


@pytest.fixture
def key(settings: CellSettings) -> dict[str, str]:
    """The header that a worker of this cell sends."""
    return {"x-ntro-events-key": worker_config(settings, "nav").internal_reasoning_key.get_secret_value()}


async def test_a_worker_adds_its_reasoning_to_the_log(
    anonymous: httpx2.AsyncClient, anna: httpx2.AsyncClient, books: Any, key: dict[str, str]
):
    task = await books.task()
    answer = await anonymous.post(f"/v1/tasks/{task}/events", json=REASONING, headers=key)
    assert answer.status_code == 201, answer.text
    row = (await anna.get(f"/tasks/{task}/events")).json()[0]
    assert (row["type"], row["actor"], row["source"]) == ("reasoning.delta", "worker", "worker")
    assert row["payload"]["payload"] == REASONING["payload"]


async def test_the_key_of_workers_opens_no_other_door(
    anonymous: httpx2.AsyncClient, books: Any, key: dict[str, str], check_problem: Check
):
    task = await books.task()
    for kind in ("completed", "step_completed", "requires_input"):
        check_problem(await anonymous.post(f"/v1/tasks/{task}/events", json={"type": kind}, headers=key), 403)
    check_problem(await anonymous.get(f"/v1/tasks/{task}/events", headers=key), 401)
    check_problem(await anonymous.post(f"/v1/tasks/{task}/action", json={"type": "approved"}, headers=key), 401)
    assert await books.event_types() == []


@pytest.mark.parametrize("wrong", ["", "0" * 64, "ü"])
async def test_another_key_is_refused(anonymous: httpx2.AsyncClient, books: Any, check_problem: Check, wrong: str):
    task = await books.task()
    headers = {"x-ntro-events-key": wrong.encode()}
    check_problem(await anonymous.post(f"/v1/tasks/{task}/events", json=REASONING, headers=headers), 401)
    check_problem(await anonymous.post(f"/v1/tasks/{task}/events", json=REASONING), 401)


def test_each_cell_has_a_key_of_its_own_that_is_not_its_secret(settings: CellSettings):
    other = settings.model_copy(update={"session_secret": settings.cell_key})
    assert worker_key(settings) != worker_key(other)
    config = worker_config(settings, "nav")
    for secret in (config.internal_reasoning_key, config.workspace_api_key, config.tenant_postgres_url):
        assert isinstance(secret, str)
        assert secret
        assert secret.get_secret_value() not in repr(config)
