"""What SQLAlchemy compiled for one test serves the next: every test has engines of its own, with empty caches."""

from sqlalchemy import Engine
from sqlalchemy.util import LRUCache

from casestatus.database.engines import engine_of

STATEMENTS = 5000  # more than the whole suite has


class Compiled:
    """One dialect and one cache for each kind of database; a statement's key in the cache names the dialect."""

    def __init__(self) -> None:
        self._kept: dict[str, Engine] = {}

    def keep(self, url: str) -> None:
        """From now on engines of this kind share what is compiled. Connecting tells the dialect its server."""
        engine = engine_of(url)
        engine._compiled_cache = LRUCache(STATEMENTS)
        engine.connect().close()
        engine.dispose()
        self._kept[engine.dialect.name] = engine

    def engine_of(self, url: str) -> Engine:
        """As the service's own, which every `Database` opens."""
        engine = engine_of(url)
        if kept := self._kept.get(engine.dialect.name):
            engine.dialect = engine.pool._dialect = kept.dialect
            engine._compiled_cache = kept._compiled_cache
        return engine
