"""Settings that may be shown, and files that others must not read."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path

from ntro_cli.stack.paths import StackPaths

_SHOWN = {
    "host",
    "port",
    "public_url",
    "temporal_address",
    "temporal_namespace",
    "templates_dir",
    "tenant_id",
    "tenant_slug",
    "home",
    "workspace_url",
    "active_payload_key",
    "max_upload_bytes",
    "log_level",
    "operator_speaks_for_users",
}
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def shown_settings(paths: StackPaths) -> dict[str, dict[str, object]]:
    """The settings of every server by file; whatever is not known to be harmless is masked."""
    return {str(path): _masked(path) for path in _settings_files(paths)}


def exposed_files(paths: StackPaths) -> list[Path]:
    """Folders and files with secrets that others than their owner can get at."""
    private = [paths.home, paths.stack, paths.secrets, paths.home / "config.toml", paths.postgres / "password"]
    private += _settings_files(paths)
    return [path for path in private if path.exists() and path.stat().st_mode & _OTHERS]


def _settings_files(paths: StackPaths) -> Iterator[Path]:
    if paths.workspace_settings.exists():
        yield paths.workspace_settings
    yield from sorted(paths.home.glob("tenants/*/settings.json"))


def _masked(path: Path) -> dict[str, object]:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {"": "cannot be read; ntro up writes it again"}
    return {name: value if name in _SHOWN else "***" for name, value in sorted(values.items())}
