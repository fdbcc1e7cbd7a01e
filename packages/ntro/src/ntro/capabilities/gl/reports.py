"""Reports of a general ledger."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from ntro.accounting.amounts import ZERO, difference, exact_amount, total
from ntro.money import ExactAmount

TrialBalanceKind = Literal["opening", "closing", "snapshot"]
_DEBIT_WORDS = {"d", "dr", "debit"}
_CREDIT_WORDS = {"c", "cr", "credit"}


class TBLine(BaseModel):
    """One account of a trial balance."""

    model_config = ConfigDict(frozen=True)

    account_code: str = Field(min_length=1)
    account_name: str = ""
    debit: ExactAmount = ZERO
    credit: ExactAmount = ZERO

    @property
    def balance(self) -> Decimal:
        """Debit less credit: above zero is a debit balance."""
        return difference(self.debit, self.credit)


class TrialBalanceReport(BaseModel):
    """The balances of all accounts at one moment of a period, in one currency."""

    entity_slug: str = ""
    period: str
    kind: TrialBalanceKind = "opening"
    lines: list[TBLine] = Field(default_factory=list)
    currency: str = "GBP"

    @property
    def total_debits(self) -> Decimal:
        return total(line.debit for line in self.lines)

    @property
    def total_credits(self) -> Decimal:
        return total(line.credit for line in self.lines)

    @property
    def is_balanced(self) -> bool:
        """Whether debits equal credits to the last digit; a trial balance without lines does not balance."""
        return bool(self.lines) and self.total_debits == self.total_credits

    def by_account(self, code: str) -> TBLine | None:
        """The first line of the account."""
        return next((line for line in self.lines if line.account_code == code), None)

    def balance_of(self, code: str) -> Decimal:
        """Debit less credit of the account over all its lines; zero where it has none."""
        return total(line.balance for line in self.lines if line.account_code == code)

    def assert_balanced(self) -> None:
        """Does nothing where debits equal credits.

        Raises:
            ValueError: there are no lines, or debits differ from credits.
        """
        if not self.lines:
            raise ValueError(f"The trial balance of {self.period} has no lines.")
        if not self.is_balanced:
            raise ValueError(
                f"The trial balance of {self.period} does not balance: debits {self.total_debits},"
                f" credits {self.total_credits}, difference {self.total_debits - self.total_credits}."
            )

    def assert_period_match(self, period: str) -> None:
        """Does nothing where the trial balance is of `period`.

        Raises:
            ValueError: the trial balance is of another period.
        """
        if self.period != period:
            raise ValueError(f"The trial balance is of {self.period}, expected {period}.")

    @classmethod
    def from_extraction(cls, result: Any, period: str, entity_slug: str = "") -> "TrialBalanceReport":
        """The trial balance in an extraction's rows (`line_items`, `rows` or `lines`).

        Raises:
            ValueError: there are no rows, or a row has no account code or an unreadable amount.
        """
        payload = result if isinstance(result, Mapping) else result.model_dump()
        return cls.from_extracted_payload(payload, period, entity_slug)

    @classmethod
    def from_extracted_payload(
        cls, payload: Mapping[str, Any], period: str, entity_slug: str = "", kind: TrialBalanceKind = "opening"
    ) -> "TrialBalanceReport":
        """The trial balance in a committed payload; see `from_extraction`."""
        rows = next((payload[name] for name in ("rows", "line_items", "lines") if payload.get(name)), None)
        if not rows:
            raise ValueError(f"The trial balance of {period} has no rows.")
        fields = payload.get("fields") or {}
        currency = payload.get("currency") or fields.get("currency")
        report = cls(
            entity_slug=entity_slug,
            period=period,
            kind=kind,
            lines=[_line(number, row) for number, row in enumerate(rows, start=1)],
        )
        return report.model_copy(update={"currency": currency}) if currency else report


def _line(number: int, row: Mapping[str, Any]) -> TBLine:
    code = str(row.get("account_code") or row.get("code") or "").strip()
    if not code:
        raise ValueError(f"Row {number} of the trial balance has no account code.")
    debit, credit = _sides(f"row {number}, account {code}", row)
    name = str(row.get("account_name") or row.get("name") or "")
    return TBLine(account_code=code, account_name=name, debit=debit, credit=credit)


def _sides(where: str, row: Mapping[str, Any]) -> tuple[Decimal, Decimal]:
    if _blank(row.get("amount")):
        if "debit" not in row and "credit" not in row:
            raise ValueError(f"There is no amount in {where} of the trial balance.")
        debit, credit = row.get("debit"), row.get("credit")
        return _side(debit, f"the debit of {where}"), _side(credit, f"the credit of {where}")
    amount = exact_amount(row["amount"], f"the amount of {where}")
    side = str(row.get("side") or row.get("dr_cr") or "").strip().casefold()
    if side in _DEBIT_WORDS:
        return amount, ZERO
    if side in _CREDIT_WORDS:
        return ZERO, amount
    raise ValueError(f"The side of {where} is {side!r}; expected Dr or Cr.")


def _blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and value.strip() in {"", "-", "\u2013"})


def _side(value: Any, what: str) -> Decimal:
    return ZERO if _blank(value) else exact_amount(value, what)
