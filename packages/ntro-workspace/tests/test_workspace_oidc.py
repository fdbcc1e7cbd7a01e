"""Sign-in at an identity provider: a local server that speaks OpenID Connect, code with PKCE."""

import time
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from ntro_workspace.app import create_app
from ntro_workspace.settings import OidcSettings, WorkspaceSettings
from ntro_workspace.users.oidc import challenge_of


class Provider:
    """Gives codes for challenges, and ID tokens for codes with the right verifier."""

    def __init__(self, server: HTTPServer) -> None:
        self.server = server
        self.issuer = server.url_for("").rstrip("/")
        self.key = RSAKey.generate_key(2048, {"kid": "one"})
        self.asked: dict[str, str] = {}
        self.claims: dict[str, Any] = {}
        metadata = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }
        server.expect_request("/.well-known/openid-configuration").respond_with_json(metadata)
        server.expect_request("/keys").respond_with_json({"keys": [self.key.as_dict(private=False)]})
        server.expect_request("/token", method="POST").respond_with_handler(self.token)

    def token(self, request: Request) -> Response:
        form = request.form
        fits = (
            form["code"] == "the-code"
            and form["client_id"] == "ntro"
            and form["client_secret"] == "s3cret"
            and form["redirect_uri"] == self.asked["redirect_uri"]
            and challenge_of(form["code_verifier"]) == self.asked["code_challenge"]
        )
        if not fits:
            return Response('{"error":"invalid_grant"}', 400, mimetype="application/json")
        claims = {
            "iss": self.issuer,
            "aud": "ntro",
            "sub": "sub-1",
            "exp": int(time.time()) + 300,
            "nonce": self.asked["nonce"],
            "email": "Ann@Example.com",
            "email_verified": True,
        } | self.claims
        text = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.key)
        return Response(f'{{"id_token":"{text}"}}', 200, mimetype="application/json")


@pytest.fixture
def provider(httpserver: HTTPServer) -> Provider:
    return Provider(httpserver)


@pytest.fixture
async def browser(workspace_settings: WorkspaceSettings, provider: Provider) -> AsyncIterator[httpx2.AsyncClient]:
    oidc = OidcSettings(issuer=provider.issuer, client_id="ntro", client_secret="s3cret")
    app = create_app(workspace_settings.model_copy(update={"oidc": oidc}))
    async with app.router.lifespan_context(app):
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://test/v1") as client:
            headers = {"Authorization": f"Bearer {workspace_settings.admin_key.get_secret_value()}"}
            body = {"email": "ann@example.com", "name": "Ann", "roles": ["reviewer"]}
            await client.post("/workspace/users", json=body, headers=headers)
            yield client


async def challenged(browser: httpx2.AsyncClient, provider: Provider) -> str:
    """Begins a sign-in; answers the state the provider sends back."""
    answer = await browser.get("/sign-in/oidc")
    assert answer.status_code == 303
    place = urlsplit(answer.headers["location"])
    provider.asked = dict(parse_qsl(place.query))
    assert provider.asked["code_challenge_method"] == "S256"
    assert provider.asked["redirect_uri"] == "http://127.0.0.1:3000/v1/sign-in/oidc/callback"
    return parse_qs(place.query)["state"][0]


async def back(browser: httpx2.AsyncClient, state: str, code: str = "the-code") -> httpx2.Response:
    return await browser.get("/sign-in/oidc/callback", params={"state": state, "code": code})


async def test_a_person_who_is_entered_signs_in_and_is_known_by_identity_then(
    browser: httpx2.AsyncClient, provider: Provider
):
    answer = await back(browser, await challenged(browser, provider))
    assert answer.status_code == 200, answer.text
    assert answer.json()["user"]["email"] == "ann@example.com"
    headers = {"Authorization": f"Bearer {answer.json()['apiKey']}"}
    assert (await browser.get("/me", headers=headers)).json()["roles"] == ["reviewer"]
    provider.claims = {"email": "renamed@example.com"}
    again = await back(browser, await challenged(browser, provider))
    assert again.json()["user"]["id"] == answer.json()["user"]["id"]


async def test_a_browser_goes_on_to_the_console_or_reads_why_not(browser: httpx2.AsyncClient, provider: Provider):
    browser.headers["Accept"] = "text/html"
    refused = await back(browser, "another")
    assert refused.status_code == 401
    assert 'href="/v1/sign-in/oidc"' in refused.text
    answer = await back(browser, await challenged(browser, provider))
    assert answer.status_code == 200, answer.text
    assert "ntro_user_" not in answer.text
    overview = await browser.get("http://test/")
    assert (overview.status_code, "Ann" in overview.text) == (200, True)


async def test_a_way_back_works_once_and_only_where_it_was_begun(browser: httpx2.AsyncClient, provider: Provider):
    state = await challenged(browser, provider)
    assert (await back(browser, "another")).status_code == 401
    assert (await back(browser, state)).status_code == 200
    assert (await back(browser, state)).status_code == 401
    assert (await back(browser, await challenged(browser, provider), code="stolen")).status_code == 401


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ({"sub": "sub-2", "email": "stranger@example.com"}, 403),
        ({"email_verified": False}, 403),
        ({"aud": "another"}, 401),
        ({"iss": "https://elsewhere.example"}, 401),
        ({"exp": 1}, 401),
        ({"nonce": "another"}, 401),
    ],
)
async def test_an_id_token_that_does_not_hold_signs_nobody_in(
    browser: httpx2.AsyncClient, provider: Provider, claims: dict[str, Any], status: int
):
    provider.claims = claims
    assert (await back(browser, await challenged(browser, provider))).status_code == status


async def test_a_token_of_another_signer_signs_nobody_in(browser: httpx2.AsyncClient, provider: Provider):
    state = await challenged(browser, provider)
    provider.key = RSAKey.generate_key(2048, {"kid": "one"})
    assert (await back(browser, state)).status_code == 401


async def test_a_provider_that_is_down_is_an_outage(browser: httpx2.AsyncClient, provider: Provider):
    for answer in (Response("{}", 502, mimetype="application/json"), Response("<html>", 200), Response("[]", 200)):
        provider.server.clear()
        provider.server.expect_request("/.well-known/openid-configuration").respond_with_response(answer)
        assert (await browser.get("/sign-in/oidc")).status_code == 503


async def test_without_a_provider_there_is_no_such_door(connect: Any, workspace_app: Any):
    async with connect(None) as client:
        assert (await client.get("/sign-in/oidc")).status_code == 404
