"""Prepares the demo's folder: a small country and its key ring, built once, opened again ever after."""

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from casestatus.crypto import KeyRing
from casestatus.database import Clock, Database, is_made_by_demo, mark_as_demo, migrate
from casestatus.demo.building import Order, build_cases, issue_pins
from casestatus.demo.contacts import add_contacts
from casestatus.demo.country import add_country, give_sign_of_life
from casestatus.demo.credentials import document
from casestatus.demo.people import add_people
from casestatus.demo.places import states
from casestatus.demo.planning import ISSUED_VICTIMS
from casestatus.demo.releasing import began, cut_country, give_signs_of_life, publish_country
from casestatus.errors import N_, Conflict
from casestatus.settings import Settings

DATABASE, KEYS, CREDENTIALS = "casestatus.db", "keys.json", "credentials.json"
RELEASES = "releases"
DRAFT = ".building"
Tell = Callable[[str, int, int | None], None]  # what is being done, how much of it is done now, and of how much


class FolderTaken(Conflict):
    """The folder holds some of a demo's files but not all, or a database of somebody else's: it isn't ours to touch."""

    type = "demo-folder-taken"
    detail = N_(
        "En %(folder)s hay archivos que ninguna demostración completa dejó. Elige otra carpeta."
        " Bórralos solo si son de una que se interrumpió."
    )


@dataclass(frozen=True)
class Folder:
    """Where a demo lies."""

    path: Path

    @property
    def database_url(self) -> str:
        return f"sqlite:///{self.path / DATABASE}"

    @property
    def keys(self) -> str:
        return str(self.path / KEYS)

    @property
    def releases(self) -> Path:
        return self.path / RELEASES

    @property
    def files(self) -> list[Path]:
        return [self.path / name for name in (DATABASE, KEYS, CREDENTIALS)]

    def is_complete(self) -> bool:
        """Whether a demo can be opened again. Raises FolderTaken when only a part of one is there."""
        present = [file.exists() for file in self.files]
        if any(present) and not all(present):
            raise FolderTaken(params={"folder": self.path})
        return all(present)

    @property
    def credentials_file(self) -> Path:
        return self.path / CREDENTIALS

    def credentials(self) -> dict[str, Any]:
        """Who may sign in, and with what."""
        content: dict[str, Any] = json.loads(self.credentials_file.read_text(encoding="utf-8"))
        return content


def prepare(
    folder: Folder, order: Callable[[datetime], Order], clock: Clock, *, settings: Settings, tell: Tell
) -> None:
    """Build the demo, or bring the one in `folder` to this version and this day. Raises FolderTaken.

    `order` gets the moment at which it is built.
    """
    if not folder.is_complete():
        _build(folder, order, clock, settings=settings, tell=tell)
    database = Database(folder.database_url, clock)
    if not is_made_by_demo(database):
        raise FolderTaken(params={"folder": folder.path})
    migrate(folder.database_url)
    with database.writing() as session:
        give_sign_of_life(session, now=database.now())
    tell("Publishing statistics", 0, 1)
    publish_country(database, KeyRing.load(folder.keys), settings)
    tell("Publishing statistics", 1, 1)
    database.close()


def _build(folder: Folder, order: Callable[[datetime], Order], clock: Clock, *, settings: Settings, tell: Tell) -> None:
    """In a draft that is moved into place when it is whole, so that a demo stopped half-way leaves nothing behind."""
    draft = Folder(folder.path / DRAFT)
    shutil.rmtree(draft.path, ignore_errors=True)
    draft.path.mkdir(parents=True)
    keys = KeyRing.generate()
    keys.write(Path(draft.keys))
    migrate(draft.database_url)
    database = Database(draft.database_url, clock)
    mark_as_demo(database)
    credentials = _fill(database, keys, order(database.now()), settings=settings, tell=tell)
    database.close()
    _write_privately(draft.credentials_file, credentials)
    for file in draft.files:
        file.rename(folder.path / file.name)
    draft.path.rmdir()


def _fill(database: Database, keys: KeyRing, order: Order, *, settings: Settings, tell: Tell) -> dict[str, Any]:
    now, country = database.now(), states()
    with database.writing() as session:
        since = began(now, cases=order.cases)
        places = add_country(session, country, now=since)
        give_signs_of_life(session, since.date(), now=now)

    def cases_done(count: int) -> None:
        tell("Making up cases", count, order.cases)

    def pins_done(count: int) -> None:
        tell("Issuing PINs", count, ISSUED_VICTIMS)

    awaited = build_cases(database, keys, country, places, order, progress=cases_done)
    victims = issue_pins(database, keys, awaited, pin_digits=settings.pin_digits, progress=pins_done)
    with database.writing() as session:
        reached = add_contacts(session, victims, keys=keys, now=now)
        people = add_people(session, places, keys=keys, service_name=settings.service_name, now=now)
    tell("Drawing statistics", 0, 1)
    with database.writing() as session:
        cut_country(session, keys, now=now)
    tell("Drawing statistics", 1, 1)
    return document(victims, reached, people)


def _write_privately(path: Path, content: dict[str, Any]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=False, indent=2)
