"""Results of scenarios, for people and for machines."""

import json as _json
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from ntro.testing.results import RunResult, StepEvent
from ntro.workflow.payloads import json_safe

_SHOWN = {"signal": "signal", "source": "source", "action": "response", "child": "child", "step_id": "step"}


def human(results: Sequence[RunResult]) -> str:
    """A paragraph for each scenario, a line for each event in it, and a last line with the counts."""
    lines = [line for result in results for line in _paragraph(result)]
    failed = sum(result.status == "failed" for result in results)
    return "\n".join([*lines, f"summary: {len(results) - failed} passed, {failed} failed (of {len(results)})"])


def json(results: Sequence[RunResult]) -> str:
    """One document: a list of results without the records."""
    shown = []
    for result in results:
        fields = asdict(result)
        del fields["records"]
        shown.append(json_safe(fields))
    return _json.dumps(shown, indent=2, sort_keys=True, ensure_ascii=False)


def _paragraph(result: RunResult) -> Iterator[str]:
    mark = "✓" if result.status == "completed" else "✗"
    yield f"{mark}  {result.scenario:<12} ({result.duration_s:.2f}s)"
    for event in result.events:
        yield f"    [{event.timestamp_s:5.2f}s] {event.kind:<12} {_said(event, result)}".rstrip()
    if result.error is not None:
        yield f"    {result.error}"


def _said(event: StepEvent, result: RunResult) -> str:
    detail = dict(event.detail)
    if "child" in detail:
        detail["child"] = _short(str(detail["child"]), result)
    told = ", ".join(f"{name}={detail[key]}" for key, name in _SHOWN.items() if detail.get(key) is not None)
    return f"{_short(event.workflow_id, result):<20}  {told}"


def _short(workflow_id: str, result: RunResult) -> str:
    """A run's id as people read it: the initials of its runbook, the start of its task's id, which child it is."""
    task, *below = workflow_id.split(":")
    slug = below[1] if len(below) > 1 else result.slug
    initials = "".join(part[:1] for part in slug.split("-"))
    return ":".join([f"{initials}-{task[:8]}", *below[2:]])
