"""Collecting documents: one child run for each expected document, one gate that shows them all."""

from collections.abc import Mapping, Sequence
from typing import Any

from temporalio import workflow

from ntro.workflow._children import Children, all_results
from ntro.workflow._gates import DOCUMENT_SIGNAL
from ntro.workflow.payloads import json_safe


class Documents(Children):
    """Collecting documents from people."""

    async def collect_documents(
        self,
        *,
        expected: Sequence[Mapping[str, Any]],
        inputs: Sequence[Any],
        runbook_slug: str = "document-ingest",
        step_id: str | None = None,
        title: str = "Upload sources",
        instructions: str | None = None,
        actions: Sequence[Any] | None = None,
        result_type: type | None = None,
    ) -> list[Any]:
        """Run `runbook_slug` once for each expected document; results are in the order of `inputs`.

        Meanwhile one pending action of kind `submit_files` lists every slot with its status: `pending`, `processing`
        (its document has arrived), `completed`, `failed`.

        Args:
            expected: what each slot is: `source`, and `schema_slug`, `title`, `instructions`, `accept`, …
            inputs: the context of each child, as many as `expected`.
            runbook_slug: the runbook that takes in one document.
            step_id: the step that the children belong to.
            title: of the upload page.
            instructions: on the upload page.
            actions: what else the page offers.
            result_type: read results as this type.

        Raises:
            ValueError: `expected` and `inputs` differ in length.
            KeyError: an expected document has no `source`.
            temporalio.exceptions.ChildWorkflowError: a child failed; raised after all have ended.
        """
        if len(expected) != len(inputs):
            raise ValueError(f"{len(expected)} documents are expected, but inputs are given for {len(inputs)}")
        if not expected:
            return []
        step = self._child_step(step_id, runbook_slug)
        base = f"{workflow.info().workflow_id}:{step}:{runbook_slug}"
        ids = [self._child_id(f"{base}:{item['source']}") for item in expected]
        slots = [_slot(item, child_id) for item, child_id in zip(expected, ids, strict=True)]
        return await self._collect(
            slots,
            _pending(slots, title=title, instructions=instructions, actions=actions),
            [
                self._run_child(child_id, slug=runbook_slug, step=step, given=given, result_type=result_type)
                for child_id, given in zip(ids, inputs, strict=True)
            ],
        )

    async def _collect(self, slots: list[dict[str, Any]], pending: dict[str, Any], children: list[Any]) -> list[Any]:
        async with self._gate_turn:
            gate = self._open_gate(pending)
            outcome = "cancelled"
            try:
                tracked = [self._track(slot, child) for slot, child in zip(slots, children, strict=True)]
                results = await all_results(tracked)
                outcome = "satisfied"
            finally:
                hint = self._pending_action["display_hint"] if self._pending_action else None
                self._close_gate(gate, outcome)
            self._capture_step_snapshot(display_hint=hint, payload={"expected": slots})
        return results

    async def _track(self, slot: dict[str, Any], child: Any) -> Any:
        try:
            result = await child
        except Exception:
            self._show_slot(slot, "failed")
            raise
        self._show_slot(slot, "completed")
        return result

    def _show_slot(self, slot: dict[str, Any], status: str) -> None:
        if slot["status"] == status:
            return
        slot["status"] = status
        if self._gate is not None and self._pending_action is not None:
            hint = self._pending_action["display_hint"]
            self._recorder.add("gate.updated", gate_id=self._gate.id, display_hint=hint)

    def _child_progress_shown(self, workflow_id: str, status: str) -> None:
        """Show that a child's document has arrived."""
        hint = (self._pending_action or {}).get("display_hint") or {}
        for slot in hint.get("config", {}).get("expected", []):
            if slot["args"]["signal_task_id"] == workflow_id and slot["status"] in ("pending", "processing"):
                self._show_slot(slot, status)


def _slot(expected: Mapping[str, Any], child_id: str) -> dict[str, Any]:
    args = {
        "source": expected["source"],
        "schema_slug": expected.get("schema_slug"),
        "signal_task_id": child_id,
        "signal_name": DOCUMENT_SIGNAL,
    }
    return {**json_safe(dict(expected)), "status": "pending", "args": args}


def _pending(
    slots: list[dict[str, Any]], *, title: str, instructions: str | None, actions: Sequence[Any] | None
) -> dict[str, Any]:
    config: dict[str, Any] = {"title": title, "instructions": instructions, "expected": slots}
    if actions is not None:
        config["actions"] = json_safe(list(actions))
    return {
        "kind": "submit_files",
        "action": "submit_files",
        "reason": f"Awaiting {len(slots)} documents" if len(slots) != 1 else "Awaiting 1 document",
        "display_hint": {"component": "MULTI_FILE_UPLOAD", "config": config},
    }
