"""Models of the batch."""

from decimal import Decimal
from typing import Any

from pydantic import BaseModel, Field

from ntro.events import ObservableResult
from ntro.types.accounting import Period


class SpendBatchContext(BaseModel):
    tenant_slug: str
    entity_id: str
    entity_slug: str
    period: Period
    collect_timeout_hours: int = 24
    gl: dict[str, Any] | None = None


class LoadResult(ObservableResult):
    accepted: int = 0
    needs_attention: int = 0
    line_items: list[dict[str, Any]] = Field(default_factory=list)

    class ObserverMeta:
        event_type = "expense.row.persisted"


class PostResult(ObservableResult):
    status: str = "posted"
    posted: int = 0
    total: Decimal = Decimal(0)

    class ObserverMeta:
        event_type = "expense.period.committed"
