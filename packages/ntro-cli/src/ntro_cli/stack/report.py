"""What the supervisor says of itself, in one file that every command reads."""

import signal
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ntro_cli.stack.errors import StackError
from ntro_cli.stack.files import write_json
from ntro_cli.stack.paths import StackPaths

HOPELESS_FAILURES = 5
# The signal that makes the supervisor try at once what it is pausing with.
TRY_AGAIN = signal.SIGUSR1


class ServiceState(StrEnum):
    """`STARTING` until it is healthy, also after it has died; `BLOCKED` when only a person can help."""

    STARTING = "starting"
    HEALTHY = "healthy"
    BLOCKED = "blocked"


class Problem(BaseModel):
    """What is wrong and what to do."""

    model_config = ConfigDict(frozen=True)

    message: str
    remedy: str

    @classmethod
    def of(cls, error: StackError) -> "Problem":
        """The problem that `error` speaks of."""
        return cls(message=error.message, remedy=error.remedy)


class ServiceReport(BaseModel):
    """One process as the supervisor sees it. `restarts` counts its deaths, `failures` its starts in vain in a row."""

    model_config = ConfigDict(frozen=True)

    state: ServiceState
    pid: int | None = None
    address: str | None = None
    restarts: int = 0
    failures: int = 0
    problem: Problem | None = None

    @property
    def is_hopeless(self) -> bool:
        """Whether it will not become healthy by itself: it is blocked, or has failed to start too often."""
        return self.state is ServiceState.BLOCKED or self.failures >= HOPELESS_FAILURES


class Report(BaseModel):
    """Everything the supervisor runs. `is_provisioned` once no tenant waits for its cell.

    `urges` counts how often the supervisor was told to try again at once.
    """

    model_config = ConfigDict(frozen=True)

    services: dict[str, ServiceReport] = Field(default_factory=dict)
    failed_tenants: dict[str, Problem] = Field(default_factory=dict)
    is_provisioned: bool = False
    urges: int = 0
    fatal: Problem | None = None

    @property
    def is_healthy(self) -> bool:
        """Whether all that should run does, and every tenant has its cell."""
        healthy = all(service.state is ServiceState.HEALTHY for service in self.services.values())
        return self.is_provisioned and healthy and bool(self.services)


def read_report(paths: StackPaths) -> Report | None:
    """The newest report; none where there is none that can be read."""
    try:
        return Report.model_validate_json(paths.status.read_bytes())
    except (OSError, ValidationError):
        return None


def write_report(paths: StackPaths, report: Report) -> None:
    """Replaces the report in one step."""
    write_json(paths.status, report.model_dump(mode="json"))
