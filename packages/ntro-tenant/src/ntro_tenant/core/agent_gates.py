"""Gates that a tenant lets agents decide.

A tenant or an entity says so in its config: `{"gates": {"<runbook>/<step>": {"agents": true}}}`. What the entity says
of a gate comes first. A sign-off and a gate that asks for a second person are decided by people, whatever it says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import asyncpg

from ntro_server.errors import Forbidden, Invalid
from ntro_tenant.core.decisions import Verdicts
from ntro_tenant.core.references import TaskReference
from ntro_tenant.core.views import REVIEW_KIND, GateView, TaskDetail
from ntro_tenant.db import gates_repository
from ntro_tenant.db.gate_rules_repository import gate_rules, slugs_of_runs

_PEOPLE = "Leave the decision to a reviewer."


async def open_to_agents(connection: asyncpg.Connection, gates: Sequence[GateView]) -> list[GateView]:
    """Those of `gates`, all of one task, that an agent may decide."""
    reviews = [gate for gate in gates if gate.kind == REVIEW_KIND and not gate.four_eyes and gate.sign_off is None]
    if not reviews:
        return []
    of_tenant, of_entity = await gate_rules(connection, reviews[0].task_id)
    slugs = await slugs_of_runs(connection, [gate.run_id for gate in reviews])
    names = {gate.id: f"{slugs.get(gate.run_id)}/{gate.step_id}" for gate in reviews}
    return [gate for gate in reviews if allows_agents(names[gate.id], of_tenant, of_entity)]


def allows_agents(name: str, of_tenant: Any, of_entity: Any) -> bool:
    """Whether the configs let agents decide the gate `<runbook>/<step>`; what does not read as a rule is none."""
    for rules in (of_entity, of_tenant):
        rule = rules.get(name) if isinstance(rules, Mapping) else None
        if isinstance(rule, Mapping) and "agents" in rule:
            return rule["agents"] is True
    return False


async def check_agent_decision(connection: asyncpg.Connection, reference: TaskReference, said: Verdicts) -> None:
    """Passes where the gate is one that agents may decide, or is not open at all.

    Raises:
        Forbidden: the gate is not one that the tenant lets agents decide.
        Invalid: the gate or the hash of what was shown is not named.
    """
    gates = await gates_repository.open_gates(connection, reference.task_id, reference.run_id)
    if said.gate_id is not None and all(gate.id != said.gate_id for gate in gates):
        return
    if all(said.gate_id not in (None, gate.id) for gate in await open_to_agents(connection, gates)):
        raise Forbidden("Gates are decided by people, not by agents.", hint=_PEOPLE)
    if said.gate_id is None or said.payload_hash is None:
        raise Invalid("gateId, payloadHash: an agent names the gate and what it was shown.", hint="Read the task's ui.")


async def seen_by_agent(connection: asyncpg.Connection, detail: TaskDetail) -> TaskDetail:
    """The task as an agent that may decide sees it: its state and the gates that it may decide, nothing else.

    Raises:
        Forbidden: no open gate of the task is for agents.
    """
    gates = await open_to_agents(connection, detail.gates)
    if not gates:
        raise Forbidden("No gate of this task is decided by agents now.", hint=_PEOPLE)
    nothing = replace(detail, context={}, steps=[], children=[], failure=None, result=None)
    return replace(nothing, gates=gates, next_gate=gates[0])
