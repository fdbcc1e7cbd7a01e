"""What the `{id}` of a task's address may be: the task's id, or the id of a run below it."""

import re
from dataclasses import dataclass
from uuid import UUID

from ntro_server.errors import NotFound

_RUN_ID = re.compile(r"^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})((?::[A-Za-z0-9_.-]{1,100}){0,20})\Z")


@dataclass(frozen=True, slots=True)
class TaskReference:
    """A task and the run of it that is meant. The root run has the id of its task."""

    task_id: UUID
    run_id: str

    @property
    def is_root(self) -> bool:
        return self.run_id == str(self.task_id)


def task_reference(text: str) -> TaskReference:
    """`<task>` or `<task>:<step>:<slug>[…]` taken apart.

    Raises:
        NotFound: the text is neither; what it could name does not exist.
    """
    match = _RUN_ID.match(text)
    if match is None:
        raise NotFound("There is no such task in this tenant.", hint="A task id is a UUID; list tasks to find it.")
    return TaskReference(UUID(match[1]), text)
