"""People, and who changed what."""

from collections.abc import Sequence

from ntro.workspace._portal import blocking
from ntro.workspace._resources.base import Items, Resource, given, many, one
from ntro.workspace._transport import path_of
from ntro.workspace.models import AdministrativeAct, Page, SignedIn, SignInCode, SignInLink, User


class UsersResource(Resource):
    """`client.users`. A person is named by id or e-mail address."""

    async def create(self, email: str, name: str, *, roles: Sequence[str], tenant: str | None = None) -> User:
        """Enters a person with roles: admin, operations, accountant, reviewer or auditor.

        Without `tenant` (id or slug) the person works for every tenant.
        """
        body = given(email=email, name=name, roles=[*roles], tenantId=tenant)
        return one(User, await self._post("/workspace/users", body))

    async def get(self, user: str) -> User:
        """The person."""
        return one(User, await self._get(path_of("workspace", "users", user)))

    async def update(
        self, user: str, *, name: str | None = None, roles: Sequence[str] | None = None, disabled: bool | None = None
    ) -> User:
        """Changes what is given. Who is disabled loses every key at once."""
        body = given(name=name, roles=None if roles is None else [*roles], disabled=disabled)
        path = path_of("workspace", "users", user)
        return one(User, await self._transport.send("PATCH", path, body=body))

    async def sign_in_code(self, user: str) -> SignInCode:
        """A code that signs the person in, once, within ten minutes."""
        return one(SignInCode, await self._post(path_of("workspace", "users", user, "sign-in-code")))

    async def sign_in(self, code: str) -> SignedIn:
        """Uses a code up: a key that acts as the person for some hours. The client needs no key for it."""
        return one(SignedIn, await self._post("/sign-in", {"code": code}))

    async def console_link(self, user: str | None = None) -> SignInLink:
        """A link that opens the console in a browser, once: as `user`, or as the key of this client."""
        body = None if user is None else {"userId": user}
        return one(SignInLink, await self._post("/workspace/sign-in-link", body))

    async def list(self) -> Items[User]:
        """Everybody, by address."""
        return many(User, await self._get("/workspace/users"))

    create_sync = blocking(create)
    get_sync = blocking(get)
    update_sync = blocking(update)
    sign_in_code_sync = blocking(sign_in_code)
    sign_in_sync = blocking(sign_in)
    console_link_sync = blocking(console_link)
    list_sync = blocking(list)  # noqa: A003 - the method above is meant, not the builtin


class AuditResource(Resource):
    """`client.audit`: administrative acts, newest first."""

    async def page(
        self, *, tenant: str | None = None, limit: int | None = None, cursor: str | None = None
    ) -> Page[AdministrativeAct]:
        """A page of acts; `cursor` is `nextCursor` of the page before."""
        asked = {"tenantId": tenant, "limit": None if limit is None else str(limit), "cursor": cursor}
        return one(Page[AdministrativeAct], await self._get("/workspace/audit", asked))

    page_sync = blocking(page)
