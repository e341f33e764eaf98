import time

import pytest
from passlib.totp import TOTP

from casestatus.access.passwords import PasswordWeak, hash_password
from casestatus.access.staff import StaffKnown, add_staff_member
from casestatus.crypto.pin import argon2id
from casestatus.offices.models import Role, StaffMember

PASSWORD = "siete cuervos sin prisa"


def add(database, keys, office, **changes):
    given = {"email": "ana.perez@example.org", "password": PASSWORD, "role": Role.CLERK, "office": office} | changes
    with database.writing() as session:
        return add_staff_member(session, keys, issuer="Consulta", now=database.now(), **given)


def test_a_staff_member_is_kept_with_hashed_password_and_sealed_secret(database, keys, office):
    added = add(database, keys, office, email=" Ana.Perez@example.org ")
    with database.reading() as session:
        kept = session.get_one(StaffMember, added.id)
        assert (kept.email, kept.role, kept.office_id) == ("ana.perez@example.org", Role.CLERK, office.id)
        assert argon2id().verify(PASSWORD, kept.password_hash)
        secret = keys.unseal(kept.totp, table="staff_member", column="totp", id=added.id)
    assert secret == added.totp_secret
    assert added.totp_uri.startswith("otpauth://totp/")
    shown = TOTP(key=added.totp_secret, format="base32").generate(time=time.time()).token or ""
    assert TOTP(key=secret, format="base32").match(shown)


def test_an_admin_belongs_to_no_office(database, keys):
    added = add(database, keys, None, role=Role.ADMIN)
    with database.reading() as session:
        assert session.get_one(StaffMember, added.id).institution_id is None


def test_an_address_is_taken_once(database, keys, office):
    add(database, keys, office)
    with pytest.raises(StaffKnown):
        add(database, keys, office, email="ANA.PEREZ@example.org")


@pytest.mark.parametrize(
    "password",
    [
        "corta",
        "x" * 257,
        "aaaaaaaaaaaa",
        "abababababab",
        "123456789012",
        "098765432109",
        "contraseña123",
        "Contraseña-2026!",
        "Password123456",
        "qwertyuiopasdf",
        "abcdefghijkl",
        "ana.perez2026",
        "Fiscalia2026!",
        "septiembre2026",
    ],
)
def test_a_short_or_common_password_is_refused(password):
    with pytest.raises(PasswordWeak) as refusal:
        hash_password(password, email="ana.perez@example.org")
    assert refusal.value.fields[0].field == "password"


@pytest.mark.parametrize("password", [PASSWORD, "ñandú-azul-42-río", "9fK2-wQx7-LmP4", "frase que nadie conoce"])
def test_a_long_uncommon_password_is_taken(password):
    assert hash_password(password, email="ana.perez@example.org").startswith("$argon2id$")
