"""The MCP server, whatever carries its messages."""

from importlib.metadata import version

from mcp.server import MCPServer
from mcp.server.auth.provider import TokenVerifier
from mcp.server.auth.settings import AuthSettings

from ntro_mcp.authoring.checking import CheckingTools
from ntro_mcp.authoring.deploying import DeploymentTools
from ntro_mcp.authoring.scaffolding import ScaffoldTools
from ntro_mcp.caller import Callers
from ntro_mcp.prompts import add_prompts
from ntro_mcp.registering import Group, add_resources, tools_of
from ntro_mcp.resources import CellResources, RunbookResources, WorkspaceResources
from ntro_mcp.tools.agents import AgentTools
from ntro_mcp.tools.corrections import CorrectionTools
from ntro_mcp.tools.decisions import DecisionTools
from ntro_mcp.tools.documents import DocumentTools
from ntro_mcp.tools.platforms import PlatformTools
from ntro_mcp.tools.runbooks import RunbookTools
from ntro_mcp.tools.runs import RunTools
from ntro_mcp.tools.steps import StepTools
from ntro_mcp.tools.tasks import TaskTools
from ntro_mcp.tools.tenants import TenantTools
from ntro_mcp.tools.workflows import WorkflowTools

NAME = "ntro"
INSTRUCTIONS = """\
Runbooks for fund administration. Workspace tools and resources (tenants, entities, workflows, runbooks, agents) hold \
metadata only; task tools speak to the tenant's own cell and may show client data. Signing a gate is a person's act: \
prepare it and give the person the link. Pending answers say when to ask again."""


def create_server(
    callers: Callers,
    *,
    authoring: bool,
    auth: AuthSettings | None = None,
    token_verifier: TokenVerifier | None = None,
) -> MCPServer:
    """The server with its tools, resources and prompts.

    Args:
        callers: say for whom a call is made.
        authoring: whether tools that read this machine's folders and run runbooks' tests are offered.
        auth: who may call over HTTP; none for a server that one person started for themselves.
        token_verifier: checks the callers' keys; goes with `auth`.
    """
    server = MCPServer(
        NAME,
        title="ntro",
        instructions=INSTRUCTIONS,
        version=version("ntro-mcp"),
        tools=[tool for group in _groups(callers, authoring=authoring) for tool in tools_of(group)],
        auth=auth,
        token_verifier=token_verifier,
        log_level="WARNING",
    )
    add_resources(server, WorkspaceResources(callers))
    add_resources(server, RunbookResources(callers))
    add_resources(server, CellResources(callers))
    add_prompts(server)
    return server


def _groups(callers: Callers, *, authoring: bool) -> list[Group]:
    of_workspace = [PlatformTools, TenantTools, AgentTools, RunbookTools, WorkflowTools]
    of_cells = [RunTools, TaskTools, DecisionTools, StepTools, CorrectionTools]
    groups: list[Group] = [kind(callers) for kind in (*of_workspace, *of_cells)]
    groups += [kind(callers, local=authoring) for kind in (DocumentTools, ScaffoldTools, DeploymentTools)]
    return [*groups, CheckingTools(callers)] if authoring else groups
