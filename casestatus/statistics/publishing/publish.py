"""Publishing: every release that the database holds and the folder doesn't, one after the other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from sqlalchemy.orm import Session

from casestatus.crypto import KeyRing
from casestatus.errors import N_, Conflict
from casestatus.settings import Settings
from casestatus.statistics import released
from casestatus.statistics.publishing.catalogue import Publisher
from casestatus.statistics.publishing.files import SiteFile
from casestatus.statistics.publishing.folder import FolderContradicts, add, alone, chain_of, finish, point_to_newest
from casestatus.statistics.publishing.manifest import Entry, Kind, Manifest, entries_of
from casestatus.statistics.publishing.site import Content, write_entry
from casestatus.statistics.rows import CodeLists, Draw, Ledger, Release, Row

DEMO_CONTACT = "transparencia@casestatus.example"  # nobody's


class FolderAhead(Conflict):
    """The folder holds releases that the database doesn't know: it was restored from before their cut."""

    type = "releases-ahead"
    detail = N_(
        "La carpeta ya tiene la publicación %(name)s, que la base no conoce. Primero se adopta; no se cambió nada."
    )


class ContactMissing(Conflict):
    """Catalogues name an address for questions, and there is none."""

    type = "releases-contact-missing"
    detail = N_("Falta CASESTATUS_RELEASES_CONTACT: el correo de la oficina de transparencia, que va en los catálogos.")


class FolderUncertain(Conflict):
    """A path that depends on where a command is typed could miss what was published, and what it proves."""

    type = "releases-folder-uncertain"
    detail = N_("CASESTATUS_RELEASES debe ser una ruta completa: es la prueba de lo que ya se publicó.")


class ExtraMissing(Conflict):
    """What draws, writes Parquet and makes pictures comes with an extra, which web hosts don't need."""

    type = "releases-extra-missing"
    detail = N_("Aquí no está instalado lo que publica: pip install 'casestatus[opendata]'. No se sorteó nada.")


def require_extra() -> None:
    """Raises ExtraMissing: ask before anything is drawn."""
    if not all(find_spec(name) for name in ("altair", "opendp", "pyarrow", "vl_convert")):
        raise ExtraMissing


def publisher_of(settings: Settings) -> Publisher:
    """Who publishes, as the settings say. Raises ContactMissing, FolderUncertain: ask before anything is drawn."""
    if not (settings.in_demo or settings.releases.is_absolute()):
        raise FolderUncertain
    contact = settings.releases_contact or (DEMO_CONTACT if settings.in_demo else "")
    if not contact:
        raise ContactMissing
    name = settings.releases_publisher or settings.service_name
    url = settings.releases_url or settings.public_url
    return Publisher(name=name, contact=contact, url=url, service=settings.public_url)


class Source(Protocol):
    """Where releases are known from."""

    def releases(self) -> Sequence[Release]: ...
    def codes(self, release: Release) -> CodeLists: ...
    def ledger(self, release: Release) -> Ledger: ...
    def rows_of_draw(self, draw: Draw) -> Iterator[Row]: ...
    def charts(self, release: Release) -> Iterator[SiteFile]: ...


@dataclass(frozen=True)
class Stored:
    """The releases of the database."""

    session: Session

    def releases(self) -> Sequence[Release]:
        return released.releases(self.session)

    def codes(self, release: Release) -> CodeLists:
        return released.code_lists(self.session, release)

    def ledger(self, release: Release) -> Ledger:
        return released.ledger_until(self.session, release)

    def rows_of_draw(self, draw: Draw) -> Iterator[Row]:
        return released.rows_of_draw(self.session, draw)

    def charts(self, release: Release) -> Iterator[SiteFile]:
        from casestatus.statistics.publishing.charts import charts_of  # draws with libraries that take long to load

        return charts_of(partial(released.released_rows, self.session, release), self.codes(release))


def publish(folder: Path, session: Session, keys: KeyRing, publisher: Publisher) -> list[str]:
    """Writes what the folder lacks, and returns the names of the new entries. Run again, it writes nothing.

    `session` reads only. Raises FolderInUse, FolderAhead, FolderContradicts.
    """
    return publish_from(Stored(session), folder, keys, publisher)


def publish_from(source: Source, folder: Path, keys: KeyRing, publisher: Publisher) -> list[str]:
    """The same from any source."""
    with alone(folder):
        finish(folder, keys)
        known = source.releases()
        chain, entries = list(chain_of(folder)), entries_of(known)
        _require_same(chain, entries)
        new = entries[len(chain) :]
        for entry in new:
            write = partial(
                write_entry,
                entry=entry,
                content=_content(source, known, entry),
                before=tuple(chain),
                publisher=publisher,
            )
            chain.append(add(folder, entry.name, write, keys))
        if chain:
            point_to_newest(folder)
    return [entry.name for entry in new]


def _require_same(chain: Sequence[Manifest], entries: Sequence[Entry]) -> None:
    """What is published is what the database knows, in the same order, at the same moments."""
    for number, manifest in enumerate(chain):
        if number >= len(entries) or manifest.name not in {entry.name for entry in entries}:
            raise FolderAhead(params={"name": manifest.name})
        entry = entries[number]
        if (entry.name, entry.at) != (manifest.name, manifest.at):
            raise FolderContradicts(params={"what": manifest.name})


def _content(source: Source, known: Sequence[Release], entry: Entry) -> Content:
    at = next(number for number, release in enumerate(known) if release.name == entry.release)
    release = known[at]
    # a withdrawal tells the ledger as it stands then
    last = release if entry.kind is Kind.RELEASE else [each for each in known if each.cut_at <= entry.at][-1]
    return Content(
        release=release,
        codes=source.codes(release),
        ledger=source.ledger(last),
        draws=[draw for each in known[: at + 1] for draw in each.draws],
        rows_of_draw=source.rows_of_draw,
        charts=partial(source.charts, release),
    )
