"""Becomes a program that refuses to run as root, or that must end with its parent.

Run as a script with the standard library alone: `python -I -S launcher.py MODE PARENT PROGRAM ARGUMENT...`.
MODE is `plain`, `userns` (root outside, nobody inside a user namespace: files stay root's own) or `nobody` (its uid).
PARENT is the pid with which the program ends, or 0. The order matters: a change of the uid clears the death signal.
"""

import ctypes
import os
import signal
import sys
from pathlib import Path

NOBODY = 65534
CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1


def enter_user_namespace() -> None:
    """Makes root outside be nobody inside."""
    uid, gid = os.geteuid(), os.getegid()
    _call("unshare", CLONE_NEWUSER)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/gid_map").write_text(f"{NOBODY} {gid} 1")
    Path("/proc/self/uid_map").write_text(f"{NOBODY} {uid} 1")


def become_nobody() -> None:
    """Gives up root for good."""
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)


def end_with(parent: int) -> None:
    """Asks for a clean stop when the parent dies; stops at once when it already has."""
    if sys.platform.startswith("linux"):
        _call("prctl", PR_SET_PDEATHSIG, signal.SIGINT)
    if os.getppid() != parent:
        sys.exit(1)


def main(mode: str, parent: int, command: list[str]) -> None:
    """Changes what `mode` asks for, then becomes `command`."""
    os.umask(0o077)
    if mode == "userns":
        enter_user_namespace()
    elif mode == "nobody":
        become_nobody()
    if parent:
        end_with(parent)
    os.execv(command[0], command)  # noqa: S606  # no shell is the point


def _call(name: str, *arguments: int) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    if getattr(library, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), name)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
