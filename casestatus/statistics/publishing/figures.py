"""What stands around each picture of a release: its title, two sentences that say the same, and its table."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from casestatus.errors import N_
from casestatus.statistics.publishing.telling import Figure, Labels, apart, between, number, told, with_margin
from casestatus.statistics.publishing.totals import Sum, Totals

MONTHS_SHOWN = 24
OFFICES_SHOWN = 20
FULL = Decimal(1)
NEARLY = Decimal("0.8")
LINE_AND_BAND = N_("La línea es el dato. La banda muestra entre qué valores está casi siempre el número real.")
STROKE_AND_BAND = N_("La raya es el dato. La banda muestra entre qué valores está casi siempre el número real.")
ONLY_NOISE = N_("Es tan poco que no se distingue del ruido.")
WITHIN_BAND = N_("La diferencia cabe en la banda.")
ALIKE = N_("La diferencia con «%(other)s» cabe en la banda.")
FIRST_MONTH = N_("Es el primer mes publicado.")
TRENDS = {
    1: N_("Son más que en %(month)s, cuando hubo cerca de %(count)s."),
    0: N_("Es casi lo mismo que en %(month)s: la diferencia cabe en la banda."),
    -1: N_("Son menos que en %(month)s, cuando hubo cerca de %(count)s."),
}


def new_cases(totals: Totals, labels: Labels) -> Figure:
    """New cases by month, of all offices."""
    shown = dict(list(totals.new_by_month.items())[-MONTHS_SHOWN:])
    last = list(shown)[-1]
    then = list(shown)[-13] if len(shown) > 12 else next(iter(shown))
    return Figure(
        name="new_cases",
        title=labels.say(N_("Casos nuevos por mes")),
        alternative=_new_cases_told(last, shown[last], then, shown[then], labels),
        reading=labels.say(LINE_AND_BAND),
        columns=(labels.say(N_("Mes")), labels.say(N_("Casos nuevos")), labels.say(N_("Casi siempre entre"))),
        rows=tuple(
            (labels.period(month), number(cell, labels), between(cell, labels)) for month, cell in shown.items()
        ),
    )


def _new_cases_told(last: str, newest: Sum, then: str, before: Sum, labels: Labels) -> str:
    if not newest.reliable:
        few = N_("En %(month)s hubo menos de %(least)s casos nuevos.")
        return f"{labels.say(few, month=labels.period(last), least=newest.below)} {labels.say(ONLY_NOISE)}"
    said = labels.say(
        N_("En %(month)s hubo cerca de %(count)s casos nuevos: entre %(low)s y %(high)s."),
        month=labels.period(last),
        **told(newest),
    )
    return f"{said} {_trend(newest, then, before, labels) if then != last else labels.say(FIRST_MONTH)}"


def _trend(newest: Sum, month: str, then: Sum, labels: Labels) -> str:
    side = 0 if not apart(newest, then) else 1 if newest.value > then.value else -1
    return labels.say(TRENDS[side], month=labels.period(month), count=f"{max(then.value, 0):,}")


def entries(totals: Totals, labels: Labels) -> Figure:
    """First entries into each stage by month, of all offices."""
    months = totals.months[-MONTHS_SHOWN:]
    stages = [stage for stage in labels.stages if stage in totals.entries]
    return Figure(
        name="entries",
        title=labels.say(N_("Entradas a cada etapa")),
        alternative=_entries_told(months[-1], {stage: totals.entries[stage][months[-1]] for stage in stages}, labels),
        reading=labels.say(LINE_AND_BAND) + " " + labels.say(N_("Cada etapa tiene su propia escala.")),
        columns=(labels.say(N_("Mes")), *(labels.stages[stage] for stage in stages)),
        rows=tuple(
            (labels.period(month), *(with_margin(totals.entries[stage][month], labels) for stage in stages))
            for month in months
        ),
    )


def _entries_told(month: str, cells: Mapping[str, Sum], labels: Labels) -> str:
    most, second = sorted(cells, key=lambda stage: -cells[stage].value)[:2]
    if not cells[most].reliable:
        few = N_("En %(month)s ninguna etapa tuvo %(least)s entradas o más.")
        said = labels.say(few, month=labels.period(month), least=cells[most].below)
        return f"{said} {labels.say(ONLY_NOISE)}"
    said = labels.say(
        N_("En %(month)s, la etapa con más entradas fue «%(stage)s»: cerca de %(count)s, entre %(low)s y %(high)s."),
        month=labels.period(month),
        stage=labels.stages[most],
        **told(cells[most]),
    )
    after = labels.say(
        N_("Le sigue «%(stage)s», con cerca de %(count)s."),
        stage=labels.stages[second],
        count=f"{max(cells[second].value, 0):,}",
    )
    unsure = "" if apart(cells[most], cells[second]) else f" {labels.say(WITHIN_BAND)}"
    return f"{said} {after}{unsure}"


def coverage(totals: Totals, labels: Labels) -> Figure:
    """How many offices' signal was seen on every day, on most days, on fewer. Exact numbers: no case is in them."""
    months = list(totals.coverage)[-MONTHS_SHOWN // 2 :]
    full, _, _ = coverage_bands(totals.coverage[months[-1]].values())
    said = labels.say(
        N_("En %(month)s mandaron señal todos los días %(full)s de %(all)s oficinas."),
        month=labels.period(months[-1]),
        full=full,
        all=len(totals.coverage[months[-1]]),
    )
    return Figure(
        name="coverage",
        title=labels.say(N_("Oficinas con señal")),
        alternative=f"{said} "
        + labels.say(N_("Si falta señal, algunos sucesos pueden llegar después y contar en otro mes.")),
        reading=labels.say(N_("Estos números son exactos: no salen de ningún caso.")),
        columns=(labels.say(N_("Mes")), *(labels.say(band) for band in BANDS)),
        rows=tuple(
            (labels.period(month), *map(str, coverage_bands(totals.coverage[month].values()))) for month in months
        ),
    )


BANDS = (N_("Todos los días"), N_("8 de cada 10 días o más"), N_("Menos días"))


def coverage_bands(shares: Iterable[Decimal]) -> tuple[int, int, int]:
    """How many shares of days are full, nearly full, and less."""
    seen = list(shares)
    full, nearly = sum(share >= FULL for share in seen), sum(share >= NEARLY for share in seen)
    return full, nearly - full, len(seen) - nearly


def offices(totals: Totals, labels: Labels) -> Figure:
    """New cases of the last twelve months by office, the most first; the picture shows the first twenty."""
    ranked = offices_ranked(totals)
    return Figure(
        name="offices",
        title=labels.say(N_("Oficinas lado a lado")),
        alternative=f"{_offices_told(ranked[:2], totals.months[-12:][0], labels)} "
        + labels.say(N_("Más casos no quiere decir mejor ni peor trabajo.")),
        reading=labels.say(STROKE_AND_BAND)
        + (" " + labels.say(N_("La tabla las tiene todas.")) if len(ranked) > OFFICES_SHOWN else ""),
        columns=(labels.say(N_("Oficina")), labels.say(N_("Casos nuevos")), labels.say(N_("Casi siempre entre"))),
        rows=tuple((labels.offices[office], number(cell, labels), between(cell, labels)) for office, cell in ranked),
    )


def _offices_told(first: Sequence[tuple[str, Sum]], since: str, labels: Labels) -> str:
    """Of the first two offices; `since` is the oldest month that is counted."""
    office, most = first[0]
    month = labels.period(since)
    if not most.reliable:
        few = N_("Desde %(month)s ninguna oficina tuvo %(least)s casos nuevos o más.")
        return labels.say(few, month=month, least=most.below)
    said = labels.say(
        N_("El número más alto desde %(month)s es el de «%(office)s»: cerca de %(count)s, entre %(low)s y %(high)s."),
        month=month,
        office=labels.offices[office],
        **told(most),
    )
    alike = [labels.offices[other] for other, cell in first[1:] if not apart(most, cell)]
    return said + "".join(f" {labels.say(ALIKE, other=other)}" for other in alike)


def offices_ranked(totals: Totals) -> list[tuple[str, Sum]]:
    """Offices by new cases, the most first."""
    return sorted(totals.new_by_office.items(), key=lambda pair: -pair[1].value)
