"""Rules that the books must pass, each with a stable reference."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ntro.accounting.amounts import total
from ntro.accounting.models import ChartOfAccounts, JournalLine, TrialBalanceReport

__all__ = [
    "ValidationError",
    "ValidationResult",
    "validate_journal_balance",
    "validate_period_match",
    "validate_post_journal_tb_balanced",
    "validate_required_accounts",
]


class ValidationError(Exception):
    """A rule was broken: `rule_ref` names it, `detail` gives the figures."""

    code = "accounting_rule_broken"

    def __init__(self, rule_ref: str, detail: str = "") -> None:
        super().__init__(f"{rule_ref}: {detail}" if detail else rule_ref)
        self.rule_ref = rule_ref
        self.detail = detail


@dataclass(frozen=True, slots=True)
class ValidationResult:
    """The outcome of one rule."""

    passed: bool
    rule_ref: str
    failure_detail: str = ""

    def raise_if_failed(self) -> None:
        """Does nothing where the rule was passed.

        Raises:
            ValidationError: the rule was not passed.
        """
        if not self.passed:
            raise ValidationError(self.rule_ref, self.failure_detail)


def validate_required_accounts(coa: ChartOfAccounts, codes: Iterable[str]) -> ValidationResult:
    """Every one of `codes` is in the chart."""
    missing = sorted({code for code in codes if not coa.has(code)})
    detail = f"The chart has no account {', '.join(missing)}." if missing else ""
    return ValidationResult(not missing, "coa.required_accounts_present", detail)


def validate_journal_balance(lines: Sequence[JournalLine]) -> ValidationResult:
    """There are lines, and their debits equal their credits to the last digit."""
    if not lines:
        return ValidationResult(passed=False, rule_ref="journal.has_lines", failure_detail="The journal has no lines.")
    debits, credits_ = _totals(lines)
    detail = "" if debits == credits_ else f"Debits {debits}, credits {credits_}, difference {debits - credits_}."
    return ValidationResult(not detail, "journal.balanced", detail)


def validate_post_journal_tb_balanced(tb: TrialBalanceReport, lines: Sequence[JournalLine]) -> ValidationResult:
    """Trial balance and journal balance each by itself, so that two errors cannot cancel each other."""
    journal = validate_journal_balance(lines)
    if not journal.passed:
        return ValidationResult(passed=False, rule_ref="tb.closing_balanced", failure_detail=journal.failure_detail)
    detail = "" if tb.is_balanced else f"Opening debits {tb.total_debits}, credits {tb.total_credits}."
    return ValidationResult(not detail, "tb.closing_balanced", detail)


def validate_period_match(tb: TrialBalanceReport, expected: str) -> ValidationResult:
    """The trial balance is of the expected period."""
    detail = "" if tb.period == expected else f"The trial balance is of {tb.period}, expected {expected}."
    return ValidationResult(not detail, "tb.period_match", detail)


def _totals(lines: Sequence[JournalLine]) -> tuple[Decimal, Decimal]:
    return total(line.debit for line in lines), total(line.credit for line in lines)
