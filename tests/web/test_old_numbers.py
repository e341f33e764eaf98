"""Joined, moved and reopened cases are followed by old number and folio; another family's number is nowhere."""

import re
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import inspect, text

from casestatus.intake.case_for import NumberTaken
from casestatus.intake.registration import GivenAccess
from casestatus.notices.dispatch import Dispatch
from casestatus.notices.outbox import outbox_messages
from casestatus.settings import Environment, Settings
from casestatus.wording import Wording
from casestatus.worker import providers
from tests.factories import NUMBER, World
from tests.intake.town import OTHER, Town, make_town, stages
from tests.web.test_documents import text_of
from tests.web.visiting import Program, enter, form_token, open_session

PAGES = ("/caso", "/caso/historia", "/caso/avisos", "/caso/contactos", "/caso/documentos", "/caso/reporte")
SPELLINGS = (OTHER, "00777", "C/D/00777/04-2026")
SPELLED = re.compile(
    rf"(?<![0-9A-Za-z])({'|'.join(map(re.escape, SPELLINGS))})(?![0-9A-Za-z])"
)  # not in a moment or id
JOINED = "Tu caso se unió a otro. Tu número y tu PIN siguen igual."


@pytest.fixture
def town(world: World) -> Town:
    return make_town(world)


def days_ago(world: World, days: int) -> str:
    return str(world.today - timedelta(days=days))


def everything_shown(web: TestClient, her: GivenAccess) -> str:
    """All pages and the JSON, in both languages, by number and by folio."""
    shown = []
    for number in (NUMBER, her.folio):
        enter(web, her.pin, number)
        shown += [web.get(path, headers={"Accept-Language": tongue}).text for path in PAGES for tongue in ("es", "en")]
        shown += files_of(web)
        program = Program(web, open_session(web, her.pin, number).json()["token"])
        for tongue in ("es", "en"):
            answer = program.ask("GET", "/case", language=tongue)
            assert answer.status_code == 200
            shown += [answer.text, str(answer.headers)]
    return "\n".join(shown)


def files_of(web: TestClient) -> list[str]:
    """What stands in every file that her page of documents offers."""
    found = []
    for form in re.findall(r'<form class="stack card".*?</form>', web.get("/caso/documentos").text, re.DOTALL):
        [path] = re.findall(r'action="([^"]+)"', form)
        answer = web.post(path, data=dict(re.findall(r'name="(\w+)" value="([^"]*)"', form)))
        assert answer.status_code == 200
        is_paper = answer.headers["content-type"].startswith("application/pdf")  # its table of places is full of digits
        found.append(text_of(answer) if is_paper else answer.text)
    return found


def sent(world: World) -> str:
    """Every message that leaves, as the demo's outbox keeps it."""
    settings = Settings(_env_file=None, environment=Environment.DEMO, notice_hours="00:00-24:00")
    ways_out = providers(settings, world.database)
    with Dispatch(world.database, world.keys, settings, ways_out, at_once=2) as dispatch:
        while dispatch.once():
            pass
    with world.database.reading() as session:
        messages = outbox_messages(session)
        assert messages
        return "\n".join(f"{message.subject} {message.body}" for message in messages)


def everything_kept(world: World) -> str:
    """Every column of every table, as a dump of the database has it."""
    with world.database.engine.connect() as connection:
        tables = inspect(connection).get_table_names()
        return "\n".join(str(row) for name in tables for row in connection.execute(text(f'SELECT * FROM "{name}"')))


def test_a_joined_case_is_followed_by_old_number_and_folio_and_shows_no_other_number(
    web: TestClient, world: World, town: Town
) -> None:
    world.push("a1", "CI01", occurred_on=days_ago(world, 9))
    world.push("b1", "CI15", case_number=OTHER, occurred_on=days_ago(world, 9))
    world.push("b3", "CI06", case_number=OTHER, proceeding=2, formal_notice_on=days_ago(world, 0))
    her = world.admit()
    other = world.admit(case_number=OTHER, contacts=[])
    world.push("a2", "CI11", details={"to_number": OTHER}, occurred_on=days_ago(world, 1))
    town.link(world, her, 1, 2, case_number=OTHER)
    shown = everything_shown(web, her)
    assert JOINED in shown
    assert "Línea 3 de 3" in shown
    assert "BEGIN:VCALENDAR" in shown
    assert "pido que un juez revise una decisión" in shown
    world.push("b2", "CI20", case_number=OTHER)
    shown += everything_shown(web, her)
    for place in (shown, sent(world), everything_kept(world)):
        assert not SPELLED.search(place)
    enter(web, other.pin, OTHER)
    assert NUMBER not in web.get("/caso").text
    assert JOINED not in web.get("/caso").text


