"""Runbooks as the registry knows them, and their deployment."""
# ruff: noqa: N815 - attribute names are the names on the wire

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from ntro.workspace.models.base import Answer, JsonObject, Reference, Request, Text
from ntro.workspace.wire import Version

MAX_FILES = 500
ClassName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,99}$")]
ModuleName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_.]{0,99}$")]


class RunbookDeploy(Request):
    """Body of `POST /runbooks/{slug}/deploy`. `files` maps a path inside the bundle to its text."""

    tenantSlug: Reference
    version: Version
    workflowClass: ClassName
    files: Annotated[dict[str, str], Field(min_length=1, max_length=MAX_FILES)]
    activityModules: Annotated[list[ModuleName], Field(max_length=50)] | None = None
    makeCurrent: bool = True


class RunbookDeployed(Answer):
    """Answer of a deployment; `workflowId` names the deploy operation, not a binding."""

    workflowId: str
    taskQueue: str
    runbook: str
    version: str
    result: dict[str, Any]


class RunbookStep(Answer):
    """A step as the runbook's front matter describes it."""

    id: str
    label: str
    description: str = ""
    expectedDurationDays: int | None = None
    component: str | None = None


class TemplateEntry(Answer):
    """A file of the runbook, without its text."""

    path: str
    description: str = ""
    language: str = "python"


class TemplateFile(TemplateEntry):
    """A file of the runbook with its text."""

    content: str


class RunbookTemplates(Answer):
    """Answer of `GET /runbooks/{slug}/templates`."""

    slug: str
    templates: list[TemplateFile] = Field(default_factory=list)


class RunbookHead(Answer):
    """What the list and the detail of a runbook have in common."""

    id: str
    slug: str
    name: str
    description: str = ""
    classification: str = ""
    tags: list[str] = Field(default_factory=list)
    jurisdictions: list[str] = Field(default_factory=list)
    version: str
    state: str


class RunbookSummary(RunbookHead):
    """A row of `GET /runbooks`."""

    stepCount: int
    templateCount: int


class RunbookDetail(RunbookHead):
    """Answer of `GET /runbooks/{slug}`. `content` is the body of `runbook.md`."""

    author: str = ""
    steps: list[RunbookStep] = Field(default_factory=list)
    configSchema: JsonObject | None = None
    content: str = ""
    templates: list[TemplateEntry] = Field(default_factory=list)


class Skill(Answer):
    """Answer of `GET /skills/{slug}`: the text a coding agent reads before it works on the runbook."""

    slug: str
    name: str
    content: str


class FeedbackCreate(Request):
    """Body of `POST /runbooks/{slug}/feedback`; it speaks of the code, never of figures."""

    feedback: Annotated[Text, StringConstraints(min_length=1)]
    taskId: Reference | None = None


class Feedback(Answer):
    """A stored remark on a runbook."""

    id: str
    runbookSlug: str
    feedback: str
    taskId: str | None = None
    createdAt: str | None = None
