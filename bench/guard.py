"""Whether this machine can be measured on now: two busy processes must do nearly twice the work of one."""

import subprocess
import sys
from dataclasses import dataclass

FAIR = 1.8  # issue 1: less means that somebody else uses a core, or that there is only one
SPIN = """
import sys, time
end, turns = time.monotonic() + float(sys.argv[1]), 0
while time.monotonic() < end:
    turns += 1
print(turns)
"""


@dataclass(frozen=True)
class Fairness:
    """How many times the work of one busy process two of them did, each time that we looked."""

    seen: tuple[float, ...]

    @property
    def is_valid(self) -> bool:
        return all(times >= FAIR for times in self.seen)


def look(seconds: float = 0.4) -> float:
    """How many times the work of one process two do now, each spinning for so many seconds."""
    alone = turns(1, seconds)
    return turns(2, seconds) / alone


def turns(processes: int, seconds: float) -> int:
    """The turns that so many processes, spinning at once, made together."""
    command = [sys.executable, "-S", "-c", SPIN, str(seconds)]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(processes)]
    return sum(int(each.communicate()[0]) for each in started)
