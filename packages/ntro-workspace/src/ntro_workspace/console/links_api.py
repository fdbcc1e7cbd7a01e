"""`/workspace/sign-in-link`: links that open the console."""

from fastapi import APIRouter

from ntro.workspace.models import ConsoleLinkRequest, SignInLink
from ntro_workspace.api.context import Caller, PartsOf, Transaction
from ntro_workspace.audit import repository as audit
from ntro_workspace.console import opening
from ntro_workspace.users import service as users

router = APIRouter(prefix="/workspace/sign-in-link", tags=["people"])


@router.post("")
async def create_console_link(
    connection: Transaction, caller: Caller, context: PartsOf, body: ConsoleLinkRequest | None = None
) -> SignInLink:
    """A link that opens the console in a browser, once: as the person named, else as the key that asks."""
    person = None if body is None or body.userId is None else await users.get(connection, body.userId, caller)
    made = await opening.link(connection, caller, person, pepper=context.pepper, public_url=context.settings.public_url)
    if person is not None and person["id"] != caller.user_id:
        await audit.note(
            connection,
            actor=caller.subject,
            action="sign-in link given",
            object_type="user",
            object_id=str(person["id"]),
            tenant_id=person["tenant_id"],
        )
    return made
