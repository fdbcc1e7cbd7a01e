"""Dates and amounts of e-invoices."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from ntro.capabilities.documents._xml import child, text, xml_decimal
from ntro.capabilities.documents.reading import IssueLog

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


def amount_at(parent: "Element | None", issues: IssueLog, *path: str) -> Decimal | None:
    """The number at `path`; `None` where there is none, with an issue where what stands there is no number."""
    written = text(parent, *path)
    amount = xml_decimal(written)
    if written is not None and amount is None:
        issues.add("unreadable_amount", f"{written[:60]!r} is no amount", "/".join(path))
    return amount


def date_at(parent: "Element | None", issues: IssueLog, *path: str) -> date | None:
    """The date at `path`, written `YYYYMMDD` or `YYYY-MM-DD`; an issue where what stands there is no date."""
    written = (
        text(parent, *path) or text(child(parent, *path), "DateTimeString") or text(child(parent, *path), "DateString")
    )
    if written is None:
        return None
    try:
        return date.fromisoformat(written.partition("T")[0].removesuffix("Z"))
    except ValueError:
        issues.add("unknown_date", f"{written[:60]!r} is no date", "/".join(path))
        return None
