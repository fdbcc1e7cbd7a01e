"""Logs: a JSON object a line, secrets masked; a taken port told plainly."""

import json
import re
import socket
import subprocess
import sys

import pytest

from ntro_server.logs import mask_secrets
from ntro_server.serve import PortTakenError, serve

SCRIPT = """
import logging, structlog
from ntro_server.logs import configure_logging
configure_logging("here")
structlog.get_logger("a").info("hello", api_key="hush", nested=1)
logging.getLogger("b").warning("from the library")
"""


def test_every_line_is_one_json_object_with_service_level_and_utc_time() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["event"] for line in lines] == ["hello", "from the library"]
    assert all(line["timestamp"].endswith("Z") for line in lines)
    assert {line["service"] for line in lines} == {"here"}
    assert "hush" not in done.stderr


REQUESTS = """
import structlog
from ntro_server.logs import configure_logging, log_request
configure_logging("here", {level!r})
structlog.contextvars.bind_contextvars(request_id="r-1")
for route in ("/v1/tasks/{{task}}", 'a "quoted" \\\\ päth', None):
    answer = dict(method="GET", route=route, status=200, milliseconds=4.2)
    structlog.get_logger("access").info("request", **answer)
    log_request("access", **answer)
"""


def test_the_line_of_a_request_is_what_a_logger_writes() -> None:
    script = REQUESTS.format(level="INFO")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    lines = [re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", "T", line) for line in done.stderr.splitlines()]
    assert lines[::2] == lines[1::2]
    assert len(lines) == 6
    assert '"timestamp": "T"' in lines[0]


def test_requests_are_not_logged_below_their_level() -> None:
    script = REQUESTS.format(level="WARNING")
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, check=True).stderr == b""


@pytest.mark.parametrize(
    "name", ["password", "cell_key_secret", "Authorization", "access_token", "database_url", "cookie"]
)
def test_values_with_telling_names_are_masked(name: str) -> None:
    assert mask_secrets(None, "info", {name: "hush", "task": "t"}) == {name: "***", "task": "t"}


def test_a_port_that_is_taken_is_named() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortTakenError) as caught:
            serve(None, host="127.0.0.1", port=port)  # type: ignore[arg-type]  # never reached
    assert str(port) in str(caught.value)
