"""How the client sends: bearer, retries where safe, errors of one tree."""

import json
from collections.abc import Callable, Iterator

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from ntro.workspace import Client, RetryPolicy, errors

TENANT = {"id": "t-1", "name": "Acme", "slug": "acme", "dataPlatform": "managed-postgres", "status": "ACTIVE"}
FAST = RetryPolicy(attempts=3, pause=0.001)


@pytest.fixture
def client(httpserver: HTTPServer) -> Iterator[Client]:
    with Client(host=httpserver.url_for("/v1/"), api_key="ntro_test", retries=FAST) as made:
        yield made


def envelope(status: int, code: str, **more: object) -> dict[str, object]:
    return {"statusCode": status, "message": "It did not work.", "error": "Title", "code": code, **more}


def test_the_key_travels_as_a_bearer(httpserver: HTTPServer, client: Client) -> None:
    httpserver.expect_request("/v1/workspace/tenants", headers={"Authorization": "Bearer ntro_test"}).respond_with_json(
        [TENANT]
    )
    assert [tenant.slug for tenant in client.tenants.list_sync()] == ["acme"]


def test_without_a_key_no_bearer_is_sent(httpserver: HTTPServer) -> None:
    seen: list[Request] = []
    httpserver.expect_request("/v1/workspace/tenants").respond_with_handler(_keeping(seen, [TENANT]))
    with Client(host=httpserver.url_for("/v1")) as client:
        client.tenants.list_sync()
    assert "Authorization" not in seen[0].headers


async def test_the_asynchronous_methods_answer_the_same(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/v1/workspace/tenants").respond_with_json({"items": [TENANT], "total": 1})
    async with Client(host=httpserver.url_for("/v1")) as client:
        found = await client.tenants.list()
        assert client.tenants.list_sync() == found


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, errors.AuthenticationError),
        (403, errors.AuthorizationError),
        (404, errors.NotFoundError),
        (409, errors.ConflictError),
        (422, errors.ValidationError),
        (418, errors.NtroAPIError),
    ],
)
def test_an_error_answer_becomes_its_class(
    httpserver: HTTPServer, client: Client, status: int, kind: type[errors.NtroAPIError]
) -> None:
    body = envelope(status, "some_code", hint="Do this.", requestId="r-1")
    httpserver.expect_request("/v1/me").respond_with_json(body, status=status)
    with pytest.raises(kind) as caught:
        client.identity.whoami_sync()
    error = caught.value
    assert type(error) is kind
    assert (error.status_code, error.code, error.hint, error.request_id) == (status, "some_code", "Do this.", "r-1")
    assert error.detail == "Title"
    assert str(error) == f"HTTP {status}: {error.message}"


def test_an_error_that_is_no_json_is_told_as_it_is(httpserver: HTTPServer, client: Client) -> None:
    httpserver.expect_request("/v1/me").respond_with_data("gone fishing", status=500)
    with pytest.raises(errors.NtroAPIError) as caught:
        client.identity.whoami_sync()
    assert caught.value.message == "gone fishing"


@pytest.mark.parametrize("status", [502, 503, 504, 429])
def test_a_get_is_tried_again_when_the_server_asks_for_it(httpserver: HTTPServer, client: Client, status: int) -> None:
    httpserver.expect_ordered_request("/v1/workspace/tenants").respond_with_json({}, status=status)
    httpserver.expect_ordered_request("/v1/workspace/tenants").respond_with_json([TENANT])
    assert len(client.tenants.list_sync()) == 1


def test_a_post_is_tried_again_under_the_same_idempotency_key(httpserver: HTTPServer, client: Client) -> None:
    keys: list[str] = []

    def handler(request: Request) -> Response:
        keys.append(request.headers["Idempotency-Key"])
        return Response(json.dumps(TENANT), 503 if len(keys) == 1 else 201, content_type="application/json")

    httpserver.expect_request("/v1/workspace/tenants", method="POST").respond_with_handler(handler)
    assert client.tenants.create_sync("Acme", "acme").id == "t-1"
    client.tenants.create_sync("Acme", "acme")
    assert keys[0] == keys[1]
    assert keys[2] != keys[1]


