"""What an agent outside the platform is given to report on its task: an address, a key, the task."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["AuthConfig", "read_config", "session_task"]

_DEFAULT_URL = "https://api.ntropii.com"


@dataclass(frozen=True, slots=True)
class AuthConfig:
    """Where to report, and as whom. At least one of `task_id` and `session_id` is set.

    `api_key` is the agent's own key and `api_url` Workspace's address, or they are an access token and the address of
    the cell that takes it.
    """

    api_key: str = field(repr=False)
    api_url: str
    task_id: str | None = None
    session_id: str | None = None


def read_config(environ: Mapping[str, str] | None = None) -> AuthConfig:
    """The configuration in `NTRO_API_KEY`, `NTRO_API_URL`, `NTRO_TASK_ID` and `NTRO_SESSION_ID`.

    The address defaults to the published one of Workspace.

    Raises:
        RuntimeError: one that is needed is missing; the message says which.
    """
    given = os.environ if environ is None else environ
    missing = [] if given.get("NTRO_API_KEY") else ["NTRO_API_KEY"]
    if not given.get("NTRO_TASK_ID") and not given.get("NTRO_SESSION_ID"):
        missing.append("NTRO_TASK_ID or NTRO_SESSION_ID")
    if missing:
        raise RuntimeError(f"Set {', '.join(missing)}: an agent reports to its task with them.")
    return AuthConfig(
        api_key=given["NTRO_API_KEY"],
        api_url=(given.get("NTRO_API_URL") or _DEFAULT_URL).rstrip("/"),
        task_id=given.get("NTRO_TASK_ID") or None,
        session_id=given.get("NTRO_SESSION_ID") or None,
    )


def session_task(environ: Mapping[str, str] | None = None) -> str | None:
    """The task that an agent's session works on: `NTRO_TASK_ID`; none where the environment names none."""
    given = os.environ if environ is None else environ
    return given.get("NTRO_TASK_ID") or None
