"""Parts of addresses: what cannot name anything is not found, whatever is wrong with it."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path

from ntro_server.errors import NotFound
from ntro_tenant.core.references import TaskReference, task_reference


def _reference(task: Annotated[str, Path(description="A task id, or the id of a run below it.")]) -> TaskReference:
    return task_reference(task)


def _entity_id(entity_id: Annotated[str, Path(description="An entity's id.")]) -> UUID:
    return uuid_of(entity_id, "entity")


def _document_id(document_id: Annotated[str, Path(description="A document's id.")]) -> UUID:
    return uuid_of(document_id, "document")


def uuid_of(text: str, what: str) -> UUID:
    """The id in `text`.

    Raises:
        NotFound: it is none, so there is no such thing.
    """
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound(f"There is no such {what} in this tenant.", hint="Ids are UUIDs.") from error


TaskAddress = Annotated[TaskReference, Depends(_reference)]
EntityAddress = Annotated[UUID, Depends(_entity_id)]
DocumentAddress = Annotated[UUID, Depends(_document_id)]
