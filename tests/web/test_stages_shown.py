"""Every stage and transition of both models, in both languages: page and JSON say what the data says."""

import json
from datetime import UTC, date, datetime
from html import unescape
from typing import Any
from uuid import UUID, uuid5

import pytest

from casestatus.cases.crimes import RiskTier
from casestatus.cases.deadlines import OfficeCalendar
from casestatus.cases.details import Details
from casestatus.cases.procedure_model import Stage
from casestatus.cases.right_model import Right
from casestatus.cases.rights import card_of
from casestatus.cases.stages import procedures
from casestatus.cases.timeline import Entry
from casestatus.settings import Limits
from casestatus.victims.status import ActingOffice, Line, Status
from casestatus.web.case_view import case_view
from casestatus.web.right_view import FEW_DAYS
from casestatus.web.victims.reading import ContactNews
from casestatus.web.views import CaseView
from casestatus.wording import LANGUAGES, Language, Wording
from tests.web.sample_pages import SESSION, TODAY, SamplePage

STAGES = {code: at for model in procedures().values() for code, at in model.stages.items()}
TRANSITIONS = [(at, STAGES[follower]) for at in STAGES.values() for follower in at.followers]
OFFICE = UUID(int=1)
DAY = date(2026, 11, 12)
NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
AN_OFFICE = ActingOffice("O", "", "", "America/Mexico_City", "", None, date(2026, 11, 23))
LIMITS = Limits()


def entry(at: Stage, number: int) -> Entry:
    return Entry(
        event_id=uuid5(OFFICE, str(number)),
        sequence=number,
        stage=at,
        details=Details(),
        happened_on=DAY,
        on=DAY,
        received_at=NOW,
    )


def line(number: int, *walk: Stage, notified: bool = False) -> Line:
    entries = [entry(at, place) for place, at in enumerate(walk, 1)]
    notices = {entries[-1].event_id: (DAY,)} if notified else {}
    return Line(
        number=number,
        proceeding_id=UUID(int=number),
        office_id=OFFICE,
        since=DAY,
        entries=entries,
        formal_notices=notices,
        office=AN_OFFICE,
    )


def view_of(*lines: Line, language: Language, calendar: OfficeCalendar | None = None) -> CaseView:
    zone = "America/Mexico_City"
    status = Status(
        case_number="CI-1", folio="0123456789", institution_name="I", office=AN_OFFICE, risk_tier=RiskTier.ORDINARY,
        lines=lines,
    )  # fmt: skip
    calendars = {OFFICE: calendar or OfficeCalendar(zone)}
    return case_view(status, [], calendars, words=Wording.of(language), limits=LIMITS, now=NOW)


def page_of(view: CaseView, language: Language) -> str:
    context = {
        "view": view,
        "session": SESSION,
        "today": TODAY,
        "help_near": (),
        "contact_news": ContactNews(None, not_arrived=False),
    }
    return unescape(SamplePage("victims/case.html", "/caso", context, signed_in=True).html(language))


def json_of(view: CaseView) -> Any:
    return json.loads(view.model_dump_json())["proceedings"]


def what_to_do(right: Right, language: Language) -> str:
    hurry = [Wording.of(language).gettext(FEW_DAYS)] if right.few_days else []
    return " ".join([right.what_to_do[language], right.whom[language], *hurry])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", STAGES)
def test_page_and_json_tell_a_stage_as_the_data_does(code: str, language: Language) -> None:
    at, card = STAGES[code], card_of(STAGES[code])
    view = view_of(line(1, at), language=language)
    page, [told] = page_of(view, language), json_of(view)
    assert (told["stage"], told["stage_name"], told["model"]) == (code, at.names[language], at.model)
    assert told["meaning"] == at.meanings[language][-1]
    assert told["next_steps"] == list(card.next_steps[language])
    assert [right["name"] for right in told["rights"]] == [right.names[language] for right in card.rights]
    assert [right["what_to_do"] for right in told["rights"]] == [what_to_do(right, language) for right in card.rights]
    assert all(right.keys() == {"name", "what_to_do", "article", "deadline"} for right in told["rights"])
    words = [told["stage_name"], told["meaning"], *told["next_steps"]]
    words += [right[part] for right in told["rights"] for part in ("name", "what_to_do", "article")]
    assert [word for word in words if word not in page] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("before", "after"), TRANSITIONS, ids=lambda at: at.code)
