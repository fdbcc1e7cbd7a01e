"""The life cycle of a subledger row."""

from collections.abc import Mapping
from enum import StrEnum


class SubledgerStatus(StrEnum):
    """Where a row stands. A row that failed its type's rules enters as `NEEDS_ATTENTION`, any other as `PENDING`."""

    NEEDS_ATTENTION = "NEEDS_ATTENTION"
    PENDING = "PENDING"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    EXCLUDED = "EXCLUDED"
    POSTED = "POSTED"


TRANSITIONS: Mapping[SubledgerStatus, frozenset[SubledgerStatus]] = {
    SubledgerStatus.NEEDS_ATTENTION: frozenset({SubledgerStatus.PENDING, SubledgerStatus.REJECTED}),
    SubledgerStatus.PENDING: frozenset({SubledgerStatus.APPROVED, SubledgerStatus.REJECTED, SubledgerStatus.EXCLUDED}),
    SubledgerStatus.APPROVED: frozenset({SubledgerStatus.POSTED, SubledgerStatus.REJECTED}),
    SubledgerStatus.REJECTED: frozenset(),
    SubledgerStatus.EXCLUDED: frozenset(),
    SubledgerStatus.POSTED: frozenset(),
}


LOOSE = frozenset({SubledgerStatus.NEEDS_ATTENTION, SubledgerStatus.REJECTED, SubledgerStatus.EXCLUDED})
"""Where a row need not keep the rules of its type: it waits to be completed, or was left out as it was."""


class IllegalTransitionError(ValueError):
    """A row cannot go from its status to the wanted one."""

    code = "illegal_transition"


def transition(from_status: SubledgerStatus, to_status: SubledgerStatus) -> SubledgerStatus:
    """`to_status`, where a row may go there from `from_status`.

    Raises:
        IllegalTransitionError: it may not; staying where it is counts as that.
    """
    if to_status not in TRANSITIONS[from_status]:
        possible = ", ".join(sorted(TRANSITIONS[from_status])) or "nowhere"
        raise IllegalTransitionError(f"A row in {from_status} cannot go to {to_status}; it can go to: {possible}.")
    return to_status


def sources_of(to_status: SubledgerStatus) -> list[SubledgerStatus]:
    """The statuses from which a row may go to `to_status`."""
    return [source for source, targets in TRANSITIONS.items() if to_status in targets]
