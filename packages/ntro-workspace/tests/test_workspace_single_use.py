"""Which clients keep their connections."""

import httpx2
import pytest


@pytest.mark.parametrize(
    ("agent", "kept"),
    [("python-httpx/0.28.1", False), ("python-httpx2/2.0", True), ("curl/8.5.0", True)],
)
async def test_connections_of_the_oldest_clients_are_used_once(api: httpx2.AsyncClient, agent: str, kept: bool):
    answer = await api.get("/me", headers={"User-Agent": agent})
    assert answer.status_code == 200
    assert ("connection" not in answer.headers) is kept
