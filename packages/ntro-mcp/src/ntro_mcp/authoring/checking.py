"""Tools that look at a runbook in a folder of this machine: is it fit to be deployed, does it do what it should."""

import asyncio
from typing import Annotated, Any

from pydantic import Field

from ntro.runbook.issues import ValidationIssue
from ntro_mcp.authoring.bundles import Folder, folder_of
from ntro_mcp.authoring.rehearsal import rehearse
from ntro_mcp.authoring.views import Issue, Rehearsed, Validated
from ntro_mcp.hints import READS
from ntro_mcp.registering import Group, tool

MAX_SCENARIOS = 50
_SECONDS = 20


class CheckingTools(Group):
    """`ntro_runbook_validate` and `ntro_runbook_test`. They need no Workspace."""

    @tool("ntro_runbook_validate", title="Validate a runbook", hints=READS)
    async def validate(self, path: Folder) -> Validated:
        """Says whether the runbook in a folder is fit to be deployed; each finding has a code and a place."""
        from ntro.runbook import validate_runbook  # noqa: PLC0415 - loaded where it is asked for

        report = await asyncio.to_thread(validate_runbook, folder_of(path))
        return Validated(ok=report.ok, errors=_issues(report.errors), warnings=_issues(report.warnings))

    @tool("ntro_runbook_test", title="Rehearse a runbook", hints=READS)
    async def test(
        self,
        path: Folder,
        scenarios: Annotated[
            list[str] | None, Field(max_length=MAX_SCENARIOS, description="Their names; all that there are by default.")
        ] = None,
        children: Annotated[
            list[str] | None, Field(max_length=MAX_SCENARIOS, description="Folders of runbooks that it dispatches.")
        ] = None,
        input: Annotated[  # noqa: A002 - the word of the product
            dict[str, Any] | None, Field(description="Input of the run; else tests/input.json, else an example.")
        ] = None,
        timeout_s: Annotated[int, Field(ge=1, le=40, description="Seconds for each scenario.")] = _SECONDS,
    ) -> Rehearsed:
        """Runs the runbook in memory through its gates, activities mocked, once for each scenario.

        It runs in a process of its own: 45 s for all, 120 s of processor time, none of this process's environment.
        """
        request = {
            "folder": str(folder_of(path)),
            "names": scenarios or [],
            "children": [str(folder_of(child)) for child in children or ()],
            "input": input,
            "workflow_class": None,
            "timeout_s": timeout_s,
        }
        results = await rehearse(request)
        failed = sum(result["status"] == "failed" for result in results)
        return Rehearsed(ok=failed == 0, passed=len(results) - failed, failed=failed, scenarios=results)


def _issues(found: tuple[ValidationIssue, ...]) -> list[Issue]:
    return [Issue(code=issue.code, message=issue.message, path=issue.path) for issue in found]
