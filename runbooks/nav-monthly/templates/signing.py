"""What is signed: the NAV, what it is made of, and every check. Pure."""

from typing import Any

from ntro.accounting.nav import NavCalculation

from .models import JournalsProposed, NavMonthlyContext


def sign_off_payload(context: NavMonthlyContext, reviewed: JournalsProposed, nav: NavCalculation) -> dict[str, Any]:
    """What the second person sees and signs."""
    classes = {line.account_code: line.account_class for line in nav.lines}
    return {
        "entity": context.entity_name or context.entity_slug,
        "period": context.period,
        "currency": nav.currency,
        "nav": str(nav.nav),
        "nav_per_share": str(nav.nav_per_share),
        "shares": str(nav.shares),
        "total_assets": str(nav.total_assets),
        "total_liabilities": str(nav.total_liabilities),
        "closing_trial_balance": [
            {
                "account_code": line.account_code,
                "account_name": line.account_name,
                "class": classes.get(line.account_code, ""),
                "debit": str(line.debit) if line.debit else "",
                "credit": str(line.credit) if line.credit else "",
            }
            for line in reviewed.closing.lines
        ],
        "checks": [item.model_dump(mode="json") for item in reviewed.checks],
    }
