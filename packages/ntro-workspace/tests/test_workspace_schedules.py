"""Schedules: pausing, running now, back-filling, overlap, and the days on which clocks change."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ntro_workspace.schedules.cron import parse_cron

FIRST, LAST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2035, 1, 1, tzinfo=UTC)
SCHEDULE = {"schedule": "0 8 5 * *", "timezone": "Europe/Jersey"}


def moments(*texts: str) -> list[datetime]:
    return [datetime.fromisoformat(text).astimezone(UTC) for text in texts]


@pytest.mark.parametrize(
    ("cron", "zone", "after", "expected"),
    [
        # In spring half past one does not exist on the last Sunday of March, half past two does.
        ("30 1 * * *", "Europe/London", "2026-03-28T12:00Z", ["2026-03-30T00:30Z", "2026-03-31T00:30Z"]),
        ("30 2 * * *", "Europe/London", "2026-03-28T12:00Z", ["2026-03-29T01:30Z", "2026-03-30T01:30Z"]),
        # In autumn it exists twice and happens once, the second time, as Temporal has it.
        ("30 1 * * *", "Europe/London", "2026-10-24T12:00Z", ["2026-10-25T01:30Z", "2026-10-26T01:30Z"]),
        # Office hours stay where the clock says, an hour apart in UTC.
        ("0 8 * * *", "Europe/Jersey", "2026-10-24T12:00Z", ["2026-10-25T08:00Z", "2026-10-26T08:00Z"]),
        ("0 8 * * *", "Europe/Jersey", "2026-03-27T12:00Z", ["2026-03-28T08:00Z", "2026-03-29T07:00Z"]),
        # The other half of the world, and a zone without such days.
        ("30 2 * * *", "Pacific/Auckland", "2026-09-25T12:00Z", ["2026-09-25T14:30Z", "2026-09-27T13:30Z"]),
        ("30 2 * * *", "Asia/Dubai", "2026-03-28T12:00Z", ["2026-03-28T22:30Z", "2026-03-29T22:30Z"]),
    ],
)
def test_clocks_that_change_skip_a_time_or_name_it_once(cron: str, zone: str, after: str, expected: list[str]):
    found = parse_cron(cron).next_times(moments(after)[0], ZoneInfo(zone), 2)
    assert found == moments(*expected)


@given(
    st.datetimes(FIRST.replace(tzinfo=None), LAST.replace(tzinfo=None)),
    st.sampled_from(["Europe/London", "America/New_York", "Pacific/Auckland", "Australia/Lord_Howe", "UTC"]),
    st.integers(0, 59),
    st.integers(0, 23),
)
def test_every_time_is_shown_by_the_clock_of_its_zone(start: datetime, zone: str, minute: int, hour: int):
    times = parse_cron(f"{minute} {hour} * * *").next_times(start.replace(tzinfo=UTC), ZoneInfo(zone), 4)
    shown = [moment.astimezone(ZoneInfo(zone)) for moment in times]
    assert {(moment.hour, moment.minute) for moment in shown} == {(hour, minute)}
    assert len({moment.date() for moment in shown}) == 4


async def test_a_paused_schedule_has_no_next_times_and_is_paused_at_temporal(
    api: httpx2.AsyncClient, cell: Any, binding: dict[str, Any], eventually: Any
):
    path = f"/workspace/registry/workflows/{binding['id']}"
    assert (await api.post(f"{path}/pause")).status_code == 409
    await api.patch(path, json=SCHEDULE)
    paused = (await api.post(f"{path}/pause")).json()
    assert (paused["paused"], paused["nextRuns"]) == (True, [])
    assert [task["id"] for task in (await api.get("/workspace/schedule")).json() if task["dueDate"]] == []
    handle = cell.temporal.get_schedule_handle(f"schedule:{binding['id']}")

    async def is_paused() -> bool:
        return (await handle.describe()).schedule.state.paused

    assert await eventually(is_paused)
    changed = (await api.patch(path, json={"schedule": "0 9 5 * *"})).json()
    assert changed["paused"]
    resumed = (await api.post(f"{path}/resume")).json()
    assert (resumed["paused"], len(resumed["nextRuns"])) == (False, 3)

    async def is_resumed() -> bool:
        return not await is_paused()

    assert await eventually(is_resumed)


async def test_running_now_starts_one_run_of_this_moment(
    api: httpx2.AsyncClient, cell: Any, binding: dict[str, Any], eventually: Any
):
    asked = await api.post(f"/workspace/registry/workflows/{binding['id']}/run-now")
    assert asked.status_code == 202
    (time,) = asked.json()["times"]
    moment = datetime.fromisoformat(time).isoformat()
    handle = cell.temporal.get_workflow_handle(f"ops:schedule:{binding['id']}:{moment}")
    sent = await eventually(handle.result)
    assert sent["workflow_id"] == binding["id"]
    assert datetime.fromisoformat(sent["scheduled_at"]) == datetime.fromisoformat(time)


async def test_a_backfill_starts_the_runs_of_a_span_of_the_past(
    api: httpx2.AsyncClient, cell: Any, binding: dict[str, Any], eventually: Any
):
    path = f"/workspace/registry/workflows/{binding['id']}"
    span = {"since": "2026-01-05T08:00:00Z", "until": "2026-04-05T07:00:00Z"}
    assert (await api.post(f"{path}/backfill", json=span)).status_code == 409
    await api.patch(path, json=SCHEDULE)
    times = ["2026-01-05T08:00:00Z", "2026-02-05T08:00:00Z", "2026-03-05T08:00:00Z", "2026-04-05T07:00:00Z"]
    assert (await api.post(f"{path}/backfill", json=span)).json()["times"] == times
    for time in times:
        moment = datetime.fromisoformat(time).isoformat()
        assert await eventually(cell.temporal.get_workflow_handle(f"ops:schedule:{binding['id']}:{moment}").result)
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    for bad in (
        {"since": "2026-04-01T00:00:00Z", "until": "2026-01-01T00:00:00Z"},
        {"since": "2026-01-01T00:00:00Z", "until": tomorrow},
        {"since": "2026-01-01T00:00:00", "until": "2026-02-01T00:00:00Z"},
    ):
        assert (await api.post(f"{path}/backfill", json=bad)).status_code == 422
    await api.patch(path, json={"schedule": "* * * * *"})
    assert (await api.post(f"{path}/backfill", json=span)).status_code == 422


async def test_whether_runs_overlap_goes_with_the_schedule(
    api: httpx2.AsyncClient, cell: Any, binding: dict[str, Any], eventually: Any
):
    path = f"/workspace/registry/workflows/{binding['id']}"
    assert (await api.patch(path, json=SCHEDULE | {"overlap": "SKIP"})).json()["overlap"] == "SKIP"
    handle = cell.temporal.get_schedule_handle(f"schedule:{binding['id']}")

    async def argument() -> Any:
        action = (await handle.describe()).schedule.action
        return cell.temporal.data_converter.payload_converter.from_payload(action.args[0])

    assert (await eventually(argument))["overlap"] == "SKIP"
    assert (await api.patch(path, json={"overlap": "CANCEL"})).status_code == 422
    assert (await api.patch(path, json={"overlap": None})).json()["overlap"] == "ALLOW"
