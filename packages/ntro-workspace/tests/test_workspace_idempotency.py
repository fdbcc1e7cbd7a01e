"""Requests that were cut off: the same request may be sent again, unless it is still under way."""

import hashlib
import hmac
import socket

import asyncpg
import httpx2
import pytest

from ntro_workspace.settings import WorkspaceSettings

BODY = {"name": "A", "kind": "workspace"}
HEADERS = {"Idempotency-Key": "one"}


async def begin(api: httpx2.AsyncClient, settings: WorkspaceSettings, owner: str) -> None:
    """Leaves the claim of a request behind that was never answered."""
    pepper = bytes.fromhex(settings.pepper.get_secret_value())
    caller = hmac.digest(pepper, api.headers["authorization"].encode(), "sha256")
    connection = await asyncpg.connect(settings.database_url.get_secret_value())
    try:
        await connection.execute(
            "insert into idempotency_keys (scope, key, request_hash, owner) values ($1, 'one', $2, $3)",
            caller,
            hashlib.sha256(b"as it was").digest(),
            owner,
        )
    finally:
        await connection.close()


async def test_what_this_process_left_unfinished_when_it_died_is_done_when_it_is_sent_again(
    api: httpx2.AsyncClient, workspace_settings: WorkspaceSettings
):
    await begin(api, workspace_settings, f"{socket.gethostname()}:{workspace_settings.port}")
    answer = await api.post("/workspace/keys", json=BODY, headers=HEADERS)
    assert answer.status_code == 201
    again = await api.post("/workspace/keys", json=BODY, headers=HEADERS)
    assert again.json() == answer.json()


@pytest.mark.parametrize("owner", ["", "another-host:3000"])
async def test_what_another_process_may_still_answer_is_not_done_twice(
    api: httpx2.AsyncClient, workspace_settings: WorkspaceSettings, owner: str
):
    await begin(api, workspace_settings, owner)
    answer = await api.post("/workspace/keys", json=BODY, headers=HEADERS)
    assert answer.status_code in {409, 422}
    assert len((await api.get("/workspace/keys")).json()) == 1
