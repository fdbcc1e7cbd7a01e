"""The payload codec: nothing of a run is readable outside the cell, nothing changed is taken for true."""

import asyncio
import base64
import os
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from google.protobuf.duration_pb2 import Duration
from temporalio import workflow
from temporalio.api.common.v1 import Payload
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client, WorkflowFailureError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from ntro_server.postgres import open_pool
from ntro_tenant.core.codec import ENCRYPTED, STORE_ABOVE, STORED, CellCodec, CodecError, KeyRing
from ntro_tenant.core.engine import connect
from ntro_tenant.settings import CellSettings

TENANT = UUID("11111111-1111-4111-8111-111111111111")
CANARY = "canary-7f3a Miete Schlossallee 12.345,67"


class MemoryStore:
    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    async def put(self, sha256: str, data: bytes) -> None:
        self.kept[sha256] = data

    async def get(self, sha256: str) -> bytes | None:
        return self.kept.get(sha256)


def codec(store: MemoryStore, *, tenant: UUID = TENANT, active: str = "k2") -> CellCodec:
    keys = {"k1": b"1" * 32, "k2": b"2" * 32}
    return CellCodec(KeyRing(tenant, keys, active), store)


def payload(data: bytes) -> Payload:
    return Payload(metadata={"encoding": b"json/plain"}, data=data)


@pytest.mark.parametrize("size", [0, 1, 4096, 4097, 70_000, 300_000])
async def test_a_payload_of_any_size_comes_back_as_it_was(size: int):
    store = MemoryStore()
    for data in (os.urandom(size), b"a" * size):
        [encoded] = await codec(store).encode([payload(data)])
        assert await codec(store).decode([encoded]) == [payload(data)]


async def test_a_large_payload_is_stored_encrypted_and_travels_as_its_digest():
    store = MemoryStore()
    secret = CANARY.encode() + os.urandom(STORE_ABOVE)
    [encoded] = await codec(store).encode([payload(secret)])
    assert encoded.metadata["encoding"] == STORED
    [(digest, kept)] = store.kept.items()
    assert encoded.data.decode() == digest
    assert CANARY.encode() not in kept


async def test_what_compresses_below_the_limit_is_not_stored():
    store = MemoryStore()
    [encoded] = await codec(store).encode([payload(b"same " * 100_000)])
    assert encoded.metadata["encoding"] == ENCRYPTED
    assert store.kept == {}


async def test_the_active_key_encrypts_and_every_key_decrypts():
    store = MemoryStore()
    [old] = await codec(store, active="k1").encode([payload(b"x")])
    assert old.metadata["key-id"] == b"k1"
    assert await codec(store, active="k2").decode([old]) == [payload(b"x")]


async def test_an_unknown_key_is_refused():
    [encoded] = await codec(MemoryStore()).encode([payload(b"x")])
    other = CellCodec(KeyRing(TENANT, {"k9": b"9" * 32}, "k9"), MemoryStore())
    with pytest.raises(CodecError):
        await other.decode([encoded])


async def test_another_tenant_with_the_same_key_cannot_read():
    [encoded] = await codec(MemoryStore()).encode([payload(b"x")])
    with pytest.raises(CodecError):
        await codec(MemoryStore(), tenant=uuid4()).decode([encoded])


async def test_every_changed_byte_is_noticed():
    [encoded] = await codec(MemoryStore()).encode([payload(b"amount 100")])
    for index in range(len(encoded.data)):
        changed = bytearray(encoded.data)
        changed[index] ^= 1
        with pytest.raises(CodecError):
            await codec(MemoryStore()).decode([Payload(metadata=encoded.metadata, data=bytes(changed))])


async def test_a_changed_or_missing_stored_payload_is_noticed():
    store = MemoryStore()
    [encoded] = await codec(store).encode([payload(os.urandom(100_000))])
    [digest] = store.kept
    store.kept[digest] = store.kept[digest][:-1] + b"\x00"
    with pytest.raises(CodecError):
        await codec(store).decode([encoded])
    store.kept.clear()
    with pytest.raises(CodecError):
        await codec(store).decode([encoded])


