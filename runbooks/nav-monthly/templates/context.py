"""What a close is given. What does not fit together is refused before anybody is asked for a document.

Workflow code takes these names from `models`, which is loaded once for all runs.
"""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ntro.accounting.property_spv import PropertySpvConfig
from ntro.accounting.standing import StandingJournal
from ntro.money import ExactAmount
from ntro.types import Period

from .configuration import problems


class ChartEntry(BaseModel):
    """An account that may be posted to, with its type: asset, liability, equity, income or expense."""

    code: str = Field(min_length=1)
    name: str
    type: str


class ExpectedDocument(BaseModel):
    """A document the close waits for. What an entity does not have, such as a loan, is not listed."""

    source: str = Field(pattern=r"^[a-z0-9-]{1,64}$")
    schema_slug: str
    title: str
    instructions: str | None = None
    accept: list[str] = []
    review: Literal["always", "when_issues"] = "always"


class NavMonthlyContext(BaseModel):
    """The entity, the month, and the entity's configuration. `dry_run` rehearses: nothing is posted.

    `audit_agent_id` names the agent that drafts the auditor handover; without it there is none.
    """

    model_config = ConfigDict(extra="ignore")

    tenant_slug: str
    entity_id: str
    entity_slug: str
    entity_name: str = ""
    task_id: str
    period: Period
    dry_run: bool = False
    shares: ExactAmount = Field(gt=0)
    nav_per_share_places: int = Field(default=4, ge=0, le=8)
    books: PropertySpvConfig
    chart: list[ChartEntry] = Field(min_length=1)
    account_classes: dict[str, str] = {}
    standing_journals: list[StandingJournal] = []
    documents: list[ExpectedDocument] = Field(min_length=1)
    audit_agent_id: str | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if found := problems(self):
            raise ValueError("the entity's configuration does not fit together: " + "; ".join(found))
        return self
