"""Files for her to keep, over HTTP: what is offered, to whom, and what the files betray."""

import re
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from icalendar import Calendar
from pypdf import PdfReader

from casestatus.cases.right_model import RequestForm
from casestatus.database import Clock
from casestatus.letters.forms import FORMS
from casestatus.web.papers import BEFORE_2016, NAMES, requests_of
from tests.clocks import StoppedClock
from tests.factories import NUMBER, World
from tests.web.sample_pages import CASE, PAUSED
from tests.web.visiting import enter, form_token

PAGE = "/caso/documentos"
CHALLENGE = f"{PAGE}/challenge_258"
REMINDER = "/caso/recordatorio"
RIGHT = "judicial_review"


def sign_in(web: TestClient, world: World, stage: str = "CI05", **fields: str) -> None:
    """A victim of one line, formally notified today."""
    world.push("u1", "CI01")
    world.push("u2", stage, formal_notice_on=world.today.isoformat())
    enter(web, world.admit().pin, **fields)


def send(web: TestClient, path: str, **fields: str) -> Response:
    """Fills in the form of her page, warning marked."""
    form = {"csrf_token": form_token(web.get("/caso").text), "line": "1", "knows": "true"}
    return web.post(path, data=form | fields)


def text_of(answer: Response) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages).split())


@pytest.mark.parametrize("shared", [False, True])
def test_the_card_offers_no_file_that_a_shared_device_would_be_refused(
    web: TestClient, world: World, shared: bool
) -> None:
    a_month_ago = (world.today - timedelta(days=31)).isoformat()
    world.push("u0", "CI01", proceeding=2, occurred_on=a_month_ago)
    world.push("u1", "CI05", formal_notice_on=world.today.isoformat())
    enter(web, world.admit(proceedings=[1, 2]).pin, **({"shared_device": "yes"} if shared else {}))
    page = web.get("/caso").text
    for offer in (f'href="{PAGE}"', "Formato para pedirlo", "Formato para preguntar", "Guardar la fecha"):
        assert (offer in page) is not shared
    assert ("En un equipo compartido no hay descargas." in page) is shared


def test_every_form_that_a_right_names_can_be_printed() -> None:
    assert NAMES.keys() == set(RequestForm) - {RequestForm.NONE}
    assert FORMS.keys() == NAMES.keys() | set(BEFORE_2016.values())


@pytest.mark.parametrize(("model", "paper"), [("CI", "inactivity"), ("AP", "inactivity_before_2016")])
def test_a_line_that_stands_still_brings_the_request_of_its_procedure(model: str, paper: str) -> None:
    stalled = PAUSED.model_copy(update={"stalled": True, "unchanged": True, "model": model})
    [offered] = requests_of(CASE.model_copy(update={"proceedings": (stalled,)}))
    assert (offered.form, offered.paper) == (RequestForm.INACTIVITY, paper)
    assert requests_of(CASE) == []


