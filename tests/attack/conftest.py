from tests.statistics.conftest import crowd, keys

__all__ = ["crowd", "keys"]
