"""Changes of the API: additions are free, what breaks a client is named."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from ntro_workspace.__main__ import main
from ntro_workspace.contract_changes import breaking_changes
from ntro_workspace.openapi import document

CREATE = "/v1/workspace/tenants"


def schema_of(found: dict[str, Any], name: str) -> dict[str, Any]:
    schema: dict[str, Any] = found["components"]["schemas"][name]
    return schema


def drop_operation(found: dict[str, Any]) -> None:
    del found["paths"][CREATE]["post"]


def require_member(found: dict[str, Any]) -> None:
    schema_of(found, "TenantCreate")["required"].append("config")


def lose_answer(found: dict[str, Any]) -> None:
    del schema_of(found, "Tenant")["properties"]["slug"]


def change_type(found: dict[str, Any]) -> None:
    schema_of(found, "Tenant")["properties"]["entityCount"]["type"] = "string"


def lose_member(found: dict[str, Any]) -> None:
    del schema_of(found, "TenantCreate")["properties"]["config"]


def lose_value(found: dict[str, Any]) -> None:
    schema_of(found, "DataPlatformCreate")["properties"]["provider"]["enum"].remove("SNOWFLAKE")


def require_parameter(found: dict[str, Any]) -> None:
    found["paths"][CREATE]["get"]["parameters"][0]["required"] = True


def lose_parameter(found: dict[str, Any]) -> None:
    found["paths"][CREATE]["get"]["parameters"].pop()


def change_status(found: dict[str, Any]) -> None:
    responses = found["paths"][CREATE]["post"]["responses"]
    responses["202"] = responses.pop("201")


BREAKING = (
    drop_operation,
    require_member,
    lose_answer,
    change_type,
    lose_member,
    lose_value,
    require_parameter,
    lose_parameter,
    change_status,
)


@pytest.mark.parametrize("change", BREAKING, ids=lambda change: change.__name__)
def test_what_breaks_a_client_is_named(change: Any):
    before = document()
    after = copy.deepcopy(before)
    change(after)
    assert breaking_changes(before, after)


def test_additions_break_nobody():
    before = document()
    after = copy.deepcopy(before)
    after["paths"]["/v1/new"] = {"get": after["paths"][CREATE]["get"]}
    schema_of(after, "Tenant")["properties"]["new"] = {"type": "string"}
    schema_of(after, "TenantCreate")["properties"]["new"] = {"type": "string"}
    schema_of(after, "DataPlatformCreate")["properties"]["provider"]["enum"].append("DUCKDB")
    assert breaking_changes(before, after) == []


def test_the_command_fails_where_something_breaks(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    earlier = document()
    path = tmp_path / "earlier.json"
    path.write_text(json.dumps(earlier))
    assert main(["openapi", "--against", str(path)]) == 0
    earlier["paths"]["/v1/gone"] = {"get": {"responses": {}}}
    path.write_text(json.dumps(earlier))
    assert main(["openapi", "--against", str(path)]) == 1
    assert "/v1/gone" in capsys.readouterr().out
