"""Documents of `-o json` that are the command line's own; the others are models of the client."""
# ruff: noqa: N815 - attribute names are the names in the document

from typing import Any

from pydantic import BaseModel, ConfigDict, JsonValue

from ntro.workspace.models import RunbookDeployed, Workflow


def _only_what_is_needed(schema: dict[str, Any], model: type[BaseModel]) -> None:
    schema["required"] = [name for name, field in model.model_fields.items() if field.is_required()]


class Own(BaseModel):
    """A document of which every member is always written."""

    model_config = ConfigDict(extra="forbid")


class Sparse(BaseModel):
    """A document from which members without a value are left out."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=_only_what_is_needed)


class Told(Sparse):
    """An error: a stable code, one line, and what to do where something can be done."""

    code: str
    message: str
    hint: str = ""


class Error(Own):
    """What is written in place of the document when a command fails."""

    error: Told


class Rehearsal(Own):
    """What `--dry-run` writes: the act and what would be sent."""

    dryRun: bool
    action: str
    body: dict[str, JsonValue]


class Removed(Own):
    """What was removed."""

    deleted: str


class Revoked(Own):
    """The key that was ended."""

    revoked: str


class LoggedIn(Own):
    """The connection that was stored."""

    name: str
    host: str
    default: bool


class LoggedOut(Own):
    """The connection whose key was forgotten, and whether it had one."""

    name: str
    removed: bool


class DefaultConnection(Own):
    """The connection that is used where none is named."""

    default: str


class ConnectionWorks(Own):
    """A connection that was tried, and whose key it is."""

    ok: bool
    host: str
    name: str


class StoredConnection(Own):
    """A connection of the file, without its key."""

    name: str
    host: str
    default_tenant: str | None
    has_key: bool
    active: str


class ConfigPath(Own):
    """Where the config file is."""

    path: str
    exists: bool


class ConfigChanged(Own):
    """A field of a connection and its new value; none where it was removed."""

    connection: str
    field: str
    value: str | None


class ConfigField(Own):
    """A field, what applies, and where it comes from: given, a variable, file or default."""

    field: str
    value: str | None
    source: str


class EffectiveConfig(Own):
    """What applies on this machine."""

    connection: str
    path: str
    fields: list[ConfigField]


class Script(Own):
    """The completion script of a shell."""

    shell: str
    script: str


class SavedFile(Own):
    """A document and where it was saved."""

    id: str
    path: str


class NewRunbook(Own):
    """A runbook that was made."""

    slug: str
    folder: str
    files: list[str]


class Decided(Own):
    """A decision that was taken."""

    ok: bool
    gateId: str
    decision: str
    payloadHash: str | None


class Deployed(Own):
    """A deployment, and the workflow that was bound, if any."""

    deployment: RunbookDeployed
    workflow: Workflow | None


class Plan(Own):
    """What a deployment would move."""

    slug: str
    version: str
    known_version: str | None
    added: list[str]
    changed: list[str]
    removed: list[str]
    following: list[str]
    staying: list[str]
    same_version: bool


class ScenarioEvent(Own):
    """Something that the driver of a scenario did or saw; seconds since the run's start."""

    kind: str
    workflow_id: str
    detail: dict[str, JsonValue]
    timestamp_s: float


class ScenarioResult(Own):
    """How a scenario ended."""

    scenario: str
    workflow_id: str
    status: str
    result: JsonValue
    error: str | None
    events: list[ScenarioEvent]
    duration_s: float
    failed_step: str | None
    slug: str


class AiModels(Sparse):
    """Models by what they are for."""

    extraction: str = ""
    judgement: str = ""
    default: str = ""


class AiSettings(Sparse):
    """Model settings; empty where there are none."""

    provider: str = ""
    models: AiModels = AiModels()


class Stopped(Own):
    """What was stopped."""

    home: str
    stopped: list[str]


class LogLine(Own):
    """A line of a process of the stack."""

    line: str


class Finding(Own):
    """What a check found."""

    check: str
    message: str
    remedy: str | None
    ok: bool


class Examined(Own):
    """What the checks found, and the settings with secrets masked."""

    findings: list[Finding]
    settings: dict[str, JsonValue]


class ClosedMonth(Own):
    """The month that the demo closed; amounts are exact text in `currency`."""

    task: str
    nav: str
    nav_per_share: str
    currency: str
    pack: list[str]
    ui_url: str
    sign_in_url: str
