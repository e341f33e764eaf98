"""Tries the changes: pytest collects all tests once, and each change has a fork of that process in which it is made."""

import fnmatch
import gc
import json
import math
import os
import shutil
import signal
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import pytest
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state

from tests.mutation.measured import Measure, Measured, hash_of
from tests.mutation.scores import group_of
from tests.mutation.verdicts import NOTICED, REFUSED, SURVIVED, TIMED_OUT, UNREACHED, Verdicts, module_of

AT_ONCE = 2
AT_MOST = 5.0  # seconds of the processor for a change's nearest tests, beside those of its module
QUICK = 1.5  # seconds of the first round, in which most changes are noticed
TIMED = {"dispatch", "gate", "hand_overs", "in_time", "queue", "tokens"}  # a busy machine may fail one of theirs, once
LONGEST = 40.0  # seconds more than ten times what a test takes
ALL, SURVIVED_ONES = "all-tests", "survived"
WHO = Path("noticed-by.jsonl")
CONFIGURED = Path("pyproject.toml")


class Trying:
    """A plugin of pytest that runs its tests once for each change."""

    def __init__(self, asked: Sequence[str]) -> None:
        self._asked = [name for name in asked if name != ALL]
        self._all = ALL in asked
        self._verdicts = Verdicts(Path())
        self._measured = Measured([])
        self._failed = False
        self._running: dict[int, str] = {}
        self._passed: dict[str, Sequence[str]] = {}  # the tests that did not notice a change, while there are more

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """In place of pytest's own."""
        _calm_hypothesis()
        self._warm_up(session.items)
        unknown = Measured(session.items).unknown
        for number, item in enumerate(unknown, 1):
            _say(f"measuring {number} of {len(unknown)}: {item.nodeid}")
            self._begin("", [item])
        self._wait_for_all()
        self._measured = Measured(session.items)
        items, changes = {item.nodeid: item for item in session.items}, self._changes()
        for at_most in (QUICK, math.inf):
            for number, change in enumerate(changes, 1):
                _say(f"{number} of {len(changes)}")
                self._try(change, items, at_most)
            self._wait_for_all()
            changes = list(self._passed)
        return True

    def _try(self, change: str, items: Mapping[str, pytest.Item], at_most: float) -> None:
        """By as many of the tests that have not run yet as take so long."""
        done = self._passed.pop(change, [])
        left = [test for test in self._tests(change) if test not in done]
        chosen = [test for number, test in enumerate(left) if sum(map(self._measured.took, left[:number])) < at_most]
        if len(chosen) < len(left):
            self._passed[change] = [*done, *chosen]
        if chosen:
            self._begin(change, [items[test] for test in chosen])
        else:
            self._verdicts.keep({change: SURVIVED if done else UNREACHED})

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """What a test in hand came to."""
        self._failed |= report.failed

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """A change that lets a test wait for ever was noticed by it."""
        signal.signal(signal.SIGALRM, lambda *_: self._give_up(item.nodeid))
        signal.setitimer(signal.ITIMER_REAL, LONGEST + 10 * self._measured.took(item.nodeid))
        try:
            return (yield)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def _warm_up(self, items: Sequence[pytest.Item]) -> None:
        """One test of each file runs here, so that no fork builds mappers, statements and pages anew."""
        set_mutant_under_test("")
        for item in {item.path: item for item in items}.values():
            self._passes(item)
        gc.freeze()  # or each fork copies what it only looks at

    def _changes(self) -> Sequence[str]:
        """Group by group, the smaller ones first, so that what is ended in the middle has whole ones."""
        groups = Counter(group_of(module_of(change)) for change in self._verdicts)
        return sorted(filter(self._is_meant, self._verdicts), key=lambda change: groups[group_of(module_of(change))])

    def _is_meant(self, change: str) -> bool:
        verdict = self._verdicts[change]
        if not self._asked:
            return verdict is None
        if SURVIVED_ONES in self._asked and verdict in {SURVIVED, UNREACHED}:
            return True
        return verdict != REFUSED and any(fnmatch.fnmatch(change, asked) for asked in self._asked)

    def _tests(self, change: str) -> Sequence[str]:
        return self._measured.nearest(change, _who(), at_most=math.inf if self._all else AT_MOST)

    def _begin(self, change: str, tests: Sequence[pytest.Item]) -> None:
        if len(self._running) >= AT_ONCE:
            self._wait()
        child = os.fork()
        if not child:
            self._child(change, tests)
        self._running[child] = change

    def _child(self, change: str, tests: Sequence[pytest.Item]) -> None:
        """Never returns. What tests print now is nobody's to read."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        tests[0].config._tmp_path_factory._given_basetemp = _folder(os.getpid())  # type: ignore[attr-defined]
        set_mutant_under_test(change or "stats")
        if not change:
            self._measure(tests[0])
            os._exit(0)
        for item in tests:
            if self._passes(item) or (module_of(change) in TIMED and self._passes(item)):
                continue
            _note(item.nodeid)
            os._exit(NOTICED)
        os._exit(SURVIVED)

    def _measure(self, item: pytest.Item) -> None:
        began = time.process_time()
        passes = self._passes(item)
        took = time.process_time() - began
        Measure(item.nodeid, hash_of(item.path), passes or self._passes(item), took, sorted(state()._stats)).keep()

    def _passes(self, item: pytest.Item) -> bool:
        self._failed = False
        if not getattr(item, "_request", True):
            item._initrequest()  # type: ignore[attr-defined]  # it is run a second time
        next_one = cast(pytest.Item, item.session)  # so that what the session has stays
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=next_one)
        return not self._failed

    def _wait_for_all(self) -> None:
        while self._running:
            self._wait()

    def _wait(self) -> None:
        child, status, used = os.wait4(-1, 0)
        shutil.rmtree(_folder(child), ignore_errors=True)
        if change := self._running.pop(child):
            code = os.waitstatus_to_exitcode(status)
            _say(f"{change}: {code} after {used.ru_utime + used.ru_stime:.1f} s")
            if code != SURVIVED:
                self._passed.pop(change, None)
            if change not in self._passed:
                self._verdicts.keep({change: code if code in {SURVIVED, TIMED_OUT} else NOTICED})

    def _give_up(self, test: str) -> None:
        _note(test)
        os._exit(TIMED_OUT)


def main(asked: Sequence[str]) -> int:
    """Tries these changes, or all that have no verdict yet."""
    chosen: dict[str, Any] = tomllib.loads(CONFIGURED.read_text("utf-8"))["tool"]["mutmut"]
    told = [*chosen["pytest_add_cli_args_test_selection"], *chosen["pytest_add_cli_args"]]
    return int(
        pytest.main(["--rootdir=.", "--capture=no", "--assert=plain", "--tb=native", *told], plugins=[Trying(asked)])
    )


def _calm_hypothesis() -> None:
    """The same examples for each change, however busy the machine is."""
    from hypothesis import settings  # pytest warns where a plugin of its own is imported before it

    settings.register_profile("mutation", deadline=None, database=None, derandomize=True, max_examples=30)
    settings.load_profile("mutation")


def _folder(child: int) -> Path:
    return Path(f"tmp-{child}").absolute()


def _note(test: str) -> None:
    """This one noticed the change on trial."""
    with WHO.open("a", encoding="utf-8") as who:
        who.write(json.dumps([os.environ["MUTANT_UNDER_TEST"], test]) + "\n")


def _who() -> Sequence[tuple[str, str]]:
    """Who noticed what until now."""
    return [json.loads(line) for line in WHO.read_text("utf-8").splitlines()] if WHO.exists() else []


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
