"""What the columns of a table's CSV file are. Data Package and CSVW tell it, each in its own words."""

from casestatus.statistics.rows import COLUMNS
from casestatus.statistics.tables import TABLES

DIMENSIONS = {
    "office": "oficina",
    "crime": "delito",
    "stage": "etapa",
    "outcome": "resultado",
    "days": "intervalo_dias",
}
INTEGERS = {"conteo", "conteo_medido", "ic95_inf", "ic95_sup", "edicion"}
YES, NO = "si", "no"
PERIOD = r"^[0-9]{4}-([0-9]{2}|T[1-4])$"
ALWAYS = set(COLUMNS) - {*DIMENSIONS.values(), "cobertura"}


def key_of(table: str) -> list[str]:
    """The columns that tell a table's rows apart."""
    return ["periodo", *_dimensions(table), "edicion"]


def always_filled(table: str) -> set[str]:
    """The columns that are empty in no row. An outcome is told of concluded cases only."""
    return ALWAYS | {*_dimensions(table)} - {"resultado"}


def _dimensions(table: str) -> list[str]:
    return [DIMENSIONS[dimension] for dimension in TABLES[table].dimensions]
