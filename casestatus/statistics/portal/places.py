"""Where everything lies that a site which stands apart from the service has beside the releases' own files.

None of it is signed: it is made again from signed files at any time. An asset's name carries its checksum.
"""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path

from casestatus.statistics.portal.pages import EXAMPLES
from casestatus.statistics.publishing import paths
from casestatus.statistics.publishing.formats import MEDIA_TYPES
from casestatus.statistics.publishing.manifest import Listed
from casestatus.statistics.publishing.shelf import Shelf
from casestatus.statistics.tables import TABLES
from casestatus.wording import LANGUAGES, SOURCE_LANGUAGE, Language

ASSETS = "assets"
ROOT = ""  # the portal once more, where whoever opens the folder looks first


def addresses(shelf: Shelf) -> Iterator[str]:
    """Of every page, as the service has it, without the first slash."""
    yield from (paths.PORTAL, paths.METHOD_PAGE, paths.USE_PAGE)
    yield from (paths.release_page(entry.name) for entry in shelf.releases)
    for table in TABLES:
        if periods := shelf.periods(table):
            yield paths.table_page(table)
            yield from (period_page(table, period) for period in periods)


def period_page(table: str, period: str) -> str:
    """The address of one period's preview."""
    return f"{paths.table_page(table)}?periodo={period}"


def page_file(address: str, language: Language) -> str:
    """The file of a page: a plain host finds `index.html` under the address that the service has, too."""
    name = "index.html" if language == SOURCE_LANGUAGE else f"index.{language}.html"
    folder = address.replace("?periodo=", "/").strip("/")
    return f"{folder}/{name}" if folder else name


def copies_of_latest(shelf: Shelf) -> Mapping[str, Listed]:
    """What stands under each table's `latest`, since a plain host doesn't redirect."""
    found = ((paths.latest(table, each), shelf.latest(table, None, each)) for table in TABLES for each in MEDIA_TYPES)
    return {path: file for path, file in found if file}


def example_files() -> Mapping[str, str]:
    """The example programs by their path."""
    return {f"{paths.USE_PAGE}/{name}": name for name in EXAMPLES}


def files_apart(shelf: Shelf) -> set[str]:
    """Everything but the assets."""
    pages = {page_file(address, language) for address in (ROOT, *addresses(shelf)) for language in LANGUAGES}
    return {*pages, *copies_of_latest(shelf), *example_files()}


def missing_apart(shelf: Shelf) -> list[str]:
    """What a folder lacks of them; nothing where none was ever written, since the releases don't stand apart there."""
    there = {path: (shelf.folder / path).is_file() for path in sorted(files_apart(shelf))}
    return [path for path, is_there in there.items() if not is_there] if any(there.values()) else []


def written_apart(folder: Path) -> Iterator[str]:
    """Pages and copies that lie in a folder, whatever they were made of."""
    for pattern in (*(f"datos/**/{page_file(ROOT, language)}" for language in LANGUAGES), paths.latest("*", "*")):
        yield from (path.relative_to(folder).as_posix() for path in folder.glob(pattern))


def is_whole_asset(folder: Path, path: str) -> bool:
    """Whether this is an asset as we wrote it."""
    inside, _, name = path.partition("/")
    digest = name.rpartition(".")[0].rpartition("-")[2]
    return inside == ASSETS and len(digest) == 12 and sha256((folder / path).read_bytes()).hexdigest()[:12] == digest
