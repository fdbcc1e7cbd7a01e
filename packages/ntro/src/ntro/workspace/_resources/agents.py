"""References to agents that are hosted elsewhere."""

from ntro.workspace._portal import blocking
from ntro.workspace._resources.base import Items, JsonMap, Resource, given, many, one
from ntro.workspace._transport import path_of
from ntro.workspace.models import Agent, AgentCreated, AgentVersion


class AgentsResource(Resource):
    """`client.agents`."""

    async def create(
        self,
        tenant: str,
        name: str,
        *,
        kind: str | None = None,
        external_ref: str | None = None,
        path: str | None = None,
        description: str | None = None,
        credentials_ref: str | None = None,
        capability_manifest: JsonMap | None = None,
    ) -> AgentCreated:
        """Registers an agent of a tenant (id or slug): by `kind` and `external_ref`, or by a `path`.

        A path is `anthropic://agents/<id>` or `copilot://agents/<id>`. `apiKey` of the answer is shown this once. The
        manifest says how the agent is used: `environment_id`, `vault_ids`, `version`, `budget_usd` (US dollars, text).
        """
        body = given(
            tenantId=tenant,
            name=name,
            kind=kind,
            externalRef=external_ref,
            path=path,
            description=description,
            credentialsRef=credentials_ref,
            capabilityManifest=capability_manifest,
        )
        return one(AgentCreated, await self._post("/workspace/registry/agents", body))

    async def get(self, agent: str) -> Agent:
        """The agent with its versions."""
        return one(Agent, await self._get(path_of("workspace", "registry", "agents", agent)))

    async def delete(self, agent: str) -> None:
        """Removes the agent; its key dies with it."""
        await self._transport.send("DELETE", path_of("workspace", "registry", "agents", agent))

    async def create_version(
        self, agent: str, *, artifact_url: str | None = None, changelog: str | None = None
    ) -> AgentVersion:
        """Records a new version of the agent."""
        body = given(artifactUrl=artifact_url, changelog=changelog)
        path = path_of("workspace", "registry", "agents", agent, "versions")
        return one(AgentVersion, await self._post(path, body))

    async def list(self, *, tenant_id: str | None = None) -> Items[Agent]:
        """All agents of every kind, or those of a tenant."""
        return many(Agent, await self._get("/workspace/registry/agents", {"tenantId": tenant_id, "kinds": "all"}))

    create_sync = blocking(create)
    get_sync = blocking(get)
    delete_sync = blocking(delete)
    create_version_sync = blocking(create_version)
    list_sync = blocking(list)  # noqa: A003 - the method above is meant, not the builtin
