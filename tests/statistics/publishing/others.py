"""What others made reads a folder of releases, whatever country it was cut of: CSV on the Web, Atom, JOSE."""

import json
import warnings
from pathlib import Path

import feedparser
from csvw import CSVW
from jwcrypto import jwk
from jwcrypto.jws import JWS


def require_readable_by_others(site: Path) -> None:
    """Raises what the first of them finds wrong."""
    releases = sorted((site / "datos/v1/publicaciones").iterdir())
    published = jwk.JWKSet.from_json((site / ".well-known/jwks.json").read_text())
    for folder in releases:
        signed = JWS()
        signed.deserialize((folder / "manifest.json.jws").read_text().strip())
        signed.objects["payload"] = (folder / "manifest.json").read_bytes()
        signed.verify(published.get_key(signed.jose_header["kid"]))
    feed = feedparser.parse((site / "feed.atom").read_bytes())
    assert not feed.bozo
    assert len(feed.entries) >= len(releases)
    listed = [file["path"] for file in json.loads((releases[-1] / "manifest.json").read_bytes())["files"]]
    described = [site / path for path in listed if path.endswith("-metadata.json")]
    assert described
    for path in described:
        _require_valid_table(path)


def _require_valid_table(metadata: Path) -> None:
    """Strictly: a cell of another type than its column's raises."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # csvw's own
        read = CSVW(str(metadata), validate=True, strict=True)
    assert read.is_valid
    assert not read.warnings
