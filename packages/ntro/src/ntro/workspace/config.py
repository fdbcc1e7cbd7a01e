"""Connections: named pairs of host and key, kept in one file that only its owner may read.

The file is `$NTRO_HOME/config.toml`, else `~/.ntro/config.toml`. Each field is taken from the first that names it:
the caller, the environment, the connection, the default. A connection's own fields may come from the environment, too:
`NTRO_CONNECTIONS_<NAME>_<FIELD>`, the name in capitals with `_` for every other sign, wins over the file.
"""

import os
import re
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
FIELDS = ("host", "api_key", "default_tenant", "default_entity")
"""Fields of a connection."""

_VARIABLES = {
    "host": "NTRO_HOST",
    "api_key": "NTRO_API_KEY",
    "default_tenant": "NTRO_TENANT",
    "default_entity": "NTRO_ENTITY",
}


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


@dataclass(frozen=True, slots=True)
class Resolved:
    """The connection to use. `sources` says by field where it comes from: given, a variable, the file or default."""

    connection: Connection
    sources: Mapping[str, str]


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
    given = {"host": host, "api_key": api_key, "default_tenant": tenant, "default_entity": entity}
    return resolve_with_sources(connection, given, environ=environ).connection


def resolve_with_sources(
    connection: str | None, given: Mapping[str, str | None], *, environ: Mapping[str, str] = os.environ
) -> Resolved:
    """The connection to use, and where each of its fields comes from; `given` is by field.

    Raises:
        ConfigError: the named connection does not exist, or the file cannot be read.
    """
    configuration = load_configuration(config_path(environ))
    base = _base(configuration, connection or environ.get("NTRO_DEFAULT_CONNECTION_NAME"), environ)
    found = {name: _first(name, given, base, environ) for name in FIELDS}
    host = (found["host"][0] or DEFAULT_HOST).rstrip("/")
    chosen = Connection(
        base.name, host, found["api_key"][0] or "", found["default_tenant"][0], found["default_entity"][0]
    )
    return Resolved(chosen, {name: source for name, (_, source) in found.items()})


def _base(configuration: Configuration, asked: str | None, environ: Mapping[str, str]) -> Connection:
    """The connection that is meant; one that only the environment describes needs no place in the file."""
    named = asked or configuration.default_connection_name
    if named is None and DEFAULT_CONNECTION not in configuration.connections:
        return Connection(DEFAULT_CONNECTION)
    name = named or DEFAULT_CONNECTION
    if name not in configuration.connections and any(_own_variable(name, field) in environ for field in FIELDS):
        return Connection(name)
    return configuration.connection(name)


def _first(
    name: str, given: Mapping[str, str | None], base: Connection, environ: Mapping[str, str]
) -> tuple[str | None, str]:
    if value := given.get(name):
        return value, "given"
    for variable in (_VARIABLES[name], _own_variable(base.name, name)):
        if value := environ.get(variable):
            return value, variable
    value = getattr(base, name) or None
    is_default = value is None or (name == "host" and value == DEFAULT_HOST)
    return value, "default" if is_default else "file"


def _own_variable(connection: str, name: str) -> str:
    return f"NTRO_CONNECTIONS_{re.sub(r'[^A-Z0-9]', '_', connection.upper())}_{name.upper()}"


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
    known = {key: table[key] for key in FIELDS if key in table}
    for key, value in known.items():
        if not isinstance(value, str):
            raise ConfigError(f"connections.{name}.{key} in {path} is not text.")
    return Connection(name, **known)


def _document(configuration: Configuration) -> dict[str, Any]:
    """The file's content: unknown members first, then what this version knows."""
    document = dict(configuration.unknown)
    before = document.get("connections", {})
    document["connections"] = {
        name: _unknown(before.get(name, {})) | _table(connection)
        for name, connection in configuration.connections.items()
    }
    if configuration.default_connection_name is not None:
        document["default_connection_name"] = configuration.default_connection_name
    return document


def _unknown(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if key not in FIELDS}


def _table(connection: Connection) -> dict[str, str]:
    values = {key: getattr(connection, key) for key in FIELDS}
    return {key: value for key, value in values.items() if value is not None}
