"""The nouns of the books: periods, accounts, charts, trial balances, journals."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from ntro.accounting.journals import (
    CorrectionError,
    JournalEntry,
    JournalLine,
    JournalLineCorrection,
    JournalProposal,
    SourceRef,
    TaxCode,
)
from ntro.capabilities.gl.reports import TBLine, TrialBalanceReport

TrialBalance = TrialBalanceReport

__all__ = [
    "Account",
    "ChartOfAccounts",
    "CorrectionError",
    "JournalEntry",
    "JournalLine",
    "JournalLineCorrection",
    "JournalProposal",
    "Period",
    "SourceRef",
    "TBLine",
    "TaxCode",
    "TrialBalance",
    "TrialBalanceReport",
]


class Period(BaseModel):
    """A label such as `2026-03` or `2026-Q1`."""

    model_config = ConfigDict(frozen=True)

    label: str

    def __init__(self, label: str, **rest: Any) -> None:
        super().__init__(label=label, **rest)

    @property
    def is_monthly(self) -> bool:
        """Whether the label names a month."""
        return re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", self.label) is not None

    def __str__(self) -> str:
        return self.label


class Account(BaseModel):
    """An account of the chart. `type` is the word of the ledger it comes from, for example `Asset`."""

    model_config = ConfigDict(frozen=True)

    code: str = Field(min_length=1)
    name: str
    type: str = ""
    is_active: bool = True


class ChartOfAccounts(BaseModel):
    """The accounts that an entity may post to."""

    entity_slug: str = ""
    accounts: list[Account] = Field(default_factory=list)

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, Any]], entity_slug: str = "") -> "ChartOfAccounts":
        """The chart that `rows` with `code`, `name`, `type` and `is_active` describe."""
        return cls(entity_slug=entity_slug, accounts=[Account.model_validate(dict(row)) for row in rows])

    def has(self, code: str) -> bool:
        """Whether the chart has an account of this code."""
        return self.by_code(code) is not None

    def by_code(self, code: str) -> Account | None:
        """The account of this code."""
        return next((account for account in self.accounts if account.code == code), None)
