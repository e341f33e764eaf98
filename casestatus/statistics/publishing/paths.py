"""Where each file of the releases lies in the folder. These paths are addresses, too, so they never change."""

import re

from casestatus.statistics.rows import Draw

VERSION = "datos/v1"
JWKS = ".well-known/jwks.json"
POINTER = f"{VERSION}/latest.json"
LEDGER, CHANGELOG, CATALOG, DATA_JSON, FEED = (
    "presupuesto.json",
    "CHANGELOG.md",
    "catalog.jsonld",
    "data.json",
    "feed.atom",
)
MANIFEST, SIGNATURE, TOMBSTONE = "manifest.json", "manifest.json.jws", "retirada.json"
CODEBOOK = "codebook"
COPIES = {  # the only files beside pointer and JWKS that change: copies of the newest entry's own
    CATALOG: CATALOG,
    DATA_JSON: DATA_JSON,
    FEED: FEED,
    f"datos/{LEDGER}": LEDGER,
    f"datos/{CHANGELOG}": CHANGELOG,
}
WITHDRAWN = "-retirada"


PORTAL, METHOD_PAGE, USE_PAGE = "datos/", "datos/metodologia", "datos/uso"


def table_page(table: str) -> str:
    """The page of a table, which is also the address by which catalogues name it."""
    return f"datos/tablas/{table}"


def release_page(release: str) -> str:
    """The page of a release."""
    return f"datos/{release}"


def entry_folder(name: str) -> str:
    """The folder of a release, or of its withdrawal: what belongs to it as a whole."""
    return f"{VERSION}/publicaciones/{name}"


def in_entry(name: str, file: str) -> str:
    """A file in that folder."""
    return f"{entry_folder(name)}/{file}"


def package(name: str | None = None) -> str:
    """A release's Data Package. It stands above the tables, since its paths may not climb; without name, the newest."""
    return f"{VERSION}/datapackage-{name}.json" if name else f"{VERSION}/datapackage.json"


def latest(table: str, extension: str) -> str:
    """Where a table's newest year is found: the service redirects, a plain host has a copy."""
    return f"{VERSION}/{table}/latest.{extension}"


def draw_stem(draw: Draw) -> str:
    """The files of one draw, without extension: `datos/v1/T1/2026-10/1/T1-2026-10`."""
    return f"{VERSION}/{draw.table}/{draw.period}/{draw.edition}/{draw.table}-{draw.period}"


def year_stem(table: str, year: str, release: str) -> str:
    """The files of a table's whole year as of a release: `datos/v1/T1/2026/2026-10/T1-2026`."""
    return f"{VERSION}/{table}/{year}/{release}/{table}-{year}"


def year_of(period: str) -> str:
    """`2026` of `2026-10` and of `2026-T4`."""
    return period[:4]


def is_a_name(name: str) -> bool:
    """Whether an entry may bear this name: nothing else becomes part of a path."""
    return re.fullmatch(rf"\d{{4}}-\d{{2}}(-e2)?({WITHDRAWN})?", name) is not None
