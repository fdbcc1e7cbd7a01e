"""How an agent is used: settings of the tenant, secrets sealed to the cell, kinds of other packages."""

from collections.abc import Iterator
from importlib.metadata import EntryPoint, EntryPoints
from typing import Any

import pytest

from ntro import data
from ntro.agents import kinds
from ntro.agents.registry import RegisteredAgent
from ntro.agents.settings import settings_of
from ntro.capabilities import sealed
from ntro.workflow.agents import AgentHostError
from ntro.workspace.sealing import SealError

AGENT = RegisteredAgent("6f1c", "audit-handover", "claude_managed", "agent_01", {})


@pytest.fixture(autouse=True)
def no_opener() -> Iterator[None]:
    sealed.register_opener(None)
    yield
    sealed.register_opener(None)


async def configure(db: data.DataPlane, **agents: Any) -> None:
    await db.execute("update system.tenant set config = $1", {"agents": agents})


async def test_a_sealed_secret_is_opened_by_the_cell_that_it_was_sealed_for(db: data.DataPlane):
    await configure(db, **{"audit-handover": {"secret": {"sealed": "abc"}}})
    with pytest.raises(AgentHostError):
        await settings_of(db, AGENT)
    sealed.register_opener(lambda text: f"opened {text}")
    found = await settings_of(db, AGENT)
    assert found.secret is not None
    assert found.secret.get_secret_value() == "opened abc"
    assert "opened" not in repr(found)


async def test_a_secret_of_another_cell_is_refused(db: data.DataPlane):
    def refuse(_sealed: str) -> str:
        raise SealError("not for this key")

    sealed.register_opener(refuse)
    await configure(db, **{"audit-handover": {"secret": {"sealed": "abc"}}})
    with pytest.raises(AgentHostError):
        await settings_of(db, AGENT)


async def test_settings_by_id_win_over_those_by_name_and_bad_ones_are_named(db: data.DataPlane):
    await configure(db, **{"audit-handover": {"version": 1, "environment_id": "env"}, "6f1c": {"version": 2}})
    found = await settings_of(db, AGENT)
    assert (found.version, found.environment_id) == (2, "env")
    await configure(db, **{"6f1c": {"version": 0}})
    with pytest.raises(AgentHostError):
        await settings_of(db, AGENT)


async def test_another_package_adds_a_kind(monkeypatch: pytest.MonkeyPatch, db: data.DataPlane):
    point = EntryPoint("letter_writer", "test_agents_plugin:provider", kinds.ENTRY_POINTS)
    monkeypatch.setattr(EntryPoint, "load", lambda _self: lambda agent, _settings: f"provider of {agent.name}")
    monkeypatch.setattr(kinds, "entry_points", lambda **wanted: EntryPoints([point]).select(**wanted))
    agent = RegisteredAgent("1", "letters", "letter_writer", "x", {})
    assert kinds.provider_of(agent, await settings_of(db, agent)) == "provider of letters"
    with pytest.raises(AgentHostError):
        kinds.provider_of(RegisteredAgent("1", "letters", "unheard_of", "x", {}), await settings_of(db, agent))
