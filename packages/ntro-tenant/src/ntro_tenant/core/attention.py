"""Which gates a person knows of, for decisions that name none."""

from collections import OrderedDict
from collections.abc import Iterable
from uuid import UUID

MAX_KEPT = 10_000
"""Pairs of person and task; beyond it the pair that was quiet longest is forgotten."""


class Attention:
    """Which gates each person was shown, or saw open when they decided one, by task.

    A decision without a gate's id is for a gate that its sender knows of; a repetition of an earlier decision that
    meets a gate which opened since is for none. Kept in memory: after a restart nobody is known to know anything, and
    such a decision then counts for the only gate that is open.
    """

    def __init__(self, max_kept: int = MAX_KEPT) -> None:
        self._max_kept = max_kept
        self._known: OrderedDict[tuple[str, UUID], set[str]] = OrderedDict()

    def note(self, subject: str, task_id: UUID, gate_ids: Iterable[str]) -> None:
        """Remembers that `subject` knows of these gates of the task."""
        key = (subject, task_id)
        self._known.setdefault(key, set()).update(gate_ids)
        self._known.move_to_end(key)
        if len(self._known) > self._max_kept:
            self._known.popitem(last=False)

    def may_mean(self, subject: str, task_id: UUID, gate_id: str) -> bool:
        """Whether a decision of `subject` that names no gate can be for this one."""
        known = self._known.get((subject, task_id))
        return not known or gate_id in known
