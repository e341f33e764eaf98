"""What is derived comes from noised cells alone, and says its interval."""

import csv
import io

from casestatus.statistics.publishing import paths
from casestatus.statistics.publishing.derived import derived_tables
from casestatus.statistics.publishing.publish import publish_from
from casestatus.statistics.publishing.verifying import findings
from casestatus.statistics.rows import Draw
from tests.statistics.publishing.conftest import PUBLISHER
from tests.statistics.publishing.synthetic import Plain

SINCE_2026 = [Draw(table=table, period="2026-01", edition=1) for table in ("T1", "T4")]


def read(body):
    return list(csv.DictReader(io.StringIO(body.decode())))


def test_months_since_2026_are_told_in_the_crimes_of_2015_too():
    source = Plain(1)
    told = dict(derived_tables([*SINCE_2026, Draw(table="T1", period="2025-12", edition=1)], source.rows_of_draw))
    assert sorted(told) == ["T1-clasificacion-2015.csv", "T4-clasificacion-2015.csv"]
    rows = read(told["T4-clasificacion-2015.csv"])
    assert {row["delito"] for row in rows} == {
        "sesnsp2015.homicidio-doloso", "sesnsp2015.robo-a-negocio", "alta_sensibilidad",
    }  # fmt: skip
    assert {row["periodo"] for table in told.values() for row in read(table)} == {"2026-01"}
    summed = {name: sum(int(row["conteo_medido"]) for row in read(body)) for name, body in told.items()}
    for draw in SINCE_2026:
        cells = sum(row.measured for row in source.rows_of_draw(draw))
        assert summed[f"{draw.table}-clasificacion-2015.csv"] == cells


def test_times_are_told_where_enough_cases_left(tmp_path, keys):
    publish_from(Plain(3), tmp_path, keys, PUBLISHER)
    path = tmp_path / paths.in_entry("2025-03", "tiempos-en-etapa.csv")
    rows = read(path.read_bytes())
    medians = [row for row in rows if row["medida"] == "mediana"]
    assert medians
    assert all(int(row["salidas_medidas"]) >= 50 for row in rows)
    assert all(float(row["ic95_inf"]) <= float(row["valor"]) <= float(row["ic95_sup"]) for row in rows)
    assert len(rows) == 10 * len(medians)  # three quartiles and seven shares
    assert not (tmp_path / paths.in_entry("2025-02", "tiempos-en-etapa.csv")).exists()
    assert not list(findings(tmp_path))
