"""Where everything of one stack lies: below `$NTRO_HOME`, or `~/.ntro`."""

from dataclasses import dataclass
from pathlib import Path

from ntro.workspace.config import config_path


@dataclass(frozen=True, slots=True)
class StackPaths:
    """The files and folders of the stack of `home`, which is absolute."""

    home: Path

    @classmethod
    def of_environment(cls) -> "StackPaths":
        """Those of the user's environment."""
        return cls(config_path().parent.absolute())

    @property
    def stack(self) -> Path:
        return self.home / "stack"

    @property
    def state(self) -> Path:
        return self.stack / "state.json"

    @property
    def secrets(self) -> Path:
        return self.stack / "secrets.json"

    @property
    def status(self) -> Path:
        return self.stack / "status.json"

    @property
    def command_lock(self) -> Path:
        return self.stack / "command.lock"

    @property
    def supervisor_lock(self) -> Path:
        return self.stack / "supervisor.lock"

    @property
    def runs(self) -> Path:
        return self.stack / "run"

    @property
    def logs(self) -> Path:
        return self.stack / "logs"

    @property
    def postgres(self) -> Path:
        return self.home / "postgres"

    @property
    def temporal(self) -> Path:
        return self.home / "temporal"

    @property
    def workspace_settings(self) -> Path:
        return self.home / "workspace" / "settings.json"

    def tenant(self, slug: str) -> Path:
        """The home of a tenant's cell."""
        return self.home / "tenants" / slug

    def cell_settings(self, slug: str) -> Path:
        """The settings of a tenant's cell."""
        return self.tenant(slug) / "settings.json"

    def ops_ready(self, slug: str) -> Path:
        """The file that a cell's ops worker makes once it polls."""
        return self.tenant(slug) / "run" / "ops.ready"

    def run_file(self, process: str) -> Path:
        """Who the process named so is."""
        return self.runs / f"{process}.json"

    def log(self, process: str) -> Path:
        """What the process named so says."""
        return self.logs / f"{process}.log"
