"""The document that proves which messages left: who gets it, what it tells, and how anybody checks it."""

import re
from datetime import timedelta
from io import BytesIO
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from pypdf import PdfReader
from sqlalchemy import delete, select, update

from casestatus.notices.models import (
    AttemptState,
    Constancia,
    DeliveryAttempt,
    Notice,
    NoticeEvent,
    NoticeKind,
    NoticeState,
)
from casestatus.settings import Limits, Settings
from casestatus.victims.models import Victim
from tests.factories import NUMBER, World
from tests.web.visiting import enter, form_token

PAGE, PATH, CHECK = "/caso/documentos", "/caso/constancia", "/verificar"
NOT_FOUND = "No encontramos ese código. Revisa cada letra. Si sigue igual, el documento puede ser falso."

A_DAY, AN_ADDRESS = 2, 12


@pytest.fixture
def settings(settings: Settings) -> Settings:
    limits = Limits(constancias_per_day=A_DAY, checks_per_address=AN_ADDRESS)
    return settings.model_copy(update={"limits": limits})


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def code_in(pdf: bytes) -> str:
    found = re.search(r"Código de revisión: ([0-9A-Z ]{32})\.", text_of(pdf).replace("\xa0", " "))
    assert found
    return found.group(1)


def sign_in(web: TestClient, world: World, *, left: int = 1, **fields: str) -> UUID:
    """A victim to whom so many notices left; the network says that they arrived."""
    world.push("u1", "CI01")
    her = world.admit()
    for number in range(left):
        world.push(f"u{number + 2}", "CI06" if number % 2 else "CI05")
        arrive(world)
    enter(web, her.pin, **fields)
    return her.victim_id


def arrive(world: World) -> None:
    with world.database.writing() as session:
        for attempt in session.scalars(select(DeliveryAttempt).where(DeliveryAttempt.state == AttemptState.PENDING)):
            attempt.state = AttemptState.DELIVERED
            attempt.sent_at = attempt.ended_at = world.database.now()
            session.get_one(Notice, attempt.notice_id).state = NoticeState.PROVED


def ask(web: TestClient, **fields: str) -> Response:
    form = {"csrf_token": form_token(web.get("/caso").text), "knows": "true"}
    return web.post(PATH, data=form | fields)


def check(web: TestClient, code: str, file: bytes | None = None) -> Response:
    """As somebody who has only the paper, or the file as well."""
    web.cookies.clear()
    files = {"file": ("documento.pdf", file, "application/pdf")} if file is not None else {"file": ("", b"")}
    return web.post(CHECK, data={"code": code}, files=files)


def test_she_gets_a_document_that_says_what_left_and_what_the_network_reported(web: TestClient, world: World) -> None:
    sign_in(web, world, left=2)
    answer = ask(web)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["content-disposition"] == 'attachment; filename="documento.pdf"'
    assert answer.headers["cache-control"] == "no-store"
    text = text_of(answer.content)
    with world.database.reading() as session:
        references = session.scalars(select(DeliveryAttempt.reference)).all()
    assert len(references) == 2
    for reference in references:
        assert f"{reference} SMS Aviso" in text
    assert text.count("Informó entrega") == 2
    assert "Fiscalía de prueba FGJ-1 hace constar lo siguiente." in text


def test_it_betrays_neither_case_nor_contact(web: TestClient, world: World) -> None:
    world.push("u1", "CI01")
    her = world.admit()
    world.push("u2", "CI05")
    arrive(world)
    enter(web, her.pin)
    answer = ask(web)
    hers = (NUMBER, her.folio, her.folio.replace(" ", ""), her.pin, her.backup_key, "55 1234 5678", "5512345678")
    for told in (text_of(answer.content), answer.content.decode("latin-1")):
        for canary in (*hers, "Agencia", "robo", "CI05", "no investigar", "onsulta"):
            assert canary not in told


def test_in_a_high_tier_no_institution_is_named(web: TestClient, world: World) -> None:
    world.push("u1", "CI01")
    her = world.admit(risk_tier="high")
    world.push("u2", "CI05")
    arrive(world)
    enter(web, her.pin)
    text = text_of(ask(web).content)
    assert "Se hace constar lo siguiente." in text
    assert "Fiscalía" not in text


