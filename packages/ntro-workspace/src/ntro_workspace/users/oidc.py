"""Sign-in at an identity provider: OpenID Connect, authorization code with PKCE (RFC 7636), ID token verified."""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import httpx2
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import JWTClaimsRegistry

from ntro_server.errors import Unauthenticated, Unavailable
from ntro_workspace.settings import OidcSettings

SIGN_IN_LIFETIME = timedelta(minutes=10)
HTTP_SECONDS = 10.0
LEEWAY_SECONDS = 60
_ALGORITHMS = ["RS256", "PS256", "ES256", "ES384", "EdDSA", "Ed25519"]
_TRY_AGAIN = "Begin again at /v1/sign-in/oidc."


@dataclass(frozen=True, slots=True)
class Challenge:
    """A sign-in about to begin: where the browser goes, and what is kept until it is back."""

    url: str
    state: str
    verifier: str
    nonce: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the provider says it is. `email` only where the provider has verified it."""

    issuer: str
    subject: str
    email: str | None


class IdentityProvider:
    """One provider; its metadata is read when it is first needed, its keys again when one is unknown."""

    def __init__(
        self, settings: OidcSettings, redirect_uri: str, transport: httpx2.AsyncBaseTransport | None = None
    ) -> None:
        self._settings = settings
        self._redirect_uri = redirect_uri
        self._metadata: dict[str, Any] | None = None
        self._http = httpx2.AsyncClient(
            timeout=HTTP_SECONDS, follow_redirects=False, trust_env=False, transport=transport
        )

    async def close(self) -> None:
        await self._http.aclose()

    async def begin(self) -> Challenge:
        """A fresh challenge.

        Raises:
            Unavailable: the provider does not answer as one.
        """
        metadata = await self._discovered()
        state, verifier, nonce = (secrets.token_urlsafe(32) for _ in range(3))
        query = {
            "response_type": "code",
            "client_id": self._settings.client_id,
            "redirect_uri": self._redirect_uri,
            "scope": self._settings.scope,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge_of(verifier),
            "code_challenge_method": "S256",
        }
        joint = "&" if "?" in metadata["authorization_endpoint"] else "?"
        return Challenge(f"{metadata['authorization_endpoint']}{joint}{urlencode(query)}", state, verifier, nonce)

    async def complete(self, code: str, verifier: str, nonce: str) -> Identity:
        """Exchanges a code for the identity behind it.

        Raises:
            Unauthenticated: the provider refuses the code, or its ID token does not hold.
            Unavailable: the provider does not answer as one.
        """
        metadata = await self._discovered()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._redirect_uri,
            "client_id": self._settings.client_id,
            "code_verifier": verifier,
        }
        if self._settings.client_secret is not None:
            form["client_secret"] = self._settings.client_secret.get_secret_value()
        answer = await self._asked("POST", metadata["token_endpoint"], form)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise Unauthenticated("The identity provider did not sign you in.", hint=_TRY_AGAIN)
        claims = await self._verified(token, metadata["jwks_uri"])
        if not hmac.compare_digest(str(claims.get("nonce", "")), nonce):
            raise Unauthenticated("The identity provider's answer is for another sign-in.", hint=_TRY_AGAIN)
        email = claims.get("email") if claims.get("email_verified") is True else None
        return Identity(self._settings.issuer, str(claims["sub"]), email if isinstance(email, str) else None)

    async def _verified(self, token: str, jwks_uri: str) -> dict[str, Any]:
        keys = await self._asked("GET", jwks_uri)
        rules = JWTClaimsRegistry(
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self._settings.issuer},
            aud={"essential": True, "value": self._settings.client_id},
            exp={"essential": True},
            sub={"essential": True},
        )
        try:
            claims = jwt.decode(token, KeySet.import_key_set(keys), algorithms=_ALGORITHMS).claims  # type: ignore[arg-type]  # a checked JSON object
            rules.validate(claims)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise Unauthenticated("The identity provider's ID token does not hold.", hint=_TRY_AGAIN) from error
        return dict(claims)

    async def _discovered(self) -> dict[str, Any]:
        if self._metadata is None:
            issuer = self._settings.issuer
            found = await self._asked("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
            wanted = ("authorization_endpoint", "token_endpoint", "jwks_uri")
            if found.get("issuer") != issuer or not all(isinstance(found.get(name), str) for name in wanted):
                raise Unavailable(
                    "The identity provider's metadata does not fit the settings.", hint="Check oidc.issuer."
                )
            self._metadata = found
        return self._metadata

    async def _asked(self, method: str, url: str, form: dict[str, str] | None = None) -> dict[str, Any]:
        try:
            answer = await self._http.request(method, url, data=form)
            found = answer.json()
        except (httpx2.HTTPError, ValueError) as error:
            raise Unavailable("The identity provider does not answer.", hint="Try again in a moment.") from error
        if answer.is_server_error or not isinstance(found, dict):
            raise Unavailable("The identity provider does not answer.", hint="Try again in a moment.")
        return found


def challenge_of(verifier: str) -> str:
    """The code challenge of a verifier, method S256."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
