"""What is signed: the NAV, how each journal moved it, the closing books, every check, the documents. Pure."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from ntro.accounting.amounts import difference, total
from ntro.accounting.checks import CheckItem
from ntro.accounting.classification import AccountClass
from ntro.accounting.journals import JournalProposal
from ntro.accounting.models import TrialBalanceReport
from ntro.accounting.nav import NavCalculation

from .models import DocumentSeen, JournalsProposed, NavMonthlyContext, PreviousClose, StartingTBVerified

BALANCE_SHEET = (AccountClass.ASSET, AccountClass.LIABILITY)
Classes = Mapping[str, AccountClass]


def sign_off_payload(
    context: NavMonthlyContext,
    opening: TrialBalanceReport,
    reviewed: JournalsProposed,
    nav: NavCalculation,
    *,
    previous: PreviousClose | None,
    checks: Sequence[CheckItem],
    documents: Sequence[DocumentSeen],
) -> dict[str, Any]:
    """What the second person sees and signs."""
    classes = {line.account_code: line.account_class for line in nav.lines}
    return {
        "summary": summary(context, nav, checks),
        "entity": context.entity_name or context.entity_slug,
        "period": context.period,
        "currency": nav.currency,
        "nav": str(nav.nav),
        "nav_per_share": str(nav.nav_per_share),
        "shares": str(nav.shares),
        "total_assets": str(nav.total_assets),
        "total_liabilities": str(nav.total_liabilities),
        **comparison(nav, previous),
        "journals_approved_by": reviewed.approved_by or "",
        "failed_checks": len(failed(checks)),
        "nav_movements": nav_movements(reviewed.journals, nav, classes),
        "closing_trial_balance": closing_rows(opening, reviewed.closing, classes),
        "checks": [item.model_dump(mode="json") for item in checks],
        "documents": [item.model_dump(mode="json") for item in documents],
    }


def sign_off_hint(context: NavMonthlyContext) -> dict[str, Any]:
    """How the sign-off is shown."""
    labels = {
        "nav_movements": "From the opening to the closing NAV",
        "closing_trial_balance": "Closing trial balance",
        "documents": "Documents",
    }
    datasets = [{"key": key, "data_key": key, "label": label} for key, label in labels.items()]
    config = {"type": "nav_sign_off", "title": f"NAV {context.period}", "datasets": datasets}
    return {"component": "APPROVAL_FORM", "config": config}


def all_checks(starting: StartingTBVerified, reviewed: JournalsProposed) -> list[CheckItem]:
    """The checks on the opening trial balance, then those on the month; each once."""
    later = {item.id for item in reviewed.checks}
    return [*(item for item in starting.checks if item.id not in later), *reviewed.checks]


def failed(checks: Sequence[CheckItem]) -> list[CheckItem]:
    """The checks that failed."""
    return [item for item in checks if item.status == "fail"]


def summary(context: NavMonthlyContext, nav: NavCalculation, checks: Sequence[CheckItem]) -> str:
    """One line that no signer can miss: the NAV, and each check that failed."""
    said = f"NAV of {context.period}: {nav.currency} {nav.nav:,}, {nav.nav_per_share:,} per share."
    if context.dry_run:
        said = f"{said} This is a rehearsal: nothing is posted."
    wrong = failed(checks)
    if not wrong:
        return said
    count = "1 CHECK FAILED" if len(wrong) == 1 else f"{len(wrong)} CHECKS FAILED"
    return f"{said} {count}: " + " ".join(f"{item.title}: {item.detail}" for item in wrong)


def comparison(nav: NavCalculation, previous: PreviousClose | None) -> dict[str, str]:
    """The last signed NAV, and how far this one is from it."""
    if previous is None:
        return {"previous_period": "none was closed here"}
    return {
        "previous_period": previous.period,
        "previous_nav": str(previous.nav),
        "change_in_nav": str(difference(nav.nav, previous.nav)),
        "previous_nav_per_share": str(previous.nav_per_share),
        "change_in_nav_per_share": str(difference(nav.nav_per_share, previous.nav_per_share)),
    }


def nav_movements(journals: Sequence[JournalProposal], nav: NavCalculation, classes: Classes) -> list[dict[str, str]]:
    """A row for the opening NAV, one for what each journal added to it, one for the closing NAV."""
    effects = [effect(journal, classes) for journal in journals]
    rows = [
        {"movement": journal.description, "posted": str(journal.total_dr), "nav": str(amount)}
        for journal, amount in zip(journals, effects, strict=True)
    ]
    opening = {"movement": "Opening NAV", "posted": "", "nav": str(difference(nav.nav, total(effects)))}
    return [opening, *rows, {"movement": "Closing NAV", "posted": "", "nav": str(nav.nav)}]


def effect(journal: JournalProposal, classes: Classes) -> Decimal:
    """What a journal adds to the NAV: its debits less credits on assets and liabilities."""
    own = [line for line in journal.lines if classes.get(line.account_code) in BALANCE_SHEET]
    return total(difference(line.debit, line.credit) for line in own)


def closing_rows(opening: TrialBalanceReport, closing: TrialBalanceReport, classes: Classes) -> list[dict[str, str]]:
    """The closing trial balance, each account with where it opened and how it moved."""
    return [
        {
            "account_code": line.account_code,
            "account_name": line.account_name,
            "class": str(classes.get(line.account_code, "")),
            "opening": str(opening.balance_of(line.account_code)),
            "movement": str(difference(line.balance, opening.balance_of(line.account_code))),
            "debit": str(line.debit) if line.debit else "",
            "credit": str(line.credit) if line.credit else "",
        }
        for line in closing.lines
    ]
