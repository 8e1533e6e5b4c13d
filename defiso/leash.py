"""A process that ends when the one that started it does, however that one ended.

Linux only; elsewhere nothing happens.
"""

import ctypes
import signal
import sys

PR_SET_PDEATHSIG = 1


def end_with_parent(number: signal.Signals = signal.SIGTERM) -> None:
    """Ask the kernel for signal ``number`` when the parent is gone. Survives exec, not fork. Source: prctl(2)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
