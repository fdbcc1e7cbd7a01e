"""The entry point of the `ntro` command."""

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise
from typing import NoReturn

from ntro_cli.door import leave
from ntro_cli.errors import MEANINGS, ExitCode
from ntro_cli.group import Entry, LazyGroup, add_root_options, explained
from ntro_cli.invocation import Invocation

_ENGINE = "temporalio.bridge.runtime"
_WORK = "Commands"
_SETUP = "Setting up"
_STACK = "The stack on this machine"

ENTRIES = {
    "workflow": Entry("ntro_cli.commands.workflow", "app", "Deploy runbooks, bind them to entities, run them.", _WORK),
    "run": Entry("ntro_cli.commands.run", "app", "See how runs go.", _WORK),
    "task": Entry("ntro_cli.commands.task", "app", "Hand in files, approve, reject.", _WORK),
    "document": Entry("ntro_cli.commands.document", "app", "Read a document on this machine.", _WORK),
    "runbook": Entry("ntro_cli.commands.runbook", "app", "Make, validate and look at runbooks.", _WORK),
    "auth": Entry("ntro_cli.commands.auth", "app", "Connections and keys of this machine.", _SETUP),
    "tenant": Entry("ntro_cli.commands.tenant", "app", "Tenants.", _SETUP),
    "entity": Entry("ntro_cli.commands.entity", "app", "Entities of a tenant.", _SETUP),
    "integration": Entry("ntro_cli.commands.integration", "app", "Data platforms and mailboxes.", _SETUP),
    "agent": Entry("ntro_cli.commands.agent", "app", "Agents that are hosted elsewhere.", _SETUP),
    "user": Entry("ntro_cli.commands.user", "app", "People and what they may do.", _SETUP),
    "key": Entry("ntro_cli.commands.key", "app", "API keys.", _SETUP),
    "audit": Entry("ntro_cli.commands.audit", "app", "Who changed what.", _SETUP),
    "config": Entry(
        "ntro_cli.commands.config", "app", "What applies on this machine, and where it comes from.", _SETUP
    ),
    "completion": Entry(
        "ntro_cli.commands.completion",
        "completion",
        "Completion for your shell.",
        _SETUP,
        ("ntro completion bash >> ~/.bashrc", "ntro completion fish > ~/.config/fish/completions/ntro.fish"),
    ),
    "up": Entry("ntro_cli.stack.commands", "up", "Start the stack.", _STACK, ("ntro up --demo", "ntro up -o json")),
    "demo": Entry("ntro_cli.demo.command", "demo", "Close a month of the demo entity.", _STACK, ("ntro demo",)),
    "down": Entry("ntro_cli.stack.commands", "down", "Stop the stack.", _STACK, ("ntro down",)),
    "status": Entry("ntro_cli.stack.commands", "status", "What of the stack is running.", _STACK, ("ntro status",)),
    "logs": Entry(
        "ntro_cli.stack.commands",
        "logs",
        "What the stack's processes say.",
        _STACK,
        ("ntro logs workspace --lines 200", "ntro logs --follow"),
    ),
    "doctor": Entry("ntro_cli.stack.commands", "doctor", "Check this machine and the stack.", _STACK, ("ntro doctor",)),
}

_SUMMARY = explained(
    "Runbooks for fund administration.",
    "ntro up --demo",
    "ntro workflow create --path runbooks/nav-monthly --tenant acme --entity acme-spv1",
    "ntro workflow run nav-monthly --tenant acme --entity acme-spv1 --period 2026-03 --wait",
    "ntro tenant list -o json",
)

_EPILOG = f"Exit codes: {', '.join(f'{code.value} {meaning}' for code, meaning in MEANINGS.items())}."


def root() -> LazyGroup:
    """The command line as a whole."""
    group = LazyGroup(ENTRIES, name="ntro", summary=_SUMMARY, epilog=_EPILOG)
    add_root_options(group)
    return group


def run(arguments: Sequence[str], invocation: Invocation | None = None) -> int:
    """Runs one command line and answers its exit code. Nothing but an exit code ever leaves."""
    started = invocation or Invocation()
    started.out.use_json(_wants_json(arguments))
    if [*arguments] == ["--version"]:
        from importlib.metadata import version  # noqa: PLC0415 - slow to load, and only this needs it

        started.out.text(f"ntro {version('ntro-cli')}")
        return ExitCode.OK
    try:
        result = root().main([*arguments], prog_name="ntro", standalone_mode=False, obj=started)
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.FAILED
    except Exception as error:  # noqa: BLE001 - the one door: whatever it is becomes a message and an exit code
        return leave(error, started)
    return result if isinstance(result, int) else ExitCode.OK


def _wants_json(arguments: Sequence[str]) -> bool:
    """Whether JSON is asked for anywhere: an error in the words before that option is told in JSON, too."""
    pairs = pairwise(arguments)
    return "--output=json" in arguments or any(pair in {("-o", "json"), ("--output", "json")} for pair in pairs)


def main() -> None:
    """Runs the command line of this process."""
    if "_NTRO_COMPLETE" in os.environ:
        from typer.completion import completion_init  # type: ignore[attr-defined]  # noqa: PLC0415 - not re-exported; only where a shell asks

        completion_init()
    _leave(run(sys.argv[1:]))


def _leave(code: int) -> NoReturn:
    """Ends this process. The engine's threads would slow the interpreter's own end down, and can abort it."""
    if _ENGINE in sys.modules:
        with suppress(BrokenPipeError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)
    sys.exit(code)
