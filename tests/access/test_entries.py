import secrets

import pytest

from casestatus.access.entries import PinMistyped, draw_backup_key, draw_pin, read_entry

PIN = draw_pin(10, lambda _: 4821093761)


@pytest.mark.parametrize("digits", [8, 10, 12])
def test_a_drawn_pin_reads_as_it_was_drawn(digits):
    for _ in range(50):
        pin = draw_pin(digits, secrets.randbelow)
        assert len(pin) == digits + 1
        assert read_entry(pin, pin_digits=digits).digits == pin


def test_sixteen_digits_are_a_backup_key():
    key = draw_backup_key(secrets.randbelow)
    assert read_entry(key, pin_digits=10).is_backup_key
    assert draw_backup_key(lambda _: 7) == "0000000000000007"


@pytest.mark.parametrize(
    "grouping",
    [
        "{} {} {}",
        "{}-{}-{}",
        " {}–{}—{} ",
        "{}\u00a0{}\u2011{}",
        "{}\t{}\n{}",
        "{}.{}.{}.",
        "{}\u200b{}\ufeff{}",
        "{}\u00ad{}⁃{}",
    ],
)
def test_spaces_and_every_kind_of_dash_are_ignored(grouping):
    assert read_entry(grouping.format(PIN[:4], PIN[4:8], PIN[8:]), pin_digits=10).digits == PIN


@pytest.mark.parametrize("label", ["PIN ", "pin: ", "Clave de respaldo ", "Clave: ", "Backup key "])
def test_what_the_sheet_prints_before_it_may_be_pasted_along(label):
    assert read_entry(label + PIN, pin_digits=10).digits == PIN
    assert read_entry(label + "0000 0000 0000 0007", pin_digits=10).is_backup_key


def test_full_width_digits_are_digits():
    assert read_entry("".join(chr(ord(digit) + 0xFEE0) for digit in PIN), pin_digits=10).digits == PIN


def test_every_single_wrong_digit_is_noticed():
    for position, digit in enumerate(PIN):
        for other in set("0123456789") - {digit}:
            with pytest.raises(PinMistyped):
                read_entry(PIN[:position] + other + PIN[position + 1 :], pin_digits=10)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        PIN[:-1],
        PIN + "0",
        "1" * 15,
        "1" * 17,
        "x" * 11,
        "٤" * 11,
        "PIN",
        f"NIP {PIN}",
        f"{PIN} PIN",
        "1" * 100_000,
    ],
)
def test_what_can_be_no_pin_is_mistyped(text):
    with pytest.raises(PinMistyped):
        read_entry(text, pin_digits=10)
