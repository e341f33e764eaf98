"""The pins name no index and no machine, hold every direct dependency, and carry hashes."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

EXTRAS = PROJECT["optional-dependencies"]
APP = PROJECT["dependencies"] + EXTRAS["opendata"]


def lines(name: str) -> list[str]:
    return (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8").splitlines()


def pins(name: str) -> dict[str, Requirement]:
    pinned = [Requirement(line.rstrip("\\ ")) for line in lines(name) if re.match(r"[A-Za-z0-9]", line)]
    return {canonicalize_name(pin.name): pin for pin in pinned}


@pytest.mark.parametrize("name", ["app", "test"])
def test_no_line_names_an_index_a_host_or_a_path(name: str) -> None:
    assert not [line for line in lines(name) if re.search(r"^--|://|(?<![\w.])/", line)]


@pytest.mark.parametrize("name", ["app", "test"])
def test_every_pin_is_exact_and_has_hashes(name: str) -> None:
    pinned, hashes = pins(name), sum(line.strip().startswith("--hash=sha256:") for line in lines(name))
    assert all(str(pin.specifier).startswith("==") for pin in pinned.values())
    assert hashes >= len(pinned)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("app", APP), ("test", APP + EXTRAS["dev"])],
)
def test_every_direct_dependency_is_pinned_as_pyproject_allows(name: str, wanted: list[str]) -> None:
    pinned = pins(name)
    for asked in map(Requirement, wanted):
        version = str(pinned[canonicalize_name(asked.name)].specifier).removeprefix("==")
        assert asked.specifier.contains(version)


def test_tests_run_on_the_versions_that_the_app_is_installed_with() -> None:
    test = pins("test")
    assert all(test[name].specifier == pin.specifier for name, pin in pins("app").items())
