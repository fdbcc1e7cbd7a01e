"""Which provider an entity gets, and when a new one is made."""

from collections.abc import Iterator
from typing import Any, cast
from uuid import uuid4

import pytest
from pydantic import SecretStr

from ntro.capabilities import config, gl, sealed
from ntro.capabilities.gl import models, registry

ENTITY = uuid4()


@pytest.fixture(autouse=True)
def configured(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(registry, "_factories", dict(registry._factories))
    monkeypatch.setattr(registry, "_kept", {})
    config.set(config.WorkerConfig(apideck_api_key=SecretStr("key"), apideck_app_id="app"))
    yield
    config.reset()


def tenant(provider: str = "apideck", **options: Any) -> dict[str, Any]:
    return {"gl": {"provider": provider, "options": {"consumer_id": "acme"} | options}}


@pytest.mark.parametrize("nothing", [{}, {"gl": None}, {"gl": {}}, {"gl": {"provider": ""}}, {"gl": "apideck"}])
async def test_without_a_configured_ledger_nothing_is_posted_anywhere(nothing: dict[str, Any]):
    with pytest.raises(gl.ConnectionError_) as found:
        await gl.for_entity(ENTITY, tenant_config=nothing)
    assert not found.value.retryable


async def test_an_unknown_provider_is_named():
    with pytest.raises(gl.ProviderNotRegisteredError) as found:
        await gl.for_entity(ENTITY, tenant_config=tenant("abacus"))
    assert isinstance(found.value, KeyError)
    assert str(found.value)


async def test_the_published_names_lead_to_a_provider_with_every_kind_of_item():
    assert {"apideck", "internal", "unified"} <= set(gl.registered_providers())
    for name in ("apideck", "unified"):
        provider = await gl.for_entity(ENTITY, tenant_config=tenant(name))
        assert isinstance(provider, gl.GLProvider)
        for kind in ("journal_entries", "bills", "invoices", "expenses", "suppliers", "customers"):
            assert isinstance(getattr(provider, kind), gl.ResourceClient)
        assert isinstance(provider.chart_of_accounts, gl.ReadOnlyResourceClient)
        assert isinstance(provider.trial_balance, gl.TrialBalanceClient)


async def test_a_sealed_secret_is_opened_for_the_provider_alone():
    seen: list[dict[str, Any]] = []
    gl.register_provider("own", lambda given: seen.append(given) or cast("gl.GLProvider", object()))
    sealed.register_opener(lambda text: text.removeprefix("closed:"))
    given = tenant("own", token={"sealed": "closed:s1"})
    try:
        await gl.for_entity(ENTITY, tenant_config=given)
    finally:
        sealed.register_opener(None)
    assert seen[0]["gl"]["options"]["token"] == "s1"
    assert given["gl"]["options"]["token"] == {"sealed": "closed:s1"}


async def test_a_provider_is_kept_until_its_connection_changes():
    first = await gl.for_entity(ENTITY, tenant_config=tenant(service_id="xero"))
    assert await gl.for_entity(ENTITY, tenant_config=tenant(service_id="xero")) is first
    again = await gl.for_entity(ENTITY, tenant_config=tenant(service_id="quickbooks"))
    assert again is not first
    assert await gl.for_entity(uuid4(), tenant_config=tenant(service_id="xero")) is not first


async def test_a_provider_that_is_registered_again_is_made_again(monkeypatch: pytest.MonkeyPatch):
    made: list[dict[str, Any]] = []
    real = registry._factories["apideck"]

    def factory(tenant_config: dict[str, Any]) -> gl.GLProvider:
        made.append(tenant_config)
        return real(tenant_config)

    monkeypatch.setattr(registry, "MAX_KEPT", 1)
    for _ in range(2):
        gl.register_provider("own", factory)
        await gl.for_entity(ENTITY, tenant_config=tenant("own", rate=1.5))
    await gl.for_entity(ENTITY, tenant_config=tenant("own", rate=1.6))
    assert len(made) == 3
    assert made[0]["entity_id"] == str(ENTITY)


@pytest.mark.parametrize(
    ("worker", "options"),
    [({}, {}), ({"apideck_api_key": SecretStr("k")}, {}), ({"apideck_app_id": "a"}, {"consumer_id": ""})],
)
async def test_a_connection_that_lacks_something_says_what(worker: dict[str, Any], options: dict[str, Any]):
    config.set(config.WorkerConfig(**worker))
    with pytest.raises(gl.ConnectionError_):
        await gl.for_entity(ENTITY, tenant_config=tenant(**options))


async def test_credentials_may_come_with_the_configuration_and_are_never_shown():
    config.set(config.WorkerConfig())
    provider = await gl.for_entity(ENTITY, tenant_config=tenant(api_key="very-secret", app_id="app"))
    assert "very-secret" not in repr(provider)


async def test_the_tenants_own_ledger_needs_its_database():
    with pytest.raises(gl.ConnectionError_):
        await gl.for_entity(ENTITY, tenant_config=tenant("internal"))


def test_items_take_exact_amounts_and_refuse_binary_ones():
    assert models.Bill(total="12.50").total == models.Bill(total=12).total + models.Bill(total="0.50").total  # type: ignore[operator, arg-type]  # as agents send them
    with pytest.raises(ValueError):
        models.Bill(total=12.5)  # type: ignore[arg-type]  # the point
