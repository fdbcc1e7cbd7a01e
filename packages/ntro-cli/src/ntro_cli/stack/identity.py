"""Which process a pid means: a number alone may be another process by now."""

import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_START_FIELD = 19  # of /proc/<pid>/stat, counted from the state, which follows the name in brackets
_PS_SECONDS = 5


@dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """A process for ever: its pid and when it started, in words of the system that never name another process."""

    pid: int
    started: str

    @classmethod
    def of(cls, pid: int) -> "ProcessIdentity | None":
        """The identity of the live process `pid`; none where there is none, or only its unburied rest."""
        started = _started(pid)
        return None if started is None else cls(pid, started)

    def is_alive(self) -> bool:
        """Whether this very process still runs."""
        return _started(self.pid) == self.started

    def signal(self, number: int) -> bool:
        """Sends signal `number` to this very process; whether it was there."""
        if not self.is_alive():
            return False
        try:
            os.kill(self.pid, number)
        except ProcessLookupError:
            return False
        return True

    def memory_bytes(self) -> int | None:
        """Resident memory; none where the system does not tell."""
        if not _PROC.is_dir():
            text = _ps(self.pid, "rss")
            return int(text) * 1024 if text else None
        try:
            pages = int((_PROC / str(self.pid) / "statm").read_text().split()[1])
        except (OSError, IndexError):
            return None
        return pages * os.sysconf("SC_PAGE_SIZE")

    def folder(self) -> Path | None:
        """The working directory; none where the system does not tell."""
        try:
            return (_PROC / str(self.pid) / "cwd").readlink()
        except OSError:
            return None


def wait_until_gone(identity: ProcessIdentity, seconds: float) -> bool:
    """Waits at most `seconds` for the process to end; whether it did."""
    end = time.monotonic() + seconds
    while identity.is_alive():
        if time.monotonic() >= end:
            return False
        time.sleep(0.01)
    return True


def _started(pid: int) -> str | None:
    if not _PROC.is_dir():
        state = _ps(pid, "stat")
        return _ps(pid, "lstart") if state and not state.startswith("Z") else None
    try:
        fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return None
    return None if fields[0] in "ZX" else f"{boot}:{fields[_START_FIELD]}"


def _ps(pid: int, field: str) -> str | None:
    command = ["/bin/ps", "-o", f"{field}=", "-p", str(pid)]
    found = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_PS_SECONDS)  # noqa: S603  # a fixed program and a number
    return found.stdout.strip() or None