@pytest.mark.parametrize(
    ("stage", "form", "words"),
    [
        ("CI05", "challenge_258", "pido que un juez revise una decisión"),
        ("CI15", "inactivity", "pido informe y avance de mi carpeta"),
        ("CI19", "join_338", "quiero sumarme a la acusación"),
    ],
)
def test_a_line_s_right_brings_its_form(web: TestClient, world: World, stage: str, form: str, words: str) -> None:
    sign_in(web, world, stage)
    assert f'action="{PAGE}/{form}"' in web.get(PAGE).text
    answer = send(web, f"{PAGE}/{form}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == 'attachment; filename="documento.pdf"'
    assert answer.headers["cache-control"] == "no-store"
    assert words in text_of(answer)
    assert NUMBER in text_of(answer)


def test_a_case_of_before_2016_that_stands_still_may_ask_too(web: TestClient, world: World) -> None:
    a_month_ago = (world.today - timedelta(days=31)).isoformat()
    world.push("u1", "AP02", occurred_on=a_month_ago, opened_on=a_month_ago)
    enter(web, world.admit().pin)
    assert f'href="{PAGE}">Formato para preguntar</a>' in web.get("/caso").text
    assert "avance de mi averiguación previa" in text_of(send(web, f"{PAGE}/inactivity"))


def test_the_form_has_the_dates_of_her_right(web: TestClient, world: World) -> None:
    sign_in(web, world)
    page = web.get("/caso").text
    [last_day] = re.findall(r'<b><time datetime="[^"]+">\S+ (.+?)</time>', page)
    assert f"Entrégalo a más tardar el {last_day} (sin revisar)." in text_of(send(web, CHALLENGE))


def test_english_is_added_for_who_reads_in_english(web: TestClient, world: World) -> None:
    sign_in(web, world)
    assert "I ask a judge" not in text_of(send(web, CHALLENGE))
    web.get("/idioma/en")
    text = text_of(send(web, CHALLENGE))
    assert "pido que un juez revise una decisión" in text
    assert "I ask a judge to review a decision" in text


def test_a_form_betrays_nothing_but_what_it_asks(web: TestClient, world: World) -> None:
    world.push("u1", "CI01")
    world.push("u2", "CI05", formal_notice_on=world.today.isoformat())
    access = world.admit()
    enter(web, access.pin)
    answer = send(web, CHALLENGE)
    for told in (text_of(answer), answer.content.decode("latin-1")):
        for canary in (access.folio, access.pin, access.backup_key, "1234", "Fiscalía", "onsulta", "robo"):
            assert canary not in told


def test_the_reminder_is_a_neutral_file(web: TestClient, world: World) -> None:
    sign_in(web, world)
    answer = send(web, REMINDER, right=RIGHT)
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="recordatorio.ics"'
    [event] = Calendar.from_ical(answer.content).walk("VEVENT")
    assert str(event["summary"]) == "Recordatorio"
    assert event.decoded("dtstart") > world.today
    for canary in (NUMBER, "Agencia", "juez", "consulta", "CI05", "@"):
        assert canary.encode() not in answer.content


def test_two_reminders_have_nothing_in_common_but_the_day(web: TestClient, world: World) -> None:
    sign_in(web, world)
    first, second = (
        next(iter(Calendar.from_ical(send(web, REMINDER, right=RIGHT).content).walk("VEVENT")))["uid"] for _ in "ab"
    )
    assert UUID(str(first)).version == 4
    assert first != second


@pytest.mark.parametrize(("path", "extra"), [(CHALLENGE, {}), (REMINDER, {"right": RIGHT})])
class TestRefusals:
    """What both kinds of file refuse."""

    def test_none_on_a_shared_device(self, web: TestClient, world: World, path: str, extra: dict[str, str]) -> None:
        sign_in(web, world, shared_device="yes")
        answer = send(web, path, **extra)
        assert answer.status_code == 403
        assert "En un equipo compartido no hay descargas." in answer.text
        page = web.get(PAGE).text
        assert "En un equipo compartido no hay descargas." in page
        assert "/caso/documentos/" not in page
        assert REMINDER not in page

    def test_none_without_a_session(self, web: TestClient, path: str, extra: dict[str, str]) -> None:
        form = {"csrf_token": form_token(web.get("/entrar").text), "line": "1", "knows": "true"}
        answer = web.post(path, data=form | extra)
        assert (answer.status_code, answer.headers["location"]) == (303, "/entrar")

    def test_none_to_another_site_s_form(self, web: TestClient, world: World, path: str, extra: dict[str, str]) -> None:
        sign_in(web, world)
        assert send(web, path, csrf_token="somebody-else-s", **extra).status_code == 403
        assert web.get(path).status_code in {404, 405}

    def test_none_before_the_warning_is_marked(
        self, web: TestClient, world: World, path: str, extra: dict[str, str]
    ) -> None:
        sign_in(web, world)
        for line in ("1", "99"):  # nothing is made or looked for before
            answer = send(web, path, knows="false", line=line, **extra)
            assert (answer.status_code, answer.headers["location"]) == (303, f"{PAGE}?falta=si")
        again = web.get(f"{PAGE}?falta=si").text
        assert "Marca la casilla «Sé que el archivo queda en este equipo»." in again
        assert "<title>Revisa: Documento</title>" in again

    def test_none_for_a_line_that_is_not_hers(
        self, web: TestClient, world: World, path: str, extra: dict[str, str]
    ) -> None:
        world.push("u0", "CI05", proceeding=2, formal_notice_on=world.today.isoformat())
        sign_in(web, world, "CI15")
        for line in ("1", "2", "0", "-1", "99"):
            assert send(web, path, line=line, **extra).status_code == 404

    def test_none_for_a_stage_that_is_hidden(
        self, web: TestClient, world: World, path: str, extra: dict[str, str]
    ) -> None:
        world.push("u1", "CI01")
        world.push("u2", "CI05", hidden=True, formal_notice_on=world.today.isoformat())
        enter(web, world.admit().pin)
        assert send(web, path, **extra).status_code == 404
        page = web.get(PAGE).text
        assert CHALLENGE not in page
        assert RIGHT not in page

    def test_none_that_does_not_exist(self, web: TestClient, world: World, path: str, extra: dict[str, str]) -> None:
        sign_in(web, world)
        assert send(web, f"{PAGE}/none").status_code == 404
        assert send(web, f"{PAGE}/another").status_code == 404
        assert send(web, REMINDER, right="another").status_code == 404
        assert send(web, path, line="one", **extra).status_code == 422


def test_a_hidden_stage_changes_no_byte_of_what_she_may_keep(web: TestClient, world: World) -> None:
    world.push("u1", "CI01")
    world.push("u2", "CI15")
    pin = world.admit().pin
    enter(web, pin)
    before = web.get(PAGE).text, send(web, f"{PAGE}/inactivity").content
    world.push("u3", "CI19", hidden=True, formal_notice_on=world.today.isoformat())
    assert (web.get(PAGE).text, send(web, f"{PAGE}/inactivity").content) == before


def test_a_past_date_is_not_to_be_saved_and_the_form_says_so(web: TestClient, world: World) -> None:
    long_ago = (world.today - timedelta(days=29)).isoformat()
    world.push("u1", "CI05", occurred_on=long_ago, formal_notice_on=long_ago)
    enter(web, world.admit().pin)
    assert send(web, REMINDER, right=RIGHT).status_code == 404
    assert "puede haber otro camino" in text_of(send(web, CHALLENGE))


def test_lines_without_forms_say_so(web: TestClient, world: World) -> None:
    world.push("u1", "CI13")
    enter(web, world.admit().pin)
    assert "Por ahora no hay formatos para tus líneas." in web.get(PAGE).text


def test_the_page_needs_a_session(web: TestClient) -> None:
    assert web.get(PAGE).headers["location"] == "/entrar"


class TestInTheEvening:
    """While the office's day still is the one before that of UTC."""

    @pytest.fixture
    def clock(self) -> Clock:
        return StoppedClock(datetime(2026, 3, 10, 2, 0, tzinfo=UTC))  # 9 March, 20:00, in Mexico City

    def test_the_alarm_of_tomorrow_by_the_office_s_day_is_still_ahead(self, web: TestClient, world: World) -> None:
        world.push("u1", "CI05", occurred_on="2026-03-02", formal_notice_on="2026-03-02")
        enter(web, world.admit().pin)
        calendar = Calendar.from_ical(send(web, REMINDER, right=RIGHT).content)
        [event] = calendar.walk("VEVENT")
        assert event.decoded("dtstart") == date(2026, 3, 17)  # the 16th is a day of rest
        assert [alarm.decoded("trigger").days for alarm in calendar.walk("VALARM")] == [-7, -2, -1]
