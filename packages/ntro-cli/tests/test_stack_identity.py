"""A pid names a process only together with when it started."""

import os
import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from ntro_cli.stack.identity import ProcessIdentity


@given(st.text(max_size=80))
def test_no_other_start_time_names_this_process(started: str) -> None:
    mine = ProcessIdentity.of(os.getpid())
    assert mine is not None
    assert ProcessIdentity(mine.pid, started).is_alive() == (started == mine.started)
    if started != mine.started:
        assert not ProcessIdentity(mine.pid, started).signal(0)


@given(st.integers(min_value=2**22 + 1, max_value=2**31 - 1))
def test_a_pid_that_nobody_has_names_nobody(pid: int) -> None:
    assert ProcessIdentity.of(pid) is None


def test_the_unburied_rest_of_a_process_is_not_alive() -> None:
    with subprocess.Popen([sys.executable, "-I", "-S", "-c", "input()"], stdin=subprocess.PIPE) as child:
        identity = ProcessIdentity.of(child.pid)
        assert identity is not None
        assert identity.is_alive()
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert not identity.is_alive()


def test_memory_is_told_in_bytes() -> None:
    mine = ProcessIdentity.of(os.getpid())
    assert mine is not None
    memory = mine.memory_bytes()
    assert memory is None or memory > 1024 * 1024
