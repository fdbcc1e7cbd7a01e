"""What `--json` may hold where it is more than the body of one call: also what stands in the path, and our own terms.

Loaded by the commands that read JSON, as pydantic is slow to load.
"""
# ruff: noqa: N815 - attribute names are the names on the wire

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from ntro.workspace.models import AgentCreate, EmailIntegrationCreate, EntityCreate, TaskCreate
from ntro.workspace.models.base import JsonObject, Name, Reference, Request

Priority = Literal["LOW", "NORMAL", "HIGH"]
Url = Annotated[str, StringConstraints(pattern=r"^https://[^\s]+$", max_length=500)]
ShortText = Annotated[str, StringConstraints(min_length=1, max_length=200)]

DATABRICKS = "DATABRICKS"
SERVICE_PRINCIPAL = "service-principal"


class EntityInput(EntityCreate):
    """An entity and the tenant it belongs to."""

    tenantId: Reference | None = None


class AgentInput(AgentCreate):
    """An agent; its tenant may come from the connection."""

    tenantId: Reference = ""


class EmailInput(EmailIntegrationCreate):
    """A mailbox; its tenant may come from the connection."""

    tenantId: Reference = ""


class RunInput(TaskCreate):
    """A run; its tenant may come from the connection. The named members of its context may stand beside it."""

    tenantId: Reference = ""
    period: Annotated[str, StringConstraints(min_length=1, max_length=20)] | None = None
    priority: Priority | None = None
    dryRun: bool | None = None

    @property
    def run_context(self) -> dict[str, object]:
        """The context with the named members in it."""
        named = {"period": self.period, "priority": self.priority, "dry_run": self.dryRun or None}
        return self.context | {name: value for name, value in named.items() if value is not None}


class DatabricksInput(Request):
    """A Databricks workspace and the service principal that reads it. `config` adds members of its own."""

    name: Name
    workspaceUrl: Url
    catalog: ShortText
    clientId: ShortText | None = None
    clientSecret: Annotated[str, StringConstraints(min_length=1, max_length=1000)] | None = None
    region: ShortText | None = None
    config: JsonObject = Field(default_factory=dict)

    @property
    def platform_config(self) -> dict[str, object]:
        """The config of the data platform, as the published command line sends it."""
        return self.config | {
            "workspaceUrl": self.workspaceUrl,
            "catalog": self.catalog,
            "authType": SERVICE_PRINCIPAL,
            "clientId": self.clientId,
            "clientSecret": self.clientSecret,
        }
