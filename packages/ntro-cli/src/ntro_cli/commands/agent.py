"""`ntro agent`: references to agents that are hosted elsewhere."""

import sys
from typing import Annotated

import typer

from ntro_cli.errors import UsageError
from ntro_cli.group import explained, group
from ntro_cli.invocation import invocation_of
from ntro_cli.output import Column
from ntro_cli.parameters import DryRunOption, TenantOption
from ntro_cli.session import session

app = group(
    "Agents that are hosted elsewhere.",
    "ntro agent create --path anthropic://agents/agent_01Sx --tenant acme --name audit-handover",
)

_KINDS = {
    "anthropic": "claude_managed",
    "azure": "azure_ai_agent",
    "vertex": "vertex_agent",
    "openai": "openai_assistant",
}
_COLUMNS = (Column("name", "name"), Column("kind", "kind"), Column("reference", "externalRef"), Column("id", "id"))
_FIELDS = (
    *_COLUMNS,
    Column("tenant", "tenantId"),
    Column("description", "description"),
    Column("key", "apiKeyRef"),
    Column("created", "createdAt"),
)
_VERSION = (Column("version", "version"), Column("agent", "agentId"), Column("changelog", "changelog"))


@app.command(
    help=explained(
        "Register an agent; its key is shown this once.",
        "ntro agent create --path anthropic://agents/agent_01Sx --tenant acme --name audit-handover",
    )
)
def create(
    context: typer.Context,
    *,
    path: Annotated[str, typer.Option(help="KIND://agents/ID, such as anthropic://agents/agent_01Sx.")],
    name: Annotated[str, typer.Option(help="Name, once per tenant.")],
    tenant: TenantOption = None,
    description: Annotated[str | None, typer.Option(help="What it is for.")] = None,
    credentials_ref: Annotated[str | None, typer.Option(help="Name of the secret it needs.")] = None,
    dry_run: DryRunOption = False,
) -> None:
    """Registers an agent. The answer is always JSON: it holds the key."""
    kind, external_ref = _kind_and_reference(path)
    if dry_run:
        plan = {"name": name, "kind": kind, "externalRef": external_ref}
        invocation_of(context).out.document({"dryRun": True, "agent": plan})
        return
    with session(context, tenant=tenant) as found:
        agent = found.client.agents.create_sync(
            found.tenant,
            name,
            kind=kind,
            external_ref=external_ref,
            description=description,
            credentials_ref=credentials_ref,
        )
        found.out.document(agent)
        found.out.say("Store the key in the host platform's secrets now; it is not shown again.")


@app.command("list", help=explained("List agents.", "ntro agent list --tenant acme"))
def list_agents(context: typer.Context, *, tenant: TenantOption = None) -> None:
    """Lists agents."""
    with session(context) as found:
        tenant_id = None if tenant is None else found.client.tenants.get_sync(tenant).id
        agents = found.client.agents.list_sync(tenant_id=tenant_id)
        found.out.rows(agents, _COLUMNS, empty="There is no agent yet. Register one with: ntro agent create")


@app.command(help=explained("Show an agent.", "ntro agent get AGENT"))
def get(context: typer.Context, agent: Annotated[str, typer.Argument(metavar="AGENT", help="Id.")]) -> None:
    """Shows an agent."""
    with session(context) as found:
        found.out.record(found.client.agents.get_sync(agent), _FIELDS)


@app.command(help=explained("Show an agent.", "ntro agent info AGENT"), hidden=True)
def info(context: typer.Context, agent: Annotated[str, typer.Argument(metavar="AGENT", help="Id.")]) -> None:
    """Shows an agent, under the command's older name."""
    get(context, agent)


@app.command(help=explained("Remove an agent; its key stops working.", "ntro agent delete AGENT --yes"))
def delete(
    context: typer.Context,
    agent: Annotated[str, typer.Argument(metavar="AGENT", help="Id.")],
    *,
    yes: Annotated[bool, typer.Option("-y", "--yes", help="Do not ask.")] = False,
) -> None:
    """Removes an agent."""
    with session(context) as found:
        name = found.client.agents.get_sync(agent).name
        if not yes:
            _confirm(f"Remove the agent {name}? Its key stops working.")
        found.client.agents.delete_sync(agent)
        if found.out.is_json:
            found.out.document({"deleted": agent})
        found.out.text(f"Removed {name}.")


@app.command(
    "create-version",
    help=explained("Record a new version of an agent.", "ntro agent create-version AGENT --changelog x"),
)
def create_version(
    context: typer.Context,
    agent: Annotated[str, typer.Argument(metavar="AGENT", help="Id.")],
    *,
    artifact_url: Annotated[str | None, typer.Option(help="Where its artifact is.")] = None,
    changelog: Annotated[str | None, typer.Option(help="What changed.")] = None,
) -> None:
    """Records a version."""
    with session(context) as found:
        version = found.client.agents.create_version_sync(agent, artifact_url=artifact_url, changelog=changelog)
        found.out.record(version, _VERSION)


def _kind_and_reference(path: str) -> tuple[str, str]:
    """Kind and native id of an address such as `anthropic://agents/agent_01Sx`."""
    scheme, _, rest = path.partition("://")
    _, _, reference = rest.partition("/")
    if scheme not in _KINDS or not rest.startswith("agents/") or not reference:
        known = ", ".join(f"{name}://agents/ID" for name in _KINDS)
        raise UsageError(f"--path {path} names no known agent.", hint=f"Known: {known}")
    return _KINDS[scheme], reference


def _confirm(question: str) -> None:
    if not sys.stdin.isatty():
        raise UsageError("This removes something.", hint="Repeat it with --yes.")
    typer.confirm(question, abort=True, err=True)
