"""The catalogues against what their makers publish: we may not pass it on, so this runs when it is asked for by name.

DCAT_US_SCHEMAS is the folder `jsonschema` of github.com/GSA/dcat-us, DCAT_AP_SHAPES the file `dcat-ap-SHACL.ttl` of
github.com/SEMICeu/DCAT-AP (releases/3.0.0/shacl); the second needs `pip install pyshacl`, too.
"""

import json
import os
import warnings
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from tests.statistics.publishing.test_validators import graph_of, releases_of


def validator_of(folder: Path) -> Draft202012Validator:
    """DCAT-US 3's catalogue, with every definition that it refers to."""
    definitions: list[dict[str, Any]] = [
        json.loads(path.read_text("utf-8")) for path in folder.rglob("*.json") if _is_schema(path)
    ]
    registry = Registry().with_resources((each["$id"], Resource.from_contents(each)) for each in definitions)
    catalog = json.loads((folder / "Catalog.json").read_text("utf-8"))
    return Draft202012Validator(catalog, registry=registry, format_checker=Draft202012Validator.FORMAT_CHECKER)


def _is_schema(path: Path) -> bool:
    return path.name == "Catalog.json" or path.parent.name == "definitions"


def test_data_json_is_valid_by_the_official_schema(site: Path) -> None:
    validator = validator_of(Path(os.environ["DCAT_US_SCHEMAS"]))
    for folder in releases_of(site):
        document = json.loads((folder / "data.json").read_text("utf-8"))
        assert [error.message for error in validator.iter_errors(document)] == []
        del document["dataset"][0]["title"]
        assert list(validator.iter_errors(document))


def test_the_catalogue_conforms_to_the_shapes_of_dcat_ap(site: Path) -> None:
    import pyshacl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # pyshacl's use of rdflib
        conforms, _, told = pyshacl.validate(
            graph_of(site / "catalog.jsonld"), shacl_graph=os.environ["DCAT_AP_SHAPES"]
        )
    assert conforms, told
