"""What is done for a tenant that Workspace wishes, with the cell's processes stood in for."""

import asyncio
import json
import socket
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from ntro_cli.stack.errors import StackError, StartFailed
from ntro_cli.stack.keys import new_api_key
from ntro_cli.stack.paths import StackPaths
from ntro_cli.stack.promises import Promises
from ntro_cli.stack.provisioning import Provisioner
from ntro_cli.stack.state import StackState, require_free, save_state

SLUG = "late"


class Cells:
    """A fleet without processes. While a cell starts, `thieves` others take its port, one at each start."""

    def __init__(self, promises: Promises, thieves: int) -> None:
        self.workspace = self
        self.healthy = asyncio.Event()
        self.healthy.set()
        self.changed = asyncio.Event()
        self.failed: dict[str, Any] = {}
        self.is_provisioned = False
        self.stolen: list[int] = []
        self.taken = ExitStack()
        self._promises = promises
        self._thieves = thieves
        self._started: set[str] = set()

    def publish(self) -> None:
        self.changed.set()

    def start_cell(self, slug: str) -> "Cells":
        if slug not in self._started and len(self.stolen) < self._thieves:
            listener = self.taken.enter_context(socket.socket())
            listener.bind(("127.0.0.1", self._promises.state.cells[slug].port))
            listener.listen()
            self.stolen.append(listener.getsockname()[1])
        self._started.add(slug)
        return self

    async def stop_cell(self, slug: str) -> None:
        self._started.remove(slug)

    async def wait_until_healthy(self) -> None:
        try:
            require_free(SLUG, self._promises.state.cells[SLUG].port)
        except StackError as error:
            raise StartFailed(error.message, remedy=error.remedy) from error


@pytest.mark.parametrize(
    ("thieves", "statuses"), [(2, ["PROVISIONING"] * 3 + ["ACTIVE"]), (3, ["PROVISIONING"] * 3 + ["FAILED"])]
)
async def test_a_new_tenant_whose_port_is_taken_meanwhile_gets_another(
    tmp_path: Path, httpserver: HTTPServer, thieves: int, statuses: list[str]
) -> None:
    paths = StackPaths(tmp_path)
    servers = {"workspace": httpserver.port, "postgres": 1, "temporal": 2}
    save_state(paths, StackState(port_base=20_000, servers=servers))
    said: list[dict[str, str]] = []

    def report(request: Request) -> Response:
        said.append(json.loads(request.data))
        tenant.update(said[-1])
        return Response("{}", mimetype="application/json")

    tenant = {"tenantId": str(uuid4()), "slug": SLUG, "name": "Late", "status": "REQUESTED"}
    doors = "/v1/internal/provisioning"
    httpserver.expect_request(doors).respond_with_handler(lambda _: Response(json.dumps({"items": [tenant]})))
    key = {"apiKey": new_api_key("cell")}
    httpserver.expect_request(f"{doors}/{tenant['tenantId']}/cell-key").respond_with_json(key)
    httpserver.expect_request(f"{doors}/{tenant['tenantId']}", method="PUT").respond_with_handler(report)
    promises = Promises(paths)
    cells: Any = Cells(promises, thieves)
    with cells.taken:
        following = asyncio.create_task(Provisioner(promises, cells).keep_running())
        async with asyncio.timeout(30):
            while not cells.is_provisioned:
                cells.changed.clear()
                await cells.changed.wait()
        following.cancel()
        await asyncio.wait([following])
    assert [row["status"] for row in said] == statuses
    assert len(set(cells.stolen)) == thieves
    if said[-1]["status"] == "ACTIVE":
        port = promises.state.cells[SLUG].port
        assert port not in cells.stolen
        assert said[-1]["url"] == f"http://127.0.0.1:{port}/v1"
    else:
        assert SLUG in cells.failed
