"""`ntro task`: what a run waits for. These commands talk to the tenant's cell directly."""

from typing import Annotated

import typer

from ntro.workspace.cell import Gate
from ntro_cli.commands import task_logs
from ntro_cli.commands.task_files import app as files
from ntro_cli.errors import CommandError, ExitCode, UsageError
from ntro_cli.group import explained, group
from ntro_cli.output import Column, Output
from ntro_cli.parameters import TaskArgument
from ntro_cli.session import Session, session

app = group(
    "Hand in files, approve, reject.",
    "ntro task next-step TASK",
    "ntro task files add statement.xml --task TASK",
    "ntro task approve TASK --reason 'Agreed to the bank'",
)
app.add_typer(files, name="files")
app.command("logs", help=task_logs.HELP)(task_logs.logs)

_FIELDS = (
    Column("task", "id"),
    Column("title", "title"),
    Column("status", "status"),
    Column("waits for", "awaiting"),
    Column("failure", "failure.type"),
    Column("message", "failure.message"),
    Column("result", "result"),
)
_NEXT = (
    Column("action", "action"),
    Column("kind", "kind"),
    Column("reason", "reason"),
    Column("gate", "id"),
    Column("step", "stepId"),
)
_GATE = (
    Column("gate", "id"),
    Column("step", "stepId"),
    Column("kind", "kind"),
    Column("reason", "reason"),
    Column("hash", "payloadHash"),
    Column("shown", "payload"),
)
_DECIDED = (Column("gate", "gateId"), Column("decision", "decision"), Column("hash", "payloadHash"))

_REVIEW = "interactive_review"

GateOption = Annotated[str | None, typer.Option("--gate", help="Which gate, where several are open.")]
ReasonOption = Annotated[str | None, typer.Option("--reason", help="Kept with the decision.")]
HashOption = Annotated[str | None, typer.Option("--hash", help="Decide only if this is what is shown.")]


@app.command(help=explained("Show a task, its steps and what went wrong.", "ntro task show TASK"))
def show(context: typer.Context, task: TaskArgument) -> None:
    """Shows a task as its cell knows it."""
    with session(context) as found:
        row = found.cell_of(task).tasks.get_sync(task)
        found.out.record(row, _FIELDS)
        for step in row.steps:
            found.out.text(f"{step.status}\t{step.id}\t{step.title or ''}")


@app.command("next-step", help=explained("Show what to do next.", "ntro task next-step TASK -o json"))
def next_step(context: typer.Context, task: TaskArgument) -> None:
    """Shows the next step."""
    with session(context) as found:
        found.out.record(found.cell_of(task).tasks.next_step_sync(task), _NEXT)


@app.command(
    help=explained(
        "Approve what a gate shows. The hash of what is signed is printed.",
        "ntro task approve TASK --show   (look first)",
        "ntro task approve TASK --reason 'Agreed to the bank'",
    )
)
def approve(
    context: typer.Context,
    task: TaskArgument,
    *,
    reason: ReasonOption = None,
    gate: GateOption = None,
    expected: HashOption = None,
    show: Annotated[
        bool, typer.Option("--show", "--dry-run", help="Print what would be signed, decide nothing.")
    ] = False,
) -> None:
    """Approves."""
    with session(context) as found:
        if show:
            found.out.record(_open_gate(found, task, gate), _GATE)
            return
        _decide(found, task, "approved", reason=reason, gate=gate, expected=expected)


@app.command(help=explained("Reject what a gate shows.", "ntro task reject TASK --reason 'Rent of unit 4 is missing'"))
def reject(
    context: typer.Context,
    task: TaskArgument,
    *,
    reason: ReasonOption = None,
    gate: GateOption = None,
    expected: HashOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what would be rejected, decide nothing.")] = False,
) -> None:
    """Rejects."""
    with session(context) as found:
        if dry_run:
            found.out.record(_open_gate(found, task, gate), _GATE)
            return
        _decide(found, task, "rejected", reason=reason, gate=gate, expected=expected)


def _decide(
    found: Session, task: str, decision: str, *, reason: str | None, gate: str | None, expected: str | None
) -> None:
    shown = _open_gate(found, task, gate)
    _check_hash(shown, expected)
    _announce(found.out, decision, shown)
    taken = found.cell_of(task).tasks.action_sync(
        task, decision, comments=reason, gate_id=shown.id, payload_hash=shown.payloadHash
    )
    answer = {"ok": taken.ok, "gateId": taken.gateId or shown.id, "decision": decision}
    found.out.record({**answer, "payloadHash": shown.payloadHash}, _DECIDED)


def _announce(out: Output, decision: str, gate: Gate) -> None:
    about = gate.reason or gate.stepId or "this gate"
    out.say(f"{decision.capitalize()}: {about} (payload hash {gate.payloadHash or 'none'})")


def _open_gate(found: Session, task: str, wanted: str | None) -> Gate:
    """The gate that is meant: the one named, or the only one that can be decided."""
    gates = found.cell_of(task).tasks.ui_sync(task).gates
    open_ones = [gate for gate in gates if gate.id == wanted or (wanted is None and gate.kind == _REVIEW)]
    if len(open_ones) == 1:
        return open_ones[0]
    if not open_ones:
        raise CommandError(
            f"The task {task} waits for no such decision.",
            code="gate_not_open",
            hint=f"See what it waits for: ntro task next-step {task}",
            exit_code=ExitCode.CONFLICT,
        )
    choices = ", ".join(f"{gate.id} ({gate.reason or gate.stepId})" for gate in open_ones)
    raise UsageError(f"Several gates are open: {choices}.", hint="Say which with --gate.")


def _check_hash(gate: Gate, expected: str | None) -> None:
    if expected is not None and expected != gate.payloadHash:
        raise CommandError(
            f"What the gate {gate.id} shows has the hash {gate.payloadHash}, not {expected}.",
            code="payload_changed",
            hint="Look at it again with --show.",
            exit_code=ExitCode.CONFLICT,
        )
