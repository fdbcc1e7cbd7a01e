"""Browser sessions: a signed cookie, and a token that pages send back with every write."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from itsdangerous import BadSignature, URLSafeSerializer
from starlette.responses import Response

from ntro_tenant.core.people import Person
from ntro_tenant.settings import CellSettings

LIFETIME = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser."""

    id: UUID
    person: Person


class SessionKeeper:
    """Issues and reads the cookies of one cell. Cells on one host differ by port only, so names carry the tenant."""

    def __init__(self, settings: CellSettings) -> None:
        self.session_cookie = f"ntro_session_{settings.tenant_slug}"
        self.csrf_cookie = f"ntro_csrf_{settings.tenant_slug}"
        secret = settings.session_secret.get_secret_value()
        self._sessions = URLSafeSerializer(secret, salt=f"ntro session {settings.tenant_id}")
        self._csrf = URLSafeSerializer(secret, salt=f"ntro csrf {settings.tenant_id}")
        self._secure = settings.public_url.startswith("https:")

    def begin(self, response: Response, subject: str, name: str, roles: list[str]) -> Session:
        """Starts a session of twelve hours and sets its cookies on `response`."""
        expires_at = (datetime.now(UTC) + LIFETIME).replace(microsecond=0)
        session = Session(uuid4(), Person(subject, name, frozenset(roles), expires_at))
        self._set(response, self.session_cookie, self._sessions.dumps(_values(session)), httponly=True)
        self._set(response, self.csrf_cookie, self.csrf_token(session), httponly=False)
        return session

    def end(self, response: Response) -> None:
        """Removes the cookies."""
        for name in (self.session_cookie, self.csrf_cookie):
            response.delete_cookie(name, path="/", samesite="strict", secure=self._secure)

    def read(self, cookie: str | None) -> Session | None:
        """The session of a cookie; none where it is missing, altered or expired."""
        if not cookie:
            return None
        try:
            session = _session(self._sessions.loads(cookie))
        except (BadSignature, KeyError, TypeError, ValueError):
            return None
        return session if session.person.expires_at > datetime.now(UTC) else None

    def csrf_token(self, session: Session) -> str:
        """What pages of this session send in `X-CSRF-Token`."""
        return self._text(self._csrf.dumps(str(session.id)))

    def holds_csrf(self, session: Session, *, cookie: str | None, given: str | None) -> bool:
        """Whether cookie and header are both the session's own token."""
        expected = self.csrf_token(session).encode()
        return all(secrets.compare_digest((text or "").encode(), expected) for text in (cookie, given))

    def _set(self, response: Response, name: str, value: str | bytes, *, httponly: bool) -> None:
        response.set_cookie(
            name,
            self._text(value),
            max_age=int(LIFETIME.total_seconds()),
            path="/",
            httponly=httponly,
            secure=self._secure,
            samesite="strict",
        )

    @staticmethod
    def _text(value: str | bytes) -> str:
        return value if isinstance(value, str) else value.decode()


def _values(session: Session) -> dict[str, Any]:
    person = session.person
    return {
        "id": str(session.id),
        "sub": person.subject,
        "name": person.name,
        "roles": sorted(person.roles),
        "exp": int(person.expires_at.timestamp()),
    }


def _session(values: dict[str, Any]) -> Session:
    expires_at = datetime.fromtimestamp(values["exp"], UTC)
    return Session(UUID(values["id"]), Person(values["sub"], values["name"], frozenset(values["roles"]), expires_at))
