"""Ids, slugs and names in one member: what a reference may be."""

from uuid import UUID


def as_uuid(reference: str) -> UUID | None:
    """The id that `reference` spells, or none where it is a slug or a name."""
    try:
        return UUID(reference)
    except ValueError:
        return None
