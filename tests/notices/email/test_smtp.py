"""The real client against the stand-in: what each thing that a mail server can say means to us."""

import re
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread, Timer
from uuid import UUID

import dkim  # type: ignore[import-untyped]  # it ships no types
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pydantic import SecretStr

from casestatus.notices.providers import Accepted, Answer, EmailParts, Later, LookFailed, Message, Refused, Unclear
from casestatus.notices.smtp import SmtpMail
from casestatus.settings import EmailProvider, Environment, Limits, Settings
from tests.standins.certificates import Authority
from tests.standins.smtp import SmtpStandIn

FROM = "avisos@consulta.example"
RETURNS = "avisos+abc@consulta.example"
AT = datetime(2026, 11, 23, 15, 4, 5, tzinfo=UTC)


def email(number: int = 1, to: str = "ana@correo.example") -> Message:
    parts = EmailParts(
        attempt_id=UUID(int=number),
        html="<!doctype html>\n<p>Hay una novedad en tu trámite.</p>\n",
        sender="Avisos",
        language="es",
        unsubscribe="https://consulta.example/avisos/baja/" + "a" * 32,
        written_at=AT,
    )
    body = "Hay una novedad en tu trámite.\n.\n..\n" + "línea " * 40 + "\n\nRef K7M"
    return Message(to, body, "K7M", subject="Tu código", callback=RETURNS, email=parts)


def settings_for(standin: SmtpStandIn, **changes: object) -> Settings:
    usual = {"email_provider": EmailProvider.SMTP, "smtp_url": SecretStr(standin.url), "email_from": FROM}
    return Settings(_env_file=None, environment=Environment.DEMO, **(usual | changes))  # type: ignore[arg-type]  # checked by pydantic


@pytest.fixture
def server(authority: Authority) -> Iterator[SmtpStandIn]:
    with SmtpStandIn(authority.gives()) as standin:
        yield standin


@pytest.fixture
def mail(server: SmtpStandIn) -> Iterator[SmtpMail]:
    way = SmtpMail(settings_for(server))
    yield way
    way.close()


def test_a_message_is_handed_over_under_tls_and_password(mail: SmtpMail, server: SmtpStandIn) -> None:
    assert mail.hand_over(email()) == Accepted(str(UUID(int=1)))
    (taken,) = server.accepted
    assert (taken.sender, taken.recipient, taken.over_tls) == (RETURNS, "ana@correo.example", True)
    assert server.seen["AUTH"] == 1


def test_its_headers_are_neutral_and_complete(mail: SmtpMail, server: SmtpStandIn) -> None:
    mail.hand_over(email())
    message = server.accepted[0].message
    assert {name.lower(): str(value) for name, value in message.items() if not name.startswith("X-")} == {
        "from": "Avisos <avisos@consulta.example>",
        "to": "ana@correo.example",
        "subject": "Tu código",
        "date": "Mon, 23 Nov 2026 15:04:05 +0000",
        "message-id": "<00000000-0000-0000-0000-000000000001@consulta.example>",
        "auto-submitted": "auto-generated",
        "content-language": "es",
        "list-unsubscribe": f"<https://consulta.example/avisos/baja/{'a' * 32}>",
        "list-unsubscribe-post": "List-Unsubscribe=One-Click",
        "mime-version": "1.0",
        "content-type": message["Content-Type"],
    }


def test_text_and_html_arrive_as_they_were_written(mail: SmtpMail, server: SmtpStandIn) -> None:
    mail.hand_over(email())
    (taken,) = server.accepted
    text, html = taken.message.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert text.get_content().splitlines() == email().body.splitlines()
    assert html.get_content().splitlines() == ["<!doctype html>", "<p>Hay una novedad en tu trámite.</p>"]
    assert b"List-Unsubscribe: <https://consulta.example/avisos/baja/aaaa" in taken.content
    assert taken.content.isascii()
    assert max(map(len, re.split(rb"\r\n", taken.content))) < 120


