"""The commands of the embedded stack, as the command line mounts them."""

from dataclasses import asdict
from typing import Annotated

import typer

from ntro_cli.invocation import invocation_of
from ntro_cli.output import Column
from ntro_cli.stack.log_view import follow, logs_of, tail
from ntro_cli.stack.overview import overview
from ntro_cli.stack.paths import StackPaths
from ntro_cli.stack.ports import HIGHEST_BASE, LOWEST_BASE

PortBase = Annotated[
    int | None,
    typer.Option(
        min=LOWEST_BASE,
        max=HIGHEST_BASE,
        help="Workspace listens on N, cells from N + 1000 on, PostgreSQL on N + 2432, Temporal on N + 4233; "
        "next free ones where taken. Without it N is 3000. Ports once chosen are kept.",
    ),
]


def up(
    context: typer.Context,
    port_base: PortBase = None,
    demo: Annotated[bool, typer.Option("--demo", help="Add the demo tenant.")] = False,
) -> None:
    """Start PostgreSQL, Temporal, Workspace and a cell for each tenant; wait until all are healthy.

    Safe to give again: what runs is left alone, what has died is started.
    """
    from ntro_cli.stack.up import bring_up, tell  # noqa: PLC0415  # loads the client, which no other command here needs

    out = invocation_of(context).out
    tell(bring_up(StackPaths.of_environment(), port_base=port_base, demo=demo, out=out), out)


def down(context: typer.Context) -> None:
    """Stop the stack in order; data is kept."""
    from ntro_cli.stack.locks import held  # noqa: PLC0415  # as above
    from ntro_cli.stack.stopping import stop  # noqa: PLC0415  # as above
    from ntro_cli.stack.up import BUSY, LOCK_SECONDS  # noqa: PLC0415  # as above

    out = invocation_of(context).out
    paths = StackPaths.of_environment()
    if not paths.stack.is_dir():
        stopped = []
    else:
        with held(paths.command_lock, seconds=LOCK_SECONDS, busy=BUSY):
            stopped = stop(paths)
    if out.is_json:
        out.document({"home": str(paths.home), "stopped": stopped})
        return
    out.text(f"Stopped: {', '.join(stopped)}." if stopped else "Nothing was running.")


def status(context: typer.Context) -> None:
    """Show each process: health, address, pid, uptime and memory. Exit code 1 when one is not healthy."""
    out = invocation_of(context).out
    views = overview(StackPaths.of_environment())
    columns = [
        Column("process", "process"),
        Column("health", "health"),
        Column("address", "address"),
        Column("pid", "pid"),
        Column("up s", "uptime_seconds"),
        Column("MiB", "memory_mib"),
        Column("restarts", "restarts"),
        Column("problem", "problem"),
    ]
    out.rows([asdict(view) for view in views], columns, empty="Nothing is running. Start the stack with: ntro up")
    if any(view.health != "healthy" for view in views):
        raise typer.Exit(1)


def logs(
    context: typer.Context,
    process: Annotated[str | None, typer.Argument(help="A process as ntro status names it; without it all.")] = None,
    follow_: Annotated[bool, typer.Option("-f", "--follow", help="Go on with what is written from now on.")] = False,
    lines: Annotated[int, typer.Option("-n", "--lines", min=0, max=10_000, help="Lines of each log.")] = 50,
) -> None:
    """Show what the processes of the stack say."""
    out = invocation_of(context).out
    found = logs_of(StackPaths.of_environment(), process)
    if out.is_json:
        out.document([{"line": line} for line in tail(found, lines)])
        return
    for line in tail(found, lines):
        out.text(line)
    if follow_:
        for line in follow(found):
            out.text(line)
            out.stdout.flush()


def doctor(context: typer.Context) -> None:
    """Check this machine and the stack; each finding with its remedy. Exit code 1 when something is wrong."""
    from ntro_cli.stack.doctor import examine  # noqa: PLC0415  # loads the database and Temporal clients
    from ntro_cli.stack.redaction import shown_settings  # noqa: PLC0415  # as above

    out = invocation_of(context).out
    paths = StackPaths.of_environment()
    findings = examine(paths)
    if out.is_json:
        listed = [asdict(finding) | {"ok": finding.is_well} for finding in findings]
        out.document({"findings": listed, "settings": shown_settings(paths)})
    for finding in findings:
        out.text(f"{'✓' if finding.is_well else '✗'} {finding.check}: {finding.message}")
        if finding.remedy:
            out.text(f"  {finding.remedy}")
    for path, values in shown_settings(paths).items():
        out.text(f"settings {path}")
        for name, value in values.items():
            out.text(f"  {name} = {value}")
    if not all(finding.is_well for finding in findings):
        raise typer.Exit(1)
