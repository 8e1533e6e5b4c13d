"""What running processes have used: processor time and memory, of each with everything it started. Linux only."""

import time
from collections.abc import Iterable
from pathlib import Path

SCHEDULED = 2  # CPUCLOCK_SCHED of the kernel: the processor time of a whole process, to the nanosecond


class ProcessorTime:
    """Seconds used by process groups since this was made: ``ProcessorTime(web=pid, engine=pid).used()``."""

    def __init__(self, **roots: int) -> None:
        self.roots = roots
        self.before = {name: _seconds_of(family(root)) for name, root in roots.items()}

    def used(self) -> dict[str, float]:
        """Of those alive now; what has ended meanwhile is not counted."""
        return {name: self._since(name, root) for name, root in self.roots.items()}

    def _since(self, name: str, root: int) -> float:
        now = _seconds_of(family(root))
        return sum(seconds - self.before[name].get(pid, 0.0) for pid, seconds in now.items())


def family(root: int) -> list[int]:
    """The process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except (OSError, IndexError):  # it has just ended
            continue
        children.setdefault(parent, []).append(int(stat.parent.name))
    found = [root]
    for pid in found:
        found += children.get(pid, [])
    return found


def peak_memory(root: int) -> float:
    """The most that the process and its family ever held, in MB: the sum of each one's own peak."""
    peaks = [line for pid in family(root) for line in _status(pid) if line.startswith("VmHWM:")]
    return sum(int(line.split()[1]) for line in peaks) / 1024


def _status(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return []


def _seconds_of(pids: Iterable[int]) -> dict[int, float]:
    seconds = {}
    for pid in pids:
        try:
            seconds[pid] = time.clock_gettime((~pid << 3) | SCHEDULED)  # as clock_getcpuclockid(3) makes it
        except OSError:
            continue
    return seconds
