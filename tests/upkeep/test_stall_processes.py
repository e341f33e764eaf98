"""The stall watch in processes of their own: one is killed in the middle, two at a time take it up."""

import signal
import subprocess
import sys
from collections import Counter
from datetime import timedelta

from casestatus.database import Clock
from tests.factories import World
from tests.upkeep.test_stalls import notices, stalls, tasks, wants_alerts

LINES = 9
NEVER = 0


def watch(url: str, clock: Clock, *, dies_at: int = NEVER) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.upkeep.watching", url, clock.now().isoformat(), str(dies_at)]
    return subprocess.Popen(command)


def test_two_processes_alert_once_per_threshold_after_one_was_killed(
    world: World, clock: Clock, database_url: str
) -> None:
    for line in range(1, LINES + 1):
        world.push(f"u{line}", "CI01", proceeding=line)
    wants_alerts(world, world.admit(proceedings=list(range(1, LINES + 1))).victim_id)
    clock.advance(timedelta(days=30))
    assert watch(database_url, clock, dies_at=2).wait(60) == -signal.SIGKILL
    assert 0 < len(stalls(world)) < LINES
    for _ in range(2):
        together = [watch(database_url, clock), watch(database_url, clock)]
        assert [process.wait(60) for process in together] == [0, 0]
        clock.advance(timedelta(days=30))
    raised = Counter((stall.proceeding_id, stall.days) for stall in stalls(world))
    assert (len(raised), set(raised.values())) == (2 * LINES, {1})
    assert Counter(task.proceeding_id for task in tasks(world)) == Counter({line: 2 for line, _ in raised})
    assert Counter(notice.proceeding_id for notice in notices(world)) == Counter({line: 2 for line, _ in raised})
