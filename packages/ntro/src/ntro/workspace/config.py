"""Connections: named pairs of host and key, kept in one file that only its owner may read.

The file is `$NTRO_HOME/config.toml`, else `~/.ntro/config.toml`. Each field is taken from the first that names it:
the caller, the environment, the connection, the default.
"""

import os
import stat
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import tomli_w

from ntro.workspace.errors import ConfigError

DEFAULT_HOST = "https://api.ntropii.com/v1"
LOCAL_HOST = "http://localhost:3000/v1"
DEFAULT_CONNECTION = "production"
_OWNER_ONLY = 0o600
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_FIELDS = ("host", "api_key", "default_tenant", "default_entity")


@dataclass(frozen=True, slots=True)
class Connection:
    """One `[connections.<name>]` of the file. The key is empty where none is known."""

    name: str
    host: str = DEFAULT_HOST
    api_key: str = field(default="", repr=False)
    default_tenant: str | None = None
    default_entity: str | None = None


@dataclass(frozen=True, slots=True)
class Configuration:
    """What the file holds. Members that this version does not know are kept when it is written again."""

    path: Path
    connections: Mapping[str, Connection]
    default_connection_name: str | None = None
    unknown: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_exposed(self) -> bool:
        """Whether others than the owner may read the file."""
        return os.name == "posix" and self.path.exists() and bool(self.path.stat().st_mode & _OTHERS)

    def with_connection(self, connection: Connection, *, make_default: bool) -> "Configuration":
        """This configuration with `connection` added, or in place of the one of its name."""
        default = connection.name if make_default else self.default_connection_name
        connections = {**self.connections, connection.name: connection}
        return replace(self, connections=connections, default_connection_name=default)

    def with_default(self, name: str) -> "Configuration":
        """This configuration with `name` as the default connection.

        Raises:
            ConfigError: there is no connection of that name.
        """
        self.connection(name)
        return replace(self, default_connection_name=name)

    def connection(self, name: str) -> Connection:
        """The connection `name`.

        Raises:
            ConfigError: there is none; the message lists those that there are.
        """
        if name in self.connections:
            return self.connections[name]
        available = ", ".join(sorted(self.connections)) or "none"
        raise ConfigError(
            f"There is no connection {name} in {self.path}. Available: {available}.",
            code="unknown_connection",
            hint="Add it with: ntro auth login --name " + name,
        )


def config_path(environ: Mapping[str, str] = os.environ) -> Path:
    """Where the connections file is, whether it exists or not."""
    home = environ.get("NTRO_HOME")
    return (Path(home).expanduser() if home else Path.home() / ".ntro") / "config.toml"


def load_configuration(path: Path | None = None) -> Configuration:
    """The connections of `path`; without a file one built-in connection `production` without a key.

    Raises:
        ConfigError: the file cannot be read, is no TOML, or a field has another type than text.
    """
    where = path or config_path()
    try:
        raw = tomllib.loads(where.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Configuration(where, {DEFAULT_CONNECTION: Connection(DEFAULT_CONNECTION)}, DEFAULT_CONNECTION)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{where} cannot be read: {error}.") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{where} is no valid TOML: {error}.", hint="Correct it, or move it away.") from error
    return _configuration(where, raw)


def save_configuration(configuration: Configuration) -> None:
    """Writes the file whole, readable by its owner alone; a crash leaves the old or the new one."""
    folder = configuration.path.parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    content = tomli_w.dumps(_document(configuration))
    descriptor, name = tempfile.mkstemp(dir=folder, prefix=".config-", suffix=".toml")
    written = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        written.chmod(_OWNER_ONLY)
        written.replace(configuration.path)
    except BaseException:
        written.unlink(missing_ok=True)
        raise


def resolve(
    *,
    connection: str | None = None,
    host: str | None = None,
    api_key: str | None = None,
    tenant: str | None = None,
    entity: str | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Connection:
    """The connection to use, field by field: given, environment, connection of the file, default.

    Raises:
        ConfigError: the named connection does not exist, or the file cannot be read.
    """
    configuration = load_configuration(config_path(environ))
    named = connection or environ.get("NTRO_DEFAULT_CONNECTION_NAME") or configuration.default_connection_name
    if named is None and DEFAULT_CONNECTION not in configuration.connections:
        base = Connection(DEFAULT_CONNECTION)
    else:
        base = configuration.connection(named or DEFAULT_CONNECTION)
    return replace(
        base,
        host=(host or environ.get("NTRO_HOST") or base.host).rstrip("/"),
        api_key=api_key or environ.get("NTRO_API_KEY") or base.api_key,
        default_tenant=tenant or environ.get("NTRO_TENANT") or base.default_tenant,
        default_entity=entity or environ.get("NTRO_ENTITY") or base.default_entity,
    )


def _configuration(path: Path, raw: dict[str, Any]) -> Configuration:
    default = raw.get("default_connection_name")
    tables = raw.get("connections", {})
    if not isinstance(default, str | None):
        raise ConfigError(f"default_connection_name in {path} is not text.")
    if not isinstance(tables, dict):
        raise ConfigError(f"connections in {path} is not a table.")
    connections = {name: _connection(path, name, table) for name, table in tables.items()}
    return Configuration(path, connections, default, raw)


def _connection(path: Path, name: str, table: object) -> Connection:
    if not isinstance(table, dict):
        raise ConfigError(f"connections.{name} in {path} is not a table.")
    known = {key: table[key] for key in _FIELDS if key in table}
    for key, value in known.items():
        if not isinstance(value, str):
            raise ConfigError(f"connections.{name}.{key} in {path} is not text.")
    return Connection(name, **known)


def _document(configuration: Configuration) -> dict[str, Any]:
    """The file's content: unknown members first, then what this version knows."""
    document = dict(configuration.unknown)
    before = document.get("connections", {})
    document["connections"] = {
        name: {**before.get(name, {}), **_table(connection)} for name, connection in configuration.connections.items()
    }
    if configuration.default_connection_name is not None:
        document["default_connection_name"] = configuration.default_connection_name
    return document


def _table(connection: Connection) -> dict[str, str]:
    values = {key: getattr(connection, key) for key in _FIELDS}
    return {key: value for key, value in values.items() if value is not None}
