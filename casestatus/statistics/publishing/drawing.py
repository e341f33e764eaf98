"""Pictures of the sums as SVG without script and style, light and dark; every number is drawn with its interval."""

import math
import re
from collections.abc import Iterable, Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from casestatus.statistics.periods import first_day
from casestatus.statistics.publishing.codebook import APART
from casestatus.statistics.publishing.figures import (
    BANDS,
    MONTHS_SHOWN,
    OFFICES_SHOWN,
    coverage_bands,
    offices_ranked,
)
from casestatus.statistics.publishing.telling import Labels
from casestatus.statistics.publishing.totals import Sum, Totals
from casestatus.statistics.quantiles import LONGEST

if TYPE_CHECKING:
    import altair as alt

WIDTH = 264  # of the plot: with its axis it fits a telephone of 360 px at full size
INK, MUTED, GRID, CARD = "#1D2A30", "#4C5A61", "#D9D5CB", "#FFFFFF"
PETROL, AMBER, CLAY, LEAF = "#14505F", "#7A4A00", "#9B2C1F", "#2B5F3A"
DARK = {
    INK: "#E9EEEF",
    MUTED: "#A9B7BC",
    GRID: "#33424A",
    CARD: "#1A2327",
    PETROL: "#8CCBD6",
    AMBER: "#F0C272",
    CLAY: "#F2A497",
    LEAF: "#9BD1A6",
}
FONT, SMALL, LINE = "system-ui, sans-serif", 14, 17  # on a telephone the picture is shown at about nine tenths
SPOKEN = re.compile(r' (?:aria-[a-z]+|role|class|pointer-events|tabindex)="[^"]*"')  # told by the page's own text


def svg(chart: "alt.TopLevelMixin", alternative: str) -> str:
    """The picture in its light colours, small, with its text inside for whoever opens it alone."""
    import vl_convert

    drawn = SPOKEN.sub("", vl_convert.vegalite_to_svg(chart.to_dict(validate=False)))
    head, _, rest = drawn.partition(">")
    return f'{head} role="img"><title>{escape(alternative)}</title>{rest}'


def darkened(light: str) -> str:
    """The same picture for a dark page."""
    return re.sub("#[0-9A-Fa-f]{6}", lambda found: DARK.get(found.group().upper(), found.group()), light)


def new_cases(totals: Totals, labels: Labels) -> "alt.TopLevelMixin":
    """A line with its band, by month."""
    import altair as alt

    months = totals.months[-MONTHS_SHOWN:]
    rows = [_mark(totals.new_by_month[month], month=_short(month, labels)) for month in months]
    base = _chart(rows).encode(x=_months_axis(months, labels, most=4))
    drawn = alt.layer(*_line_and_band(base))
    return _finished(drawn.properties(width=WIDTH, height=170))


def entries(totals: Totals, labels: Labels) -> "alt.TopLevelMixin":
    """One small picture a stage, each with its own scale, so that the small ones can be read too."""
    import altair as alt

    months = totals.months[-MONTHS_SHOWN:]
    stages = {stage: name for stage, name in labels.stages.items() if stage in totals.entries}
    rows = [
        _mark(totals.entries[stage][month], month=_short(month, labels), stage=name)
        for stage, name in stages.items()
        for month in months
    ]
    base = _chart([]).encode(x=_months_axis(months, labels, most=2))
    facet = alt.Facet("stage:N", title=None, sort=list(stages.values()), header=alt.Header(labelFontSize=12))
    drawn = alt.layer(*_line_and_band(base), data=alt.InlineData(values=rows)).properties(width=106, height=70)
    return _finished(drawn.facet(facet=facet, columns=2, spacing=14).resolve_scale(y="independent"))


def stage_times(totals: Totals, labels: Labels) -> "alt.TopLevelMixin":
    """For each stage, under its name: a line between the quartiles, and a stroke for the half on its band."""
    import altair as alt

    rows = [
        {"stage": labels.stages[stage], "half": int(half.value), "low": int(half.low), "high": int(half.high)}
        | {"first": int(first.value), "third": int(third.value)}
        for stage, (first, half, third) in (
            (stage, time.quartiles) for stage, time in totals.times.items() if time.quartiles
        )
    ]
    base = _chart(rows).encode(y=alt.Y("stage:N", sort=[str(row["stage"]) for row in rows], title=None, axis=None))
    scale = alt.Scale(type="sqrt", domain=[0, LONGEST])
    axis = alt.Axis(values=[7, 30, 90, 180, 365, 730], domain=False, ticks=False)
    between = base.mark_rule(color=PETROL, strokeWidth=2, yOffset=9).encode(
        x=alt.X("first:Q", title=None, axis=axis, scale=scale), x2="third:Q"
    )
    band = base.mark_bar(color=PETROL, opacity=0.3, height=12, yOffset=9).encode(x="low:Q", x2="high:Q")
    stroke = base.mark_tick(color=PETROL, thickness=4, size=14, yOffset=9, opacity=1).encode(x="half:Q")
    drawn = alt.layer(between, band, stroke, _names(base, "stage"))
    return _finished(drawn.properties(width=WIDTH, height=alt.Step(40)))


def _names(base: "alt.Chart", field: str, *, above: float = 6) -> Any:
    """Names above their lines: beside them they would leave no room on a telephone."""
    import altair as alt

    written = base.mark_text(
        color=INK, align="left", fontSize=SMALL, lineHeight=LINE, lineBreak="\n", dy=-above, limit=0.9 * WIDTH
    )
    return written.encode(x=alt.value(0), text=f"{field}:N")