@pytest.mark.parametrize(
    ("method", "call"),
    [
        ("PATCH", lambda client: client.tenants.update_sync("acme", config={})),
        ("DELETE", lambda client: client.tenants.delete_sync("acme")),
    ],
)
def test_what_cannot_be_recognised_as_a_repetition_is_sent_once(
    httpserver: HTTPServer, client: Client, method: str, call: Callable[[Client], object]
) -> None:
    seen: list[Request] = []
    httpserver.expect_request("/v1/workspace/tenants/acme", method=method).respond_with_handler(
        _keeping(seen, {}, status=503)
    )
    with pytest.raises(errors.NtroAPIError):
        call(client)
    assert len(seen) == 1


def test_after_the_last_try_the_error_is_told(httpserver: HTTPServer, client: Client) -> None:
    seen: list[Request] = []
    httpserver.expect_request("/v1/me").respond_with_handler(_keeping(seen, envelope(503, "unavailable"), status=503))
    with pytest.raises(errors.NtroAPIError):
        client.identity.whoami_sync()
    assert len(seen) == FAST.attempts


def test_where_nobody_listens_the_code_says_so(unused_tcp_port: int) -> None:
    with (
        Client(host=f"http://127.0.0.1:{unused_tcp_port}/v1") as client,
        pytest.raises(errors.NtroConnectionError) as caught,
    ):
        client.identity.whoami_sync()
    assert caught.value.code == "connection_refused"


def test_a_redirect_is_no_answer(httpserver: HTTPServer, client: Client) -> None:
    httpserver.expect_request("/v1/me").respond_with_data("", status=307, headers={"Location": "/elsewhere"})
    with pytest.raises(errors.UnexpectedAnswerError):
        client.identity.whoami_sync()


@pytest.mark.parametrize("body", ["<html>", "", '{"id": 7}', "[]"])
def test_an_answer_of_another_shape_is_named_as_such(httpserver: HTTPServer, client: Client, body: str) -> None:
    httpserver.expect_request("/v1/me").respond_with_data(body, content_type="application/json")
    with pytest.raises(errors.UnexpectedAnswerError):
        client.identity.whoami_sync()


def test_a_list_that_is_neither_array_nor_envelope_is_refused(httpserver: HTTPServer, client: Client) -> None:
    httpserver.expect_request("/v1/workspace/tenants").respond_with_json({"tenants": []})
    with pytest.raises(errors.UnexpectedAnswerError):
        client.tenants.list_sync()


def test_segments_of_a_path_are_escaped_and_colons_stay(httpserver: HTTPServer, client: Client) -> None:
    seen: list[Request] = []
    task = {"id": "x", "tenantId": "t", "workflowId": "w"}
    httpserver.expect_request("/v1/workspace/tasks/a/b?c#d:e").respond_with_handler(_keeping(seen, task))
    client.tasks.get_sync("a/b?c#d:e")
    assert seen[0].environ["REQUEST_URI"] == "/v1/workspace/tasks/a%2Fb%3Fc%23d:e"


@pytest.mark.parametrize("reference", ["", " ", ".", ".."])
def test_a_reference_that_would_name_another_path_is_refused(client: Client, reference: str) -> None:
    with pytest.raises(errors.InvalidReferenceError):
        client.tenants.get_sync(reference)


@pytest.mark.parametrize("host", ["localhost:3000", "ftp://x", ""])
def test_a_host_that_is_no_web_address_is_refused_at_once(host: str) -> None:
    with pytest.raises(errors.ConfigError):
        Client(host=host)


def test_members_that_were_not_given_are_left_out(httpserver: HTTPServer, client: Client) -> None:
    seen: list[Request] = []
    httpserver.expect_request("/v1/workspace/tenants", method="POST").respond_with_handler(_keeping(seen, TENANT))
    client.tenants.create_sync("Acme", "acme")
    assert seen[0].json == {"name": "Acme", "slug": "acme"}


def test_null_clears_and_silence_keeps(httpserver: HTTPServer, client: Client) -> None:
    seen: list[Request] = []
    workflow = {"id": "w", "runbookSlug": "nav", "entityId": "e"}
    httpserver.expect_request("/v1/workspace/registry/workflows/w", method="PATCH").respond_with_handler(
        _keeping(seen, workflow)
    )
    client.workflows.update_sync("w", schedule=None, name="nav")
    assert seen[0].json == {"schedule": None, "name": "nav"}


def _keeping(seen: list[Request], answer: object, *, status: int = 200):
    def handler(request: Request) -> Response:
        request.get_data()
        seen.append(request)
        return Response(json.dumps(answer), status, content_type="application/json")

    return handler
