"""An address of an e-mail is kept in one form, however it was typed."""

import pytest

from casestatus.victims.emails import EmailUnusable, ending_of_email, normal_email


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("ana@correo.example", "ana@correo.example"),
        (" Ana.Maria@CORREO.example\n", "ana.maria@correo.example"),
        ("ana+avisos@correo.example", "ana+avisos@correo.example"),
        ("ana@correo.ñandu.example", "ana@correo.xn--andu-fqa.example"),
    ],
)
def test_an_address_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert normal_email(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ana",
        "ana@",
        "@correo.example",
        "ana@correo",
        "ñandu@correo.example",
        "ana@[127.0.0.1]",
        '"ana b"@correo.example',
        "ana@correo.example, otra@correo.example",
        "ana@correo.example\r\nBcc: otra@correo.example",
        "Ana <ana@correo.example>",
        "=?utf-8?q?ana?=@correo.example",
        f"{'a' * 65}@correo.example",
    ],
)
def test_what_is_no_address_is_refused_without_being_repeated(typed: str) -> None:
    with pytest.raises(EmailUnusable) as refused:
        normal_email(typed, field="contacts.0.address")
    (problem,) = refused.value.fields
    assert problem.field == "contacts.0.address"
    assert typed == "" or typed not in problem.detail + str(refused.value)


def test_she_tells_her_addresses_apart_by_two_signs_that_name_no_provider() -> None:
    assert ending_of_email("ana.maria@correo.example") == "ia"
    assert ending_of_email("a@correo.example") == "a"
