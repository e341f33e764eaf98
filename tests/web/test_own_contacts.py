"""She decides if, where, when and how she is written to; whoever else tries leaves a trace, or gets nowhere."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import select, update

from casestatus.crypto import KeyRing
from casestatus.database import Clock
from casestatus.intake.registration import GivenAccess
from casestatus.notices.models import AttemptState, DeliveryAttempt, Notice, NoticeKind
from casestatus.offices.models import OfficeTask
from casestatus.victims.models import Contact, ContactPolicy, Victim, Wording
from tests.access.knocking import other_pin
from tests.factories import World
from tests.web.visiting import Program, enter, form_token, open_session

ALWAYS = "00:00-24:00"
NEW: dict[str, Any] = {"address": "55 8765 4321", "safe": True, "hours": ALWAYS}


class Victimed:
    """A victim with one confirmed contact, a program that is signed in for her, and her PIN."""

    def __init__(self, web: TestClient, world: World, keys: KeyRing, **fields: Any) -> None:
        self.web, self.world, self.keys = web, world, keys
        self.access: GivenAccess = world.admit(**fields)
        self.program = self.sign_in()

    def sign_in(self) -> Program:
        return Program(self.web, open_session(self.web, self.access.pin).json()["token"])

    def asks(self, method: str, path: str = "", **content: Any) -> Response:
        return self.program.ask(method, f"/contacts{path}", json={"pin": self.access.pin, **content})

    def contacts(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.program.ask("GET", "/contacts").json()
        return found

    def rows(self) -> list[Contact]:
        with self.world.database.reading() as session:
            rows = session.scalars(select(Contact).where(Contact.victim_id == self.access.victim_id)).all()
            session.expunge_all()
            return list(rows)

    def owed(self, kind: NoticeKind) -> list[Notice]:
        with self.world.database.reading() as session:
            rows = session.scalars(select(Notice).where(Notice.kind == kind).order_by(Notice.created_at)).all()
            session.expunge_all()
            return list(rows)

    def code(self) -> str:
        notice = self.owed(NoticeKind.CONFIRM)[-1]
        assert notice.payload
        return self.keys.unseal(notice.payload, table="notice", column="payload", id=notice.id)

    def tasks(self) -> list[str]:
        with self.world.database.reading() as session:
            return [task.kind for task in session.scalars(select(OfficeTask).order_by(OfficeTask.id))]

    def adds(self, **changes: Any) -> dict[str, Any]:
        """A new contact, confirmed by its code."""
        made = self.asks("POST", **(NEW | changes))
        assert made.status_code == 201
        done = self.program.ask("POST", f"/contacts/{made.json()['id']}/confirmation", json={"code": self.code()})
        assert done.status_code == 200
        contact: dict[str, Any] = done.json()
        return contact


@pytest.fixture
def her(web: TestClient, world: World, keys: KeyRing) -> Victimed:
    world.push("u1", "CI01")
    return Victimed(web, world, keys)


def test_a_contact_says_when_it_is_written_to_and_never_where(her: Victimed) -> None:
    [contact] = her.contacts()
    assert contact.keys() == {
        "id", "channel", "ending", "state", "hours", "time_zone", "starts_at", "reconfirm_by", "confirmed_in_person",
    }  # fmt: skip
    assert (contact["ending"], contact["hours"], contact["state"]) == ("78", ALWAYS, "confirmed")
    assert "1234" not in her.program.ask("GET", "/contacts").text


def test_a_new_contact_is_confirmed_by_its_code_and_waits_two_days_while_the_old_one_is_told(
    her: Victimed, clock: Clock
) -> None:
    made = her.asks("POST", **NEW)
    assert (made.status_code, made.json()["state"], made.json()["ending"]) == (201, "to_be_confirmed", "21")
    assert her.owed(NoticeKind.CONTACT_CHANGED) == []
    done = her.program.ask("POST", f"/contacts/{made.json()['id']}/confirmation", json={"code": her.code()})
    assert (done.json()["state"], done.json()["starts_at"] is not None) == ("waiting", True)
    [told] = her.owed(NoticeKind.CONTACT_CHANGED)
    old, new = sorted(her.rows(), key=lambda contact: contact.created_at)
    assert told.contact_id == old.id
    assert new.usable_from is not None
    assert new.usable_from - her.world.database.now() > timedelta(hours=47)
    clock.advance(timedelta(hours=49))
    her.program = her.sign_in()
    assert [contact["state"] for contact in her.contacts()] == ["confirmed", "confirmed"]


def test_while_it_waits_notices_go_to_the_old_one_only(her: Victimed, clock: Clock) -> None:
    her.adds()
    [old, new] = sorted(her.rows(), key=lambda contact: contact.created_at)
    her.asks("DELETE", f"/{old.id}")
    assert her.world.push("u2", "CI06").notices_queued == 0
    assert "unreachable" in her.tasks()
    clock.advance(timedelta(hours=49))
    assert her.world.push("u3", "CI01").notices_queued == 1
    assert new.confirmed_at is not None


def test_a_token_alone_changes_nothing(her: Victimed) -> None:
    [contact] = her.contacts()
    own = f"/contacts/{contact['id']}"
    changes: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", "/contacts", NEW),
        ("PATCH", own, {"hours": "10:00-11:00"}),
        ("DELETE", own, {}),
    ]
    for method, path, content in changes:
        pins: list[dict[str, str]] = [{}, {"pin": "12345678900"}, {"pin": other_pin(her.access.pin)}]
        answers = [her.program.ask(method, path, json=content | pin) for pin in pins]
        assert [(answer.status_code, answer.json()["type"]) for answer in answers] == [
            (422, "pin-missing"),
            (422, "pin-mistyped"),
            (401, "not-her-pin"),
        ]
    assert her.contacts() == [contact]
    assert her.owed(NoticeKind.CONTACT_CHANGED) == her.owed(NoticeKind.CONFIRM) == []


def test_what_is_not_safe_is_neither_kept_nor_written_to(her: Victimed) -> None:
    answer = her.asks("POST", **(NEW | {"safe": False}))
    assert (answer.status_code, answer.json()["type"]) == (422, "contact-not-safe")
    assert (len(her.rows()), her.owed(NoticeKind.CONFIRM)) == (1, [])


def test_what_can_be_no_contact_is_refused_in_one_sentence(her: Victimed) -> None:
    for address in ("12345", "555", "ana@", "no es nada", "+1 900 555 0100"):
        answer = her.asks("POST", **(NEW | {"address": address}))
        assert (answer.status_code, answer.json()["type"]) == (422, "contact-unusable")
        assert [error["field"] for error in answer.json()["errors"]] == ["address"]


def test_an_e_mail_is_a_contact_too(her: Victimed) -> None:
    contact = her.adds(address="Ana.Lopez@correo.mx")
    assert (contact["channel"], contact["ending"], contact["state"]) == ("email", "ez", "waiting")


def test_a_stop_holds_for_a_contact_that_is_added_and_she_is_not_told_whose_it_was(
    her: Victimed, web: TestClient, world: World, keys: KeyRing
) -> None:
    other = Victimed(web, world, keys, contacts=[{"channel": "sms", **NEW, "confirmed_in_person": True}])
    [row] = other.rows()
    with world.database.writing() as session:
        session.get_one(Contact, row.id).stopped_at = world.database.now()
    made = her.asks("POST", **NEW)
    assert (made.status_code, made.json()["state"]) == (201, "to_be_confirmed")
    assert her.owed(NoticeKind.CONFIRM) == []
    later = Victimed(web, world, keys, contacts=[{"channel": "sms", **NEW, "confirmed_in_person": True}])
    assert [contact["state"] for contact in later.contacts()] == ["stopped"]


def test_the_same_address_again_is_the_same_contact(her: Victimed) -> None:
    first = her.adds()
    again = her.asks("POST", **NEW).json()
    assert (again["id"], again["state"], len(her.rows())) == (first["id"], "waiting", 2)
    her.asks("DELETE", f"/{first['id']}")
    anew = her.asks("POST", **NEW).json()
    assert (anew["id"], anew["state"], len(her.rows())) == (first["id"], "to_be_confirmed", 2)


def test_an_access_has_five_contacts_at_most(her: Victimed) -> None:
    answers = [her.asks("POST", **(NEW | {"address": f"55 8765 432{digit}"})) for digit in range(5)]
    assert [answer.status_code for answer in answers] == [201] * 4 + [409]
    assert len(her.owed(NoticeKind.CONFIRM)) == 3


def test_a_removed_contact_gets_one_last_message_and_is_gone(her: Victimed) -> None:
    [contact] = her.contacts()
    assert her.asks("DELETE", f"/{contact['id']}").status_code == 204
    assert her.contacts() == []
    [told] = her.owed(NoticeKind.CONTACT_CHANGED)
    assert (str(told.contact_id), told.payload) == (contact["id"], None)
    assert her.asks("DELETE", f"/{contact['id']}").status_code == 404
    assert her.world.push("u2", "CI06").notices_queued == 0


def test_what_is_no_longer_safe_ends_without_a_word_and_the_office_is_to_talk_to_her(her: Victimed) -> None:
    [contact] = her.contacts()
    assert her.asks("PATCH", f"/{contact['id']}", safe=False).status_code == 204
    assert (her.contacts(), her.owed(NoticeKind.CONTACT_CHANGED), her.tasks()) == ([], [], ["contact_unsafe"])


def test_other_hours_hold_at_once_and_that_contact_is_told(her: Victimed) -> None:
    [contact] = her.contacts()
    changed = her.asks("PATCH", f"/{contact['id']}", hours="10:00-12:00", time_zone="America/Tijuana")
    assert (changed.json()["hours"], changed.json()["time_zone"]) == ("10:00-12:00", "America/Tijuana")
    assert len(her.owed(NoticeKind.CONTACT_CHANGED)) == 1
    for wrong in (
        {"hours": "25:00-26:00"},
        {"hours": "10-12"},
        {"hours": "09:00-09:00"},
        {"time_zone": "Mexico/Nowhere"},
    ):
        assert her.asks("PATCH", f"/{contact['id']}", **wrong).status_code == 422
    assert her.contacts()[0]["hours"] == "10:00-12:00"


def test_another_person_s_contact_can_be_neither_changed_nor_removed(
    her: Victimed, web: TestClient, world: World, keys: KeyRing
) -> None:
    other = Victimed(web, world, keys)
    [contact] = her.contacts()
    for method, content in (("PATCH", {"hours": "10:00-12:00"}), ("PATCH", {"safe": False}), ("DELETE", {})):
        assert other.asks(method, f"/{contact['id']}", **content).status_code == 404
    assert her.contacts() == [contact]


def test_in_a_high_tier_contacts_are_added_in_person_only(web: TestClient, world: World, keys: KeyRing) -> None:
    world.push("u1", "CI01")
    at_risk = Victimed(web, world, keys, risk_tier="high")
    answer = at_risk.asks("POST", **NEW)
    assert (answer.status_code, answer.json()["type"]) == (403, "in-person-only")
    assert (len(at_risk.rows()), at_risk.owed(NoticeKind.CONFIRM)) == (1, [])
    enter(web, at_risk.access.pin)
    page = web.get("/caso/contactos").text
    assert "/caso/contactos/nuevo" not in page
    assert "Por tu seguridad, los avisos se activan en persona, en tu oficina." in page


def test_after_ninety_days_without_an_answer_nothing_goes_there(her: Victimed, clock: Clock) -> None:
    [contact] = her.contacts()
    clock.advance(timedelta(days=70))
    her.program = her.sign_in()
    assert her.asks("PATCH", f"/{contact['id']}", safe=True).json()["state"] == "confirmed"
    clock.advance(timedelta(days=85))
    her.program = her.sign_in()
    assert her.contacts()[0]["state"] == "confirmed"
    clock.advance(timedelta(days=6))
    assert her.world.push("u3", "CI06").notices_queued == 0
    assert her.tasks() == ["unreachable"]
    assert open_session(her.web, her.access.pin).json()["next"] == "confirm_contact"
    her.program = her.sign_in()
    assert her.contacts()[0]["state"] == "confirm_again"
    late = her.asks("PATCH", f"/{contact['id']}", safe=True)
    assert (late.status_code, late.json()["type"]) == (409, "confirm-first")
    done = her.program.ask("POST", f"/contacts/{contact['id']}/confirmation", json={"code": her.code()})
    assert done.json()["state"] == "confirmed"
    assert her.world.push("u4", "CI01").notices_queued == 1


class Pages:
    """Her pages in a browser, her PIN typed where it is asked for."""

    def __init__(self, her: Victimed) -> None:
        self.her, self.web = her, her.web
        enter(self.web, her.access.pin)

    def sends(self, path: str, **fields: str) -> Response:
        token = form_token(self.web.get("/caso/contactos").text)
        form = {"csrf_token": token, "pin": self.her.access.pin} | fields
        return self.web.post(f"/caso/contactos{path}", data=form)

    def victim(self) -> Victim:
        with self.her.world.database.reading() as session:
            victim = session.get_one(Victim, self.her.access.victim_id)
            session.expunge_all()
            return victim


@pytest.fixture
def pages(her: Victimed) -> Pages:
    return Pages(her)


def test_on_her_page_she_adds_a_contact_and_reads_from_when_it_is_written_to(pages: Pages) -> None:
    form = {"address": "55 8765 4321", "safe": "yes", "opens": "00:00", "closes": "24:00"}
    sent = pages.sends("/nuevo", **form, time_zone="America/Cancun")
    path = sent.headers["location"]
    assert (sent.status_code, path.startswith("/caso/contactos/")) == (303, True)
    token = form_token(pages.web.get(path).text)
    done = pages.web.post(path, data={"csrf_token": token, "code": pages.her.code()})
    page = pages.web.get(done.headers["location"]).text
    assert "Contacto confirmado." in page
    assert "Los avisos empiezan el" in page
    assert "Espera hasta el" in page
    assert "87654321" not in page
    assert "Hay un cambio de contacto en espera hasta el" in pages.web.get("/caso").text


LACKING: list[tuple[dict[str, str], str]] = [
    ({"address": "12"}, "Ese número o correo no se puede usar."),
    ({"safe": "no"}, "Si otra persona lo ve, mejor no lo agregues."),
    ({"safe": ""}, "Elige una opción."),
    ({"opens": "25:00", "closes": "9"}, "Escribe dos horas, como 09:00 y 18:00"),
    ({"pin": ""}, "Escribe tu PIN para confirmar que eres tú."),
    ({"time_zone": "Mexico/Nowhere"}, "Elige una opción."),
]


def test_what_the_form_lacks_is_said_beside_the_field_and_nothing_is_kept(pages: Pages) -> None:
    form = {"address": "55 8765 4321", "safe": "yes", "opens": "", "closes": "", "time_zone": "America/Cancun"}
    for changes, said in LACKING:
        answer = pages.sends("/nuevo", **(form | changes))
        assert answer.status_code == 422
        assert said in answer.text
        assert "<title>Revisa: Contactos</title>" in answer.text
    assert (len(pages.her.rows()), pages.her.owed(NoticeKind.CONFIRM)) == (1, [])


def test_an_address_that_isn_t_safe_is_not_even_shown_again(pages: Pages) -> None:
    answer = pages.sends("/nuevo", address="55 8765 4321", safe="no", time_zone="America/Cancun")
    assert "8765" not in answer.text


@pytest.mark.parametrize(("act", "left", "told"), [("hours", 1, 1), ("safe", 1, 0), ("unsafe", 0, 0), ("remove", 0, 1)])
def test_on_its_page_a_contact_is_changed_or_ends(pages: Pages, act: str, left: int, told: int) -> None:
    [contact] = pages.her.contacts()
    path = f"/{contact['id']}/cambiar"
    assert "Ya no es seguro" in pages.web.get(f"/caso/contactos{path}").text
    done = pages.sends(path, act=act, opens="10:00", closes="12:00", time_zone="America/Tijuana")
    assert done.headers["location"] == f"/caso/contactos?hecho={'guardado' if left else 'quitado'}"
    assert len(pages.her.contacts()) == left
    assert len(pages.her.owed(NoticeKind.CONTACT_CHANGED)) == told
    assert pages.sends(path, act="nothing").status_code == 404


def test_she_sees_the_very_words_before_she_chooses_them(pages: Pages) -> None:
    page = pages.web.get("/caso/contactos").text
    assert "«Hay contenido nuevo en tu cuenta. BAJA para no recibir. Ref K7M»" in page
    assert pages.sends("/forma", wording="inbox", code_word="Girasól").status_code == 303
    assert pages.victim().message_wording is Wording.INBOX
    [row] = pages.her.rows()
    assert row.code_word is not None
    assert pages.her.keys.unseal(row.code_word, table="contact", column="code_word", id=row.id) == "Girasol"
    page = pages.web.get("/caso/contactos").text
    assert "Girasol" not in page
    assert "Ya elegiste una." in page
    assert pages.sends("/forma", wording="neutral").status_code == 303
    assert pages.her.rows()[0].code_word == row.code_word


def test_a_code_word_is_a_word(pages: Pages) -> None:
    for word in ("12345678", "x", "una palabra muy larga", "http://a.mx", "<b>"):
        answer = pages.sends("/forma", wording="neutral", code_word=word)
        assert (answer.status_code, "Usa una palabra corta: hasta 12 letras." in answer.text) == (422, True)
    assert pages.her.rows()[0].code_word is None


def test_her_code_word_goes_with_a_contact_that_she_adds(pages: Pages) -> None:
    pages.sends("/forma", wording="neutral", code_word="girasol")
    pages.her.adds()
    assert all(row.code_word is not None for row in pages.her.rows())


def test_a_pause_and_never_hold_until_she_says_otherwise(pages: Pages) -> None:
    for act, policy in (("pause", ContactPolicy.PAUSED), ("never", ContactPolicy.DO_NOT_CONTACT)):
        assert pages.sends("/pausa", act=act).status_code == 303
        assert pages.victim().contact_policy is policy
        assert "/caso/contactos/nuevo" not in pages.web.get("/caso/contactos").text
        assert pages.her.asks("POST", **NEW).json()["type"] == "notices-paused"
    assert pages.her.world.push("u2", "CI06").notices_queued == 0
    assert pages.her.tasks() == ["unreachable"]
    pages.sends("/pausa", act="resume")
    assert pages.her.world.push("u3", "CI01").notices_queued == 1


def test_without_her_pin_or_our_token_nothing_changes(pages: Pages) -> None:
    form = {"wording": "inbox", "act": "never", "address": "55 8765 4321", "safe": "yes", "time_zone": "UTC"}
    before = pages.victim()
    for path in ("/forma", "/pausa", "/sesiones", "/nuevo"):
        assert pages.sends(path, **(form | {"pin": other_pin(pages.her.access.pin)})).status_code == 401
        assert pages.sends(path, **(form | {"csrf_token": "another"})).status_code == 403
    after = pages.victim()
    assert (after.message_wording, after.contact_policy) == (before.message_wording, before.contact_policy)
    assert len(pages.her.rows()) == 1
    assert pages.web.get("/caso/contactos").status_code == 200


def test_signing_out_everywhere_ends_this_session_too(pages: Pages) -> None:
    assert pages.sends("/sesiones").headers["location"].startswith("/entrar")
    assert pages.web.get("/caso").status_code == 303
    assert pages.her.program.ask("GET", "/contacts").status_code == 401


def test_her_summary_says_that_a_message_did_not_arrive(pages: Pages) -> None:
    pages.her.world.push("u2", "CI06")
    told = "Confirma tu contacto otra vez: el último mensaje no llegó."
    with pages.her.world.database.writing() as session:
        [attempt] = session.scalars(select(DeliveryAttempt)).all()
        contact = session.get_one(Contact, attempt.contact_id)
        contact.reconfirm_by = pages.her.world.today
    assert told not in pages.web.get("/caso").text
    with pages.her.world.database.writing() as session:
        [attempt] = session.scalars(select(DeliveryAttempt)).all()
        attempt.state, attempt.ended_at = AttemptState.UNDELIVERED, pages.her.world.database.now()
    assert told in pages.web.get("/caso").text


def test_she_finds_which_message_she_answered(pages: Pages) -> None:
    pages.her.world.push("u2", "CI06")
    assert "Respondiste 1" not in pages.web.get("/caso/avisos").text
    with pages.her.world.database.writing() as session:
        [attempt] = session.scalars(select(DeliveryAttempt)).all()
        attempt.state, attempt.sent_at = AttemptState.SENT, pages.her.world.database.now()
        attempt.seen_at = pages.her.world.database.now()
    assert "Respondiste 1" in pages.web.get("/caso/avisos").text


def test_a_stopped_e_mail_comes_back_for_her_alone_by_a_code(
    pages: Pages, web: TestClient, world: World, keys: KeyRing
) -> None:
    email = {"channel": "email", "address": "ana@correo.mx", "safe": True, "confirmed_in_person": True}
    other = Victimed(web, world, keys, contacts=[email])
    mine = pages.her.adds(address="ana@correo.mx")
    with world.database.writing() as session:
        for row in session.scalars(select(Contact).where(Contact.channel == "email")):
            row.stopped_at = world.database.now()
    assert "Detenido" in web.get("/caso/contactos").text
    path = f"/{mine['id']}/cambiar"
    assert pages.sends(path, act="resume").headers["location"] == f"/caso/contactos/{mine['id']}"
    done = pages.her.program.ask("POST", f"/contacts/{mine['id']}/confirmation", json={"code": pages.her.code()})
    assert done.json()["state"] == "waiting"
    assert [contact["state"] for contact in other.contacts()] == ["stopped"]
    assert pages.sends(path, act="resume").status_code == 404


def test_behind_her_pin_she_sees_who_else_has_access_and_ends_what_represents_her(
    pages: Pages, web: TestClient, world: World
) -> None:
    adviser = world.admit(represents=str(pages.her.access.victim_id), contacts=[])
    relative = world.admit(contacts=[])
    assert "Tu oficina dio un acceso" not in web.get("/caso/contactos").text
    assert pages.sends("/accesos", pin=other_pin(pages.her.access.pin)).status_code == 401
    page = pages.sends("/accesos").text
    assert page.count("Tu oficina dio un acceso a este caso el") == 2
    assert page.count("Quitar acceso") == 1
    assert pages.sends(f"/accesos/{relative.victim_id}").status_code == 404
    assert pages.sends(f"/accesos/{adviser.victim_id}").status_code == 303
    assert pages.sends("/accesos").text.count("Tu oficina dio un acceso a este caso el") == 1
    assert open_session(web, adviser.pin).status_code == 401


def test_a_line_that_is_hidden_from_her_tells_of_nobody(web: TestClient, world: World, keys: KeyRing) -> None:
    world.push("u1", "CI01")
    world.push("u2", "CI01", proceeding=2, hidden=True)
    pages = Pages(Victimed(web, world, keys, proceedings=[1, 2]))
    world.admit(proceedings=[2], contacts=[])
    assert "Nadie más tiene acceso." in pages.sends("/accesos").text


def test_from_the_answer_to_a_form_the_other_language_leads_back_to_her_contacts(pages: Pages) -> None:
    answer = pages.sends("/forma", wording="")
    assert "/idioma/en?volver=/caso/contactos/forma" in answer.text
    for form in ("alertas", "forma", "pausa", "accesos", "sesiones"):
        assert pages.web.get(f"/caso/contactos/{form}").headers["location"] == f"/caso/contactos#{form}"
    assert pages.web.get("/caso/contactos/nuevo").status_code == 200
    assert pages.web.get("/caso/contactos/otra").status_code in {404, 422}


def test_notices_are_never_redirected_in_silence(her: Victimed) -> None:
    """Where no old contact can be told that a new one takes its place, a person at the office is to ask her."""
    her.adds(address="55 8765 0001")
    assert her.tasks() == []
    for contact in her.contacts():
        her.asks("PATCH", f"/{contact['id']}", safe=False)
    her.adds(address="55 8765 0002")
    assert sorted(her.tasks()) == ["contact_replaced", "contact_unsafe", "contact_unsafe"]


def test_a_first_contact_is_nobody_s_business(web: TestClient, world: World, keys: KeyRing) -> None:
    world.push("u1", "CI01")
    new = Victimed(web, world, keys, contacts=[])
    assert new.adds()["state"] == "waiting"
    assert new.tasks() == []


def test_a_contact_that_is_unsafe_once_more_is_a_task_once_more(her: Victimed, world: World) -> None:
    for times in (1, 2):
        her.adds(address="55 8765 0001")
        [contact] = [each for each in her.contacts() if each["ending"] == "01"]
        her.asks("PATCH", f"/{contact['id']}", safe=False)
        assert her.tasks().count("contact_unsafe") == times
        with world.database.writing() as session:
            session.execute(update(OfficeTask).values(resolved_at=world.database.now()))
