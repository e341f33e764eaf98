"""The signature of a manifest, and the public keys under which all of them verify: these are only ever added to."""

import json
from collections.abc import Mapping, Sequence

from casestatus.crypto import KeyRing

Key = Mapping[str, str]


class NotAKeySet(Exception):
    """These bytes are no JSON Web Key Set."""


def key_set(keys: KeyRing, before: Sequence[Key] = ()) -> bytes:
    """The file `jwks.json` (RFC 7517): the ring's public keys, and every one that stood there before."""
    ours = keys.release_keys
    kept = [key for key in before if key["kid"] not in {each["kid"] for each in ours}]
    return (json.dumps({"keys": [*ours, *map(dict, kept)]}, indent=1) + "\n").encode()


def read_key_set(content: bytes) -> list[Key]:
    """The keys of a `jwks.json`. Raises NotAKeySet."""
    try:
        keys = json.loads(content)["keys"]
        if not all(isinstance(key["kid"], str) for key in keys):
            raise NotAKeySet
    except (ValueError, KeyError, TypeError):
        raise NotAKeySet from None
    return list(keys)
