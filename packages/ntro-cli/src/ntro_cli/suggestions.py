"""What a name that is not known was probably meant to be."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from ntro.workspace.errors import NtroError

if TYPE_CHECKING:
    from ntro.workspace.client import Client

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Named:
    """The names that a command line used; each may be an id as well."""

    tenant: str | None = None
    entity: str | None = None
    workflow: str | None = None
    runbook: str | None = None


def suggestion(client: "Client", named: Named) -> str | None:
    """A question such as `Did you mean acme?` for the first name that is not known; none where nothing is near."""
    for wanted, listed in _questions(client, named):
        with suppress(NtroError):
            known = [*listed()]
            if any(wanted in (identifier, name) for identifier, name in known):
                continue
            near = get_close_matches(wanted, [name for _, name in known if name], n=_SHOWN)
            return f"Did you mean {' or '.join(near)}?" if near else None
    return None


def _questions(client: "Client", named: Named) -> Iterable[tuple[str, Callable[[], Iterable[tuple[str, str | None]]]]]:
    """The names in the order in which a server looks for them, and what there is of that kind: ids and names."""
    if named.tenant:
        yield named.tenant, lambda: ((one.id, one.slug) for one in client.tenants.list_sync())
    if named.entity:
        yield named.entity, lambda: ((one.id, one.slug) for one in client.entities.list_sync(named.tenant))
    if named.workflow:
        yield named.workflow, lambda: ((one.id, one.name) for one in client.workflows.list_sync())
    if named.runbook:
        yield named.runbook, lambda: ((one.id, one.slug) for one in client.runbooks.list_sync())
