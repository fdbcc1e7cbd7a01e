"""Which of several open gates is answered next. Pure."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from ntro_tenant.core.views import SUBMIT_KINDS


class Waiting(Protocol):
    """What must be known of an open gate to choose."""

    @property
    def run_id(self) -> str: ...

    @property
    def kind(self) -> str: ...


WaitingT = TypeVar("WaitingT", bound=Waiting)


def next_gate(gates: Sequence[WaitingT], run_id: str) -> WaitingT | None:
    """The gate that whoever asks for `run_id` is to answer; `gates` are in the order in which they opened.

    A run's own gate comes before those of the runs below it. A gate for several files steps aside while none of the
    runs that it started waits for a file any more: what they wait for is then the only way on.
    """
    own = [gate for gate in gates if gate.run_id == run_id]
    below = [gate for gate in gates if gate.run_id != run_id]
    wants_file = not below or any(gate.kind in SUBMIT_KINDS for gate in below)
    first = [gate for gate in own if gate.kind != "submit_files" or wants_file]
    return next(iter([*first, *below, *own]), None)
