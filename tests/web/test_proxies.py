"""A reverse proxy that nobody told us of makes all visitors look like one: the operator hears of it."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from casestatus.app import build_app
from casestatus.crypto import KeyRing
from casestatus.database import Database
from casestatus.settings import Settings
from tests.log_lines import log_lines

PROXY = "10.0.0.7"


def warnings_after(
    settings: Settings, database: Database, keys: KeyRing, *forwarded: str, peer: str = PROXY
) -> list[Any]:
    """What is logged when somebody tries to sign in through `peer`, once for each X-Forwarded-For."""
    app = build_app(settings, database, keys)
    with TestClient(app, base_url=settings.public_url, client=(peer, 50000)) as web, log_lines() as logs:
        for address in forwarded:
            tried = {"case_number": "C.I. 1/2026", "pin": "1"}
            web.post("/api/v1/sessions", json=tried, headers={"X-Forwarded-For": address} if address else {})
    return [line for line in logs if line["event"] == "proxy_not_trusted"]


def test_a_proxy_that_is_not_trusted_is_warned_of_once(settings: Settings, database: Database, keys: KeyRing) -> None:
    [warning] = warnings_after(settings, database, keys, "198.51.100.4", "198.51.100.5")
    assert warning["level"] == "warning"
    assert warning["setting"] == "CASESTATUS_TRUSTED_PROXIES"
    assert "198.51" not in str(warning)
    assert PROXY not in str(warning)


@pytest.mark.parametrize(
    ("forwarded", "changes"),
    [("", {}), ("198.51.100.4", {"trusted_proxies": "10.0.0.0/8"}), ("198.51.100.4", {"environment": "demo"})],
)
def test_nothing_is_said_where_nothing_is_wrong(
    settings: Settings, database: Database, keys: KeyRing, forwarded: str, changes: dict[str, Any]
) -> None:
    assert warnings_after(settings.with_changes(**changes), database, keys, forwarded) == []
