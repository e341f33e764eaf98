"""An account's rate is never exceeded in any second, and never falls below what it might be."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from casestatus.notices.tokens import SECOND, Tokens

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
USABLE = timedelta(seconds=1)
steps = st.lists(st.tuples(st.floats(0, 0.6), st.integers(1, 8), st.floats(0, 0.999)), max_size=60)


@given(st.integers(1, 30), steps)
def test_no_second_holds_more_than_the_rate(per_second: int, steps: list[tuple[float, int, float]]) -> None:
    """Workers take as many as they may and use them late or at once, and say when, or never say it."""
    tokens, now, used_at = Tokens(per_second), NOW, []
    for turn, (passed, wanted, delay) in enumerate(steps):
        now += timedelta(seconds=passed)
        number = min(wanted, tokens.free(now))
        if number:
            tokens = tokens.take(str(turn), number, usable_until=now + USABLE, now=now)
            at = now + timedelta(seconds=delay)
            first = number - number // 2
            used_at += [now] * first + [at] * (number - first)
            tokens = tokens if turn % 4 == 0 else tokens.used(str(turn), first, now)
            tokens = tokens if turn % 3 == 0 else tokens.used(str(turn), number - first, at)
    for at in used_at:
        assert sum(at <= other < at + timedelta(seconds=1) for other in used_at) <= per_second


def test_all_come_back_a_second_after_their_use() -> None:
    tokens = Tokens(10).take("a", 10, usable_until=NOW + USABLE, now=NOW).used("a", 10, NOW)
    assert tokens.free(NOW) == 0
    assert tokens.next_free_at(NOW) == NOW + SECOND
    assert tokens.free(NOW + SECOND) == 10


def test_a_worker_that_never_tells_keeps_them_for_as_long_as_it_could_use_them() -> None:
    tokens = Tokens(10).take("dead", 4, usable_until=NOW + USABLE, now=NOW)
    assert tokens.free(NOW + USABLE) == 6
    assert tokens.free(NOW + USABLE + SECOND) == 10


def test_one_that_is_still_on_its_way_holds_back_itself_alone() -> None:
    slow = NOW + timedelta(seconds=15)
    tokens = Tokens(10).take("a", 10, usable_until=NOW + timedelta(seconds=18), now=NOW).used("a", 9, NOW)
    assert tokens.free(NOW + SECOND) == 9
    assert tokens.used("a", 1, slow).free(slow) == 9
    assert tokens.used("a", 1, slow).free(slow + SECOND) == 10


def test_what_was_not_used_comes_back_at_once() -> None:
    tokens = Tokens(10).take("a", 4, usable_until=NOW + USABLE, now=NOW).used("a", 4, None)
    assert tokens.free(NOW) == 10


def test_the_providers_own_pause_wins() -> None:
    tokens = Tokens(10).hold(NOW + timedelta(seconds=30)).hold(NOW + timedelta(seconds=20))
    assert tokens.free(NOW + timedelta(seconds=29)) == 0
    assert tokens.next_free_at(NOW) == NOW + timedelta(seconds=30)
    assert tokens.free(NOW + timedelta(seconds=30)) == 10


def test_what_is_written_is_read_again() -> None:
    tokens = Tokens(10).take("a", 4, usable_until=NOW + USABLE, now=NOW).hold(NOW + USABLE)
    assert Tokens.read(10, tokens.as_written(), tokens.held_until) == tokens


@settings(deadline=None)  # a busy machine is no wrong rate
@given(st.integers(1, 200), st.integers(1, 64))
def test_whoever_takes_all_that_is_free_reaches_nearly_the_whole_rate(per_second: int, at_once: int) -> None:
    tokens, now, used, turn = Tokens(per_second), NOW, 0, 0
    while now < NOW + timedelta(seconds=10):
        number = min(at_once, tokens.free(now))
        tokens = tokens.take(str(turn), number, usable_until=now + USABLE, now=now).used(str(turn), number, now)
        used, turn = used + number, turn + 1
        now = tokens.next_free_at(now)
    assert used >= 0.94 * 10 * per_second
