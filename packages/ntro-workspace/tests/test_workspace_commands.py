"""Commands to cells: the registry, schedules, and either side being down."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from temporalio.client import Schedule, ScheduleActionStartWorkflow, ScheduleSpec
from temporalio.service import RPCError

from ntro_workspace.app import create_app
from ntro_workspace.schedules.cron import CronError, parse_cron
from ntro_workspace.settings import WorkspaceSettings


async def test_each_change_of_the_registry_reaches_the_cell(
    api: httpx2.AsyncClient, connect: Any, cell: Any, binding: dict[str, Any], eventually: Any
):
    async with connect(cell.cell_key) as client:
        snapshot = (await client.get("/internal/registry")).json()
    assert [row["slug"] for row in snapshot["entities"]] == ["spv1"]
    assert [row["name"] for row in snapshot["workflows"]] == ["Spv1 Nav"]
    revision = snapshot["revision"]
    await api.patch(f"/workspace/tenants/{cell.slug}/entities/spv1", json={"config": {"a": 0.5}})
    handle = cell.temporal.get_workflow_handle(f"ops:sync:{revision + 1}")
    sent = await eventually(handle.result)
    assert sent["revision"] == revision + 1
    assert sent["entities"][0]["config"] == {"a": 0.5}


async def test_a_schedule_is_kept_changed_and_taken_away(
    api: httpx2.AsyncClient, cell: Any, binding: dict[str, Any], eventually: Any
):
    path = f"/workspace/registry/workflows/{binding['id']}"
    body = {"schedule": "0 8 5 * *", "timezone": "Europe/Jersey"}
    expected = (await api.patch(path, json=body)).json()["nextRuns"]
    handle = cell.temporal.get_schedule_handle(f"schedule:{binding['id']}")

    async def times() -> list[str]:
        found = (await handle.describe()).info.next_action_times[:3]
        return [moment.isoformat().replace("+00:00", "Z") for moment in found]

    assert await eventually(times) == expected
    changed = (await api.patch(path, json={"schedule": "30 6 1 * *"})).json()["nextRuns"]

    async def is_changed() -> bool:
        return await times() == changed

    assert await eventually(is_changed)
    await api.patch(path, json={"schedule": None})

    async def is_gone() -> bool:
        try:
            await handle.describe()
        except RPCError:
            return True
        return False

    assert await eventually(is_gone)


@pytest.mark.parametrize(
    ("cron", "zone"),
    [
        ("*/17 5-7,22 * * *", "Europe/London"),
        ("0 1 * * 7", "Europe/Jersey"),
        ("30 1 * 3,10 sun", "Europe/London"),
        ("15 10 1-10/3 JAN-JUN mon-fri", "Asia/Dubai"),
        ("0 0 29 2 *", "UTC"),
        ("5/20 * * * *", "America/New_York"),
    ],
)
async def test_next_times_are_those_of_temporal(tenant: Any, cron: str, zone: str):
    action = ScheduleActionStartWorkflow("Nothing", id="nothing", task_queue="nobody")
    spec = ScheduleSpec(cron_expressions=[cron], time_zone_name=zone)
    handle = await tenant.temporal.create_schedule(
        f"probe-{abs(hash((cron, zone)))}", Schedule(action=action, spec=spec)
    )
    theirs = list((await handle.describe()).info.next_action_times)[:8]
    await handle.delete()
    assert parse_cron(cron).next_times(datetime.now(UTC), ZoneInfo(zone), len(theirs)) == theirs


@given(st.text(alphabet="0123456789*/,- monjanSUN?@L#", max_size=30))
def test_any_text_is_a_schedule_or_an_error(text: str):
    try:
        cron = parse_cron(text)
    except CronError:
        return
    now = datetime(2026, 3, 28, tzinfo=UTC)
    times = cron.next_times(now, ZoneInfo("Europe/London"), 5)
    assert times == sorted(set(times))
    assert all(moment > now for moment in times)


@asynccontextmanager
async def process(settings: WorkspaceSettings) -> AsyncIterator[httpx2.AsyncClient]:
    """One Workspace process from its start to its end."""
    app = create_app(settings)
    headers = {"Authorization": f"Bearer {settings.admin_key.get_secret_value()}"}
    async with app.router.lifespan_context(app):
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://test/v1", headers=headers) as client:
            yield client


async def test_commands_wait_while_temporal_is_down(
    workspace_settings: WorkspaceSettings, cell: Any, binding: dict[str, Any], unused_port: int, eventually: Any
):
    """Workspace answers, keeps the command, and a later process with Temporal back sends it."""
    down = workspace_settings.model_copy(update={"temporal_address": f"127.0.0.1:{unused_port}"})
    body = {"tenantId": cell.slug, "workflowId": binding["id"], "context": {"period": "2026-05"}}
    async with process(down) as client:
        created = await client.post("/workspace/tasks", json=body)
        assert created.status_code == 201
        assert created.json()["status"] == "READY"
    async with process(workspace_settings):
        handle = cell.temporal.get_workflow_handle(f"ops:start:{created.json()['id']}")
        assert (await eventually(handle.result))["context"] == {"period": "2026-05"}


async def test_a_deployment_goes_on_in_the_next_process(
    workspace_settings: WorkspaceSettings,
    tenant: Any,
    api: httpx2.AsyncClient,
    bundle: Any,
    monkeypatch: pytest.MonkeyPatch,
    eventually: Any,
    run_cell: Any,
):
    """Without a cell the deployment stays open; once there is one, whoever runs then notes the outcome."""
    from ntro_workspace.runbooks import api as runbooks_api

    monkeypatch.setattr(runbooks_api, "DEPLOY_WAIT_SECONDS", 0.2)
    async with process(workspace_settings) as client:
        first = await client.post("/runbooks/nav-monthly/deploy", json=bundle(tenant.slug))
        again = await client.post("/runbooks/nav-monthly/deploy", json=bundle(tenant.slug))
    assert first.status_code == 201
    assert first.json()["result"]["state"] == "PENDING"
    assert again.json()["workflowId"] == first.json()["workflowId"]
    async with run_cell(tenant), process(workspace_settings) as client:

        async def is_listed() -> bool:
            return bool((await client.get("/runbooks")).json())

        assert await eventually(is_listed)


@pytest.fixture
def unused_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
