import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from jose import jws, jwt

from casestatus.crypto import KeyRing, TokenRefused
from casestatus.crypto import jwt as ours

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
KEY = ec.generate_private_key(ec.SECP256R1())
KID = ours.public_jwk(KEY.public_key())["kid"]
PUBLIC = {KID: KEY.public_key()}
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
MOMENTS = {"iat": int(NOW.timestamp()), "nbf": int(NOW.timestamp()), "exp": int(NOW.timestamp()) + 600}
CLAIMS = {"sub": "client", "iss": "casestatus", "aud": "office", **MOMENTS}


def signed(claims=CLAIMS, **header) -> str:
    return jwt.encode(claims, PEM, algorithm="ES256", headers={"kid": KID, "typ": "at+jwt"} | header)


def base64url(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def assert_refused(token: str, now: datetime = NOW) -> None:
    with pytest.raises(TokenRefused) as refusal:
        ours.read(token, PUBLIC, now=now)
    assert refusal.value.args == ()


def test_a_token_of_ours_is_read():
    assert ours.read(signed(), PUBLIC, now=NOW)["sub"] == "client"


def test_a_ring_reads_what_it_signed_and_no_other_ring_does():
    keys = KeyRing.generate()
    token = keys.sign_access_token({"sub": "client", "scope": "cases:read"}, now=NOW, lifetime=600)
    assert keys.read_access_token(token, now=NOW)["scope"] == "cases:read"
    with pytest.raises(TokenRefused):
        KeyRing.generate().read_access_token(token, now=NOW)


@pytest.mark.parametrize("seconds", [-6, 606, 86_400 * 365 * 1000])
def test_a_token_is_valid_from_its_beginning_to_its_end(seconds):
    assert_refused(signed(), NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize("seconds", [-5, 0, 600, 605])
def test_clocks_may_differ_by_five_seconds(seconds):
    assert ours.read(signed(), PUBLIC, now=NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize("encoding", [Encoding.DER, Encoding.PEM])
def test_a_token_signed_with_the_public_key_as_a_shared_secret_is_refused(encoding):
    """CVE-2026-85394: python-jose takes the DER form for an HMAC secret when algorithms aren't pinned."""
    secret = KEY.public_key().public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)
    header = json.dumps({"alg": "HS256", "typ": "at+jwt", "kid": KID}).encode()
    message = f"{base64url(header)}.{base64url(json.dumps(CLAIMS).encode())}"
    signature = hmac.digest(secret, message.encode(), hashlib.sha256)
    assert_refused(f"{message}.{base64url(signature)}")


@pytest.mark.parametrize("algorithm", ["none", "None", "ES384", "RS256", "", None, 1])
def test_no_other_algorithm_is_taken(algorithm):
    header = json.dumps({"alg": algorithm, "typ": "at+jwt", "kid": KID}).encode()
    assert_refused(f"{base64url(header)}.{base64url(json.dumps(CLAIMS).encode())}.")


def test_a_signature_by_another_key_is_refused():
    other = ec.generate_private_key(ec.SECP256R1())
    pem = other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    assert_refused(jwt.encode(CLAIMS, pem, algorithm="ES256", headers={"kid": KID, "typ": "at+jwt"}))


@pytest.mark.parametrize("name", ["jku", "jwk", "x5u", "x5c", "crit", "b64"])
def test_headers_that_name_keys_or_extensions_are_refused(name):
    assert_refused(signed(**{name: ["x"]}))


@pytest.mark.parametrize("header", [{"kid": "unknown"}, {"kid": None}, {"kid": ["x"]}, {"typ": "JWT"}, {"typ": None}])
def test_the_key_id_and_the_type_must_be_ours(header):
    assert_refused(signed(**header))


@pytest.mark.parametrize("name", sorted(CLAIMS))
def test_a_missing_claim_is_refused(name):
    assert_refused(signed({key: value for key, value in CLAIMS.items() if key != name}))


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": str(MOMENTS["exp"])},
        {"exp": 10**400},
        {"exp": float(MOMENTS["exp"])},
        {"exp": True},
        {"exp": None},
        {"exp": MOMENTS["exp"] + 1},  # longer than any token of ours lives
        {"iat": 0},
        {"iat": MOMENTS["exp"]},
        {"nbf": "0"},
        {"nbf": MOMENTS["nbf"] + 60},
        {"aud": "victims"},
        {"aud": ["office", "victims"]},
        {"iss": "someone"},
        {"iss": ["casestatus"]},
        {"sub": 7},
        {"sub": ""},
    ],
)
def test_a_claim_of_a_wrong_type_or_value_is_refused(claims):
    payload = json.dumps(CLAIMS | claims).encode()
    assert_refused(jws.sign(payload, PEM, headers={"kid": KID, "typ": "at+jwt"}, algorithm="ES256"))


@pytest.mark.parametrize("payload", [b"[" * 2000, b'{"exp": Infinity}', b'"text"', b"[]", b"\xff\xfe", b""])
def test_hostile_payloads_under_a_right_signature_are_refused(payload):
    assert_refused(jws.sign(payload, PEM, headers={"kid": KID, "typ": "at+jwt"}, algorithm="ES256"))


@pytest.mark.parametrize("token", ["", ".", "..", "a.b.c", "ñ", "x" * 100_000, base64url(b"[" * 90_000) + ".e30."])
def test_what_is_no_token_is_refused(token):
    assert_refused(token)
