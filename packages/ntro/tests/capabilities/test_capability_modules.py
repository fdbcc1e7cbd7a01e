"""Capabilities by name: each loads when it is named, none before, and secrets do not show."""

import subprocess
import sys
from importlib import import_module

import pytest
from pydantic import BaseModel, SecretStr

import ntro.capabilities
from ntro.capabilities import config
from ntro.capabilities.secret import Secret

HEAVY = ("anthropic", "openai", "xlsxwriter", "pypdfium2", "python_calamine", "reportlab", "asyncpg", "temporalio")


@pytest.mark.parametrize("name", ntro.capabilities.__all__)
def test_a_capability_is_an_attribute_and_a_module(name: str):
    assert getattr(ntro.capabilities, name) is import_module(f"ntro.capabilities.{name}")
    assert name in dir(ntro.capabilities)


def test_what_is_no_capability_is_no_attribute():
    with pytest.raises(AttributeError):
        _ = ntro.capabilities.telepathy
    from ntro.capabilities import bureaus

    with pytest.raises(AttributeError):
        _ = bureaus.gossip


def test_aliases_are_the_capabilities_that_they_name():
    from ntro.capabilities import ai, extraction, files, pdf

    assert extraction.extract is ai.extract
    assert pdf.CellGrid is files.CellGrid


def test_nothing_heavy_is_loaded_before_it_is_used():
    names = "ai, bureaus, config, email, excel, extraction, files, notify, pdf, storage, trace"
    code = f"import sys; from ntro.capabilities import {names}; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


class _Door(BaseModel):
    key: Secret = Secret("")


@pytest.mark.parametrize("given", ["hunter2", SecretStr("hunter2"), Secret("hunter2")])
def test_a_secret_is_text_that_does_not_show(given: object):
    door = _Door.model_validate({"key": given})
    assert "hunter2" not in repr(door) + str([door.key]) + door.model_dump_json() + repr(door.model_dump())
    assert isinstance(door.key, str)
    assert (door.key, str(door.key), door.key.get_secret_value()) == ("hunter2",) * 3
    assert type(door.key.get_secret_value()) is str
    assert repr(Secret("")) == "Secret('')"
    assert _Door.model_validate(door.model_dump()).key == "hunter2"


def test_what_is_no_text_is_no_secret():
    with pytest.raises(ValueError):
        _Door.model_validate({"key": 3})


def test_every_setting_of_the_worker_has_its_variable():
    taken = {field: f"value-of-{field}" for field in config._VARIABLES if field != "email_smtp_port"}
    environ = {config._VARIABLES[field][0]: value for field, value in taken.items()}
    loaded = config.load(environ, ())
    assert {field: getattr(loaded, field) for field in taken} == taken
    assert set(config.WorkerConfig.model_fields) == {*config._VARIABLES, "tenant_config"}
    for field, variables in config._VARIABLES.items():
        for variable in variables[1:]:
            assert getattr(config.load({variable: "1"}, ()), field) in {"1", 1}


def test_credentials_of_the_session_mount_win(tmp_path_factory: pytest.TempPathFactory):
    mounts = [tmp_path_factory.mktemp(name) / "config.json" for name in ("uploads", "session")]
    mounts[1].write_text('{"entity_id": "e", "credentials": {"apideck_api_key": "a", "companies_house_api_key": "c"}}')
    loaded = config.load({"APIDECK_API_KEY": "other", "NTRO_ENTITY_ID": "other"}, tuple(mounts))
    assert (loaded.entity_id, loaded.apideck_api_key, loaded.companies_house_api_key) == ("e", "a", "c")
    mounts[0].write_text('{"entity_id": "first"}')
    assert config.load({}, tuple(mounts)).entity_id == "first"
