"""Settings of a server process: one JSON file, private to its owner, read once into a frozen object."""

import json
import stat
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError


class SettingsError(RuntimeError):
    """The settings file is missing, readable by others, or invalid; the message says which and what to do."""


class ServerSettings(BaseModel):
    """Base of a server's settings. Unknown keys are errors, secrets are `SecretStr`."""

    model_config = ConfigDict(frozen=True, extra="forbid")


SettingsT = TypeVar("SettingsT", bound=ServerSettings)


def load_settings(model: type[SettingsT], path: Path) -> SettingsT:
    """Reads `path` (JSON, mode 0600) into `model`.

    Raises:
        SettingsError: the file is missing, others can read it, or its content does not fit `model`.
    """
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"The settings file {path} cannot be read: {error.strerror}.") from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise SettingsError(f"The settings file {path} can be read by others; run: chmod 600 {path}")
    try:
        return model.model_validate(json.loads(text))
    except (ValidationError, json.JSONDecodeError) as error:
        raise SettingsError(f"The settings file {path} is not valid: {_problems(error)}") from error


def write_settings(settings: ServerSettings, path: Path) -> None:
    """Writes `settings` with its secrets in clear to `path`, mode 0600, replacing the file in one step."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = path.with_name(f".{path.name}.partial")
    partial.unlink(missing_ok=True)
    partial.touch(mode=0o600)
    partial.write_text(json.dumps(_plain(settings), indent=2, sort_keys=True) + "\n", encoding="utf-8")
    partial.replace(path)


def redacted(settings: ServerSettings) -> dict[str, object]:
    """`settings` as JSON values with every secret masked, for `ntro doctor` and logs."""
    return settings.model_dump(mode="json")


def _plain(settings: ServerSettings) -> dict[str, object]:
    values: dict[str, object] = settings.model_dump(mode="json")
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if isinstance(value, SecretStr):
            values[name] = value.get_secret_value()
        elif isinstance(value, dict):
            values[name] = {
                key: item.get_secret_value() if isinstance(item, SecretStr) else values[name][key]  # type: ignore[index]  # the dump of a dict is a dict
                for key, item in value.items()
            }
    return values


def _problems(error: ValidationError | json.JSONDecodeError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return str(error)
    return "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors(include_input=False))
