"""What was published stays as it was: after the next release, another run, a kill, a correction, a withdrawal."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from casestatus.crypto import KeyRing
from casestatus.settings import Settings
from casestatus.statistics.publishing import paths
from casestatus.statistics.publishing.catalogue import Publisher
from casestatus.statistics.publishing.folder import FolderContradicts, FolderInUse, alone, chain_of, mirror
from casestatus.statistics.publishing.manifest import standing_years
from casestatus.statistics.publishing.publish import (
    ContactMissing,
    FolderAhead,
    FolderUncertain,
    publish_from,
    publisher_of,
)
from casestatus.statistics.publishing.verifying import CHANGING, findings
from tests.statistics.publishing.conftest import MONTHS, PUBLISHER, content_of
from tests.statistics.publishing.synthetic import Plain

ROOT = Path(__file__).resolve().parents[3]
KILLS = 60 if os.environ.get("ENDURANCE") else 5


def lasting(folder: Path) -> dict[str, bytes]:
    """Every file that must never change."""
    passing = (*CHANGING, ".lock")
    return {
        path: body for path, body in content_of(folder).items() if path not in passing and not path.endswith(".draft")
    }


def unsigned(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """All but the signatures, which differ from run to run."""
    return {path: body for path, body in files.items() if not path.endswith(".jws")}


def test_old_files_stay_byte_identical_after_each_later_release(tmp_path, keys):
    before: dict[str, bytes] = {}
    for months in range(1, MONTHS + 1):
        publish_from(Plain(months), tmp_path, keys, PUBLISHER)
        now = lasting(tmp_path)
        assert {path: now.get(path) for path in before} == before
        assert len(now) > len(before)
        before = now


def test_another_run_changes_nothing(site, keys):
    before = content_of(site)
    assert publish_from(Plain(MONTHS), site, keys, PUBLISHER) == []
    assert content_of(site) == before


def test_the_same_cells_make_the_same_bytes_in_another_folder_and_process(site, tmp_path, keys):
    publish_from(Plain(MONTHS), tmp_path, keys, PUBLISHER)
    assert unsigned(content_of(tmp_path)) == unsigned(content_of(site))


def test_a_killed_run_is_completed_with_the_same_bytes(tmp_path, keys):
    ring = tmp_path / "keys.json"
    keys.write(ring)
    whole = tmp_path / "whole"
    changes = int(_publish_apart(whole, ring, 0).communicate()[0])
    wanted = unsigned(content_of(whole))
    points = sorted({1 + round(at * (changes - 1) / (KILLS - 1)) for at in range(KILLS)})
    for pair in (points[at : at + 2] for at in range(0, len(points), 2)):  # as many as there are cores
        running = [_publish_apart(tmp_path / str(point), ring, point) for point in pair]
        for process in running:
            process.communicate(timeout=120)
        assert [process.returncode for process in running] == [-signal.SIGKILL] * len(pair)
    for folder in (tmp_path / str(point) for point in points):
        seen = lasting(folder) if folder.exists() else {}
        public = {path: body for path, body in seen.items() if not path.startswith(".")}
        publish_from(Plain(1), folder, keys, PUBLISHER)
        after = content_of(folder)
        assert unsigned(after) == wanted
        assert {path: after[path] for path in public} == public
        assert not list(findings(folder))


def _publish_apart(folder: Path, ring: Path, kill_at: int) -> subprocess.Popen:
    command = [sys.executable, "-m", "tests.statistics.publishing.killed", str(folder), str(ring), "1", str(kill_at)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_what_lay_ready_keeps_its_signature(tmp_path, keys):
    """A run that was killed after it had declared an entry ready: the next one moves it, and signs nothing anew."""
    whole, folder = tmp_path / "whole", tmp_path / "folder"
    publish_from(Plain(1), whole, keys, PUBLISHER)
    ready = folder / ".ready" / "2025-01"
    ready.mkdir(parents=True)
    for path in lasting(whole):
        target = ready / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((whole / path).read_bytes())
    assert publish_from(Plain(1), folder, keys, PUBLISHER) == []
    assert lasting(folder) == lasting(whole)
    assert not list(findings(folder))


def test_a_published_file_that_differs_is_never_overwritten(tmp_path, keys):
    publish_from(Plain(1), tmp_path, keys, PUBLISHER)
    taken = tmp_path / paths.year_stem("T1", "2025", "2025-02")
    taken.parent.mkdir(parents=True)
    taken.with_name("T1-2025.csv").write_text("somebody else's")
    with pytest.raises(FolderContradicts):
        publish_from(Plain(2), tmp_path, keys, PUBLISHER)
    assert taken.with_name("T1-2025.csv").read_text() == "somebody else's"
    assert [manifest.name for manifest in chain_of(tmp_path)] == ["2025-01"]


def test_a_database_from_before_a_cut_is_refused_until_it_has_adopted(tmp_path, keys):
    publish_from(Plain(2), tmp_path, keys, PUBLISHER)
    before = content_of(tmp_path)
    with pytest.raises(FolderAhead) as refusal:
        publish_from(Plain(1), tmp_path, keys, PUBLISHER)
    assert refusal.value.params == {"name": "2025-02"}
    assert content_of(tmp_path) == before


def test_two_runs_at_once_are_refused(tmp_path, keys):
    with alone(tmp_path), pytest.raises(FolderInUse):
        publish_from(Plain(1), tmp_path, keys, PUBLISHER)


def test_a_second_edition_joins_the_first_in_the_year_and_replaces_no_file(tmp_path, keys):
    publish_from(Plain(2), tmp_path, keys, PUBLISHER)
    before = lasting(tmp_path)
    assert publish_from(Plain(2, ("2025-01",)), tmp_path, keys, PUBLISHER) == ["2025-01-e2"]
    assert {path: lasting(tmp_path)[path] for path in before} == before
    year = (tmp_path / paths.year_stem("T1s", "2025", "2025-01-e2")).with_suffix(".csv").read_text().splitlines()
    periods = [(line.split(",")[1], line[-1]) for line in year[1::4]]
    assert periods == [("2025-01", "1"), ("2025-01", "2"), ("2025-02", "1")]
    assert not list(findings(tmp_path))


def test_a_withdrawal_is_an_entry_of_its_own_and_leaves_the_files_before_it_standing(tmp_path, keys):
    publish_from(Plain(2), tmp_path, keys, PUBLISHER)
    before = lasting(tmp_path)
    assert publish_from(Plain(2, withdrawn=("2025-02",)), tmp_path, keys, PUBLISHER) == ["2025-02-retirada"]
    assert {path: lasting(tmp_path)[path] for path in before} == before
    chain = chain_of(tmp_path)
    assert {file.path.split("/")[4] for file in standing_years(chain)} == {"2025-01"}
    assert {file.path for file in chain[-1].years} == {file.path for file in standing_years(chain)}
    assert "2025-02" in (tmp_path / "feed.atom").read_text().partition("<entry>")[2].partition("</entry>")[0]
    assert not list(findings(tmp_path))
    assert publish_from(Plain(3, withdrawn=("2025-02",)), tmp_path, keys, PUBLISHER) == ["2025-03"]
    assert not list(findings(tmp_path))


def test_the_chain_names_each_entry_before(site):
    chain = chain_of(site)
    assert [manifest.previous and manifest.previous.sha256 for manifest in chain] == [
        None,
        *(manifest.sha256 for manifest in chain[:-1]),
    ]


def test_a_mirror_is_the_same_site(site, tmp_path, keys):
    mirror(site, tmp_path / "mirror")
    assert content_of(tmp_path / "mirror") == content_of(site)
    mirror(site, tmp_path / "mirror")
    (tmp_path / "mirror/datos/v1/T1/2025/2025-01/T1-2025.csv").write_text("changed")
    with pytest.raises(FolderContradicts):
        mirror(site, tmp_path / "mirror")


def test_a_key_once_published_stays_in_the_key_set(tmp_path, keys):
    publish_from(Plain(1), tmp_path, keys, PUBLISHER)
    publish_from(Plain(2), tmp_path, KeyRing.generate(), PUBLISHER)
    assert keys.release_keys[0]["kid"] in (tmp_path / paths.JWKS).read_text()
    assert not list(findings(tmp_path))


def test_a_moved_service_keeps_the_ids_of_its_feed(tmp_path, keys):
    publish_from(Plain(1), tmp_path, keys, PUBLISHER)
    elsewhere = Publisher(name="Otra", contact="otra@example.org", url="https://otra.example")
    publish_from(Plain(2), tmp_path, keys, elsewhere)
    assert chain_of(tmp_path)[0].id == "tag:datos.example,2025-02-15:datos:2025-01"


def test_a_publisher_without_an_address_for_questions_is_refused():
    settings = Settings(_env_file=None, releases=Path("/srv/releases"))
    with pytest.raises(ContactMissing):
        publisher_of(settings)
    told = publisher_of(settings.with_changes(releases_contact="datos@fiscalia.example"))
    assert (told.name, told.contact) == ("Consulta", "datos@fiscalia.example")


def test_releases_are_named_by_the_address_at_which_they_stand():
    ours = Settings(_env_file=None, releases=Path("/srv/releases"), releases_contact="datos@fiscalia.example")
    told = publisher_of(ours.with_changes(public_url="https://consulta.example"))
    assert told.at("data.json") == "https://consulta.example/data.json"
    apart = publisher_of(
        ours.with_changes(public_url="https://consulta.example", releases_url="https://datos.example/")
    )
    assert apart.at("data.json") == "https://datos.example/data.json"
    assert apart.of_service("ayuda") == "https://consulta.example/ayuda"


def test_in_production_the_folder_is_named_so_that_every_command_finds_it():
    with pytest.raises(FolderUncertain):
        publisher_of(Settings(_env_file=None, releases_contact="datos@fiscalia.example"))
