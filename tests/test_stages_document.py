"""docs/stages.md and its drawings are what the data says now."""

import runpy
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

DOCS = Path(__file__).resolve().parents[1] / "docs"
TEXTS: dict[str, str] = runpy.run_path(str(DOCS / "make_stages.py"))["texts"]()


@pytest.mark.parametrize("name", TEXTS)
def test_it_is_current(name: str) -> None:
    assert (DOCS / name).read_text("utf-8") == TEXTS[name], "run: python docs/make_stages.py"


@pytest.mark.parametrize(("model", "stages"), [("ap", 18), ("ci", 27)])
def test_a_drawing_has_every_stage_and_is_sound_xml(model: str, stages: int) -> None:
    drawing = ET.fromstring(TEXTS[f"images/stages-{model}.svg"])
    nodes = list(drawing.iter("{http://www.w3.org/2000/svg}rect"))
    assert len(nodes) == stages
