"""Drives a close as its people would: hands in documents, reviews, signs; goes on after interruptions."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ntro.workspace.cell import CellClient, CellTask, Gate
from ntro.workspace.errors import ConflictError
from ntro_cli.demo.material import Material
from ntro_cli.errors import CommandError, ExitCode
from ntro_cli.output import Output
from ntro_cli.patience import POLL_SECONDS, patiently

CLOSE_SECONDS = 900
_TERMINAL = frozenset({"COMPLETED", "FAILED"})
_SUBMIT = frozenset({"submit_file", "submit_files"})


class Close:
    """One close, driven to its end. What was done is not done twice: each gate is answered once."""

    def __init__(self, preparer: CellClient, signer: CellClient, task: str, material: Material, out: Output) -> None:
        self._preparer = preparer
        self._signer = signer
        self._task = task
        self._material = material
        self._out = out
        self._handed_in: set[str] = set()
        self._seen_steps: set[str] = set()
        self._decided: set[str] = set()

    def drive(self) -> CellTask:
        """The finished task.

        Raises:
            CommandError: the run failed, or did not end within 15 minutes.
        """
        patiently(lambda: self._preparer.tasks.appear_sync(self._task))
        deadline = time.monotonic() + CLOSE_SECONDS
        while time.monotonic() < deadline:
            task = patiently(lambda: self._preparer.tasks.get_sync(self._task))
            self._tell_steps(task)
            if task.status in _TERMINAL:
                return self._ended(task)
            for gate in patiently(lambda: self._preparer.tasks.ui_sync(self._task)).gates:
                self._answer(gate)
            time.sleep(POLL_SECONDS)
        raise CommandError(
            f"Task {self._task} did not end within {CLOSE_SECONDS // 60} minutes.",
            code="timed_out",
            hint=f"ntro run watch {self._task}",
            exit_code=ExitCode.TIMED_OUT,
        )

    def _answer(self, gate: Gate) -> None:
        if gate.kind in _SUBMIT:
            for source in expected(gate):
                self._hand_in(source)
        elif gate.kind == "interactive_review" and gate.id not in self._decided:
            self._decide(gate)

    def _hand_in(self, source: str) -> None:
        for path in self._material.documents(source):
            if source in self._handed_in:
                return
            self._upload(path, source)
            self._handed_in.add(source)
            self._out.say(f"  submitted   {path.name}")

    def _upload(self, path: Path, source: str) -> None:
        patiently(lambda: self._preparer.files.add_sync(self._task, path, source=source))

    def _decide(self, gate: Gate) -> None:
        person = self._signer if gate.fourEyes else self._preparer
        try:
            patiently(
                lambda: person.tasks.action_sync(
                    self._task, "approved", gate_id=gate.id, payload_hash=gate.payloadHash, comments="Agreed"
                )
            )
        except ConflictError:
            return  # It closed, or shows something else by now: the next look says which.
        self._decided.add(gate.id)
        self._out.say(f"  approved    {gate.reason or gate.id}")

    def _tell_steps(self, task: CellTask) -> None:
        for step in task.steps:
            if step.status == "COMPLETED" and step.id not in self._seen_steps:
                self._seen_steps.add(step.id)
                self._out.say(f"  done        {step.title or step.id}")

    def _ended(self, task: CellTask) -> CellTask:
        if task.status == "COMPLETED":
            return task
        failure = task.failure or {}
        raise CommandError(
            f"The close failed: {failure.get('message') or failure}",
            code="run_failed",
            hint=f"ntro task show {task.id}",
        )


def expected(gate: Gate) -> Iterator[str]:
    """The sources that an upload gate still waits for."""
    config: dict[str, Any] = ((gate.model_extra or {}).get("displayHint") or {}).get("config") or {}
    slots = config.get("expected")
    if isinstance(slots, list):
        yield from (slot["source"] for slot in slots if slot.get("status") != "completed")
    elif gate.args and gate.args.get("source"):
        yield gate.args["source"]
