"""A release's signature: by another library too, and by no other key, type or bytes."""

import json

import pytest
from jwcrypto import jwk
from jwcrypto.jws import JWS

from casestatus.crypto import KeyRing, SignatureRefused, detached, verify_release
from casestatus.crypto.jwt import base64url

MANIFEST = '{"release": "2026-10", "ñ": 1}\n'.encode()


@pytest.fixture(scope="module")
def keys() -> KeyRing:
    return KeyRing.generate()


def test_a_second_library_verifies_what_we_sign(keys):
    theirs = JWS()
    theirs.deserialize(keys.sign_release(MANIFEST))
    theirs.objects["payload"] = MANIFEST
    theirs.verify(jwk.JWK(**keys.release_keys[0]))
    assert json.loads(theirs.objects["protected"])["alg"] == "ES256"


def test_we_verify_what_we_sign_and_name_the_key(keys):
    assert verify_release(MANIFEST, keys.sign_release(MANIFEST), keys.release_keys) == keys.release_keys[0]["kid"]


def test_a_signature_holds_for_its_own_bytes_only(keys):
    with pytest.raises(SignatureRefused, match="these bytes"):
        verify_release(MANIFEST + b" ", keys.sign_release(MANIFEST), keys.release_keys)


def test_another_rings_signature_is_refused(keys):
    with pytest.raises(SignatureRefused, match="among the public keys"):
        verify_release(MANIFEST, KeyRing.generate().sign_release(MANIFEST), keys.release_keys)


def test_a_public_key_shows_no_private_part(keys):
    assert all("d" not in key for key in keys.release_keys)


def _with_header(signature: str, **header) -> str:
    encoded = base64url(json.dumps(header).encode())
    return f"{encoded}..{signature.rpartition('.')[2]}"


def test_a_header_that_asks_for_anything_else_is_refused(keys):
    signature, kid = keys.sign_release(MANIFEST), keys.release_keys[0]["kid"]
    good = {"alg": "ES256", "kid": kid, "typ": "release+jws"}
    wrong: list[dict] = [
        {"alg": "none"},
        {"alg": "HS256"},
        {"typ": "at+jwt"},
        {"crit": ["b64"]},
        {"jwk": {}},
        {"kid": 1},
    ]
    for bad in wrong:
        with pytest.raises(SignatureRefused):
            verify_release(MANIFEST, _with_header(signature, **(good | bad)), keys.release_keys)


@pytest.mark.parametrize("text", ["", ".", "..", "a..b", "a.b.c", "." * 4000, "[" * 2000])
def test_what_is_no_signature_is_refused(keys, text):
    with pytest.raises(SignatureRefused):
        verify_release(MANIFEST, text, keys.release_keys)


def test_a_token_is_no_release(keys):
    token = detached.sign(MANIFEST, keys._signers["access_token"].private[keys._signers["access_token"].current_id],
                          keys.release_keys[0]["kid"], typ="release+jws")  # fmt: skip
    with pytest.raises(SignatureRefused):
        verify_release(MANIFEST, token, keys.release_keys)
