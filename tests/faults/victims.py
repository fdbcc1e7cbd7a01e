"""The processes of a running stack, found from outside: by their run files and the process table."""

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from ntro_cli.stack.daemon import RunRecord
from ntro_cli.stack.identity import ProcessIdentity

PROC = Path("/proc")
WAIT_SECONDS = 180.0
SERVERS = ("postgres", "temporal", "workspace", "cell-demo-api", "cell-demo-ops", "supervisor")
BACKEND = "postgres backend"
RUNBOOKS = ("document-ingest", "nav-monthly")
T = TypeVar("T")
EVERYTHING = "everything at once"
KINDS = (*SERVERS, BACKEND, *(f"worker of {slug}" for slug in RUNBOOKS))


@dataclass(frozen=True, slots=True)
class Victims:
    """The processes of the stack of `home` that may be killed, by kind."""

    home: Path

    def pids(self, kind: str) -> list[int]:
        """The live processes of a kind."""
        if kind in SERVERS:
            return self._recorded(kind)
        if kind == BACKEND:
            return [pid for parent in self.pids("postgres") for pid in children(parent) if is_backend(pid)]
        slug = kind.removeprefix("worker of ")
        settings = str(self.home / "tenants" / "demo" / "settings.json")
        return [pid for pid, words in everybody() if settings in words and "runbook" in words and slug in words]

    def wait_for(self, kind: str) -> list[int]:
        """The live processes of a kind, once there is one."""
        return until(lambda: self.pids(kind), f"there is a {kind}")

    def kill_one(self, kind: str, chance: random.Random) -> int:
        """Kills one process of a kind as the kernel would; how many are gone."""
        return self._kill([chance.choice(self.wait_for(kind))])

    def kill_all(self) -> int:
        """Kills every process of the stack, the supervisor first; how many are gone."""
        return self._kill([pid for kind in ("supervisor", *KINDS) for pid in self.pids(kind)])

    def _kill(self, pids: list[int]) -> int:
        killed = dict.fromkeys(pids)
        for pid in killed:
            signal_if_there(pid)
        until(lambda: not any(alive(pid) for pid in killed), "the killed are gone")
        return len(killed)

    def _recorded(self, name: str) -> list[int]:
        """The process of a run file, if it is still that very process: its number may be another's by now."""
        try:
            record = RunRecord.model_validate_json((self.home / "stack" / "run" / f"{name}.json").read_bytes())
        except FileNotFoundError:
            return []
        return [record.pid] if ProcessIdentity(record.pid, record.started).is_alive() else []


def until(look: Callable[[], T], what: str, seconds: float = WAIT_SECONDS) -> T:
    """What `look` finds, once it finds something."""
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end, f"waited {seconds} s until {what}"
        time.sleep(0.1)
    return found


def alive(pid: int) -> bool:
    """Whether a process runs: one that only waits to be buried does not."""
    return state_and_parent(pid)[0] not in {"", "Z", "X"}


def children(parent: int) -> list[int]:
    """The processes that another one has started."""
    return [pid for pid, _ in everybody() if state_and_parent(pid)[1] == parent]


def is_backend(pid: int) -> bool:
    """Whether a process of PostgreSQL serves a connection."""
    return "127.0.0.1(" in " ".join(words_of(pid))


def everybody() -> Iterator[tuple[int, list[str]]]:
    """All processes with the words of their command lines."""
    for entry in PROC.iterdir():
        if entry.name.isdigit() and (words := words_of(int(entry.name))):
            yield int(entry.name), words


def words_of(pid: int) -> list[str]:
    """The words of a command line; none where the process is gone."""
    try:
        return (PROC / str(pid) / "cmdline").read_text(errors="replace").split("\0")
    except (FileNotFoundError, ProcessLookupError):
        return []


def state_and_parent(pid: int) -> tuple[str, int]:
    """State and parent of a process; empty and 0 where it is gone."""
    try:
        fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return "", 0
    return fields[0], int(fields[1])


def signal_if_there(pid: int) -> None:
    """Kills a process that another kill may have taken along."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
