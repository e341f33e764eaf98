"""Twilio's Messages resource, on the base classes of its own client.

`Client(…).messages` loads every resource of an account, a hundred modules and 6.6 MB in each process, to send one form.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from twilio.base.domain import Domain
from twilio.base.page import Page
from twilio.base.version import Version
from twilio.rest import Client

TWILIO = "https://api.twilio.com"
PAGE_SIZE = 100
Found = Mapping[str, Any]  # a message, by the names of Twilio's API


class Messages:
    """Those of one account. Each call is one request, but for a list's further pages; its errors are Twilio's."""

    def __init__(self, client: Client) -> None:
        self._version = Version(Domain(client, TWILIO), "2010-04-01")
        self._path = f"Accounts/{client.account_sid}/Messages"

    def create(self, **form: str | int) -> str:
        """Its id; `form` has the parameters' names in Twilio's API, such as `To` and `Body`."""
        return str(self._version.create("POST", f"{self._path}.json", data=form)["sid"])

    def sent_to(self, address: str) -> Iterator[Found]:
        """Newest first."""
        asked = {"To": address, "PageSize": PAGE_SIZE}
        first = _Page(self._version, self._version.page("GET", f"{self._path}.json", params=asked))
        found: Iterator[Found] = self._version.stream(first)
        return found

    def fetch(self, message_id: str) -> Found:
        found: Found = self._version.fetch("GET", f"{self._path}/{message_id}.json")
        return found

    def delete(self, message_id: str) -> bool:
        return bool(self._version.delete("DELETE", f"{self._path}/{message_id}.json"))


class _Page(Page):  # type: ignore[misc]  # twilio ships no types
    def get_instance(self, payload: dict[str, Any]) -> Found:
        return payload
