import pytest

from casestatus.victims.phones import PhoneUnusable, normal_phone


@pytest.mark.parametrize(
    "text",
    [
        "5512345678",
        "55 1234 5678",
        "(55) 1234-5678",
        "55.1234.5678",
        "55–1234–5678",
        "+52 55 1234 5678",
        "+525512345678",
        "0052 55 1234 5678",
        "+52 1 55 1234 5678",
        "5215512345678",
        "044 55 1234 5678",
        "045 55 1234 5678",
        "01 55 1234 5678",
        "1 55 1234 5678",
        "  +52\u00a055\u00a01234\u00a05678 ",
    ],
)
def test_a_mexican_number_has_one_form_however_it_is_written(text: str) -> None:
    assert normal_phone(text) == "+525512345678"


def test_a_number_of_another_country_keeps_its_code() -> None:
    assert normal_phone("+502 5123 4567") == "+50251234567"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hola",
        "123",
        "55 1234 567",
        "800 123 4567",
        "+52 800 123 4567",
        "00 1234 5678",
        "911",
        "55 1234 5678 9",
        "+1",
    ],
)
def test_what_takes_no_sms_is_refused_and_the_field_named(text: str) -> None:
    with pytest.raises(PhoneUnusable) as refused:
        normal_phone(text, field="contacts.0.address")
    assert refused.value.status == 422
    assert [problem.field for problem in refused.value.fields] == ["contacts.0.address"]
    assert text.strip() == "" or text not in str(refused.value)
