"""What Workspace may load, what a cell may send it, and the committed API document."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from ntro.workspace.wire import StatusBatch
from ntro_workspace.openapi import document
from ntro_workspace.settings import WorkspaceSettings

OPENAPI = Path(__file__).parents[3] / "docs" / "reference" / "openapi-workspace.json"
CASES_EACH = int(os.environ.get("NTRO_API_CASES", "8"))
"""Requests for each operation; 300 make more than 20 000."""

PROBES = ("/schemas",)
"""What asks a cell, which may be down."""

FORBIDDEN = (
    "pdfplumber",
    "pdfminer",
    "pypdfium2",
    "python_calamine",
    "xlsxwriter",
    "reportlab",
    "mt940",
    "ntro.capabilities",
    "ntro.data",
    "ntro.ingest",
    "ntro.accounting",
    "ntro_tenant",
)


def test_the_process_loads_no_document_or_data_library():
    code = "import sys, ntro_workspace.__main__; print('\\n'.join(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = [name for name in found.stdout.split() for bad in FORBIDDEN if name == bad or name.startswith(f"{bad}.")]
    assert loaded == []


def test_the_wire_takes_no_free_text():
    schema = StatusBatch.model_json_schema()
    for place, node in walk(schema):
        if node.get("type") == "string":
            assert node.keys() & {"pattern", "enum", "format", "const"}, place
        if node.get("type") == "object":
            assert node.get("additionalProperties") is False, place


def walk(node: Any, place: str = "") -> list[tuple[str, dict[str, Any]]]:
    if isinstance(node, list):
        return [found for number, item in enumerate(node) for found in walk(item, f"{place}/{number}")]
    if not isinstance(node, dict):
        return []
    below = [found for name, item in node.items() for found in walk(item, f"{place}/{name}")]
    return [(place, node), *below]


def test_the_committed_api_document_is_current():
    assert json.loads(OPENAPI.read_text("utf-8")) == json.loads(json.dumps(document()))


def test_the_admin_key_is_not_in_the_document():
    assert "ntro_admin" not in OPENAPI.read_text("utf-8")


@pytest.fixture
def running_workspace(workspace_settings: WorkspaceSettings, tmp_path: Path):
    """A served Workspace process, its address, and its end."""
    from ntro_server.settings import write_settings

    port = free_port()
    path = tmp_path / "settings.json"
    write_settings(workspace_settings.model_copy(update={"port": port, "log_level": "ERROR"}), path)
    with subprocess.Popen([sys.executable, "-m", "ntro_workspace", "serve", "--settings", str(path)]) as process:
        try:
            wait_until_healthy(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
    assert process.returncode in {0, -15}


def test_whatever_is_sent_is_answered_as_the_document_says(
    running_workspace: str, workspace_settings: WorkspaceSettings, say: Callable[[str], None]
):
    schema = schemathesis.openapi.from_url(f"{running_workspace}/v1/openapi.json")
    key = workspace_settings.admin_key.get_secret_value()
    answered: Counter[int] = Counter()
    seen = [operation.ok() for operation in schema.get_all_operations()]
    for operation in seen:
        call_often(operation, key, answered)
    say(
        f"{answered.total()} requests of {len(seen)} operations answered as described: {dict(sorted(answered.items()))}"
    )
    assert answered.total() > 500
    assert answered.keys() >= {200, 201, 404, 422}


def call_often(operation: Any, key: str, answered: Counter[int]) -> None:
    @settings(
        max_examples=CASES_EACH,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def call(case: Any) -> None:
        answer = case.call(headers={"Authorization": f"Bearer {key}"}, allow_redirects=False, timeout=60)
        answered[answer.status_code] += 1
        may_be_down = operation.path.endswith(PROBES)
        assert answer.status_code < 500 or may_be_down, (operation.label, answer.text)
        case.validate_response(answer, checks=[status_code_conformance, response_schema_conformance])

    given(case=operation.as_strategy())(call)()


def test_serve_says_what_is_wrong(workspace_settings: WorkspaceSettings, tmp_path: Path):
    from ntro_server.settings import write_settings
    from ntro_workspace.__main__ import main

    path = tmp_path / "settings.json"
    write_settings(workspace_settings, path)
    assert main(["migrate", "--settings", str(path)]) == 0
    path.chmod(0o644)
    assert main(["migrate", "--settings", str(path)]) == 1
    assert main(["serve", "--settings", str(tmp_path / "none.json")]) == 1


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_healthy(port: int) -> None:
    import httpx2

    transport = httpx2.HTTPTransport(retries=0)
    with httpx2.Client(transport=transport, timeout=1) as client:
        for _ in range(300):
            try:
                if client.get(f"http://127.0.0.1:{port}/v1/health").status_code == 200:
                    return
            except httpx2.TransportError:
                time.sleep(0.1)
    pytest.fail("Workspace did not become healthy")
