"""Prompts: the known flows, as a person starts them."""

from collections.abc import Callable

from mcp.server import MCPServer
from mcp.server.mcpserver.prompts import Prompt


def author_runbook(slug: str, purpose: str = "", tenant_slug: str = "") -> str:
    """Write a runbook from a skill definition, test it and deploy it."""
    where = f"tenant {tenant_slug}" if tenant_slug else "the tenant that the person names"
    about = f" Its purpose: {purpose}" if purpose else ""
    return f"""Write the runbook {slug}.{about}

1. Read ntro://skills/{slug} if it is there, else ask the person for a skill definition (a runbook.md: front matter \
with slug, version, steps and config schema, then when to use it, patterns, edge cases). Read ntro://runbooks for \
what there is already; ntro://runbooks/document-ingest shows the style of the code.
2. Read the data platform: ntro://integrations, then ntro://integrations/ID/schemas. For a runbook that is there \
already read what people corrected (ntro_corrections_list: client data, keep it there) and remarked \
(ntro://runbooks/{slug}/feedback): the next version gets each of these right, and its tests say so.
3. ntro_runbook_scaffold makes the folder. Then write templates/workflow.py (order of the steps, no input or output), \
templates/activities.py (all that reads, writes or waits) and templates/models.py. Money is Decimal, never a float.
4. ntro_runbook_validate until it is ok. ntro_runbook_test with scenarios of your own in tests/scenarios.py: approved, \
rejected, a missing document, an amount that does not add up.
5. ntro_runbook_plan for {where}: say in two sentences what would move. Let the person review the code as a change \
request before you deploy it.
6. ntro_runbook_deploy, ntro_workflow_create, ntro_workflow_run with dry_run, ntro_run_watch. At a gate stop: a person \
decides, at the link that you are given. Never ask for their key or for a file of secrets."""


def onboard_spv(tenant_slug: str, spv_name: str, jurisdiction: str = "Jersey", currency: str = "GBP") -> str:
    """Set up an SPV: entity, workflows, first run."""
    return f"""Onboard the SPV "{spv_name}" ({jurisdiction}, {currency}) for tenant {tenant_slug}.

1. Read ntro://tenants/{tenant_slug}. It must be ACTIVE; if it is still being provisioned, read it again in a while.
2. ntro_entity_create with tenant_id {tenant_slug}, type SPV, jurisdiction {jurisdiction}, currency {currency} and \
a slug of lower-case letters, digits and hyphens. If the answer has warnings, ask the person whether it is the same SPV.
3. Read ntro://runbooks and ask which operations it needs, such as document-ingest and nav-monthly.
4. ntro_workflow_create for each, with a schedule if the person wants one (cron of five fields and a timezone).
5. Offer a rehearsal: ntro_workflow_run with dry_run, then poll ntro://tasks/ID or ntro_run_watch.
6. Sum up: ids, schedules, next runs, and what a person has to do next, where."""


def run_nav(tenant_slug: str, entity_slug: str, period: str) -> str:
    """Run the monthly NAV of an entity and follow it to its gates."""
    return f"""Run the NAV of {entity_slug} (tenant {tenant_slug}) for {period}.

1. Read ntro://workflows and find the one of this entity whose runbook is nav-monthly. If there is none, say so.
2. Read ntro://tenants/{tenant_slug} for the entity; make sure that no run of the period is open (ntro://schedule).
3. ntro_workflow_run with tenant_id {tenant_slug}, entity_id {entity_slug}, period {period}.
4. ntro_run_watch, or poll ntro://tasks/ID, until it needs something. submit_file: ask the person for the document and \
hand it in with ntro_document_submit. review: sum up what the gate shows, with its checks, and give the person the \
link; a person signs, not you.
5. At the end report the result, each gate with who decided, and anything that failed with its step."""


def platform_status() -> str:
    """What runs, what waits for people, what failed."""
    return """Report the state of the platform.

1. Read ntro://whoami, ntro://tenants, ntro://workflows and ntro://schedule.
2. Tenants that are not ACTIVE; integrations whose test fails (ntro_integration_test), if the person wants them tried.
3. Runs that wait for a person, oldest first, each with its link; runs that failed, with the step; what runs next.
4. End with the three things that a person should do first. State no figures of clients: they are not in Workspace."""


PROMPTS: tuple[tuple[Callable[..., str], str], ...] = (
    (author_runbook, "Write a runbook"),
    (onboard_spv, "Onboard an SPV"),
    (run_nav, "Run a NAV"),
    (platform_status, "State of the platform"),
)


def add_prompts(server: MCPServer) -> None:
    """Offers all prompts."""
    for function, title in PROMPTS:
        server.add_prompt(Prompt.from_function(function, title=title))
