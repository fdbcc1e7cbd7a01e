"""What every row of a subledger has."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from ntro.subledger.status import SubledgerStatus
from ntro.types.accounting import Period


def _now() -> datetime:
    return datetime.now(UTC)


class Row(BaseModel):
    """The standard block of a subledger row. `source_ref` is `event:<uuid>` or `doc:<uuid>`.

    An entry of `validation_errors` is `{"field", "code", "message"}`. The times are the database's once it is stored.
    """

    model_config = ConfigDict(extra="ignore")

    id: UUID = Field(default_factory=uuid4)
    entity_id: UUID
    period: Period
    task_id: UUID
    status: SubledgerStatus = SubledgerStatus.PENDING
    source_ref: str | None = None
    validation_errors: list[dict[str, Any]] | None = None
    raw_payload: dict[str, Any] | None = None
    created_at: AwareDatetime = Field(default_factory=_now)
    updated_at: AwareDatetime = Field(default_factory=_now)


STANDARD_COLUMNS = tuple(Row.model_fields)
DATABASE_TIMES = ("created_at", "updated_at")
