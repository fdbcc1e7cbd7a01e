"""Read models as resources: what Workspace knows, and what a coding agent reads before it writes a runbook."""

from ntro_mcp.registering import Group, as_json, resource

MARKDOWN = "text/markdown"
JSON_LINES = "application/x-ndjson"
MAX_CORRECTIONS = 1000


class WorkspaceResources(Group):
    """Metadata of Workspace. None of them carries financial data."""

    @resource("ntro://whoami", title="Who am I")
    async def whoami(self) -> str:
        """Whose key is used."""
        return as_json(await (await self.caller()).client.identity.whoami())

    @resource("ntro://integrations", title="Integrations")
    async def integrations(self) -> str:
        """Data platforms and mailboxes, without their secrets."""
        return as_json(await (await self.caller()).client.integrations.list())

    @resource("ntro://integrations/{id}", title="A data platform")
    async def integration(self, id: str) -> str:  # noqa: A002 - the name in the published address
        """A data platform, without its secrets."""
        return as_json(await (await self.caller()).client.integrations.get_data_platform(id))

    @resource("ntro://integrations/{id}/schemas", title="Schemas of a data platform")
    async def schemas(self, id: str) -> str:  # noqa: A002 - the name in the published address
        """The schemas and tables of a data platform."""
        return as_json(await (await self.caller()).client.integrations.discover_schemas(id))

    @resource("ntro://tenants", title="Tenants")
    async def tenants(self) -> str:
        """The tenants that the key may see."""
        return as_json(await (await self.caller()).client.tenants.list())

    @resource("ntro://tenants/{slug}", title="A tenant with its entities")
    async def tenant(self, slug: str) -> str:
        """A tenant (slug or id), where its cell is, and its entities."""
        client = (await self.caller()).client
        tenant = await client.tenants.get(slug)
        entities = await client.entities.list(tenant.id)
        return as_json(tenant.model_dump(mode="json") | {"entities": [row.model_dump(mode="json") for row in entities]})

    @resource("ntro://entities", title="Entities")
    async def entities(self) -> str:
        """The entities of all tenants that the key may see."""
        return as_json(await (await self.caller()).client.entities.list())

    @resource("ntro://workflows", title="Workflows")
    async def workflows(self) -> str:
        """The runbooks that are bound to entities, with their schedules and next runs."""
        return as_json(await (await self.caller()).client.workflows.list())

    @resource("ntro://workflows/{id}", title="A workflow")
    async def workflow(self, id: str) -> str:  # noqa: A002 - the name in the published address
        """A workflow, by its id or its name."""
        return as_json(await (await self.caller()).client.workflows.get(id))

    @resource("ntro://tasks/{id}", title="A task")
    async def task(self, id: str) -> str:  # noqa: A002 - the name in the published address
        """A task as Workspace knows it: states, counts and times. Figures are read from its cell: ntro_task_get."""
        return as_json(await (await self.caller()).client.tasks.get(id))

    @resource("ntro://schedule", title="Schedule")
    async def schedule(self) -> str:
        """Scheduled and active runs."""
        return as_json(await (await self.caller()).client.tasks.schedule())


class RunbookResources(Group):
    """Runbooks and the skill definitions that they are written from."""

    @resource("ntro://runbooks", title="Runbooks")
    async def runbooks(self) -> str:
        """The runbooks that are deployed or come with the product."""
        return as_json(await (await self.caller()).client.runbooks.list())

    @resource("ntro://runbooks/{slug}", title="A runbook with its code")
    async def runbook(self, slug: str) -> str:
        """A runbook: steps, config schema, description, and the text of its files."""
        runbooks = (await self.caller()).client.runbooks
        detail = await runbooks.get(slug)
        files = (await runbooks.templates(slug)).templates
        return as_json(detail.model_dump(mode="json") | {"files": [file.model_dump(mode="json") for file in files]})

    @resource("ntro://skills/{slug}", title="A skill definition", mime_type=MARKDOWN)
    async def skill(self, slug: str) -> str:
        """The whole `runbook.md`: what to read before writing or changing the runbook."""
        return (await (await self.caller()).client.runbooks.skill(slug)).content

    @resource("ntro://runbooks/{slug}/feedback", title="Remarks on a runbook")
    async def feedback(self, slug: str) -> str:
        """What engineers remarked on a runbook's code, the newest first."""
        return as_json(await (await self.caller()).client.runbooks.list_feedback(slug))


class CellResources(Group):
    """What is read from a tenant's own cell: client data, which Workspace never holds."""

    @resource("ntro://tenants/{slug}/corrections", title="What people corrected", mime_type=JSON_LINES)
    async def corrections(self, slug: str) -> str:
        """The first thousand corrections as JSON lines, the oldest first; ntro_corrections_list reads on."""
        cell = (await self.caller()).client.cell(slug)
        found = await cell.corrections.list(limit=MAX_CORRECTIONS)
        return "".join(f"{item.model_dump_json()}\n" for item in found.items)
