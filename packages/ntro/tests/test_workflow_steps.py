"""The push interface of agents: what it needs to know."""

import pytest

from ntro.auth import AuthConfig, read_config
from ntro.workflow import steps
from ntro.workflow._push import Push

GIVEN = {"NTRO_API_KEY": "key", "NTRO_API_URL": "https://cell.test/v1/", "NTRO_TASK_ID": "1"}


def test_address_key_and_task_are_read_from_the_environment():
    found = read_config(GIVEN)
    assert found == AuthConfig(api_key="key", api_url="https://cell.test/v1", task_id="1")
    assert "key" not in repr(found)


def test_workspaces_published_address_is_used_where_none_is_named():
    assert read_config(GIVEN | {"NTRO_API_URL": ""}).api_url == "https://api.ntropii.com"


@pytest.mark.parametrize("missing", ["NTRO_API_KEY", "NTRO_TASK_ID"])
def test_what_is_missing_is_named(missing: str):
    with pytest.raises(RuntimeError, match=missing):
        read_config({name: value for name, value in GIVEN.items() if name != missing})


async def test_nothing_is_reported_without_a_task(monkeypatch: pytest.MonkeyPatch):
    for name in (*GIVEN, "NTRO_SESSION_ID"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(RuntimeError):
        await steps.plan([steps.Step("draft", "Draft")])
    with pytest.raises(RuntimeError):
        Push(read_config({**GIVEN, "NTRO_TASK_ID": "", "NTRO_SESSION_ID": "s"}))


def test_the_wire_models_are_reached_through_the_module():
    from ntro.types import wire

    assert (steps.StepEvent, steps.PendingAction, steps.DisplayHint) == (
        wire.StepEvent,
        wire.PendingAction,
        wire.DisplayHint,
    )
    with pytest.raises(AttributeError):
        steps.nothing  # type: ignore[attr-defined]  # noqa: B018 - the point of the test