async def test_a_payload_that_was_never_encrypted_is_refused():
    with pytest.raises(CodecError):
        await codec(MemoryStore()).decode([payload(b'{"kind":"approve"}')])


@pytest.mark.parametrize(("keys", "active"), [({"a": b"1" * 32}, "b"), ({"a": b"1" * 31}, "a")])
def test_a_key_ring_that_cannot_work_is_refused(keys: dict[str, bytes], active: str):
    with pytest.raises(CodecError):
        KeyRing(TENANT, keys, active)


@workflow.defn(name="Secretive")
class Secretive:
    def __init__(self) -> None:
        self._heard: list[str] = []

    @workflow.signal
    def hear(self, text: str) -> None:
        self._heard.append(text)

    @workflow.query
    def heard(self) -> list[str]:
        return self._heard

    @workflow.run
    async def run(self, text: str) -> str:
        workflow.set_current_details(text)
        await workflow.wait_condition(lambda: bool(self._heard))
        if self._heard[0].endswith("fail"):
            raise ApplicationError(text, text, type="Told")
        return text + self._heard[0]


async def test_a_temporal_server_holds_nothing_readable_of_a_run(
    temporal_address: str, cell_database_url: str, tmp_path: Path
):
    settings = cell_settings(temporal_address, cell_database_url, tmp_path)
    plain = await Client.connect(temporal_address, namespace=settings.temporal_namespace)
    await register(plain)
    async with await open_pool(cell_database_url, application="test") as pool:
        client = await connect(settings, pool)
        async with Worker(
            client, task_queue="secret", workflows=[Secretive], workflow_runner=UnsandboxedWorkflowRunner()
        ):
            large = CANARY + base64.b64encode(os.urandom(150_000)).decode()
            for number, ending in enumerate(("", "fail")):
                handle = await client.start_workflow(
                    Secretive.run,
                    large,
                    id=f"s{number}",
                    task_queue="secret",
                    static_summary=CANARY,
                    execution_timeout=timedelta(minutes=1),
                )
                await handle.signal(Secretive.hear, CANARY + ending)
                if ending:
                    with pytest.raises(WorkflowFailureError) as caught:
                        await handle.result()
                    assert isinstance(caught.value.cause, ApplicationError)
                    assert caught.value.cause.message == large
                else:
                    assert await handle.result() == large + CANARY
                raw = (await plain.get_workflow_handle(f"s{number}").fetch_history()).to_json()
                assert "canary" not in raw
                assert base64.b64encode(CANARY.encode()).decode()[:20] not in raw
        assert await pool.fetchval("select count(*) from system.payloads") > 0


def cell_settings(temporal_address: str, database_url: str, home: Path) -> CellSettings:
    slug = f"t{uuid4().hex[:10]}"
    return CellSettings(
        tenant_id=TENANT,
        tenant_slug=slug,
        home=home,
        port=4000,
        public_url="http://127.0.0.1:4000",
        database_url=database_url,
        workspace_url="http://127.0.0.1:3000/v1",
        workspace_public_key="",
        cell_key="key",
        temporal_address=temporal_address,
        temporal_namespace=f"ntro-{slug}",
        payload_keys={"k1": base64.urlsafe_b64encode(os.urandom(32)).decode().rstrip("=")},
        active_payload_key="k1",
        sealing_private_key="",
        session_secret="",
    )


async def register(client: Client) -> None:
    await client.workflow_service.register_namespace(
        RegisterNamespaceRequest(
            namespace=client.namespace, workflow_execution_retention_period=Duration(seconds=86400)
        )
    )
    async with asyncio.timeout(20):
        while True:
            try:
                await client.count_workflows()
            except RPCError as error:
                if error.status is not RPCStatusCode.NOT_FOUND:
                    raise
                await asyncio.sleep(0.05)
            else:
                return
