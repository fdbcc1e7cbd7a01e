"""What the accountant reviews: a row a line, the checks, and how each journal came to be. Pure."""

from typing import Any

from .models import JournalsProposed, NavMonthlyContext

COLUMNS: list[dict[str, Any]] = [
    {"key": "journal", "label": "Journal"},
    {"key": "account_code", "label": "Account", "editable": True},
    {"key": "account_name", "label": "Name"},
    {"key": "description", "label": "Description", "editable": True},
    {"key": "debit", "label": "Debit", "editable": True},
    {"key": "credit", "label": "Credit", "editable": True},
]


def review_payload(context: NavMonthlyContext, proposed: JournalsProposed) -> dict[str, Any]:
    """The rows of the review table; a row's id is `<journal>:<line>`, which corrections name."""
    names = {item.code: item.name for item in context.chart}
    return {
        "summary": f"{len(proposed.journals)} journals, {sum(len(item.lines) for item in proposed.journals)} lines",
        "line_items": [
            {
                "id": f"{number}:{position}",
                "journal": journal.description,
                "account_code": line.account_code,
                "account_name": names.get(line.account_code, ""),
                "description": line.description,
                "debit": str(line.debit) if line.debit else "",
                "credit": str(line.credit) if line.credit else "",
                "source_refs": [ref.model_dump() for ref in line.source_refs],
            }
            for number, journal in enumerate(proposed.journals)
            for position, line in enumerate(journal.lines)
        ],
        "checks": [item.model_dump(mode="json") for item in proposed.checks],
        "explanations": [
            {"journal": journal.description, "explanation": text}
            for journal in proposed.journals
            for text in journal.explanation
        ],
    }


def review_hint(context: NavMonthlyContext) -> dict[str, Any]:
    """How the review is shown."""
    datasets = [
        {"key": "lines", "data_key": "line_items", "label": "Journal lines", "columns": COLUMNS},
        {"key": "explanations", "data_key": "explanations", "label": "How they came to be"},
    ]
    config = {"type": "review_journals", "title": f"Journals of {context.period}", "datasets": datasets}
    return {"component": "DATA_TABLE", "config": config}
