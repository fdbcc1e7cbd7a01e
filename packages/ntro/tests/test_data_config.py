"""The worker's configuration."""

import json
from pathlib import Path

import pytest

from ntro.capabilities import config


def test_environment_fills_the_fields_and_the_first_name_wins():
    loaded = config.load(
        {"NTRO_HOST": "http://b", "NTRO_WORKSPACE_API_URL": "http://a", "NTRO_TENANT_SLUG": "acme"}, mounts=()
    )
    assert (loaded.workspace_api_url, loaded.tenant_slug, loaded.task_queue) == ("http://a", "acme", "acme")
    assert loaded.email_smtp_port == 587


def test_secrets_do_not_show():
    loaded = config.load({"NTRO_TENANT_POSTGRES_URL": "postgresql://u:hunter2@h/d", "ANTHROPIC_API_KEY": "hunter2"}, ())
    assert "hunter2" not in repr(loaded)
    assert "hunter2" not in loaded.model_dump_json()
    assert loaded.anthropic_api_key.get_secret_value() == "hunter2"


def test_the_session_mount_wins_over_the_environment(tmp_path: Path):
    mount = tmp_path / "config.json"
    mount.write_text(json.dumps({"tenant_id": "t", "tenant_config": {"gl": 1}, "credentials": {"apideck_app_id": "x"}}))
    loaded = config.load({"NTRO_TENANT_ID": "other", "NTRO_SESSION_CONFIG_PATH": str(mount)})
    assert (loaded.tenant_id, loaded.tenant_config, loaded.apideck_app_id) == ("t", {"gl": 1}, "x")


@pytest.mark.parametrize("content", ["{", "[]"])
def test_a_session_mount_that_is_no_object_is_an_error(tmp_path: Path, content: str):
    mount = tmp_path / "config.json"
    mount.write_text(content)
    with pytest.raises(config.ConfigError):
        config.load({}, (mount,))


def test_a_value_that_does_not_fit_is_an_error_that_does_not_repeat_it():
    with pytest.raises(config.ConfigError) as caught:
        config.load({"EMAIL_SMTP_PORT": "hunter2"}, ())
    assert "hunter2" not in str(caught.value)


def test_set_get_and_reset(monkeypatch: pytest.MonkeyPatch):
    chosen = config.WorkerConfig(tenant_slug="acme")
    config.set(chosen)
    assert config.get() is chosen
    config.reset()
    monkeypatch.setenv("NTRO_TENANT_SLUG", "beta")
    assert config.get().tenant_slug == "beta"
    config.reset()
