"""Writes `templates/workflow.py`."""

from collections.abc import Iterator, Sequence

from ntro.runbook._scaffold.names import camel
from ntro.runbook._scaffold.steps import Kind, Step
from ntro.runbook._scaffold.text import call, docstring, imported, literal

_HEAD = '''\
{docstring}

{timedelta}from typing import Any

{ntro}
{local}{constants}

@runbook.defn
class {camel}Workflow(NtroWorkflow):
    """One run for one entity and period."""

    def __init__(self) -> None:
        super().__init__()
        self._documents: list[Submission] = []
        self._results: list[StepResult] = []
        self._corrections: list[dict[str, Any]] = []
'''
_AWAITED = "        self._awaited: list[Submission] = []\n"
_SIGNAL = '''
    @runbook.signal
    def document_submitted(self, payload: dict[str, Any]) -> None:
        """A document was stored for this run; the same one counts once."""
        submission = Submission.model_validate(payload)
        if all(known.document_ref != submission.document_ref for known in self._documents):
            self._documents.append(submission)
'''
_RUN = """
    @runbook.run
{signature}{lines}{outcome}"""
_CALL = "        await self.{name}(context)\n"
_CALL_REVIEW = """\
        answer = await self.{name}(context)
        if answer.action == "rejected":
            return self._said_no(context, {step}, answer)
"""
_STEP = """
{mark}{signature}        {docstring}
"""
_KEEP = """\
        self._results.append(result)
        return result
"""
_AWAIT = '''
{signature}        """A document for each source, in the order in which they come."""
        first, wanted = len(self._awaited), len(sources)
        run_id = runbook.info().workflow_id
        slots = [
            {{"source": source, "signal_task_id": run_id, "signal_name": "document_submitted"}} for source in sources
        ]
        is_one = wanted == 1
        await self.await_signal_with_action(
            predicate=lambda: len(self._documents) >= first + wanted,
            action={{
                "kind": "submit_file" if is_one else "submit_files",
                "reason": f"{{title}} for {{context.period}}",
                **({{"args": slots[0]}} if is_one else {{}}),
            }},
            display_hint={{
                "component": "FILE_UPLOAD" if is_one else "MULTI_FILE_UPLOAD",
                "config": {{
                    "title": title,
                    "expected": [{{"source": slot["source"], "status": "pending", "args": slot}} for slot in slots],
                }},
            }},
            timeout=DOCUMENT_TIMEOUT,
        )
        found = self._documents[first : first + wanted]
        self._awaited += found
        return found
'''
_GIVEN = '''
    def _given(self, context: {camel}Context) -> StepInput:
        """Everything so far, for the next step."""
        return StepInput(
            context=context,
            documents=self._documents,
            results=self._results,
            corrections=self._corrections,
        )
'''
_DECIDE = '''
{signature}        """A person's yes or no. Corrections are kept and shown again before they count."""
        while True:
            answer = await self.wait_for_action(
                payload={{
                    "line_items": [{{"id": result.step, **result.model_dump(mode="json")}} for result in self._results],
                    "corrections": self._corrections,
                }},
                display_hint={{"component": component, "config": {{"title": title}}}},
                reason=f"{{title}} for {{context.period}}",
                four_eyes=four_eyes,
            )
            if answer.action == "rejected" or (answer.action == "approved" and not answer.corrections):
                return answer
            self._corrections += answer.corrections

    def _said_no(self, context: {camel}Context, step: str, answer: UserAction) -> {camel}Outcome:
        """The outcome of a run to which a person said no."""
        return {camel}Outcome(
            status="rejected", period=context.period, results=self._results, rejected_at=step, reason=answer.reason
        )
'''


