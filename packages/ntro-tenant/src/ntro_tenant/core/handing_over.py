"""Tells runs of the documents that they wait for: at once, or when the gate opens after the document came."""

from typing import Any

import asyncpg

from ntro_tenant.core.submissions import Slot, open_slots
from ntro_tenant.core.views import SUBMIT_KINDS, DocumentView
from ntro_tenant.db import documents_repository, gates_repository, signals_repository, tasks_repository


async def tell_run(
    connection: asyncpg.Connection, slot: Slot, document: DocumentView, *, tenant_slug: str, entity_slug: str
) -> None:
    """Keeps the signal that hands `document` to the run of `slot`; the caller commits."""
    payload: dict[str, Any] = {
        "document_ref": str(document.id),
        "tenant_slug": tenant_slug,
        "entity_slug": entity_slug,
        "source": slot.source,
        "filename": document.filename,
        "content_type": document.content_type,
    }
    # The latest gate is part of the key: bytes that were refused may be handed in again at the gate that follows.
    gate = await gates_repository.last_submit_gate(connection, slot.run_id)
    key = f"{slot.run_id}:{document.id}:{gate or '-'}"
    await signals_repository.store_signal(connection, run_id=slot.run_id, signal=slot.signal, payload=payload, key=key)


async def hand_over_waiting(connection: asyncpg.Connection, gate_id: str) -> None:
    """Tells the run of a gate that has opened of a document that came before; the caller commits.

    The oldest document of the gate's task and source that no run was told of counts, one for each place of the run's
    own. The caller holds the task's row locked, so that no upload slips between the gate and the look.
    """
    gate = await gates_repository.gate(connection, gate_id)
    if gate is None or gate.kind not in SUBMIT_KINDS:
        return
    for slot in open_slots(gate):
        if slot.run_id != gate.run_id:
            continue  # A run below opens a gate of its own.
        waiting = await documents_repository.untold_document(connection, gate.task_id, slot.source)
        if waiting is not None:
            tenant_slug, entity_slug = await tasks_repository.slugs_of_task(connection, gate.task_id)
            await tell_run(connection, slot, waiting, tenant_slug=tenant_slug, entity_slug=entity_slug)
