"""What the accountant reviews: a row a line, the checks, and how each journal came to be. Pure."""

from typing import Any

from ntro.accounting.journal_review import JOURNAL_COLUMNS, journal_explanations, journal_rows

from .configuration import chart_of
from .models import JournalsProposed, NavMonthlyContext


def review_payload(context: NavMonthlyContext, proposed: JournalsProposed) -> dict[str, Any]:
    """The rows of the review table; a row's id is `<journal>:<line>`, which corrections name."""
    return {
        "summary": f"{len(proposed.journals)} journals, {sum(len(item.lines) for item in proposed.journals)} lines",
        "line_items": journal_rows(proposed.journals, chart_of(context)),
        "checks": [item.model_dump(mode="json") for item in proposed.checks],
        "explanations": journal_explanations(proposed.journals),
    }


def review_hint(context: NavMonthlyContext) -> dict[str, Any]:
    """How the review is shown."""
    datasets = [
        {"key": "lines", "data_key": "line_items", "label": "Journal lines", "columns": list(JOURNAL_COLUMNS)},
        {"key": "explanations", "data_key": "explanations", "label": "How they came to be"},
    ]
    config = {"type": "review_journals", "title": f"Journals of {context.period}", "datasets": datasets}
    return {"component": "DATA_TABLE", "config": config}
