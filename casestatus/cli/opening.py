"""Opens what a command works on (settings, key ring, database), and says in words why it can't."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from casestatus.errors import CaseStatusProblem

if TYPE_CHECKING:  # a command's --help must not wait for SQLAlchemy
    from casestatus.crypto import KeyRing
    from casestatus.database import Clock, Database
    from casestatus.settings import Settings

REFUSED = 1


class Refused(Exception):
    """A command can't do what was asked; its text tells the operator why, and what to do."""


def settings_from_environment() -> "Settings":
    """The settings, or Refused: a wrong one is named, never its value."""
    settings = read_settings()
    if settings.as_of is not None and not settings.in_demo:
        raise Refused("CASESTATUS_AS_OF moves the clock and is refused in production.")
    return settings


def read_settings(**fixed: object) -> "Settings":
    """The environment's settings but for `fixed`, or Refused."""
    from pydantic import ValidationError

    from casestatus.settings import Limits, Settings

    try:
        return Settings(**fixed)  # type: ignore[arg-type]  # checked by pydantic itself
    except ValidationError as error:
        prefix = (Limits if error.title == Limits.__name__ else Settings).model_config["env_prefix"]
        wrong = (f"{prefix}{'_'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors())
        raise Refused("a setting can't be used.\n  " + "\n  ".join(wrong)) from None


def refuse_in_production(settings: "Settings") -> None:
    """Refused, with every reason at once, when these settings are only good enough for a demo."""
    if reasons := settings.refusals():
        raise Refused("this is not fit for production.\n  " + "\n  ".join(reasons))


def refuse_broken_help(settings: "Settings") -> None:
    """Refused when the operator's file of places that help victims can't be used; the entry is named."""
    from casestatus.offices.help_places import HelpFileBroken, help_places

    try:
        help_places(settings.help_file)
    except HelpFileBroken as problem:
        raise Refused(f"CASESTATUS_HELP_FILE: {problem}") from None


def key_ring(settings: "Settings") -> "KeyRing":
    """The key ring that the settings name, or Refused."""
    from casestatus.crypto import KeyRing, KeyRingUnusable

    try:
        return KeyRing.load(settings.keys)
    except KeyRingUnusable as reason:
        raise Refused(f"CASESTATUS_KEYS: {reason}.") from None


@contextmanager
def database_of(settings: "Settings", clock: "Clock | None" = None) -> "Iterator[Database]":
    """The database that the settings name; Refused when it is not there or not of this version."""
    from casestatus.database import Clock, Database

    with database_troubles_in_words():
        database = Database(settings.database_url, clock or Clock(settings.as_of))
        try:
            yield database
        finally:
            database.close()


@contextmanager
def database_troubles_in_words() -> Iterator[None]:
    """Refused, without the address (it may hold a password), when the database can't be reached or understood."""
    from sqlalchemy.exc import ArgumentError, OperationalError, ProgrammingError

    try:
        yield
    except ArgumentError:
        raise Refused(
            "CASESTATUS_DATABASE_URL must be sqlite:///FILE or postgresql://user:password@host/name."
        ) from None
    except (OperationalError, ProgrammingError) as error:
        problem = type(error.orig).__name__
        raise Refused(
            f"the database that CASESTATUS_DATABASE_URL names didn't answer as expected ({problem})."
            " Is it there, and migrated? casestatus migrate"
        ) from None


@contextmanager
def ready_database_of(settings: "Settings") -> "Iterator[Database]":
    """As `database_of`; Refused also when it is not of this version, or in production when a demo made it."""
    with database_of(settings) as database:
        require_ready(settings, database)
        yield database


def in_words(problem: CaseStatusProblem) -> str:
    """A problem as an operator reads it."""
    from casestatus.wording import Wording

    words = Wording.of("en")
    lines = [words.gettext(problem.detail, **problem.params)]
    lines += [f"  {field.field}: {words.gettext(field.detail, **(field.params or {}))}" for field in problem.fields]
    return "\n".join(lines)


def require_ready(settings: "Settings", database: "Database") -> None:
    """Refused when the database is not of this version, or in production when a demo made it."""
    from casestatus.database import is_made_by_demo, is_migrated

    if not is_migrated(database):
        raise Refused("the database is not at this version. Run: casestatus migrate")
    if is_made_by_demo(database) and not settings.in_demo:
        raise Refused("a demo made this database; production refuses it. Set CASESTATUS_DATABASE_URL to another one.")
