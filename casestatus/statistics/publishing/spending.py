"""The ledger as everybody may read it: `presupuesto.json`, what each draw cost and the bound over all of it."""

import json
from typing import Any

from casestatus.statistics.publishing.words import Told
from casestatus.statistics.rows import Ledger, Spent

STATEMENT = Told(
    "La cota es la suma, sobre tablas y ediciones, del máximo sobre los periodos de eventos/(2·sigma²): los sucesos "
    "de un caso nunca comparten casilla y cada uno cae en una sola casilla de cada tabla.",
    "The bound is the sum, over tables and editions, of the maximum over periods of events/(2·sigma²): a case's events "
    "never share a cell, and each lies in one cell of each table only.",
)


def spending(ledger: Ledger) -> bytes:
    """The file `presupuesto.json`."""
    document = {
        "definicion": "zCDP",
        "unidad": "un caso, con todo su linaje",
        "cota_rho": str(ledger.bound),
        "limite_rho": str(ledger.limit),
        "epsilon": [{"delta": delta, "epsilon": str(epsilon)} for delta, epsilon in ledger.epsilon],
        "explicacion": {"es": STATEMENT.es, "en": STATEMENT.en},
        "sorteos": [_draw(spent) for spent in ledger.spent],
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _draw(spent: Spent) -> dict[str, Any]:
    draw = spent.draw
    key = {"tabla": draw.table, "periodo": draw.period, "edicion": draw.edition}
    return key | {"eventos": spent.events, "sigma": spent.sigma, "rho": str(spent.rho)}
