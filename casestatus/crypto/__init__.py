"""The only room that holds keys: sealing, keyed lookup hashes, PIN tags, tokens and signatures."""

from casestatus.crypto.detached import SignatureRefused
from casestatus.crypto.jwt import TokenRefused
from casestatus.crypto.keyring import KeyRing, Purpose, verify_release
from casestatus.crypto.ringfile import KeyRingUnusable
from casestatus.crypto.sealing import Unsealable
from casestatus.crypto.tokens import new_token, token_hash

__all__ = [
    "KeyRing",
    "KeyRingUnusable",
    "Purpose",
    "SignatureRefused",
    "TokenRefused",
    "Unsealable",
    "new_token",
    "token_hash",
    "verify_release",
]
