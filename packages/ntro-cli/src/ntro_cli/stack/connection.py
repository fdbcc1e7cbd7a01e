"""The connection `local`: every other command finds the stack through it."""

from dataclasses import replace

from ntro.workspace.config import Connection, load_configuration, save_configuration
from ntro_cli.stack.paths import StackPaths

NAME = "local"


def write_connection(paths: StackPaths, host: str, api_key: str) -> None:
    """Writes `local` to the config file of this home; it is the default unless another one with a key is."""
    configuration = load_configuration(paths.home / "config.toml")
    before = configuration.connections.get(NAME, Connection(NAME))
    after = replace(before, host=host, api_key=api_key)
    chosen = configuration.connections.get(configuration.default_connection_name or "")
    changed = configuration.with_connection(after, make_default=chosen is None or not chosen.api_key)
    if changed != configuration or configuration.is_exposed:
        save_configuration(changed)