def coverage(totals: Totals, labels: Labels) -> "alt.TopLevelMixin":
    """Offices by how many days their signal was seen, stacked; each part carries its number."""
    import altair as alt

    months = list(totals.coverage)[-MONTHS_SHOWN // 2 :]
    names = [labels.say(band) for band in BANDS]
    rows = [
        {
            "month": _short(month, labels),
            "band": name,
            "place": place,
            "offices": count,
            "from": start,
            "to": start + count,
        }
        for month in months
        for place, (name, count, start) in enumerate(_stacked(names, coverage_bands(totals.coverage[month].values())))
    ]
    most = max(map(len, totals.coverage.values()))
    base = _chart(rows).encode(x=_months_axis(months, labels, most=4))
    scale = alt.Scale(domain=names, range=[PETROL, AMBER, CLAY])
    legend = alt.Legend(title=None, orient="top", direction="vertical", labelLimit=WIDTH)
    bars = base.mark_bar(stroke=CARD).encode(
        y=alt.Y("from:Q", axis=_quiet_axis(), title=None, scale=alt.Scale(domainMax=most)),
        y2="to:Q",
        color=alt.Color("band:N", scale=scale, legend=legend),
    )
    numbers = base.transform_calculate(middle="(datum.from + datum.to) / 2").mark_text(color=CARD, fontSize=12)
    numbers = numbers.transform_filter(f"datum.offices * 14 >= {most}").encode(y="middle:Q", text="offices:Q")
    return _finished(alt.layer(bars, numbers).properties(width=WIDTH, height=150))


def _stacked(names: Iterable[str], counts: Iterable[int]) -> list[tuple[str, int, int]]:
    """Each name with its count and where its part of the bar begins."""
    parts, start = [], 0
    for name, count in zip(names, counts, strict=True):
        parts.append((name, count, start))
        start += count
    return parts


def offices(totals: Totals, labels: Labels) -> "alt.TopLevelMixin":
    """For each office, under its name, a stroke on the band that holds the true number; the most cases first."""
    import altair as alt

    shown = offices_ranked(totals)[:OFFICES_SHOWN]
    names = {code: labels.offices[code].replace(APART, "\n", 1) for code, _ in shown}
    second = LINE if any("\n" in name for name in names.values()) else 0  # what tells a name apart has its own line
    rows = [_mark(cell, code=code, office=names[code]) for code, cell in shown]
    base = _chart(rows).encode(y=alt.Y("code:N", sort=list(names), title=None, axis=None))
    across = alt.X("low:Q", title=None, axis=_quiet_axis(), scale=alt.Scale(zero=True))
    below = 9 + second / 2
    band = base.mark_bar(color=PETROL, opacity=0.3, height=12, yOffset=below).encode(x=across, x2="high:Q")
    stroke = base.mark_tick(color=PETROL, thickness=2, size=12, yOffset=below, opacity=1).encode(x="value:Q")
    drawn = alt.layer(band, stroke, _names(base, "office", above=6 + second / 2))
    return _finished(drawn.properties(width=WIDTH, height=alt.Step(40 + second)))


def _mark(cell: Sum, **placed: str) -> dict[str, Any]:
    return {"value": max(cell.value, 0), "low": cell.low, "high": cell.high} | placed


def _chart(rows: list[dict[str, Any]]) -> "alt.Chart":
    import altair as alt

    return alt.Chart(alt.InlineData(values=rows)) if rows else alt.Chart()


def _line_and_band(base: "alt.Chart") -> "Iterable[alt.Chart]":
    import altair as alt

    y = alt.Y("low:Q", title=None, axis=_quiet_axis(), scale=alt.Scale(zero=True))
    yield base.mark_area(color=PETROL, opacity=0.3).encode(y=y, y2="high:Q")
    yield base.mark_line(color=PETROL, strokeWidth=2).encode(y="value:Q")


def _months_axis(months: Iterable[str], labels: Labels, *, most: int) -> "alt.X":
    """Months in their order. Not more than `most` are named: the newest one, and others evenly before it."""
    import altair as alt

    shown = [_short(month, labels) for month in months]
    named = shown[:: -math.ceil(len(shown) / most)]
    return alt.X("month:O", sort=shown, title=None, axis=alt.Axis(values=named, labelAngle=0, labelPadding=4))


def _short(month: str, labels: Labels) -> str:
    return labels.words.short_month(first_day(month))


def _quiet_axis() -> "alt.Axis":
    import altair as alt

    return alt.Axis(tickCount=4, format=",d", domain=False, ticks=False, minExtent=30)


def _finished(chart: "alt.TopLevelMixin") -> "alt.TopLevelMixin":
    """Our colours and letters, whatever the picture."""
    styled: Any = chart
    axis: Mapping[str, Any] = {
        "labelColor": MUTED,
        "gridColor": GRID,
        "domainColor": MUTED,
        "tickColor": MUTED,
        "labelFontSize": SMALL,
    }
    finished: alt.TopLevelMixin = (
        styled.properties(background=CARD, padding=4)
        .configure(font=FONT)
        .configure_view(stroke=None)
        .configure_axis(**axis)
        .configure_header(labelColor=INK)
        .configure_legend(labelColor=INK, labelFontSize=SMALL)
    )
    return finished
