"""What a test with large numbers found, in numbers: `make endurance` prints it and keeps it in docs/endurance.json."""

import json
import os
from pathlib import Path

VARIABLE = "ENDURANCE_LEDGER"  # the file into which `make endurance` has it written


class Ledger:
    """One test's."""

    def __init__(self, test: str) -> None:
        self.test = test

    def note(self, **numbers: float | str) -> None:
        """Sums that somebody may want to read after months."""
        if path := os.environ.get(VARIABLE):
            with Path(path).open("a", encoding="utf-8") as file:
                file.write(json.dumps({"test": self.test, **numbers}) + "\n")
