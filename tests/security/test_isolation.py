"""Two tenants on one machine: neither reaches the other's database, cell, payloads or secrets."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest
from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload
from temporalio.client import Client as Engine
from tests.conftest import Stack
from tests.security.canaries import Canaries
from tests.security.planting import ENTITY, TENANT

from ntro.workspace.client import Client
from ntro.workspace.errors import AuthenticationError, NotFoundError
from ntro.workspace.sealing import SealError, seal, unseal
from ntro_tenant.core.codec import ENCRYPTED, CellCodec, CodecError, KeyRing
from ntro_tenant.settings import CellSettings

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The settings of two cells on the same stack."""

    one: dict[str, Any]
    other: dict[str, Any]


@pytest.fixture(scope="module")
def neighbours(stack: Stack, operator: Client, planted: Canaries) -> Iterator[Neighbours]:
    """The tenant that has closed a month, and a second one that is taken down afterwards."""
    assert planted
    stack.ntro("tenant", "create", "--name", "Other", "--slug", OTHER, "--data-platform", "managed-postgres")
    stack.up()
    yield Neighbours(stack.cell_settings(TENANT), stack.cell_settings(OTHER))
    operator.tenants.delete_sync(OTHER)
    stack.up()


@pytest.mark.parametrize("victim", ["cell", "workspace", "postgres", "template1"])
async def test_the_role_of_a_tenant_enters_its_own_database_only(
    stack: Stack, neighbours: Neighbours, victim: str
) -> None:
    server, _, own = neighbours.other["database_url"].rpartition("/")
    connection = await asyncpg.connect(f"{server}/{own}")
    rights = await connection.fetchrow(
        "select rolsuper or rolcreatedb or rolcreaterole or rolreplication or rolbypassrls as any from pg_roles"
        " where rolname = current_user"
    )
    await connection.close()
    assert rights is not None
    assert not rights["any"]
    workspace = json.loads((stack.home / "workspace" / "settings.json").read_text())["database_url"]
    urls = {"cell": neighbours.one["database_url"], "workspace": workspace}
    name = urls[victim].rpartition("/")[2] if victim in urls else victim
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(f"{server}/{name}")


async def test_no_role_is_let_in_without_its_password(neighbours: Neighbours) -> None:
    address = neighbours.one["database_url"].partition("@")[2]
    role = address.rpartition("/")[2]
    for password in ("", "wrong", neighbours.other["cell_key"]):
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(f"postgresql://{role}:{password or 'empty'}@{address}")


def test_a_token_of_one_tenant_is_refused_by_the_cell_of_the_other(operator: Client, neighbours: Neighbours) -> None:
    token = operator.tenants.access_token_sync(TENANT).token
    link = operator.tenants.sign_in_link_sync(TENANT).url
    with httpx2.Client(headers={"Authorization": f"Bearer {token}"}, timeout=30) as http:
        assert http.get(f"{neighbours.one['public_url']}/v1/tasks").status_code == httpx2.codes.OK
        for path in ("tasks", "entities"):
            assert http.get(f"{neighbours.other['public_url']}/v1/{path}").status_code == httpx2.codes.UNAUTHORIZED
        foreign = link.replace(neighbours.one["public_url"], neighbours.other["public_url"])
        assert foreign != link
        assert not http.get(foreign).cookies
    with httpx2.Client(timeout=30) as http:
        assert http.get(f"{neighbours.other['public_url']}/v1/tasks").status_code == httpx2.codes.UNAUTHORIZED


