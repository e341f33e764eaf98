"""What stands around the picture of times in stage."""

from collections.abc import Mapping
from decimal import Decimal

from casestatus.errors import N_
from casestatus.statistics.publishing.telling import Figure, Labels, number, with_margin
from casestatus.statistics.publishing.totals import StageTime, Totals
from casestatus.statistics.quantiles import LONGEST
from casestatus.statistics.rows import Estimate

WITHIN_BANDS = N_("La diferencia cabe en las bandas.")
ONE_STAGE = N_(
    "De %(quarter)s, de «%(stage)s» la mitad de los casos salió en %(days)s. De las demás salieron muy pocos."
)
TOO_FEW_EXITS = N_("En este trimestre salieron muy pocos casos de cada etapa. No se calculan tiempos.")


def stage_times(totals: Totals, labels: Labels) -> Figure | None:
    """The days by which half of the cases had left each stage; None before the first quarter."""
    if totals.quarter is None:
        return None
    half = {stage: time.quartiles[1] for stage, time in totals.times.items() if time.quartiles}
    return Figure(
        name="stage_times",
        title=labels.say(N_("Tiempo en cada etapa")),
        alternative=_slowest_and_fastest(half, totals.quarter, labels) if half else labels.say(TOO_FEW_EXITS),
        reading=labels.say(
            N_("La raya gruesa marca el día en que ya salió la mitad, con su banda. La línea une uno y tres cuartos.")
        ),
        columns=(
            labels.say(N_("Etapa")),
            labels.say(N_("Salieron")),
            labels.say(N_("Un cuarto salió en")),
            labels.say(N_("La mitad salió en")),
            labels.say(N_("Casi siempre entre")),
            labels.say(N_("Tres cuartos salieron en")),
        ),
        rows=tuple((labels.stages[stage], *_time_row(time, labels)) for stage, time in totals.times.items()),
        drawn=bool(half),
    )


def _slowest_and_fastest(half: Mapping[str, Estimate], quarter: str, labels: Labels) -> str:
    slowest, fastest = max(half, key=lambda stage: half[stage].value), min(half, key=lambda stage: half[stage].value)
    if slowest == fastest:
        return labels.say(
            ONE_STAGE,
            quarter=labels.period(quarter),
            stage=labels.stages[slowest],
            days=days(half[slowest].value, labels),
        )
    within = half[fastest].high >= half[slowest].low
    return (
        labels.say(
            N_("De %(quarter)s, donde más se tardó fue «%(stage)s»: la mitad de los casos salió en %(days)s."),
            quarter=labels.period(quarter),
            stage=labels.stages[slowest],
            days=days(half[slowest].value, labels),
        )
        + " "
        + labels.say(
            N_("Donde menos, «%(stage)s»: la mitad salió en %(days)s."),
            stage=labels.stages[fastest],
            days=days(half[fastest].value, labels),
        )
        + (f" {labels.say(WITHIN_BANDS)}" if within else "")
    )


def _time_row(time: StageTime, labels: Labels) -> tuple[str, ...]:
    if time.quartiles is None:
        return (number(time.exits, labels), *("—",) * 4)
    first, half, third = time.quartiles
    margin = labels.say(N_("%(low)s y %(high)s"), low=days(half.low, labels), high=days(half.high, labels))
    told = (days(first.value, labels), days(half.value, labels), margin, days(third.value, labels))
    return (with_margin(time.exits, labels), *told)


def days(count: Decimal, labels: Labels) -> str:
    """A number of days; the last bin has no end."""
    if count >= LONGEST:
        return labels.say(N_("más de 730 días"))
    return labels.say(N_("%(count)s días"), count=int(count))
