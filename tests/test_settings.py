"""Settings that would stop the service are refused when they are read."""

import pytest
from pydantic import ValidationError

from casestatus.settings import Limits, Settings

MAY_BE_ZERO = {"number_free_tries", "hashing_queue"}


@pytest.mark.parametrize("name", Limits.model_fields)
def test_every_limit_has_bounds(name: str) -> None:
    for value in (-1, -0.5, "inf", "nan", 1e12, *([] if name in MAY_BE_ZERO else [0])):
        with pytest.raises(ValidationError, match=name):
            Limits.model_validate({name: value})


@pytest.mark.parametrize("name", sorted(MAY_BE_ZERO))
def test_nobody_waits_and_nothing_is_free_may_be_said(name: str) -> None:
    assert getattr(Limits.model_validate({name: 0}), name) == 0


def test_a_limit_of_the_environment_is_bound_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASESTATUS_LIMITS_LEASE", "0")
    with pytest.raises(ValidationError, match="lease"):
        Settings(_env_file=None)


@pytest.mark.parametrize(
    "url",
    [
        "correo.example",
        "https://correo.example",
        "smtp+starttls://",
        "smtp+starttls://correo.example/path",
        "smtp+starttls://correo.example?tls=no",
        "smtp+starttls://user:s3cret@correo.example:port",
        "smtp://user:s3cret@correo.example",
    ],
)
def test_a_mail_server_that_cannot_be_used_is_refused(url: str) -> None:
    with pytest.raises(ValidationError, match="smtp_url") as refused:
        Settings.model_validate({"smtp_url": url})
    assert "s3cret" not in refused.value.errors()[0]["msg"]


@pytest.mark.parametrize(
    "url", ["smtp+starttls://correo.example", "smtps://a:b%40@correo.example:465", "smtp://[::1]:25"]
)
def test_a_mail_server_with_tls_or_here_is_taken(url: str) -> None:
    assert Settings.model_validate({"smtp_url": url}).smtp_url.get_secret_value() == url


@pytest.mark.parametrize(
    "address", ["avisos", "Avisos <a@b.example>", "a+b@c.example", f"{'a' * 31}@c.example", "a@b\n.c"]
)
def test_a_sender_is_a_bare_address_with_room_for_a_token(address: str) -> None:
    with pytest.raises(ValidationError, match="email_from"):
        Settings.model_validate({"email_from": address})


@pytest.mark.parametrize("minutes", ["-1", "inf", "nan", "1e12"])
def test_a_notice_waits_for_a_time_that_there_is(minutes: str) -> None:
    with pytest.raises(ValidationError, match="notice_delay_minutes"):
        Settings.model_validate({"notice_delay_minutes": minutes})


@pytest.mark.parametrize("name", ["public_url", "exit_url", "twilio_api_url"])
@pytest.mark.parametrize("value", ["", "nonsense", "javascript:x", "https://", "http://x y", "https://a.example:port"])
def test_an_address_that_leads_nowhere_is_refused(name: str, value: str) -> None:
    with pytest.raises(ValidationError, match=name):
        Settings.model_validate({name: value})


@pytest.mark.parametrize("value", ["https://clima.example/hoy?ciudad=1", "http://127.0.0.1:8000", "http://[::1]:8000"])
def test_the_way_out_may_lead_to_any_page(value: str) -> None:
    assert Settings.model_validate({"exit_url": value}).exit_url == value


@pytest.mark.parametrize(
    "hosts", ["https://consulta.example", "consulta.example/", "a b", "-1", "*.", "consulta.example,,:80"]
)
def test_what_is_no_host_can_t_be_trusted(hosts: str) -> None:
    with pytest.raises(ValidationError, match="trusted_hosts"):
        Settings.model_validate({"trusted_hosts": hosts})


def test_a_trusted_host_may_be_written_with_its_port() -> None:
    hosts = Settings.model_validate(
        {"trusted_hosts": "consulta.example:8443, *.consulta.example, [::1]:80"}
    ).trusted_hosts
    assert hosts == ("consulta.example", "*.consulta.example", "[::1]")


def test_a_service_has_a_name() -> None:
    with pytest.raises(ValidationError, match="service_name"):
        Settings.model_validate({"service_name": " "})