def test_a_key_of_one_tenant_does_not_see_the_other_in_workspace(operator: Client, neighbours: Neighbours) -> None:
    key = operator.keys.create_sync("of the other", tenant=OTHER).apiKey
    task = operator.tasks.list_sync()[0].id
    with Client(host=operator.host, api_key=key) as stranger:
        assert {tenant.slug for tenant in stranger.tenants.list_sync()} == {OTHER}
        assert stranger.tasks.list_sync() == []
        for call in (
            lambda: stranger.tenants.get_sync(TENANT),
            lambda: stranger.entities.get_sync(TENANT, ENTITY),
            lambda: stranger.tasks.get_sync(task),
            lambda: stranger.tasks.next_step_sync(task),
        ):
            with pytest.raises(NotFoundError):
                call()
        with pytest.raises((NotFoundError, AuthenticationError)):
            stranger.tenants.access_token_sync(TENANT)
    doors = {"Authorization": f"Bearer {neighbours.other['cell_key']}"}
    registry = httpx2.get(f"{operator.host}/internal/registry", headers=doors).json()
    assert registry["entities"] == []


async def test_the_payloads_of_a_tenant_open_with_its_own_key_only(neighbours: Neighbours) -> None:
    sealed = await run_payloads(neighbours.one)
    assert len(sealed) > 100
    own, foreign = codec(neighbours.one), codec(neighbours.other)
    stolen_name = codec({**neighbours.other, "tenant_id": neighbours.one["tenant_id"]})
    stolen_key = codec({**neighbours.one, "tenant_id": neighbours.other["tenant_id"]})
    for payload in sealed:
        assert await own.decode([payload])
        for thief in (foreign, stolen_name, stolen_key):
            with pytest.raises(CodecError):
                await thief.decode([payload])


def test_what_is_sealed_to_one_cell_opens_in_no_other(stack: Stack, neighbours: Neighbours) -> None:
    tenant = UUID(neighbours.one["tenant_id"])
    kept = json.loads((stack.home / "stack" / "secrets.json").read_text())
    public = kept["cells"][str(tenant)]["sealing_public_key"]
    sealed = seal(b"a secret", public_key=public, tenant_id=tenant)
    assert unseal(sealed, private_key=neighbours.one["sealing_private_key"], tenant_id=tenant) == b"a secret"
    for thief in (tenant, UUID(neighbours.other["tenant_id"])):
        with pytest.raises(SealError):
            unseal(sealed, private_key=neighbours.other["sealing_private_key"], tenant_id=thief)


def test_settings_and_secrets_are_readable_by_their_owner_alone(stack: Stack, neighbours: Neighbours) -> None:
    assert neighbours
    kept = [*(stack.home / "tenants").rglob("settings.json"), stack.home / "stack" / "secrets.json"]
    kept += [stack.home / "workspace" / "settings.json", stack.home / "postgres" / "password"]
    assert {oct(path.stat().st_mode & 0o777) for path in kept} == {"0o600"}


async def run_payloads(settings: dict[str, Any]) -> list[Payload]:
    """The encrypted payloads in the histories of a tenant's runs that lie in the history itself."""
    engine = await Engine.connect(settings["temporal_address"], namespace=settings["temporal_namespace"])
    found: list[Payload] = []
    async for execution in engine.list_workflows():
        if execution.task_queue.startswith("runbook:"):
            history = await engine.get_workflow_handle(execution.id, run_id=execution.run_id).fetch_history()
            for event in history.events:
                found += payloads_in(event)
    return found


def payloads_in(message: Message) -> Iterator[Payload]:
    """The encrypted payloads anywhere in a message; what the engine itself keeps beside them is not ours."""
    if isinstance(message, Payload):
        if message.metadata["encoding"] == ENCRYPTED:
            yield message
        return
    for descriptor, value in message.ListFields():
        if descriptor.message_type is None:
            continue
        for item in value.values() if isinstance(value, Mapping) else value if isinstance(value, Iterable) else [value]:
            if isinstance(item, Message):
                yield from payloads_in(item)


def codec(settings: dict[str, Any]) -> CellCodec:
    """The codec of a cell with these settings."""
    return CellCodec(KeyRing.of(CellSettings.model_validate(settings)), Nothing())


class Nothing:
    """A store that is not asked: the payloads lie in the history."""

    async def put(self, sha256: str, data: bytes) -> None:
        raise NotImplementedError

    async def get(self, sha256: str) -> bytes | None:
        raise NotImplementedError
