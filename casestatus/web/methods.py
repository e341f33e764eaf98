"""Which methods an address knows, for the answer to one that it doesn't."""

from starlette.routing import Match
from starlette.types import Scope

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def allowed_methods(scope: Scope) -> str:
    """The value of `Allow` (RFC 9110, section 10.2.1): of all routes with this path, not only of the first."""
    return ", ".join(method for method in METHODS if _is_known(scope, method))


def _is_known(scope: Scope, method: str) -> bool:
    asked = {**scope, "method": method}
    return any(route.matches(asked)[0] is Match.FULL for route in scope["app"].routes)
