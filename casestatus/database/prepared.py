"""Selects that are read so often that they go to the driver as they are, compiled once (design.md §3)."""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Connection, Dialect, Select, or_
from sqlalchemy.engine.interfaces import DBAPIModule
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.compiler import SQLCompiler

Convert = Callable[[Any], Any]


def one_of(column: ColumnElement[Any] | InstrumentedAttribute[Any], values: Iterable[Any]) -> ColumnElement[bool]:
    """`column IN (values)` in a text that doesn't change: SQLAlchemy writes an IN anew each time it is executed."""
    return or_(*(column == value for value in values))


class Row(Protocol):
    """One row, with the select's columns by their names."""

    def __getattr__(self, column: str) -> Any: ...


class Prepared:
    """A select whose text and conversions are worked out once for each kind of database.

    It converts by the columns' own types, as SQLAlchemy does; what is left out (events, caches, cursors' bookkeeping)
    cost a victim's status a third more (docs/performance.md).
    """

    def __init__(self, select: Select[*tuple[Any, ...]]) -> None:
        self._select = select
        self._row: Any = namedtuple("Row", [column.name for column in select.selected_columns])  # type: ignore[misc]  # known only here
        self._texts: dict[str, _Text] = {}

    def rows(self, session: Session, values: Mapping[str, Any]) -> list[Row]:
        """All rows for these values of the select's `bindparam`s. Raises DBAPIError, as other statements do."""
        connection = session.connection()
        text = self._texts.get(connection.dialect.name) or self._compile(connection.dialect)
        try:
            cursor = connection.connection.cursor()
            cursor.execute(text.sql, text.bound(values))
            rows = text.converted(cursor.fetchall())
            cursor.close()
        except connection.dialect.loaded_dbapi.Error as error:
            raise _as_others_say(error, connection) from error
        return [self._row._make(row) for row in rows]

    def _compile(self, dialect: Dialect) -> "_Text":
        compiled = self._select.compile(dialect=dialect)
        assert isinstance(compiled, SQLCompiler)  # noqa: S101 - what a select compiles to
        binds = {name: bind for bind, name in compiled.bind_names.items()}
        types = [column.type.dialect_impl(dialect) for column in self._select.selected_columns]
        conversions = [(place, kind.result_processor(dialect, None)) for place, kind in enumerate(types)]
        text = _Text(
            sql=compiled.string,
            order=compiled.positiontup,
            fixed={name: bind.value for name, bind in binds.items()},
            bind={name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in binds.items()},
            convert=[(place, convert) for place, convert in conversions if convert],
        )
        return self._texts.setdefault(dialect.name, text)


def _as_others_say(error: DBAPIModule.Error, connection: Connection) -> BaseException:
    """The driver's error as SQLAlchemy tells it, without the values, which may be somebody's.

    A connection that broke is used no more.
    """
    dialect = connection.dialect
    is_lost = dialect.is_disconnect(error, connection.connection.driver_connection, None)
    if is_lost:
        connection.invalidate(error)
    errors = dialect.loaded_dbapi.Error
    return DBAPIError.instance(
        None, None, error, errors, hide_parameters=True, connection_invalidated=is_lost, dialect=dialect
    )


@dataclass(frozen=True)
class _Text:
    """What one kind of database is sent, and how values go there and come back."""

    sql: str
    order: Sequence[str] | None  # None for a driver that binds by name
    fixed: Mapping[str, Any]
    bind: Mapping[str, Convert | None]
    convert: Sequence[tuple[int, Convert]]

    def bound(self, values: Mapping[str, Any]) -> Any:
        given = {**self.fixed, **values}
        ready = {name: convert(given[name]) if convert else given[name] for name, convert in self.bind.items()}
        return ready if self.order is None else [ready[name] for name in self.order]

    def converted(self, rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
        """A join repeats its left side row after row, so what stands in the row before isn't converted again."""
        done: list[list[Any]] = []
        before: Sequence[Any] = ()
        for raw in rows:
            row = list(raw)
            for place, convert in self.convert:
                row[place] = done[-1][place] if before and raw[place] == before[place] else convert(raw[place])
            done.append(row)
            before = raw
        return done
