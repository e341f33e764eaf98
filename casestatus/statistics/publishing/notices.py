"""What is new, for programs and for people: an Atom feed (RFC 4287) and a change log."""

import re
from xml.etree import ElementTree as ET

from casestatus.statistics.publishing import paths
from casestatus.statistics.publishing.catalogue import Catalogue, notes_of
from casestatus.statistics.publishing.manifest import Kind, Manifest
from casestatus.statistics.publishing.words import CATALOGUE, CITING, LICENCE_URL, Told

ATOM = "http://www.w3.org/2005/Atom"
UNSAYABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, section 2.2


def atom(catalogue: Catalogue) -> bytes:
    """The file `feed.atom`: one entry a release and a withdrawal, the newest first. An entry's id never changes."""
    publisher, first = catalogue.publisher, catalogue.chain[0]
    feed = ET.Element("feed", {"xmlns": ATOM, "xml:lang": "es"})
    _texts(feed, id=first.id.rpartition(":")[0], title=CATALOGUE.title.es, subtitle=CATALOGUE.description.es)
    _texts(feed, updated=catalogue.newest.at.isoformat(), rights=CITING.es)
    _texts(ET.SubElement(feed, "author"), name=publisher.name, email=publisher.contact)
    for rel, path in (("self", paths.FEED), ("alternate", paths.PORTAL)):
        ET.SubElement(feed, "link", {"rel": rel, "href": publisher.at(path)})
    ET.SubElement(feed, "link", {"rel": "license", "href": LICENCE_URL})
    for manifest in reversed(catalogue.chain):
        _entry(feed, catalogue, manifest)
    ET.indent(feed, " ")
    written: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _entry(feed: ET.Element, catalogue: Catalogue, manifest: Manifest) -> None:
    entry, at = ET.SubElement(feed, "entry"), catalogue.publisher.at
    notes, moment = notes_of(manifest), manifest.at.isoformat()
    _texts(entry, id=manifest.id, title=_title(manifest).es, updated=moment, published=moment)
    _texts(entry, summary=f"{notes.es} / {notes.en}")
    ET.SubElement(entry, "link", {"rel": "alternate", "href": at(paths.release_page(manifest.release))})
    related = at(paths.in_entry(manifest.name, paths.MANIFEST))
    ET.SubElement(entry, "link", {"rel": "related", "type": "application/json", "href": related})


def changelog(catalogue: Catalogue) -> bytes:
    """The file `CHANGELOG.md`, the newest first."""
    head = f"# {CATALOGUE.title.es} · {CATALOGUE.title.en}\n\n{CITING.es}\n{CITING.en}\n"
    return "\n".join([head, *map(_section, reversed(catalogue.chain))]).encode()


def _section(manifest: Manifest) -> str:
    title, notes = _title(manifest), notes_of(manifest)
    return f"## {title.es} · {title.en}\n\n{manifest.at.date().isoformat()}\n\n- {notes.es}\n- {notes.en}\n"


def _title(manifest: Manifest) -> Told:
    if manifest.kind is Kind.WITHDRAWAL:
        return Told(f"Retirada de la publicación {manifest.release}", f"Withdrawal of release {manifest.release}")
    return Told(f"Publicación {manifest.release}", f"Release {manifest.release}")


def _texts(parent: ET.Element, **texts: str) -> None:
    for name, text in texts.items():
        ET.SubElement(parent, name).text = UNSAYABLE.sub("", text)
