"""Results of scenarios, for people and for machines."""

import json as _json
from collections.abc import Sequence
from dataclasses import asdict

from ntro.testing.results import RunResult
from ntro.workflow.payloads import json_safe


def human(results: Sequence[RunResult]) -> str:
    """One paragraph a scenario, and a last line with the counts."""
    lines: list[str] = []
    for result in results:
        mark = "ok" if result.status == "completed" else "FAILED"
        lines.append(f"{mark:6} {result.scenario} ({result.duration_s:.2f} s)")
        lines += [f"       {event.timestamp_s:6.2f} s  {event.kind}  {_place(event.detail)}" for event in result.events]
        if result.error is not None:
            lines.append(f"       {result.error}")
    failed = sum(result.status == "failed" for result in results)
    lines.append(f"{len(results) - failed} passed, {failed} failed")
    return "\n".join(lines)


def json(results: Sequence[RunResult]) -> str:
    """One document: a list of results without the records."""
    shown = []
    for result in results:
        fields = asdict(result)
        del fields["records"]
        shown.append(json_safe(fields))
    return _json.dumps(shown, indent=2, sort_keys=True, ensure_ascii=False)


def _place(detail: dict[str, object]) -> str:
    return " ".join(str(detail[key]) for key in ("step_id", "source", "action") if detail.get(key) is not None)
