"""Under which keyed hash a contact's address is found, whoever uses it."""

from casestatus.crypto import KeyRing

KIND, CHANNEL_OF_TELEPHONES = "contact", "sms"


def address_key(keys: KeyRing, channel: str, address: str) -> bytes:
    """32 bytes, alike for every access that uses this normalised address."""
    return keys.lookup(KIND, channel, address)


def telephone_keys(keys: KeyRing, number: str) -> list[bytes]:
    """Every hash under which contacts with this number (E.164) may be kept now, for reading while keys change."""
    return address_keys(keys, CHANNEL_OF_TELEPHONES, number)


def address_keys(keys: KeyRing, channel: str, address: str) -> list[bytes]:
    """Every hash under which contacts with this normalised address may be kept now."""
    return keys.lookups(KIND, channel, address)
