"""The worker that follows agents' sessions is killed again and again: one session a task, and files come once."""

import json
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from tests.faults.victims import PROC, Victims, until

from ntro.workspace.client import Client

pytestmark = [
    pytest.mark.stack,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(not PROC.is_dir(), reason="this system does not show its processes in /proc"),
]
BUNDLE = Path(__file__).with_name("agent-drill")
WORKER = "worker of agent-drill"
TENANT, ENTITY, WORKFLOW = "demo", "agent-drills", "Agent drills"
TASKS = 5
KILLS = int(os.environ.get("NTRO_AGENT_KILLS", "2"))
"""How often the worker is killed while the sessions of all tasks are open."""

LETTER = b"%PDF- a letter"
FOREVER = 10**9


@pytest.fixture
def claude(agent_hosts: ModuleType, httpserver: HTTPServer) -> Any:
    """The host: sessions work until they are told to end, and leave a file each."""
    host = agent_hosts.ClaudeHost(httpserver)
    host.plan = agent_hosts.Plan(working=FOREVER, files=[agent_hosts.LeftFile("letter.pdf", LETTER, "application/pdf")])
    return host


@pytest.fixture
def client(own_stack: Any, agent_hosts: ModuleType, claude: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """The operator of a stack whose workers know the host."""
    monkeypatch.setenv("ANTHROPIC_API_KEY", agent_hosts.HOST_KEY)
    monkeypatch.setenv("ANTHROPIC_BASE_URL", claude.url)
    workspace = own_stack.up("--demo")["workspace"]
    with Client(host=workspace["url"], api_key=workspace["api_key"]) as made:
        yield made


def test_killed_workers_pay_for_one_session_a_task_and_store_its_file_once(
    own_stack: Any, client: Client, claude: Any, chance: random.Random, say: Callable[[str], None]
) -> None:
    victims = Victims(own_stack.home)
    tasks = started(own_stack, client)
    until(lambda: len(claude.sessions) == TASKS and all_looked_at(claude, {}), "all sessions are followed")
    for _ in range(KILLS):
        seen = {name: session.looks for name, session in claude.sessions.items()}
        victims.kill_one(WORKER, chance)
        until(lambda seen=seen: all_looked_at(claude, seen), "another worker follows all of them")
    claude.plan.working = 0
    cell = client.cell(TENANT)
    ended = [client.tasks.wait_sync(task, seconds=120, every=0.5) for task in tasks]
    assert [task.status for task in ended] == ["COMPLETED"] * TASKS
    results = [cell.tasks.get_sync(task).result for task in tasks]
    assert {result["session"] for result in results} == claude.sessions.keys()
    assert len(claude.sessions) == TASKS
    assert [result["files"] for result in results] == [["letter.pdf"]] * TASKS
    assert [len(cell.files.list_sync(task)) for task in tasks] == [1] * TASKS
    say(f"{KILLS} kills of the worker under {TASKS} open sessions: one session and one file each")


def started(stack: Any, client: Client) -> list[str]:
    """Tasks that each ask the agent."""
    stack.ntro("workflow", "create", "--path", str(BUNDLE), "--tenant", TENANT)
    words = ("agent", "create", "--path", "anthropic://agents/agent_01", "--tenant", TENANT, "--name", "letters")
    agent = json.loads(stack.ntro(*words, "-o", "json").stdout)["id"]
    client.entities.create_sync(TENANT, "Agent drills", ENTITY, currency="GBP")
    client.workflows.create_sync("agent-drill", ENTITY, tenant=TENANT, name=WORKFLOW)
    contexts = [{"period": f"2026-0{month + 1}", "agent": agent} for month in range(TASKS)]
    return [client.tasks.create_sync(TENANT, WORKFLOW, context=context).id for context in contexts]


def all_looked_at(claude: Any, before: dict[str, int]) -> bool:
    """Whether somebody has looked at every session since, more than once."""
    return all(session.looks > before.get(name, 0) + 1 for name, session in claude.sessions.items())