def test_a_connection_serves_many_messages_and_each_thread_its_own(mail: SmtpMail, server: SmtpStandIn) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda number: mail.hand_over(email(number)), range(1, 41)))
    assert {type(answer) for answer in answers} == {Accepted}
    assert sorted(each.message["Message-ID"] for each in server.accepted) == [
        f"<{UUID(int=number)}@consulta.example>" for number in range(1, 41)
    ]
    assert 1 <= server.seen["AUTH"] <= 4


def test_after_a_hang_up_the_next_message_goes_over_a_new_connection(mail: SmtpMail, server: SmtpStandIn) -> None:
    mail.hand_over(email(1))
    server.hang_up()
    assert mail.hand_over(email(2)) == Accepted(str(UUID(int=2)))
    assert (len(server.accepted), server.seen["AUTH"]) == (2, 2)


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("unknown", Refused("5.1.1", permanent=True)),
        ("unknown_in_short", Refused("550", permanent=True)),
        ("blocked", Refused("5.7.1", permanent=True, of_address=False)),
        ("unwanted", Refused("5.6.0", permanent=True, of_address=False)),
        ("busy", Later()),
        ("closing", Later()),
        ("full_disk", Later()),
        ("drop_before", Later()),
        ("drop_after", Unclear()),
    ],
)
def test_each_answer_of_the_server_has_its_meaning_and_the_next_message_leaves(
    mail: SmtpMail, server: SmtpStandIn, said: str, answer: Answer
) -> None:
    server.behaviour.next = [said]
    assert mail.hand_over(email(1)) == answer
    assert mail.hand_over(email(2)) == Accepted(str(UUID(int=2)))
    assert len(server.accepted) == (2 if said == "drop_after" else 1)


def test_a_server_that_refuses_our_sender_blames_nobody_s_address(mail: SmtpMail, server: SmtpStandIn) -> None:
    server.behaviour.sender = "550 5.7.1 Not from you"
    assert mail.hand_over(email()) == Refused("550", permanent=False, of_sender=True)
    server.behaviour.sender = "451 4.7.1 Not now"
    assert mail.hand_over(email()) == Later()


def test_a_wrong_password_blames_nobody_s_address(server: SmtpStandIn) -> None:
    mail = SmtpMail(settings_for(server, smtp_url=SecretStr(server.url.replace("s3cret", "wrong"))))
    assert mail.hand_over(email()) == Refused("535", permanent=False, of_sender=True)
    assert server.accepted == []


def test_what_became_of_a_message_cannot_be_asked(mail: SmtpMail) -> None:
    with pytest.raises(LookFailed):
        mail.find("ana@correo.example", "K7M", AT)


def test_a_certificate_of_nobody_we_trust_is_refused(
    server: SmtpStandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(Authority(tmp_path).certificate))
    assert SmtpMail(settings_for(server)).hand_over(email()) == Later()
    assert (server.seen["AUTH"], server.accepted) == (0, [])


def test_a_certificate_of_another_host_is_refused(authority: Authority) -> None:
    with SmtpStandIn(authority.gives("127.0.0.2")) as server:
        assert SmtpMail(settings_for(server)).hand_over(email()) == Later()
        assert (server.seen["AUTH"], server.accepted) == (0, [])


def test_a_server_without_starttls_hears_neither_password_nor_message(authority: Authority) -> None:
    with SmtpStandIn(authority.gives(), offers_tls=False) as server:
        assert SmtpMail(settings_for(server)).hand_over(email()) == Later()
        assert (server.seen, server.accepted) == ({}, [])


def test_tls_from_the_first_byte(authority: Authority) -> None:
    with SmtpStandIn(authority.gives(), tls_at_once=True) as server:
        mail = SmtpMail(settings_for(server))
        assert isinstance(mail.hand_over(email()), Accepted)
        assert server.accepted[0].over_tls
        mail.close()


def test_in_plain_text_only_where_nobody_else_hears_it(authority: Authority) -> None:
    with SmtpStandIn(authority.gives(), offers_tls=False) as server:
        mail = SmtpMail(settings_for(server, smtp_url=SecretStr(f"smtp://127.0.0.1:{server.port}")))
        assert isinstance(mail.hand_over(email()), Accepted)
        assert not server.accepted[0].over_tls
        mail.close()


