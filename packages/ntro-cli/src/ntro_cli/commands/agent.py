"""`ntro agent`: references to agents that are hosted elsewhere."""

from typing import Annotated

import typer

from ntro_cli.body import body_of, sent
from ntro_cli.confirming import confirm
from ntro_cli.errors import UsageError
from ntro_cli.group import explained, group
from ntro_cli.inputs import AgentInput
from ntro_cli.invocation import invocation_of
from ntro_cli.output import Column
from ntro_cli.parameters import DryRunOption, JsonOption, TenantOption, YesOption, json_object
from ntro_cli.rehearsal import rehearse
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
_COPILOT = "copilot"
_COLUMNS = (Column("name", "name"), Column("kind", "kind"), Column("reference", "externalRef"), Column("id", "id"))
_FIELDS = (
    *_COLUMNS,
    Column("tenant", "tenantId"),
    Column("description", "description"),
    Column("manifest", "capabilityManifest"),
    Column("key", "apiKeyRef"),
    Column("created", "createdAt"),
)
_VERSION = (Column("version", "version"), Column("agent", "agentId"), Column("changelog", "changelog"))
AgentArgument = Annotated[str, typer.Argument(metavar="AGENT", help="Id.")]


@app.command(
    help=explained(
        "Register an agent; its key is shown this once.",
        "ntro agent create --path anthropic://agents/agent_01Sx --tenant acme --name audit-handover",
        "ntro agent create --path anthropic://agents/agent_01Sx --tenant acme --name audit --manifest @use.json",
        "ntro agent create --json @agent.json",
    )
)
def create(
    context: typer.Context,
    *,
    path: Annotated[str | None, typer.Option(help="KIND://agents/ID, such as anthropic://agents/agent_01Sx.")] = None,
    name: Annotated[str | None, typer.Option(help="Name, once per tenant.")] = None,
    tenant: TenantOption = None,
    description: Annotated[str | None, typer.Option(help="What it is for.")] = None,
    credentials_ref: Annotated[str | None, typer.Option(help="Name of the secret it needs.")] = None,
    manifest: Annotated[
        str | None,
        typer.Option(help="How it is used: environment_id, vault_ids, version, budget_usd; an object, @FILE, or -."),
    ] = None,
    given: JsonOption = None,
    dry_run: DryRunOption = False,
) -> None:
    """Registers an agent. The answer is always JSON: it holds the key."""
    options: dict[str, object] = {"name": name, "tenantId": tenant, "description": description}
    options |= {"credentialsRef": credentials_ref, "capabilityManifest": json_object(manifest, "--manifest")}
    if path is None and given is None:
        raise UsageError("Missing: --path.", hint="Such as anthropic://agents/ID; see --help.")
    body = body_of(AgentInput, given, {**options, **_address(path)})
    if dry_run:
        rehearse(invocation_of(context).out, "agent create", sent(body))
        return
    with session(context, tenant=body.tenantId) as found:
        agent = found.client.agents.create_sync(
            found.tenant,
            body.name,
            kind=body.kind,
            external_ref=body.externalRef,
            path=body.path,
            description=body.description,
            credentials_ref=body.credentialsRef,
            capability_manifest=body.capabilityManifest.settings if body.capabilityManifest else None,
        )
        found.out.document(agent)
        found.out.say("Store the key in the host platform's secrets now; it is not shown again.")


@app.command("list", help=explained("List agents.", "ntro agent list --tenant acme"))
def list_agents(context: typer.Context, *, tenant: TenantOption = None) -> None:
    """Lists agents."""
    with session(context, tenant=tenant) as found:
        tenant_id = None if tenant is None else found.client.tenants.get_sync(tenant).id
        agents = found.client.agents.list_sync(tenant_id=tenant_id)
        found.out.rows(agents, _COLUMNS, empty="There is no agent yet. Register one with: ntro agent create")


@app.command(help=explained("Show an agent.", "ntro agent get AGENT"))
def get(context: typer.Context, agent: AgentArgument) -> None:
    """Shows an agent."""
    with session(context) as found:
        found.out.record(found.client.agents.get_sync(agent), _FIELDS)


@app.command(help=explained("Show an agent.", "ntro agent info AGENT"), hidden=True)
def info(context: typer.Context, agent: AgentArgument) -> None:
    """Shows an agent, under the command's older name."""
    get(context, agent)


@app.command(help=explained("Remove an agent; its key stops working.", "ntro agent delete AGENT --yes"))
def delete(
    context: typer.Context, agent: AgentArgument, *, yes: YesOption = False, dry_run: DryRunOption = False
) -> None:
    """Removes an agent."""
    if dry_run:
        rehearse(invocation_of(context).out, "agent delete", {"agent": agent})
        return
    with session(context) as found:
        name = found.client.agents.get_sync(agent).name
        confirm(f"Remove the agent {name}? Its key stops working.", yes=yes)
        found.client.agents.delete_sync(agent)
        if found.out.is_json:
            found.out.document({"deleted": agent})
        found.out.text(f"Removed {name}.")


@app.command(
    "create-version",
    help=explained("Record a new version of an agent.", "ntro agent create-version AGENT --changelog 'Reads CAMT'"),
)
def create_version(
    context: typer.Context,
    agent: AgentArgument,
    *,
    artifact_url: Annotated[str | None, typer.Option(help="Where its artifact is.")] = None,
    changelog: Annotated[str | None, typer.Option(help="What changed.")] = None,
    dry_run: DryRunOption = False,
) -> None:
    """Records a version."""
    if dry_run:
        plan = {"agent": agent, "artifactUrl": artifact_url, "changelog": changelog}
        rehearse(invocation_of(context).out, "agent create-version", plan)
        return
    with session(context) as found:
        version = found.client.agents.create_version_sync(agent, artifact_url=artifact_url, changelog=changelog)
        found.out.record(version, _VERSION)


def _address(path: str | None) -> dict[str, str]:
    """The members that say where the agent is, for an address such as `anthropic://agents/agent_01Sx`."""
    if path is None:
        return {}
    scheme, _, rest = path.partition("://")
    _, _, reference = rest.partition("/")
    if scheme not in {*_KINDS, _COPILOT} or not rest.startswith("agents/") or not reference:
        known = ", ".join(f"{name}://agents/ID" for name in (*_KINDS, _COPILOT))
        raise UsageError(f"--path {path} names no known agent.", hint=f"Known: {known}")
    return {"path": path} if scheme == _COPILOT else {"kind": _KINDS[scheme], "externalRef": reference}
