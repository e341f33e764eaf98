"""What is read back from the folder is what was published, and nothing that this ring didn't sign."""

import pytest

from casestatus.crypto import KeyRing
from casestatus.statistics.publishing import paths
from casestatus.statistics.publishing.folder import FolderContradicts
from casestatus.statistics.publishing.publish import publish_from
from casestatus.statistics.publishing.reading_back import published
from tests.statistics.publishing.conftest import MONTHS, PUBLISHER
from tests.statistics.publishing.synthetic import CODES, Plain


def test_releases_codes_and_rows_come_back_as_they_were(site, keys):
    source = Plain(MONTHS)
    read = published(site, keys)
    assert [each.release for each in read] == source.releases()
    assert all(each.codes == CODES for each in read)
    for each in read:
        for draw in each.release.draws:
            assert list(each.rows_of(draw)) == list(source.rows_of_draw(draw))


def test_a_withdrawal_comes_back_with_its_reason(tmp_path, keys):
    source = Plain(2, withdrawn=("2025-01",))
    publish_from(source, tmp_path, keys, PUBLISHER)
    assert [each.release for each in published(tmp_path, keys)] == source.releases()


def test_a_folder_that_is_not_there_holds_nothing(tmp_path, keys):
    assert published(tmp_path / "releases", keys) == []


def test_what_another_ring_signed_is_not_believed(site):
    with pytest.raises(FolderContradicts):
        published(site, KeyRing.generate())


def test_a_changed_row_is_not_believed(tmp_path, keys):
    publish_from(Plain(1), tmp_path, keys, PUBLISHER)
    (each,) = published(tmp_path, keys)
    draw = each.release.draws[0]
    path = tmp_path / f"{paths.draw_stem(draw)}.csv"
    path.write_text(path.read_text().replace(",si,", ",no,", 1))
    with pytest.raises(FolderContradicts):
        next(each.rows_of(draw))
