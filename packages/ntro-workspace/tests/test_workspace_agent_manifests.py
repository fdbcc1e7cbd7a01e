"""How an agent is used stands in its row: it is checked when the agent is made, and is never a secret."""

from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ntro.workspace.models import AgentManifest

PATH = "/workspace/registry/agents"
WHOLE = {"environment_id": "env_01", "vault_ids": ["vlt_1", "vlt_2"], "version": 3, "budget_usd": "5.00"}


def body_of(tenant: Any, name: str, **more: Any) -> dict[str, Any]:
    return {"tenantId": tenant.slug, "path": "anthropic://agents/agent_01", "name": name} | more


async def test_the_manifest_is_kept_as_it_was_given(api: httpx2.AsyncClient, tenant: Any):
    made = await api.post(PATH, json=body_of(tenant, "audit", capabilityManifest=WHOLE))
    assert made.status_code == 201, made.text
    assert made.json()["capabilityManifest"] == WHOLE
    assert (await api.get(f"{PATH}/{made.json()['id']}")).json()["capabilityManifest"] == WHOLE
    part = await api.post(PATH, json=body_of(tenant, "letters", capability_manifest={"version": 2}))
    assert part.json()["capabilityManifest"] == {"version": 2}
    none = await api.post(PATH, json=body_of(tenant, "plain"))
    assert none.json()["capabilityManifest"] is None


@pytest.mark.parametrize(
    "manifest",
    [
        {"secret": "sk-canary"},
        {"environmentId": "env_01"},
        {"environment_id": ""},
        {"vault_ids": ["a b"]},
        {"vault_ids": [f"vlt_{number}" for number in range(21)]},
        {"version": 0},
        {"version": "3"},
        {"budget_usd": 5.0},
        {"budget_usd": "0.00"},
        {"budget_usd": "5.001"},
        {"budget_usd": "-5"},
        "text",
        [],
    ],
)
async def test_what_does_not_fit_is_refused(api: httpx2.AsyncClient, tenant: Any, manifest: Any):
    answer = await api.post(PATH, json=body_of(tenant, "audit", capabilityManifest=manifest))
    assert answer.status_code == 422
    assert "canary" not in answer.text
    assert (await api.get(f"{PATH}?tenantId={tenant.slug}")).json() == []


@given(st.decimals(min_value="0.01", max_value="9999999.99", places=2))
def test_every_budget_in_dollars_and_cents_is_taken_exactly(budget: Any):
    assert AgentManifest(budget_usd=str(budget)).settings == {"budget_usd": str(budget)}


@given(st.text(max_size=12))
def test_no_other_text_is_a_budget_of_nothing_or_less(text: str):
    try:
        manifest = AgentManifest(budget_usd=text)
    except ValidationError:
        return
    assert float(str(manifest.budget_usd)) > 0
