"""A task as readers see it."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

import asyncpg

from ntro.workspace.models import Task
from ntro_workspace.db.rows import iso, wire_value
from ntro_workspace.schedules.service import next_times

_UPCOMING = UUID("6f2d5b0e-3a53-4d0e-9a51-6c1b4f0f6a10")


def to_task(row: asyncpg.Record) -> Task:
    """The answer of a task's row."""
    values = {name: wire_value(value) for name, value in row.items()}
    return Task.model_validate(
        {
            "id": values["id"],
            "title": _title(values["runbook_slug"], values["period"]),
            "status": values["status"],
            "tenantId": values["tenant_id"],
            "entityId": values["entity_id"],
            "workflowId": values["workflow_id"],
            "workflowSlug": values["runbook_slug"],
            "runbookVersion": values["runbook_version"],
            "period": values["period"],
            "awaiting": values["awaiting"],
            "openGates": values["open_gates"],
            "documents": values["documents"],
            "scheduled": values["scheduled"],
            "priority": values["priority"],
            "steps": values["steps"],
            "context": _context(values),
            "createdAt": values["created_at"],
            "updatedAt": values["updated_at"],
            "links": _links(values),
            "execution": _execution(values),
            "failure": _failure(values),
        }
    )


def upcoming(row: asyncpg.Record) -> list[Task]:
    """The next run of a scheduled binding, as a task that is still to come."""
    times = next_times(row["schedule"], row["timezone"], 1)
    return [_upcoming_task(row, moment) for moment in times]


def _upcoming_task(row: asyncpg.Record, moment: datetime) -> Task:
    return Task(
        id=str(uuid5(_UPCOMING, f"{row['id']}:{iso(moment)}")),
        title=_title(row["runbook_slug"], None),
        status="PENDING",
        tenantId=str(row["tenant_id"]),
        entityId=str(row["entity_id"]),
        workflowId=str(row["id"]),
        workflowSlug=row["runbook_slug"],
        runbookVersion=row["runbook_version"],
        scheduled=True,
        dueDate=iso(moment),
    )


def _title(slug: str, period: str | None) -> str:
    return slug if period is None else f"{slug} {period}"


def _context(values: dict[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in ("period", "priority", "dry_run") if values[name] is not None}


def _links(values: dict[str, Any]) -> dict[str, str] | None:
    ui_url = values["ui_url"]
    return None if ui_url is None else {"workflow_ui": f"{ui_url.rstrip('/')}/tasks/{values['id']}"}


def _execution(values: dict[str, Any]) -> dict[str, Any]:
    slug = values["runbook_slug"]
    return {
        "temporalRunId": values["run_id"],
        "taskQueue": f"runbook:{slug}",
        "workflowType": "".join(part[:1].upper() + part[1:] for part in slug.split("-")) + "Workflow",
        "startedAt": values["started_at"],
        "closedAt": values["closed_at"],
        "historyLength": values["history_length"],
    }


def _failure(values: dict[str, Any]) -> dict[str, str | None] | None:
    if values["failure_type"] is None:
        return None
    step = values["failure_step"]
    where = "" if step is None else f" in the step {step}"
    return {
        "type": values["failure_type"],
        "message": f"{values['failure_type']}{where}; the message is read from the tenant's cell.",
        "activityName": step,
    }
