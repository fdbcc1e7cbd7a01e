"""What the accountant sees. Pure."""

from typing import Any

from ntro.accounting.journal_review import JOURNAL_COLUMNS, journal_explanations, journal_rows

from .models import JournalsProposed, NavMonthlyJournalsContext


def review_payload(proposed: JournalsProposed) -> dict[str, Any]:
    """A row a line, every check, and how each journal came to be."""
    journals = proposed.month.journals
    checks = [*proposed.checks, *proposed.month.checks]
    return {
        "summary": f"{len(journals)} journals, {sum(len(item.lines) for item in journals)} lines",
        "line_items": journal_rows(journals, proposed.basis.chart),
        "checks": [item.model_dump(mode="json") for item in checks],
        "explanations": journal_explanations(journals),
    }


def review_hint(context: NavMonthlyJournalsContext) -> dict[str, Any]:
    """How the review is shown."""
    columns = [dict(column) for column in JOURNAL_COLUMNS]
    return {
        "component": "DATA_TABLE",
        "config": {
            "type": "review_journals",
            "title": f"Journals of {context.period}",
            "columns": columns,
            "datasets": [
                {"key": "lines", "data_key": "line_items", "label": "Journal lines", "columns": columns},
                {"key": "explanations", "data_key": "explanations", "label": "How they came to be"},
            ],
        },
    }