def test_nobody_there_means_later(server: SmtpStandIn) -> None:
    mail = SmtpMail(settings_for(server, smtp_url=SecretStr("smtp+starttls://127.0.0.1:1")))
    assert mail.hand_over(email()) == Later()


def test_a_server_that_says_nothing_is_not_waited_for_longer_than_the_lease(server: SmtpStandIn) -> None:
    server.behaviour.next = ["silent"]
    mail = SmtpMail(settings_for(server, limits=Limits(_env_file=None, lease=2)))
    assert mail.hand_over(email(1)) == Unclear()


def test_a_server_that_answers_one_sign_at_a_time_is_not_waited_for_longer_either(server: SmtpStandIn) -> None:
    def drip(listening: socket.socket) -> None:
        with suppress(OSError), listening.accept()[0] as taken:
            while not over.wait(0.05):
                taken.sendall(b"2")

    over, limits = Event(), Limits(_env_file=None, lease=1)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        dripping = Thread(target=drip, args=(listening,))
        dripping.start()
        url = SecretStr(f"smtp://127.0.0.1:{listening.getsockname()[1]}")
        began, stopper = time.monotonic(), Timer(5, over.set)
        stopper.start()
        assert SmtpMail(settings_for(server, smtp_url=url, limits=limits)).hand_over(email()) == Later()
        assert time.monotonic() - began < 2
        stopper.cancel()
        over.set()
        dripping.join()


@pytest.mark.parametrize("form", [serialization.PrivateFormat.PKCS8, serialization.PrivateFormat.TraditionalOpenSSL])
def test_a_signed_message_is_verified_by_its_domains_key(
    server: SmtpStandIn, tmp_path: Path, form: serialization.PrivateFormat
) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    (tmp_path / "dkim.pem").write_bytes(pem)
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    shown = b"v=DKIM1; k=rsa; p=" + b"".join(public.splitlines()[1:-1])
    asked = []

    def dns(name: bytes, timeout: int = 5) -> bytes:
        asked.append(name)
        return shown

    mail = SmtpMail(settings_for(server, dkim_key=str(tmp_path / "dkim.pem"), dkim_selector="k1"))
    mail.hand_over(email())
    mail.close()
    content = server.accepted[0].content
    assert dkim.verify(content, dnsfunc=dns)
    assert asked == [b"k1._domainkey.consulta.example."]
    signed = re.search(rb"h=([^;]+);", content)
    assert signed
    assert {"from", "to", "subject", "list-unsubscribe", "list-unsubscribe-post"} <= set(
        re.sub(rb"\s", b"", signed[1]).decode().lower().split(":")
    )
    for old, new in ((b"Avisos", b"Banco "), (b"/baja/aaaa", b"/baja/bbbb"), (b"tr=C3=A1mite", b"cuenta")):
        assert old in content
        assert not dkim.verify(content.replace(old, new), dnsfunc=dns)


@pytest.mark.parametrize("content", ["", "no key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_key_that_cannot_sign_stops_the_start(server: SmtpStandIn, tmp_path: Path, content: str) -> None:
    (tmp_path / "dkim.pem").write_text(content)
    with pytest.raises(ValueError, match="DKIM_KEY"):
        SmtpMail(settings_for(server, dkim_key=str(tmp_path / "dkim.pem"), dkim_selector="k1"))


def test_a_sound_server_gives_no_trouble_and_gets_no_message(mail: SmtpMail, server: SmtpStandIn) -> None:
    assert mail.trouble() is None
    assert server.accepted == []
    assert mail.hand_over(email()) == Accepted(str(UUID(int=1)))


def test_a_server_that_refuses_our_password_is_told_by_its_setting(server: SmtpStandIn) -> None:
    wrong = SecretStr(server.url.replace("://", "://wrong").replace(":wrong", ":"))
    way = SmtpMail(settings_for(server, smtp_url=wrong))
    assert "CASESTATUS_SMTP_URL" in (way.trouble() or "")
    way.close()


def test_a_server_that_is_not_there_is_told(server: SmtpStandIn) -> None:
    way = SmtpMail(settings_for(server, smtp_url=SecretStr("smtp+starttls://avisos:x@127.0.0.1:9")))
    assert "can't be used" in (way.trouble() or "")
    way.close()
