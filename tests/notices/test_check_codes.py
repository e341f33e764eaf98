"""The code at the foot of a document: 128 bits that survive being read aloud and typed."""

import secrets
from collections import Counter

import pytest

from casestatus.notices.check_codes import BITS, LENGTH, SIGNS, draw_code, read_code, shown_code


def test_a_code_carries_all_of_its_bits() -> None:
    for bits in (0, 1, 2**BITS - 1, 0x0123456789ABCDEF0123456789ABCDEF):
        code = draw_code(lambda _count, bits=bits: bits)  # type: ignore[misc]  # bound now
        assert len(code) == LENGTH == 26
        assert sum(SIGNS.index(sign) << 5 * place for place, sign in enumerate(reversed(code))) == bits


def test_codes_differ_in_every_place() -> None:
    codes = [draw_code(secrets.randbits) for _ in range(400)]
    assert len(set(codes)) == 400
    for place in range(1, LENGTH):
        assert len(Counter(code[place] for code in codes)) > 16


@pytest.mark.parametrize("spoil", [str.lower, shown_code, "-".join, lambda code: f"  {code}\n"])
def test_a_code_is_read_however_it_is_typed(spoil: object) -> None:
    code = draw_code(secrets.randbits)
    assert read_code(spoil(code)) == code  # type: ignore[operator]


def test_signs_that_look_alike_are_one() -> None:
    assert read_code("oOiIlL") == "001111"


def test_an_endless_text_is_not_read_to_its_end() -> None:
    assert len(read_code("A" * 10**6)) == 200
