"""The unsubscribe button: one click ends e-mail to the address everywhere, and nothing tells who was there."""

import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from casestatus.app import build_app
from casestatus.crypto import KeyRing
from casestatus.database import Database
from casestatus.settings import Settings
from casestatus.victims.models import Channel
from tests.notices.conftest import PUBLIC_URL, Deliveries
from tests.notices.email.conftest import ANA, OTHER, reader
from tests.notices.town import POLICY, Town
from tests.standins.smtp import SmtpStandIn

DONE = "Listo. No mandaremos más correos aquí."
PHONE = "+525511112222"


@pytest.fixture
def web(settings: Settings, database: Database, keys: KeyRing) -> Iterator[TestClient]:
    app = build_app(settings, database, keys)
    with TestClient(app, base_url=PUBLIC_URL, raise_server_exceptions=False, follow_redirects=False) as client:
        yield client


class Mailbox:
    """Her mail program: what it received, and its button."""

    def __init__(self, post: SmtpStandIn, web: TestClient, deliveries: Deliveries) -> None:
        self.post, self.web, self.deliveries = post, web, deliveries

    @property
    def subjects(self) -> list[str]:
        return [str(each.message["Subject"]) for each in self.post.accepted]

    def path(self, number: int = 0) -> str:
        """The address of the button in one of the messages."""
        header = str(self.post.accepted[number].message["List-Unsubscribe"])
        assert header.startswith(f"<{PUBLIC_URL}/avisos/baja/")
        return header.strip("<>").removeprefix(PUBLIC_URL)

    def clicks(self, path: str) -> None:
        """As RFC 8058 §3.2 has it: no cookie, no origin, nothing of ours; and whatever follows from it leaves."""
        answer = self.web.post(path, content="List-Unsubscribe=One-Click", headers={"Cookie": ""})
        assert (answer.status_code, DONE in answer.text) == (200, True)
        self.deliveries.all_due()


@pytest.fixture
def mailbox(post: SmtpStandIn, web: TestClient, deliveries: Deliveries, town: Town) -> Mailbox:
    reader(town, ANA)
    town.event()
    deliveries.all_due()
    return Mailbox(post, web, deliveries)


def test_one_click_stops_the_address_over_every_access_and_is_confirmed_once(mailbox: Mailbox, town: Town) -> None:
    same_address = town.contact(town.victim(contacts=0), ANA, channel=Channel.EMAIL)
    mailbox.clicks(mailbox.path())
    assert town.contact_row(same_address).stopped_at is not None
    assert mailbox.subjects == ["Hay una novedad", "Listo"]
    mailbox.clicks(mailbox.path())
    mailbox.clicks(mailbox.path(1))
    assert town.event()[1] == 0
    mailbox.deliveries.later(hours=1)
    assert mailbox.subjects == ["Hay una novedad", "Listo"]


def test_what_waited_for_the_address_goes_to_her_other_contact(mailbox: Mailbox, town: Town) -> None:
    victim = town.victim(contacts=0)
    for address in (ANA, OTHER):
        town.contact(victim, address, channel=Channel.EMAIL)
    town.event(POLICY)
    mailbox.clicks(mailbox.path())
    assert [each.recipient for each in mailbox.post.accepted if each.message["Subject"] == "Hay una novedad"] == [
        ANA,
        OTHER,
    ]


def test_after_a_stop_what_the_law_owes_her_is_a_task_of_the_office(mailbox: Mailbox, town: Town) -> None:
    mailbox.clicks(mailbox.path())
    town.event()
    assert [task.kind for task in town.tasks()] == ["unreachable"]


def test_her_telephone_is_not_stopped_by_it(mailbox: Mailbox, town: Town) -> None:
    victim = town.victim(PHONE)
    town.contact(victim, ANA, channel=Channel.EMAIL)
    mailbox.clicks(mailbox.path())
    assert town.event()[1] == 1


def test_opening_the_link_asks_and_changes_nothing(mailbox: Mailbox, town: Town) -> None:
    for _ in range(3):
        answer = mailbox.web.get(mailbox.path())
        assert (answer.status_code, mailbox.web.head(mailbox.path()).status_code) == (200, 200)
    assert "¿Dejar de recibir correos aquí?" in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert town.event()[1] == 1


def test_the_page_s_own_button_stops_as_well(mailbox: Mailbox, town: Town) -> None:
    asked = mailbox.web.get(mailbox.path())
    assert f'action="{mailbox.path()}"' in asked.text
    assert mailbox.web.post(mailbox.path(), headers={"Origin": PUBLIC_URL}).status_code == 200
    assert town.event()[1] == 0


def test_a_wrong_token_is_answered_as_a_good_one_and_stops_nothing(mailbox: Mailbox, town: Town) -> None:
    good = mailbox.path()[-32:]
    of_the_other_purpose = mailbox.post.accepted[0].sender.partition("+")[2].partition("@")[0]
    a_letter_apart = good[:-1] + ("a" if good[-1] != "a" else "b")
    wrong = ["a" * 32, of_the_other_purpose, a_letter_apart, "%C3%B1%22%3E..;"]
    for ask in (mailbox.web.get, mailbox.web.post):
        answers = [ask(f"/avisos/baja/{token}") for token in wrong]
        assert town.contact_row(town.attempts()[0].contact_id).stopped_at is None
        right = ask(f"/avisos/baja/{good}")
        for answer in answers:
            assert (answer.status_code, answer.headers.keys()) == (right.status_code, right.headers.keys())
            assert told(answer.text) == told(right.text)
    assert town.contact_row(town.attempts()[0].contact_id).stopped_at is not None


def told(page: str) -> str:
    """A page but for the token and for what protects its form."""
    return re.sub(r'(baja/|value=")[^"]*', "…", page)


def test_no_log_line_holds_the_token(mailbox: Mailbox, capfd: pytest.CaptureFixture[str]) -> None:
    mailbox.web.get(mailbox.path())
    mailbox.clicks(mailbox.path())
    said = capfd.readouterr()
    assert mailbox.path()[-32:] not in said.out + said.err
