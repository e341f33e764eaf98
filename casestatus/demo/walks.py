"""How a made-up proceeding goes through its stages: along foreseen transitions only, on days that add up. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random

from casestatus.cases.rights import card_of
from casestatus.cases.stages import Model, Stage, procedure

SETTLED_DAYS = 3  # the newest event lies at least this far back, so that what a visitor pushes is the newest
LONGEST_WAY = 14
NOTIFIED = 0.7
MEAN_DAYS_IN_STAGE = 80.0
USUAL = {"CI01": 12, "CI06": 5, "CI12": 5, "CI15": 4, "CI13": 3, "CI19": 3, "AP02": 6, "AP03": 3, "AP08": 3, "AP14": 3}
VISIBLE_WAYS = frozenset({"citatorio", "puesta_a_disposicion"})


@dataclass(frozen=True)
class Step:
    """One update: the stage entered, the day, when the office told us, its details, and the formal notice's day."""

    stage: Stage
    occurred_on: date
    received_at: datetime
    details: dict[str, str] = field(default_factory=dict)
    formal_notice_on: date | None = None


def walk(model: Model, chance: Random, *, begins_on: date, today: date) -> list[Step]:
    """The steps of one proceeding from `begins_on` until it ends, or until the days before `today` are used up."""
    last_day = today - timedelta(days=SETTLED_DAYS + 1)
    stage = _one_of(procedure(model).opening, chance)
    steps = [_step(stage, min(begins_on, last_day), chance, last_day=last_day)]
    while len(steps) < LONGEST_WAY and (ways := _ways_on(stage)):
        stage = _one_of(ways, chance)
        day = steps[-1].occurred_on + timedelta(days=1 + int(chance.expovariate(1 / MEAN_DAYS_IN_STAGE)))
        if day > last_day:
            break
        steps.append(_step(stage, day, chance, last_day=last_day, after=steps[-1].received_at))
    return steps


def _ways_on(stage: Stage) -> list[Stage]:
    """Followers, but for moving elsewhere and joining, which need a second case."""
    if stage.final:
        return []
    followers = [procedure(stage.model).stages[code] for code in stage.followers]
    return [follower for follower in followers if not follower.moved and not follower.joined]


def _one_of(stages: Sequence[Stage], chance: Random) -> Stage:
    return chance.choices(stages, weights=[USUAL.get(stage.code, 1) for stage in stages])[0]


def _step(stage: Stage, day: date, chance: Random, *, last_day: date, after: datetime | None = None) -> Step:
    told_on = min(day + timedelta(days=chance.choice((0, 0, 0, 1, 1, 2, 5))), last_day)
    at_work = timedelta(hours=15 + chance.randrange(8), minutes=chance.randrange(60), seconds=chance.randrange(60))
    received_at = datetime.combine(told_on, datetime.min.time(), UTC) + at_work
    if after is not None:  # an office tells one thing after the other
        received_at = max(received_at, after + timedelta(minutes=1))
    return Step(stage, day, received_at, _details(stage, chance), _notified_on(stage, told_on, chance))


def _notified_on(stage: Stage, told_on: date, chance: Random) -> date | None:
    """The formal notice of what a time limit runs from; of some, the office tells no day."""
    limited = any(right.deadline for right in card_of(stage).rights)
    return told_on if limited and chance.random() < NOTIFIED else None


def _details(stage: Stage, chance: Random) -> dict[str, str]:
    """Codes where the stage knows some; a warrant never, since it would be hidden until executed."""
    known = {name: sorted(codes) for name, codes in stage.details.items() if codes and name != "to_authority"}
    if "how" in known:
        known["how"] = [how for how in known["how"] if how in VISIBLE_WAYS]
    return {name: chance.choice(codes) for name, codes in sorted(known.items())}
