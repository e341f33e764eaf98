import json
import stat
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from casestatus.crypto import KeyRing, KeyRingUnusable, Purpose, Unsealable
from casestatus.crypto.ringfile import encoded

ROW = UUID(int=1)
SALT = b"s" * 16


@pytest.fixture(scope="module")
def keys() -> KeyRing:
    return KeyRing.generate()


@pytest.fixture
def ring_file(tmp_path: Path) -> Path:
    path = tmp_path / "keys.json"
    KeyRing.generate().write(path)
    return path


def content_of(path: Path) -> dict:
    return json.loads(path.read_text())


def test_a_written_ring_is_private_and_loads_as_the_same_ring(keys, tmp_path):
    path = tmp_path / "keys.json"
    keys.write(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert KeyRing.load(str(path)).lookup("phone", "+525500000000") == keys.lookup("phone", "+525500000000")


def test_a_ring_may_come_in_an_environment_variable(ring_file):
    from_file, from_text = KeyRing.load(str(ring_file)), KeyRing.load(f"env:{ring_file.read_text()}")
    assert from_text.statistics("a") == from_file.statistics("a")


def test_a_ring_is_never_overwritten(keys, ring_file):
    before = ring_file.read_bytes()
    with pytest.raises(KeyRingUnusable, match="never overwritten"):
        keys.write(ring_file)
    assert ring_file.read_bytes() == before


def test_a_missing_ring_says_how_to_make_one(tmp_path):
    with pytest.raises(KeyRingUnusable, match="casestatus keys create"):
        KeyRing.load(str(tmp_path / "keys.json"))


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_ring_that_others_may_read_is_refused(ring_file, mode):
    ring_file.chmod(mode)
    with pytest.raises(KeyRingUnusable, match="chmod 600"):
        KeyRing.load(str(ring_file))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"seal": 1}', '{"seal": {"keys": {}}}', "\x00"])
def test_a_broken_ring_is_refused_without_showing_what_stands_in_it(text):
    with pytest.raises(KeyRingUnusable) as refusal:
        KeyRing.load(f"env:{text}")
    assert refusal.value.__cause__ is None


def broken(content: dict, purpose: str, key: str) -> dict:
    return content | {purpose: {"current": "k", "keys": {"k": key}}}


def test_what_is_wrong_with_a_ring_is_said(ring_file):
    content = content_of(ring_file)
    cases = {
        "lacks: seal": {name: shelf for name, shelf in content.items() if name != "seal"},
        "unknown purposes: spare": content | {"spare": content["seal"]},
        "current key of purpose seal": content | {"seal": {"current": "gone", "keys": content["seal"]["keys"]}},
        "purpose seal is not 32 bytes": broken(content, "seal", encoded(b"short")),
        "not base64url": broken(content, "seal", "ä!"),
        "release is no private key": broken(content, "release", encoded(b"x" * 32)),
        "under another key's id": broken(content, "release", next(iter(content["release"]["keys"].values()))),
        "two purposes": content | {"release": content["access_token"]},
    }
    for message, ring in cases.items():
        with pytest.raises(KeyRingUnusable, match=message):
            KeyRing.load(f"env:{json.dumps(ring)}")


def test_a_ring_does_not_show_its_keys_when_printed(keys):
    assert repr(keys) == "<KeyRing>"


def test_the_three_signing_keys_differ(ring_file):
    content = content_of(ring_file)
    assert len({content[name]["current"] for name in ("access_token", "release", "constancia")}) == 3


def test_one_key_serves_one_purpose(ring_file):
    content = content_of(ring_file)
    same = KeyRing.load(f"env:{json.dumps(content | dict.fromkeys(Purpose, content['seal']))}")
    assert len({same.mac(purpose, "x") for purpose in Purpose}) == len(Purpose)


def test_a_sealed_value_opens_in_its_own_place_only(keys):
    sealed = keys.seal("55 1234 5678", table="contact", column="address", id=ROW)
    assert keys.unseal(sealed, table="contact", column="address", id=ROW) == "55 1234 5678"
    for elsewhere in (
        {"table": "victim", "column": "address", "id": ROW},
        {"table": "contact", "column": "code_word", "id": ROW},
        {"table": "contact", "column": "address", "id": uuid4()},
    ):
        with pytest.raises(Unsealable):
            keys.unseal(sealed, **elsewhere)


