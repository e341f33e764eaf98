"""JSON bodies are read strictly, on every route that takes one."""

import pytest
from fastapi.testclient import TestClient

from casestatus.errors import Unprocessable
from casestatus.web.errors import BodyRefused
from casestatus.web.json_bodies import DEEPEST, read_json
from tests.factories import World, update_content
from tests.web.conftest import OfficeSystem


def nested(levels: int) -> bytes:
    return b'{"a":' * levels + b"1" + b"}" * levels


@pytest.mark.parametrize(
    "body", [b'{"a": [1, null]}', b'\xef\xbb\xbf{"a": 1}', '{"a": "ñ"}'.encode(), nested(DEEPEST - 1)]
)
def test_json_in_utf8_is_read(body: bytes) -> None:
    assert list(read_json(body)) == ["a"]


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (b"{", "body"),
        (b'{"a": "\xff"}', "body"),
        ('{"a": 1}'.encode("utf-16"), "body"),
        (b'{"a": NaN}', "body"),
        (b'{"a": -Infinity}', "body"),
        (b'{"a": ' + b"9" * 5000 + b"}", "body"),
        (b'{"a": 1} {}', "body"),
        (b'{"\\ud800": 1, "\\ud800": 2}', "body"),
        (b"[" * 60_000, "body"),
        (nested(DEEPEST), "body"),
        (nested(300), "body"),
        (b'{"stage": "CI01", "stage": "CI06"}', "stage"),
        (b'{"details": {"how": "a", "how": "a"}}', "how"),
    ],
)
def test_what_two_readers_could_understand_in_two_ways_is_refused_by_name(body: bytes, named: str) -> None:
    with pytest.raises(BodyRefused) as refused:
        read_json(body)
    problem = refused.value.problem
    assert isinstance(problem, Unprocessable)
    assert [field.field for field in problem.fields] == [named]


def test_every_route_that_takes_json_reads_it_so(web: TestClient) -> None:
    paths = web.get("/openapi.json").json()["paths"]
    taking = [
        (method, path)
        for path, methods in paths.items()
        for method, told in methods.items()
        if "application/json" in told.get("requestBody", {}).get("content", {})
    ]
    assert len(taking) > 5
    unused = "00000000-0000-7000-8000-000000000000"
    for method, path in taking:
        address = path.replace("{victim_id}", unused).replace("{contact_id}", unused).replace("{case_id}", unused)
        headers = {"Content-Type": "application/json"}
        answer = web.request(method, address, content=b'{"twice": 1, "twice": 2}', headers=headers)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "twice"), path


def test_details_as_deep_as_a_reader_s_stack_are_no_failure(office_system: OfficeSystem, world: World) -> None:
    deep: object = 1
    for _ in range(300):
        deep = {"a": deep}
    answer = office_system.post("/updates", update_content("u1", "CI01", today=world.today) | {"details": deep})
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
