"""Under which keyed hash a contact's address is found, whoever uses it."""

from casestatus.crypto import KeyRing


def address_key(keys: KeyRing, channel: str, address: str) -> bytes:
    """32 bytes, alike for every access that uses this normalised address."""
    return keys.lookup("contact", channel, address)
