"""What was found of each change, kept in mutmut's own files, so that `mutmut results` and `mutmut show` know it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

NOTICED, SURVIVED, UNREACHED, TIMED_OUT, REFUSED = 1, 0, 33, 36, 37  # mutmut's numbers


class Verdicts(Mapping[str, int | None]):
    """By the name of the change; None where there is no verdict yet."""

    def __init__(self, mutants: Path) -> None:
        self._files = {path: json.loads(path.read_text("utf-8")) for path in sorted(mutants.rglob("*.py.meta"))}
        self._file_of = {name: path for path, meta in self._files.items() for name in meta["exit_code_by_key"]}

    def __getitem__(self, name: str) -> int | None:
        found: int | None = self._files[self._file_of[name]]["exit_code_by_key"][name]
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._file_of)

    def __len__(self) -> int:
        return len(self._file_of)

    def keep(self, found: Mapping[str, int | None]) -> None:
        """Write these down."""
        for name, verdict in found.items():
            self._files[self._file_of[name]]["exit_code_by_key"][name] = verdict
        for path in {self._file_of[name] for name in found}:
            draft = path.with_suffix(".draft")
            draft.write_text(json.dumps(self._files[path], indent=4), "utf-8")
            draft.replace(path)

    @staticmethod
    def changed_files(mutants: Path) -> Sequence[Path]:
        """The modules that hold changes."""
        return [path.with_suffix("") for path in sorted(mutants.rglob("*.py.meta"))]


def function_of(change: str) -> str:
    """The function that is changed."""
    return change.rpartition("__mutmut_")[0]


def module_of(change: str) -> str:
    """Its module's last name: `ladder`."""
    return function_of(change).rpartition(".")[0].rpartition(".")[2]
