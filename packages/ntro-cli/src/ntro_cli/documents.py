"""What `-o json` writes: one document for each command, with a stable schema.

Only the reference and the tests load this; commands write the client's models, or members as in `own_documents`.
"""

from typing import Any

from pydantic import JsonValue, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from ntro.runbook import ValidationReport
from ntro.workspace import models
from ntro.workspace.cell import CellEvent, CellFile, CellNextStep, CellTask, Gate
from ntro_cli import own_documents as own
from ntro_cli.stack.overview import ProcessView
from ntro_cli.stack.up import StackDoors

SCHEMA = "https://json-schema.org/draft/2020-12/schema"

ERROR = "error"
REHEARSAL = "dry run"

DOCUMENTS: dict[str, Any] = {
    ERROR: own.Error,
    REHEARSAL: own.Rehearsal,
    "agent create": models.AgentCreated,
    "agent create-version": models.AgentVersion,
    "agent delete": own.Removed,
    "agent get": models.Agent,
    "agent info": models.Agent,
    "agent list": list[models.Agent],
    "audit list": list[models.AdministrativeAct],
    "auth list": list[own.StoredConnection],
    "auth login": own.LoggedIn,
    "auth logout": own.LoggedOut,
    "auth set-default": own.DefaultConnection,
    "auth test": own.ConnectionWorks,
    "auth whoami": models.Identity,
    "completion": own.Script,
    "config path": own.ConfigPath,
    "config set": own.ConfigChanged,
    "config show": own.EffectiveConfig,
    "config unset": own.ConfigChanged,
    "demo": own.ClosedMonth,
    "doctor": own.Examined,
    "document read": dict[str, JsonValue],
    "down": own.Stopped,
    "entity ai reset": own.AiSettings,
    "entity ai set": own.AiSettings,
    "entity ai show": own.AiSettings,
    "entity create": models.Entity,
    "entity info": models.Entity,
    "entity list": list[models.Entity],
    "entity update": models.Entity,
    "integration add databricks": models.DataPlatform,
    "integration add email": models.EmailIntegration,
    "integration discover": list[models.PlatformSchema],
    "integration info": models.DataPlatform,
    "integration list": list[models.DataPlatform] | list[dict[str, JsonValue]],
    "integration tenants": list[dict[str, JsonValue]],
    "integration test": models.ConnectionTest,
    "key create": models.KeyCreated,
    "key list": list[models.Key],
    "key revoke": own.Revoked,
    "key rotate": models.KeyCreated,
    "logs": list[own.LogLine],
    "run cancel": models.Task,
    "run history": list[models.Task],
    "run incoming": list[models.Task],
    "run list": list[models.Task],
    "run pending": list[models.Task],
    "run scheduled": list[models.Task],
    "run status": models.Task,
    "run watch": CellTask,
    "runbook get": models.RunbookDetail,
    "runbook list": list[models.RunbookSummary],
    "runbook new": own.NewRunbook,
    "runbook validate": ValidationReport,
    "status": list[ProcessView],
    "task approve": own.Decided | Gate,
    "task files add": list[CellFile],
    "task files get": own.SavedFile,
    "task files list": list[CellFile],
    "task logs": list[CellEvent],
    "task next-step": CellNextStep,
    "task reject": own.Decided | Gate,
    "task show": CellTask,
    "tenant ai reset": own.AiSettings,
    "tenant ai set": own.AiSettings,
    "tenant ai show": own.AiSettings,
    "tenant create": models.Tenant,
    "tenant delete": models.Tenant,
    "tenant info": models.Tenant,
    "tenant list": list[models.Tenant],
    "tenant sign-in": models.SignInLink,
    "tenant update": models.Tenant,
    "up": StackDoors,
    "user console-link": models.SignInLink,
    "user create": models.User,
    "user info": models.User,
    "user list": list[models.User],
    "user sign-in-code": models.SignInCode,
    "user update": models.User,
    "workflow backfill": models.ScheduledRuns,
    "workflow create": own.Deployed,
    "workflow deploy": models.RunbookDeployed,
    "workflow history": list[models.Task],
    "workflow info": models.Workflow,
    "workflow list": list[models.Workflow],
    "workflow pause": models.Workflow,
    "workflow plan": own.Plan,
    "workflow push": models.RunbookDeployed,
    "workflow resume": models.Workflow,
    "workflow run": models.Task,
    "workflow run-now": models.ScheduledRuns,
    "workflow test": list[own.ScenarioResult],
    "workflow update": models.Workflow,
}


class Written(GenerateJsonSchema):
    """Schemas of what is written: a model is written with all its members, whether they have a default or not."""

    def field_is_required(
        self,
        field: core_schema.ModelField | core_schema.DataclassField | core_schema.TypedDictField,
        total: bool,
    ) -> bool:
        """Whether a document always has the member."""
        return field["type"] != "typed-dict-field" or super().field_is_required(field, total)

    def field_title_should_be_set(self, _schema: object) -> bool:
        """No member has a title: its name is one."""
        return False


def schemas() -> dict[str, Any]:
    """One JSON Schema: the document of each command under `commands`, what they share under `$defs`."""
    inputs = [(name, "serialization", TypeAdapter(kind)) for name, kind in sorted(DOCUMENTS.items())]
    by_command, definitions = TypeAdapter.json_schemas(
        inputs,  # type: ignore[arg-type]  # the mode is a literal that a list widens
        by_alias=False,
        schema_generator=Written,
    )
    commands = {name: schema for (name, _), schema in by_command.items()}
    return {"$schema": SCHEMA, "title": "ntro -o json", "commands": commands, "$defs": definitions.get("$defs", {})}
