"""`release verify` says in words what is wrong, and finds every change of a single byte."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from casestatus.crypto import KeyRing
from casestatus.statistics.publishing import paths
from casestatus.statistics.publishing.folder import chain_of, point_to_newest
from casestatus.statistics.publishing.manifest import Drawn, Manifest, NotAManifest
from casestatus.statistics.publishing.publish import publish_from
from casestatus.statistics.publishing.signing import key_set
from casestatus.statistics.publishing.verifying import findings
from tests.statistics.publishing.conftest import MONTHS, PUBLISHER
from tests.statistics.publishing.synthetic import Plain

FIRST = paths.in_entry("2025-01", "")
YEAR = paths.year_stem("T1", "2025", "2025-02")


@pytest.fixture
def folder(site: Path, tmp_path: Path) -> Path:
    """A copy to damage."""
    return shutil.copytree(site, tmp_path / "releases")


def test_a_whole_folder_has_no_findings(site):
    assert list(findings(site)) == []


def test_it_works_on_the_folder_alone_with_only_the_keys_known_from_elsewhere(folder, keys):
    (folder / paths.JWKS).unlink()
    assert list(findings(folder, key_set(keys))) == []
    assert list(findings(folder)) == ["the public keys are missing or can't be read, so no signature can be checked"]


def test_other_public_keys_verify_nothing(site):
    told = list(findings(site, key_set(KeyRing.generate())))
    assert len(told) == MONTHS
    assert all("isn't among the public keys" in each for each in told)


def changed(path: Path) -> None:
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 1
    path.write_bytes(body)


def lengthened(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b" ")


DAMAGE: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "a changed file": (changed, f"{YEAR}.json", f"{YEAR}.json was changed"),
    "a missing file": (Path.unlink, f"{YEAR}.parquet", f"{YEAR}.parquet is missing"),
    "a changed manifest": (changed, f"{FIRST}manifest.json", "2025-01"),
    "a lengthened manifest": (lengthened, f"{FIRST}manifest.json", "is no manifest, or was changed"),
    "a missing signature": (Path.unlink, f"{FIRST}manifest.json.jws", "2025-01 is not signed"),
    "a missing manifest": (Path.unlink, f"{FIRST}manifest.json", "2025-02 is outside the chain"),
    "a changed copy": (changed, "catalog.jsonld", "catalog.jsonld is not the one of"),
    "an old pointer": (Path.unlink, paths.POINTER, "latest.json doesn't name"),
    "a stranger's file": (lambda path: path.write_text("x"), "datos/v1/x.csv", "datos/v1/x.csv stands in no manifest"),
    "an interrupted cut": (lambda path: path.mkdir(parents=True), ".ready/2025-99", "a cut was interrupted"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_told_in_words(folder, damage):
    harm, path, words = DAMAGE[damage]
    harm(folder / path)
    assert any(words in told for told in findings(folder)), list(findings(folder))


def test_an_empty_folder_is_told(tmp_path):
    assert list(findings(tmp_path)) == ["there is no release here"]


def test_a_signature_of_one_release_is_none_of_another(folder):
    one, other = (folder / paths.in_entry(name, paths.SIGNATURE) for name in ("2025-01", "2025-02"))
    other.write_bytes(one.read_bytes())
    assert "the signature of 2025-02 doesn't hold: the signature doesn't belong to these bytes" in findings(folder)


def forged(folder: Path, keys: KeyRing, change: Callable[[Manifest], Manifest]) -> None:
    """The newest manifest, changed and signed again by somebody who has the key."""
    manifest = change(chain_of(folder)[-1])
    own = folder / paths.entry_folder(manifest.name)
    (own / paths.MANIFEST).write_bytes(manifest.content)
    (own / paths.SIGNATURE).write_text(keys.sign_release(manifest.content))
    point_to_newest(folder)


def test_a_cell_drawn_twice_is_told_even_when_it_is_signed(folder, keys):
    again = Drawn(table="T1", period="2025-01", edition=1, events=1, sigma=2)
    forged(folder, keys, lambda manifest: manifest.model_copy(update={"draws": (*manifest.draws, again)}))
    assert list(findings(folder)) == ["T1 2025-01 edition 1 was drawn 2 times"]


def test_less_noise_and_a_wrong_bound_are_told_even_when_they_are_signed(folder, keys):
    def loud(manifest: Manifest) -> Manifest:
        draws = [each.model_copy(update={"sigma": 1}) if each.table == "T1" else each for each in manifest.draws]
        return manifest.model_copy(update={"draws": tuple(draws)})

    forged(folder, keys, loud)
    told = list(findings(folder))
    assert any("was drawn with less noise than before" in each for each in told)
    assert any("more than the limit 1.10" in each for each in told)
    assert any("doesn't tell the bound that its draws make" in each for each in told)


def test_rows_that_a_later_year_tells_otherwise_are_told_even_when_they_are_signed(tmp_path, keys):
    class Restated(Plain):
        """Tells the first month's cells anew in the second release."""

        def rows_of_draw(self, draw):
            rows = super().rows_of_draw(draw)
            return reversed(list(rows)) if self.months == 2 and draw.period == "2025-01" else rows

    publish_from(Restated(1), tmp_path, keys, PUBLISHER)
    publish_from(Restated(2), tmp_path, keys, PUBLISHER)
    told = list(findings(tmp_path))
    assert f"{YEAR}.csv doesn't hold the rows of its periods as they were published" in told


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "a/../../b", "", "a\\b", "./a", "a//b"])
def test_a_manifest_that_points_outside_the_folder_is_none(site, path):
    content = json.loads((site / paths.in_entry("2025-01", paths.MANIFEST)).read_bytes())
    content["files"][0]["path"] = path
    with pytest.raises(NotAManifest):
        Manifest.read(json.dumps(content).encode())
