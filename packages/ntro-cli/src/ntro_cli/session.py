"""What a command works with: the client of the chosen connection, and the tenant and entity that are meant."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from ntro.workspace.config import Connection, load_configuration, resolve
from ntro.workspace.errors import NotFoundError
from ntro_cli.diagnosis import LogLevel, log_to
from ntro_cli.errors import UsageError
from ntro_cli.invocation import invocation_of
from ntro_cli.output import Output
from ntro_cli.suggestions import Named, suggestion

if TYPE_CHECKING:
    from ntro.workspace.cell import CellClient
    from ntro.workspace.client import Client


@dataclass(frozen=True, slots=True)
class Session:
    """One command's client and output."""

    client: "Client"
    connection: Connection
    out: Output

    @property
    def tenant(self) -> str:
        """The tenant that is meant.

        Raises:
            UsageError: neither option, environment nor connection names one.
        """
        if self.connection.default_tenant is None:
            raise UsageError("Which tenant?", hint="Give --tenant, set NTRO_TENANT, or: ntro auth login --tenant SLUG")
        return self.connection.default_tenant

    @property
    def entity(self) -> str:
        """The entity that is meant.

        Raises:
            UsageError: neither option, environment nor connection names one.
        """
        if self.connection.default_entity is None:
            raise UsageError("Which entity?", hint="Give --entity, or set NTRO_ENTITY")
        return self.connection.default_entity

    def cell_of(self, task: str) -> "CellClient":
        """The cell in which `task` runs; a child run is in the cell of its root.

        A start that is still on its way there is waited for.
        """
        root = self.client.tasks.get_sync(root_of(task))
        cell = self.client.cell(root.tenantId)
        cell.tasks.arrived_sync(root)
        return cell


@contextmanager
def session(
    context: typer.Context,
    *,
    tenant: str | None = None,
    entity: str | None = None,
    workflow: str | None = None,
    runbook: str | None = None,
) -> Generator[Session]:
    """A session of the connection that the command line, the environment and the config file name.

    The names that a command was given are told here, so that one that is not known is answered with what is near it.
    """
    from ntro.workspace.client import Client  # noqa: PLC0415 - slow to load, and commands that need no server are many

    invocation = invocation_of(context)
    if invocation.log_level is not None or invocation.log_file is not None:
        log_to(invocation.log_level or LogLevel.INFO, invocation.log_file)
    found = resolve(connection=invocation.connection, host=invocation.host, tenant=tenant, entity=entity)
    configuration = load_configuration()
    if configuration.is_exposed:
        invocation.out.say(f"Others can read your config file with its keys. Remedy: chmod 600 {configuration.path}")
    named = Named(found.default_tenant, entity, workflow, runbook)
    with Client(host=found.host, api_key=found.api_key) as client:
        try:
            yield Session(client, found, invocation.out)
        except NotFoundError as error:
            error.hint = suggestion(client, named) or error.hint
            raise


def root_of(task: str) -> str:
    """The task that a child run id belongs to."""
    return task.partition(":")[0]