def test_a_changed_sealed_value_does_not_open(keys):
    sealed = keys.seal("x", table="t", column="c", id=ROW)
    for position in range(len(sealed)):
        changed = bytearray(sealed)
        changed[position] ^= 1
        with pytest.raises(Unsealable):
            keys.unseal(bytes(changed), table="t", column="c", id=ROW)


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01\xff", b"\x01\x08abcdefgh", b"plain text"])
def test_what_was_never_sealed_does_not_open(keys, sealed):
    with pytest.raises(Unsealable):
        keys.unseal(sealed, table="t", column="c", id=ROW)


def test_equal_values_are_sealed_differently(keys):
    first, second = (keys.seal("x", table="t", column="c", id=ROW) for _ in range(2))
    assert first != second


def with_new_current(content: dict, purpose: str, raw: bytes) -> dict:
    shelf = {"current": "new", "keys": content[purpose]["keys"] | {"new": encoded(raw)}}
    return content | {purpose: shelf}


def test_values_under_an_older_key_stay_readable(ring_file):
    content = content_of(ring_file)
    before = KeyRing.load(str(ring_file))
    after = KeyRing.load(f"env:{json.dumps(with_new_current(content, 'seal', b'n' * 32))}")
    sealed = before.seal("x", table="t", column="c", id=ROW)
    assert after.unseal(sealed, table="t", column="c", id=ROW) == "x"
    assert after.seal_key_id == "new"


def test_lookups_name_every_live_key_and_the_current_one_first(ring_file):
    content = content_of(ring_file)
    before = KeyRing.load(str(ring_file))
    after = KeyRing.load(f"env:{json.dumps(with_new_current(content, 'lookup', b'n' * 32))}")
    assert after.lookups("number", "a") == [after.lookup("number", "a"), before.lookup("number", "a")]


def test_parts_of_a_keyed_hash_do_not_run_together(keys):
    assert keys.lookup("number", "ab", "c") != keys.lookup("number", "a", "bc")
    assert keys.lookup("number", "a") != keys.lookup("phone", "a")


def test_a_one_time_code_is_bound_to_its_purpose_and_subject(keys):
    hashes = {
        keys.code_hash("confirm_contact", "123456", ROW),
        keys.code_hash("sign_in", "123456", ROW),
        keys.code_hash("confirm_contact", "123456", uuid4()),
    }
    assert len(hashes) == 3


def test_the_tag_of_a_pin_depends_on_pin_case_and_salt(keys):
    tags = {
        keys.pin_tags("48210937615", ROW, SALT)[0],
        keys.pin_tags("48210937616", ROW, SALT)[0],
        keys.pin_tags("48210937615", UUID(int=2), SALT)[0],
        keys.pin_tags("48210937615", ROW, b"t" * 16)[0],
    }
    assert len(tags) == 4


def test_one_look_at_a_pin_is_one_argon2id_run_that_gives_the_issued_tag():
    keys = KeyRing.generate()
    issued = keys.pin_tag(ROW, keys.stretch_pin("48210937615", ROW, SALT))
    before = keys.stretcher.runs
    assert keys.pin_tags("48210937615", ROW, SALT) == [issued]
    assert keys.stretcher.runs == before + 1


def test_while_two_peppers_live_a_pin_of_either_is_found(ring_file):
    content = content_of(ring_file)
    before = KeyRing.load(str(ring_file))
    after = KeyRing.load(f"env:{json.dumps(with_new_current(content, 'pepper', b'n' * 32))}")
    old_tag = before.pin_tag(ROW, before.stretch_pin("48210937615", ROW, SALT))
    assert old_tag in after.pin_tags("48210937615", ROW, SALT)
    assert after.pepper_id == "new"
    assert after.stretcher.runs == 2


def test_pins_are_stretched_with_the_parameters_of_security_md(keys):
    stretched = keys.stretch_pin("48210937615", ROW, SALT)
    assert stretched.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_constancia_s_record_is_signed_by_its_own_key_and_no_changed_one_passes(keys):
    signature = keys.sign_constancia(b"record")
    assert keys.has_signed_constancia(b"record", signature)
    assert not keys.has_signed_constancia(b"another", signature)
    assert not keys.has_signed_constancia(b"record", KeyRing.generate().sign_constancia(b"record"))
    assert not keys.has_signed_constancia(b"record", keys.sign_release(b"record"))
    assert not keys.has_signed_constancia(b"record", "")
