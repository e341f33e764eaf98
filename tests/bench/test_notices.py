"""What the measures of notices stand on: everybody is told, the provider takes it, and nothing waits in between."""

from pathlib import Path

from sqlalchemy import func, select

from bench.notices import bare_posts, p99, worker_of
from bench.town import build_town, provider
from casestatus.notices.models import AttemptState, DeliveryAttempt

VICTIMS = 20


def test_each_update_reaches_everybody_once(tmp_path: Path) -> None:
    town = build_town(tmp_path / "town", victims=VICTIMS)
    with provider() as standin, worker_of(town, standin) as worker:
        for updates in (1, 2):
            town.push()
            while worker.once():
                pass
            assert len(standin.accepted_at()) == updates * VICTIMS
    with town.database.reading() as session:
        counted = select(DeliveryAttempt.state, func.count()).group_by(DeliveryAttempt.state)
        assert session.execute(counted).all() == [(AttemptState.SENT, 2 * VICTIMS)]
    town.database.close()


def test_what_was_called_sent_is_owed_anew(tmp_path: Path) -> None:
    town = build_town(tmp_path / "town", victims=VICTIMS)
    for _ in range(2):
        town.push()
        town.call_all_sent()
    with town.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(DeliveryAttempt)) == 2 * VICTIMS
    town.database.close()


def test_a_bare_post_is_taken_like_a_message_of_ours() -> None:
    with provider() as standin:
        assert bare_posts(standin, 3).amount > 0
        assert len(standin.accepted_at()) == 3


def test_the_99th_percentile_is_a_value_that_was_seen() -> None:
    assert p99([float(number) for number in range(1, 201)]) == 198
    assert p99([3.0, 1.0]) == 3