def test_after_a_transition_both_tell_where_it_stands_and_where_it_stood(
    before: Stage, after: Stage, language: Language
) -> None:
    view = view_of(line(1, before, after), language=language)
    page, [told] = page_of(view, language), json_of(view)
    assert told["stage_name"] == after.names[language]
    assert [event["stage_name"] for event in told["timeline"]] == [after.names[language], before.names[language]]
    assert before.names[language] in page
    assert after.names[language] in page


@pytest.mark.parametrize(
    "code", [code for code, at in STAGES.items() if any(right.deadline for right in card_of(at).rights)]
)
def test_a_formal_notice_gives_each_limited_right_its_deadline(code: str) -> None:
    [told] = json_of(view_of(line(1, STAGES[code], notified=True), language="es"))
    limited = [right.deadline is not None for right in card_of(STAGES[code]).rights]
    assert [right["deadline"] is not None for right in told["rights"]] == limited
    deadline = next(right["deadline"] for right in told["rights"] if right["deadline"])
    assert deadline.keys() == {"on", "counts_from", "verified", "note"}
    assert (deadline["counts_from"], deadline["verified"]) == ("2026-11-12", False)


CHECKED = {"judicial_review": "10 business days, CNPP 258"}
STATES = [
    # stage, notified, the office's calendar, what the page says, what it doesn't
    ("CI01", False, {}, "No tiene fecha límite.", "notificación formal"),
    ("CI06", False, {}, "Aún no tenemos la fecha de tu notificación formal.", "a más tardar"),
    ("CI06", True, {}, "Fecha sin revisar: confírmala en tu oficina", "Fecha revisada"),
    ("CI06", True, {"checked": CHECKED}, "Fecha revisada por la oficina", "sin revisar"),
    ("CI19", True, {}, "Habla con tu asesor: puede haber otro camino.", "a más tardar"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "notified", "fields", "said", "unsaid"), STATES)
def test_a_right_s_box_has_five_states(
    code: str, notified: bool, fields: dict[str, Any], said: str, unsaid: str
) -> None:
    calendar = OfficeCalendar("America/Mexico_City", **fields)
    page = page_of(view_of(line(1, STAGES[code], notified=notified), language="es", calendar=calendar), "es")
    assert said in page
    assert unsaid not in page
    assert "perdiste el" not in page
    assert "venció" not in page


def test_no_limit_is_said_only_where_there_is_none() -> None:
    page = page_of(view_of(line(1, STAGES["CI13"]), language="es"), "es")  # what is asked at the hearing
    assert "No tiene fecha límite." not in page
    assert "notificación formal" not in page


def test_the_deadline_stands_with_its_weekday_and_what_it_counts_from() -> None:
    page = page_of(view_of(line(1, STAGES["CI06"], notified=True), language="es"), "es")
    assert "viernes 27 de noviembre de 2026" in page
    assert 'Cuenta desde tu notificación formal, del <time datetime="2026-11-12">12 de noviembre de 2026</time>' in page
    assert "Si te notificaron otro día, tu fecha es otra: pregunta en tu oficina." in page


def test_what_has_a_date_stands_first_when_there_are_more_than_two_lines() -> None:
    lines = [line(1, STAGES["CI01"]), line(2, STAGES["CI06"], notified=True), line(3, STAGES["CI01"])]
    page = page_of(view_of(*lines, language="es"), "es")
    assert "Lo que tiene fecha" in page
    assert page.index('href="#right-2-judicial_review"') < page.index('id="line-1"')
    assert "Lo que tiene fecha" not in page_of(view_of(*lines[:2], language="es"), "es")


@pytest.mark.parametrize("code", STAGES)
def test_after_an_end_the_card_says_what_comes_next(code: str) -> None:
    page = page_of(view_of(line(1, STAGES[code]), language="es"), "es")
    assert ("Qué sigue para ti" in page) == (STAGES[code].part == 4)


@pytest.mark.parametrize("code", ["CI05", "CI06", "CI07", "CI08"])
def test_a_refused_challenge_is_told_as_such_and_not_as_a_correction(code: str) -> None:
    view = view_of(line(1, STAGES[code], STAGES["CI09"], STAGES[code]), language="es")
    page, [told] = page_of(view, "es"), view.proceedings
    assert told.meaning == STAGES[code].back_from["CI09"]["es"]
    assert told.corrected_on is None
    assert (told.rights[0].code, "judicial_review" in [right.code for right in told.rights]) == ("amparo", False)
    assert told.next_steps[-1] == "Pregunta a tu asesor si queda otro camino."
    assert told.meaning in page