def workflow_py(slug: str, name: str, steps: Sequence[Step]) -> str:
    """The module."""
    kinds = {step.kind for step in steps}
    prefix = camel(slug)
    context = f"context: {prefix}Context"
    outcome = ['status="completed"', "period=context.period", "results=self._results"]
    return "".join(
        [
            _head(slug, name, steps),
            *((_AWAITED, _SIGNAL) if "documents" in kinds else ()),
            _RUN.format(
                signature=call("async def run", ["self", context], 4, end=f" -> {prefix}Outcome:"),
                lines="".join(_call(step) for step in steps),
                outcome=call(f"return {prefix}Outcome", outcome, 8),
            ),
            *(_step(step, context) for step in steps),
            *_helpers(prefix, context, kinds),
        ]
    )


def _helpers(prefix: str, context: str, kinds: set[Kind]) -> Iterator[str]:
    if "documents" in kinds:
        takes = ["self", context, "sources: list[str]", "*", "title: str"]
        yield _AWAIT.format(signature=call("async def _await_documents", takes, 4, end=" -> list[Submission]:"))
    if "work" in kinds:
        yield _GIVEN.format(camel=prefix)
    if "review" in kinds:
        takes = ["self", context, "component: str", "*", "title: str", "four_eyes: bool = False"]
        yield _DECIDE.format(signature=call("async def _decision_on", takes, 4, end=" -> UserAction:"), camel=prefix)


def _head(slug: str, name: str, steps: Sequence[Step]) -> str:
    kinds = {step.kind for step in steps}
    models = [f"{camel(slug)}Context", f"{camel(slug)}Outcome", "StepResult", "Submission"]
    models += ["StepInput"] if "work" in kinds else []
    activities = [step.activity for step in steps if step.kind == "work"]
    local = (imported(".activities", activities) if activities else "") + imported(".models", models)
    ntro = ["NtroWorkflow", "runbook", *(["UserAction"] if "review" in kinds else [])]
    uses_default = any(step.kind == "work" and step.minutes is None for step in steps)
    constants = ["STEP_TIMEOUT = timedelta(minutes=5)\n"] if uses_default else []
    constants += ["DOCUMENT_TIMEOUT = timedelta(days=31)\n"] if "documents" in kinds else []
    needs_timedelta = constants or any(step.minutes is not None for step in steps if step.kind == "work")
    return _HEAD.format(
        timedelta="from datetime import timedelta\n" if needs_timedelta else "",
        docstring=docstring(f"{name}: the order of its steps.", indent=0),
        ntro=imported("ntro.workflow", ntro),
        local=local,
        constants="\n" + "".join(constants) if constants else "",
        camel=camel(slug),
    )


def _call(step: Step) -> str:
    return (_CALL_REVIEW if step.kind == "review" else _CALL).format(name=step.name, step=literal(step.id))


def _step(step: Step, context: str) -> str:
    results = {"documents": "list[Submission]", "review": "UserAction", "work": "StepResult"}
    said = [f"name={literal(step.id)}", f"title={literal(step.title)}", f"icon={literal(step.icon)}"]
    head = _STEP.format(
        mark=call("@runbook.step", said, 4),
        signature=call(f"async def {step.name}", ["self", context], 4, end=f" -> {results[step.kind]}:"),
        docstring=docstring(step.description, indent=8),
    )
    return head + _body(step)


def _body(step: Step) -> str:
    title = f"title={literal(step.title)}"
    if step.kind == "documents":
        sources = f"[{', '.join(literal(source) for source in step.sources)}]"
        return call("return await self._await_documents", ["context", sources, title], 8)
    if step.kind == "review":
        four_eyes = ["four_eyes=True"] if step.four_eyes else []
        return call("return await self._decision_on", ["context", literal(step.component), title, *four_eyes], 8)
    timeout = "STEP_TIMEOUT" if step.minutes is None else f"timedelta(minutes={step.minutes})"
    arguments = [step.activity, "self._given(context)", f"start_to_close_timeout={timeout}"]
    return call("result: StepResult = await runbook.execute_activity", arguments, 8) + _KEEP
