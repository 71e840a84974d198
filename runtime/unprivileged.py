"""Starting a program that refuses to run as root, from a root shell, wherever its files lie.

The program runs as the system's unprivileged user. Where that user cannot reach the program or its data because a
directory above them is private (a clone in root's home), it keeps one right of root's, CAP_DAC_OVERRIDE, which
lets it pass; so no user is created and no permission changes on anything that is not ours. See capabilities(7).
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable
from pathlib import Path

from domain.errors import Unavailable

UNPRIVILEGED_ID = 65534
_CAP_DAC_OVERRIDE = 1
_PR_SET_PDEATHSIG = 1
_PR_SET_SECUREBITS = 28
_NO_SETUID_FIXUP = 1 << 2  # without it access(2) answers as if the kept right were gone
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_CAPABILITY_VERSION_3 = 0x20080522


def needed() -> bool:
    """Whether this process is root and has to give it up for such a program."""
    return os.geteuid() == 0


def reachable(path: Path) -> bool:
    """Whether everybody may pass through every directory down to a path."""
    return all(parent.stat().st_mode & 0o001 for parent in path.resolve().parents)


def dropper(*, keep_passage: bool) -> Callable[[], None]:
    """What a child runs before the program: become the unprivileged user, with passage kept if asked for."""
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    bit = 1 << _CAP_DAC_OVERRIDE
    data = (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)

    def drop() -> None:
        if keep_passage and libc.prctl(_PR_SET_SECUREBITS, _NO_SETUID_FIXUP, 0, 0, 0):
            raise OSError(ctypes.get_errno(), "the right to pass private directories could not be kept")
        os.setgroups([])
        os.setgid(UNPRIVILEGED_ID)
        os.setuid(UNPRIVILEGED_ID)
        if keep_passage and (
            libc.capset(header, data) or libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, _CAP_DAC_OVERRIDE, 0, 0)
        ):
            raise OSError(ctypes.get_errno(), "the right to pass private directories could not be kept")

    return drop


def own(path: Path) -> None:
    """Give one of our own directories to the unprivileged user."""
    if Path(path).is_symlink():
        raise Unavailable("data_directory_unsafe", f"{path} is a symbolic link.", fix="Remove it.")
    os.chown(path, UNPRIVILEGED_ID, UNPRIVILEGED_ID)


def tie(end_signal: int) -> None:
    """In a child: end by this signal when the parent dies, however it dies (Linux; elsewhere nothing)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, end_signal, 0, 0, 0)
