"""The runbooks as this checkout has them, and a replayer for their histories."""

from pathlib import Path

from temporalio.worker import Replayer

from ntro.runbook.bundle import LoadedBundle, load_bundle
from ntro.workflow.converter import run_data_converter
from ntro.workflow.hosting import FAILS_THE_RUN, RunbookInterceptor, sandbox
from ntro.workflow.registry import kebab

CHECKOUT = Path(__file__).parents[2]
FLOWS = Path(__file__).parent / "flows"
HISTORIES = Path(__file__).parent / "histories"


def load(slug: str, folder: Path | None = None) -> LoadedBundle:
    """A runbook, from `folder` or from this checkout."""
    return load_bundle(folder or CHECKOUT / "runbooks" / slug, slug=slug)


def flow(name: str) -> LoadedBundle:
    """A class of the flows, `TwoGates` of `TwoGatesWorkflow`; each with its slug."""
    return load_bundle(FLOWS, slug=kebab(name), workflow_class=f"{name}Workflow")


def replayer(bundle: LoadedBundle) -> Replayer:
    """Replays runs that were recorded, as the cell's workers run them."""
    return Replayer(
        workflows=[bundle.workflow_class],
        data_converter=run_data_converter,
        interceptors=[RunbookInterceptor(recorded=True)],
        workflow_runner=sandbox([bundle]),
        workflow_failure_exception_types=FAILS_THE_RUN,
    )