def test_a_duplicate_case_is_merged_line_by_line_and_each_victim_goes_on_under_her_own_number(
    web: TestClient, world: World, town: Town
) -> None:
    for line in (1, 2):
        world.push(f"a{line}", "CI01", proceeding=line, occurred_on=days_ago(world, 9))
        world.push(f"b{line}", "CI01", case_number=OTHER, proceeding=line, occurred_on=days_ago(world, 9))
    hers = [world.admit(proceedings=[line], contacts=[]) for line in (1, 2)]
    for line, her in enumerate(hers, start=1):
        world.push(f"j{line}", "CI11", proceeding=line, details={"to_number": OTHER})
        town.link(world, her, line, case_number=OTHER)
    world.push("b3", "CI06", case_number=OTHER, proceeding=2)
    assert [stages(world, her) for her in hers] == [["CI11", "CI01"], ["CI11", "CI06"]]
    shown = "".join(everything_shown(web, her) for her in hers)
    assert NUMBER in shown
    assert not SPELLED.search(shown)


def test_the_request_of_a_joined_line_says_what_the_office_that_has_it_can_act_upon(
    web: TestClient, world: World, town: Town
) -> None:
    world.push("a1", "CI01", occurred_on=days_ago(world, 50))
    world.push("a2", "CI15", occurred_on=days_ago(world, 40), proceeding=2)
    town.new.push("b1", "CI01", case_number=OTHER, office="IZP-6", occurred_on=days_ago(world, 40))
    her = world.admit(proceedings=[2, 1])
    world.push("a3", "CI11", details={"to_number": OTHER}, occurred_on=days_ago(world, 3))
    town.link(town.new, her, 1, case_number=OTHER)
    enter(web, her.pin)
    form = {"csrf_token": form_token(web.get("/caso").text), "line": "3", "knows": "true"}
    words = " ".join(
        text_of(web.post("/caso/documentos/inactivity", data=form)).replace("\N{NO-BREAK SPACE}", " ").split()
    )
    since = Wording.of("es").day(world.today - timedelta(days=40))
    assert f"mi carpeta {NUMBER}" in words
    assert "A: Ministerio Público de Agencia IZP-6." in words
    told = f"Mi caso {NUMBER} se unió a otro, que lleva Agencia IZP-6. Hablo de la línea que está en"
    assert f"{told} «Investigación inicial» desde el {since}." in words
    assert words.count("no ha publicado cambios en esa línea.") == 2
    assert not any(betrays in words for betrays in (*SPELLINGS, "línea 3", "CUH-2.", "línea 1"))
    own = text_of(web.post("/caso/documentos/inactivity", data=form | {"line": "2"}))
    assert ("Agencia CUH-2" in own, "línea 2" in own, "se unió" in own) == (True, True, False)


def test_a_moved_case_is_followed_by_old_number_and_folio_wherever_it_went(
    web: TestClient, world: World, town: Town
) -> None:
    world.push("a1", "CI01", occurred_on=days_ago(world, 9))
    world.push("b1", "CI15", case_number=OTHER)
    her = world.admit()
    world.push("a2", "CI10", details={"to_office": "IZP-6", "to_number": OTHER}, occurred_on=days_ago(world, 2))
    waiting = everything_shown(web, her)
    town.new.push("n1", "CI01", office="IZP-6")
    accepted = everything_shown(web, her)
    assert "Tu caso pasó a otra autoridad: Agencia IZP-6." in waiting
    assert ("Agencia CUH-2" in waiting, "Agencia IZP-6" in accepted) == (True, True)
    for place in (waiting, accepted, sent(world), everything_kept(world)):
        assert not SPELLED.search(place)


def test_a_reopened_case_is_followed_by_old_number_and_folio(web: TestClient, world: World) -> None:
    world.push("a1", "CI24", occurred_on=days_ago(world, 9))
    her = world.admit()
    world.push("a2", "CI01", occurred_on=days_ago(world, 1))
    shown = everything_shown(web, her)
    assert "La oficina corrigió esta etapa el" in shown
    assert "The office corrected this stage on" in shown


def test_a_number_that_the_office_marked_hers_is_shown(web: TestClient, world: World) -> None:
    world.push("a1", "CI01", occurred_on=days_ago(world, 9))
    her = world.admit()
    world.push("a2", "CI10", details={"to_authority": "fgr", "to_number": "FED/MEX/UEI/0000999/2026"})
    assert "Tu nuevo número es FED/MEX/UEI/0000999/2026." in everything_shown(web, her)
    assert "0000999" not in sent(world) + everything_kept(world)


def test_a_hidden_join_or_move_changes_nothing_that_she_sees(web: TestClient, world: World, town: Town) -> None:
    world.push("a1", "CI01", occurred_on=days_ago(world, 9))
    world.push("b1", "CI15", case_number=OTHER)
    her = world.admit()
    enter(web, her.pin)
    program = Program(web, open_session(web, her.pin).json()["token"])

    def seen() -> list[str]:
        pages = [re.sub(r'value="[^"]{40,}"', "", web.get(path).text) for path in PAGES]
        return [*pages, program.ask("GET", "/case").text]

    before = seen()
    world.push("a2", "CI11", details={"to_number": OTHER}, hidden=True)
    world.push("a3", "CI10", details={"to_office": "IZP-6", "to_authority": "fgr"}, hidden=True)
    assert seen() == before
    with pytest.raises(NumberTaken):
        town.new.push("n1", "CI01", office="IZP-6")
    assert seen() == before