def test_what_tells_of_a_change_of_hers_is_left_out_and_what_never_left_too(web: TestClient, world: World) -> None:
    sign_in(web, world)
    with world.database.writing() as session:
        [attempt] = session.scalars(select(DeliveryAttempt)).all()
        notice, reference = session.get_one(Notice, attempt.notice_id), attempt.reference
        for number, kind in enumerate([NoticeKind.CONFIRM, NoticeKind.CONTACT_CHANGED, NoticeKind.STOP, None]):
            copied = copy_of(notice, f"k{number}", kind or NoticeKind.NOTICE)
            session.add(copied)
            session.flush()
            session.add(copy_of_attempt(attempt, copied, f"Z{number}Z", left=kind is not None))
    text = text_of(ask(web).content)
    assert f"{reference} SMS" in text
    assert not re.search(r"Z\dZ", text)


def copy_of(notice: Notice, key: str, kind: NoticeKind) -> Notice:
    return Notice(
        victim_id=notice.victim_id,
        kind=kind,
        by_law=False,
        dedupe_key=key,
        state=notice.state,
        due_at=notice.due_at,
        created_at=notice.created_at,
    )


def copy_of_attempt(attempt: DeliveryAttempt, notice: Notice, reference: str, *, left: bool) -> DeliveryAttempt:
    return DeliveryAttempt(
        notice_id=notice.id,
        contact_id=attempt.contact_id,
        channel=attempt.channel,
        rung=1,
        state=AttemptState.DELIVERED if left else AttemptState.EXPIRED,
        due_at=attempt.due_at,
        reference=reference,
        created_at=attempt.created_at,
        sent_at=attempt.sent_at if left else None,
        ended_at=attempt.ended_at,
    )


def test_none_on_a_shared_device(web: TestClient, world: World) -> None:
    sign_in(web, world, shared_device="yes")
    answer = ask(web)
    assert answer.status_code == 403
    assert answer.headers["content-type"].startswith("text/html")
    assert PATH not in web.get(PAGE).text
    page = web.get("/caso/avisos").text
    assert "En un equipo compartido no hay descargas. Pídela impresa en tu oficina." in page
    assert f"{PAGE}#constancia" not in page
    with world.database.reading() as session:
        assert session.scalars(select(Constancia)).all() == []


def test_none_before_the_warning_is_marked_nor_without_session_or_form_of_ours(web: TestClient, world: World) -> None:
    sign_in(web, world)
    assert f'href="{PAGE}#constancia"' in web.get("/caso/avisos").text
    assert ask(web, knows="false").headers["location"] == f"{PAGE}?falta=si"
    assert ask(web, csrf_token="somebody-else-s").status_code == 403
    web.cookies.clear()
    token = form_token(web.get("/entrar").text)
    assert web.post(PATH, data={"csrf_token": token, "knows": "true"}).headers["location"] == "/entrar"
    with world.database.reading() as session:
        assert session.scalars(select(Constancia)).all() == []


def test_so_many_a_day_and_no_more(web: TestClient, world: World) -> None:
    sign_in(web, world)
    assert [ask(web).status_code for _ in range(A_DAY + 1)] == [200] * A_DAY + [429]


def test_anybody_learns_that_it_is_genuine_and_its_day_and_nothing_else(web: TestClient, world: World) -> None:
    sign_in(web, world)
    pdf = ask(web).content
    answer = check(web, code_in(pdf))
    assert answer.status_code == 200
    assert re.search(r"Es auténtico\. Lo emitimos el <time[^>]*>[^<]+</time>\.", answer.text)
    assert "set-cookie" not in answer.headers
    shown = re.sub(r'datetime="[^"]+"', "", answer.text)
    for canary in ("Fiscalía", "folio termina", "SMS", code_in(pdf), code_in(pdf).replace(" ", "")):
        assert canary not in shown


def test_two_documents_of_the_same_messages_have_codes_of_their_own(web: TestClient, world: World) -> None:
    sign_in(web, world)
    first, second = ask(web).content, ask(web).content
    assert code_in(first) != code_in(second)
    assert check(web, code_in(first), first).status_code == 200
    assert check(web, code_in(second), first).status_code == 422


