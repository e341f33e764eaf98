"""What is measured: a small sample, the statements that the route sends, and servers under a tiny load."""

import json
import pickle
from contextlib import closing
from pathlib import Path

import pytest

import casestatus.database
from bench import bare
from bench.capture import captured
from bench.load import AnsweredWrongly, Job, put_load
from bench.login import sign_in
from bench.processes import NotServing, Server, clean_environment, serving
from bench.sample import Sample, build_sample, open_sessions
from bench.status import PATH
from bench.verification import verify
from casestatus.database.engines import engine_of


@pytest.fixture(autouse=True)
def own_dialect(monkeypatch: pytest.MonkeyPatch) -> None:
    """A measure listens to its engine's driver, so none shares another's dialect here (tests/compiled.py)."""
    monkeypatch.setattr(casestatus.database, "engine_of", engine_of)


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    return build_sample(tmp_path, cases=60, issued=1, tell=lambda _: None)


@pytest.mark.parametrize("through", ["driver", "engine"])
def test_the_bare_route_answers_with_the_rows_of_our_own_statements(sample: Sample, through: str) -> None:
    tokens = open_sessions(sample, 2)
    statements = captured(sample, PATH, tokens)
    assert statements.keys() == set(tokens)
    assert [sql.split()[0] for sql, _ in statements[tokens[0]]] == ["BEGIN", "SELECT", "SELECT", "SELECT"]
    file = sample.folder / "statements.pickle"
    file.write_bytes(pickle.dumps(statements))
    given = [through, str(sample.path), str(file)]
    with serving("bench.bare", *given, environment={}, folder=sample.folder, ready=bare.READY) as server:
        load = put_load(Job(server.port, bare.PATH, tokens, seconds=0.1, connections=2))
        assert load.answers > 0
        assert server.cpu_seconds() > 0


def test_our_server_is_measured_as_it_serves(sample: Sample) -> None:
    serve = serving("casestatus", "serve", environment=sample.environment, folder=sample.folder, ready="/readyz")
    with serve as server, closing(server.connect()) as connection:
        token = sign_in(connection, sample.victims[0])
        assert put_load(Job(server.port, PATH, [token], seconds=0.1, connections=2)).answers > 0
        assert server.megabytes() > 0
        with pytest.raises(AnsweredWrongly):
            put_load(Job(server.port, PATH, ["nobody's"], seconds=0.1, connections=1))


def test_a_server_without_rights_tells_the_same_but_them(sample: Sample) -> None:
    [token] = open_sessions(sample, 1)
    told = []
    for module in ("casestatus", "bench.without_rights"):
        serve = serving(module, "serve", environment=sample.environment, folder=sample.folder, ready="/readyz")
        with serve as server, closing(server.connect()) as connection:
            connection.request("GET", PATH, headers={"Authorization": f"Bearer {token}"})
            told.append(json.loads(connection.getresponse().read()))
    whole, bare_of_rights = told
    assert all(line["rights"] for line in whole["proceedings"])
    assert all(line.pop("rights") == [] for line in bare_of_rights["proceedings"])
    for line in whole["proceedings"]:
        line.pop("rights")
    assert bare_of_rights == whole


def test_a_server_that_ends_at_once_says_why(sample: Sample) -> None:
    broken = sample.environment | {"CASESTATUS_KEYS": "/nowhere"}
    server = Server("casestatus", "serve", environment=broken, folder=sample.folder)
    with pytest.raises(NotServing, match="CASESTATUS_KEYS"):
        server.wait_until("/readyz")
    server.stop()


def test_the_shells_settings_reach_no_measure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASESTATUS_PIN_DIGITS", "8")
    assert "CASESTATUS_PIN_DIGITS" not in clean_environment({})


def test_a_bare_verification_takes_time() -> None:
    assert verify(1) > 0
