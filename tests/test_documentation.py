"""What README and .env.example say is what the code does: every command, setting and route."""

import json
import re
from pathlib import Path

import pytest
import typer.main
from fastapi.routing import iter_route_contexts
from pydantic_settings import BaseSettings

from casestatus.app import build_app
from casestatus.cases.crimes import crimes
from casestatus.cases.stages import procedure, stage
from casestatus.crypto import KeyRing
from casestatus.database import Database
from casestatus.intake.update import read_update
from casestatus.settings import Environment, Limits, Settings

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()


def commands() -> list[str]:
    from casestatus.cli import app

    return sorted(_below(typer.main.get_command(app), ""))


def _below(command: object, name: str) -> list[str]:
    """The full names of a command, or of all those that a group holds."""
    below = getattr(command, "commands", None)
    if below is None:
        return [name.strip()]
    return [each for word, inner in below.items() for each in _below(inner, f"{name} {word}")]


def settings() -> dict[str, object]:
    def fields(kind: type[BaseSettings]) -> dict[str, object]:
        prefix = kind.model_config["env_prefix"]
        return {
            f"{prefix}{name}".upper(): field.default for name, field in kind.model_fields.items() if name != "limits"
        }

    return fields(Settings) | fields(Limits)


def addresses(folder: Path) -> list[str]:
    """Every route of the app in demo mode, which has all that production has."""
    app = build_app(
        Settings(environment=Environment.DEMO, _env_file=None),
        Database(f"sqlite:///{folder}/unused.db"),
        KeyRing.generate(),
    )
    routes = [(route.methods or set(), plain(route.path or "")) for route in iter_route_contexts(app.routes)]
    return [f"{method} {path}" for methods, path in routes for method in sorted(methods - {"HEAD"})]


def plain(path: str) -> str:
    """`{victim_id:uuid}` is told as `{victim_id}`."""
    return re.sub(r":\w+}", "}", path)


def named_in_example() -> dict[str, str]:
    lines = (re.fullmatch(r"(?:# )?(CASESTATUS_\w+)=(.*)", line) for line in EXAMPLE)
    return {line[1]: line[2] for line in lines if line}


@pytest.mark.parametrize("command", commands())
def test_every_command_stands_in_the_readme(command: str) -> None:
    assert f"`{command}" in README or f"casestatus {command}" in README


def test_the_readme_names_no_command_that_is_not_there() -> None:
    named = re.findall(r"^\| `([a-z][a-z -]*)`", README.partition("## Commands")[2].partition("\n## ")[0], re.MULTILINE)
    assert sorted(named) == commands()


def test_the_readme_names_every_address_and_no_other(tmp_path: Path) -> None:
    table = README.partition("## Addresses")[2].partition("\n## ")[0]
    assert sorted(re.findall(r"`([A-Z]+ /[^`]*)`", table)) == sorted(addresses(tmp_path))


def test_the_readme_shows_an_update_that_can_be_sent() -> None:
    shown = README.partition("/api/v1/office/updates -d '")[2].partition("'")[0]
    update = read_update(json.loads(shown))
    assert stage(update.model, update.stage) in procedure(update.model).opening
    assert update.crime in crimes()


def test_env_example_names_every_setting_and_no_other() -> None:
    assert sorted(named_in_example()) == sorted(settings())


@pytest.mark.parametrize("name", sorted(settings()))
def test_each_setting_says_why_on_the_line_before_it(name: str) -> None:
    at = next(number for number, line in enumerate(EXAMPLE) if re.match(rf"(# )?{name}=", line))
    assert re.match(r"# \S+ \S+", EXAMPLE[at - 1])
    assert "CASESTATUS_" not in EXAMPLE[at - 1]


def test_env_example_shows_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in named_in_example().items():
        if name != "CASESTATUS_AS_OF":
            monkeypatch.setenv(name, value)
    assert Settings(_env_file=None) == Settings.model_validate({})