def test_with_the_file_it_is_known_that_nobody_changed_it(web: TestClient, world: World) -> None:
    sign_in(web, world)
    pdf = ask(web).content
    assert check(web, code_in(pdf).lower().replace(" ", "-"), pdf).status_code == 200
    changed = check(web, code_in(pdf), pdf.replace(b"/Title", b"/Titel"))
    assert changed.status_code == 422
    assert NOT_FOUND in changed.text


def test_every_wrong_code_has_one_answer(web: TestClient, world: World) -> None:
    sign_in(web, world)
    pdf = ask(web).content
    code = code_in(pdf)
    other = code[:-1] + ("0" if code[-1] != "0" else "1")
    wrong = ["", "0" * 26, other, code[:-1], code + "0", "x" * 5000, "<b>&", "ÑÑÑ \u0000", "' OR 1=1 --"]
    answers = [check(web, typed) for typed in wrong] + [check(web, code, b"another file")]
    assert {answer.status_code for answer in answers} == {422}
    assert len({answer.content for answer in answers}) == 1
    headers = [{name: text for name, text in answer.headers.items() if name != "x-request-id"} for answer in answers]
    assert all(each == headers[0] for each in headers)
    assert NOT_FOUND in answers[0].text
    assert "<title>Revisa: Documento</title>" in answers[0].text


def test_a_row_that_was_not_written_by_us_is_not_genuine(web: TestClient, world: World) -> None:
    sign_in(web, world)
    code = code_in(ask(web).content)
    with world.database.writing() as session:
        session.execute(update(Constancia).values(issued_on=world.today - timedelta(days=1)))
    assert check(web, code).status_code == 422
    with world.database.writing() as session:
        session.execute(update(Constancia).values(issued_on=world.today, digest=b"0" * 32))
    assert check(web, code).status_code == 422


def test_it_stays_genuine_when_everything_of_hers_is_erased(web: TestClient, world: World) -> None:
    sign_in(web, world)
    pdf = ask(web).content
    with world.database.writing() as session:
        session.execute(update(Victim).values(closed_at=world.database.now()))
        for table in (DeliveryAttempt, NoticeEvent, Notice):
            session.execute(delete(table))
    assert check(web, code_in(pdf), pdf).status_code == 200


def test_what_is_kept_names_neither_her_nor_the_code(web: TestClient, world: World) -> None:
    victim_id = sign_in(web, world)
    code = code_in(ask(web).content).replace(" ", "")
    with world.database.reading() as session:
        [row] = session.execute(select(Constancia.__table__)).all()
    kept = b" ".join(value if isinstance(value, bytes) else str(value).encode() for value in row)
    assert len(row) == 4
    for canary in (code.encode(), victim_id.bytes, str(victim_id).encode()):
        assert canary not in kept


def test_the_form_is_for_everybody_and_leaves_nothing_in_the_browser(web: TestClient, world: World) -> None:
    answer = web.get(CHECK)
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"
    assert "Está al pie del documento: 26 letras y números." in answer.text
    assert web.get(CHECK, headers={"Accept-Language": "en"}).text.count("Check a document") >= 1
    assert f'href="{CHECK}"' in web.get("/").text


def test_a_plain_form_without_a_file_is_taken_too(web: TestClient, world: World) -> None:
    sign_in(web, world)
    code = code_in(ask(web).content)
    assert web.post(CHECK, data={"code": code}).status_code == 200


def test_one_address_may_only_check_so_often_right_or_wrong(web: TestClient, world: World) -> None:
    sign_in(web, world)
    code = code_in(ask(web).content)
    for number in range(AN_ADDRESS):
        assert check(web, code if number % 2 else "wrong").status_code == (200 if number % 2 else 422)
    refused = [check(web, code), check(web, "wrong")]
    assert [answer.status_code for answer in refused] == [429, 429]
    assert all(0 < int(answer.headers["retry-after"]) <= 600 for answer in refused)
    world.database.clock.advance(timedelta(minutes=10, seconds=1))
    assert check(web, code).status_code == 200


def test_the_file_of_thousands_of_messages_is_checked_and_no_other_door_takes_so_much(web: TestClient) -> None:
    longest = Limits().document_bytes
    assert check(web, "0" * 26, b"%" * (longest - 1000)).status_code == 422
    assert check(web, "0" * 26, b"%" * longest).status_code == 413
    assert web.post("/entrar", content=b"%" * (Limits().body_bytes + 1)).status_code == 413
