import hashlib
import re

from casestatus.crypto import new_token, token_hash


def test_a_token_has_256_bits_and_travels_in_cookies_and_urls():
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", new_token())
    assert new_token() != new_token()


def test_the_database_keeps_the_sha_256_of_a_token():
    assert token_hash("abc") == hashlib.sha256(b"abc").digest()
