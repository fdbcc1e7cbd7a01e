"""Settings files: private, complete, never shown in clear."""

import json
from pathlib import Path

import pytest
from pydantic import SecretStr

from ntro_server.settings import ServerSettings, SettingsError, load_settings, redacted, write_settings


class Example(ServerSettings):
    name: str
    password: SecretStr
    keys: dict[str, SecretStr]


def example() -> Example:
    return Example(name="one", password=SecretStr("hush"), keys={"a": SecretStr("secret-a")})


def test_what_was_written_is_read_back_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "made" / "settings.json"
    write_settings(example(), path)
    assert load_settings(Example, path) == example()
    assert path.stat().st_mode & 0o077 == 0
    assert [item.name for item in path.parent.iterdir()] == ["settings.json"]


def test_secrets_are_masked_where_settings_are_shown() -> None:
    shown = json.dumps(redacted(example()))
    assert "hush" not in shown
    assert "secret-a" not in shown
    assert "hush" not in repr(example())


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    write_settings(example(), path)
    path.chmod(0o644)
    with pytest.raises(SettingsError):
        load_settings(Example, path)


@pytest.mark.parametrize(
    "text", ["", "{", '{"name": "one"}', '{"name": "one", "password": "x", "keys": {}, "other": 1}', "[]"]
)
def test_a_file_that_does_not_fit_is_refused_by_name_and_shows_no_value(tmp_path: Path, text: str) -> None:
    path = tmp_path / "settings.json"
    path.touch(mode=0o600)
    path.write_text(text)
    with pytest.raises(SettingsError) as caught:
        load_settings(Example, path)
    assert str(path) in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(Example, tmp_path / "none.json")
    assert "none.json" in str(caught.value)


def test_settings_do_not_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        example().name = "two"  # type: ignore[misc]  # what is tested
