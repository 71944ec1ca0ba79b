from typing import Any

import msgspec
import pytest

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.json_path import parse_path
from kubegenie_tui.domain.row import Row, Shape
from kubegenie_tui.domain.shapes.custom import CustomColumns

OBJECT: dict[str, Any] = {
    "metadata": {"name": "web", "labels": {"app.kubernetes.io/name": "web", "tier": "front"}, "generation": 3},
    "spec": {"nodeName": "node-1", "hostNetwork": True, "containers": [{"image": "a:1"}, {"image": "b:2"}]},
    "status": {"conditions": [{"type": "Ready", "status": "False"}, {"type": "Initialized", "status": "True"}]},
}
PATHS = {
    ".spec.nodeName": "node-1",
    "spec.nodeName": "node-1",
    "{.spec.nodeName}": "node-1",
    "$.metadata.generation": 3,
    ".spec.hostNetwork": "true",
    r".metadata.labels.app\.kubernetes\.io/name": "web",
    ".metadata.labels['app.kubernetes.io/name']": "web",
    '.metadata.labels["tier"]': "front",
    ".spec.containers[0].image": "a:1",
    ".spec.containers[-1].image": "b:2",
    ".spec.containers[9].image": None,
    ".spec.containers[*].image": "a:1,b:2",
    '.status.conditions[?(@.type=="Ready")].status': "False",
    ".status.conditions[?(@.type != 'Ready')].type": "Initialized",
    ".spec.nothing.there": None,
    ".spec.nodeName.there": None,
    ".spec.containers[0]": '{"image":"a:1"}',
    ".metadata.labels.*": "web,front",
}


@pytest.mark.parametrize(("text", "expected"), PATHS.items())
def test_paths(text: str, expected: object) -> None:
    assert parse_path(text).cell(OBJECT) == expected


def test_columns_are_read_while_decoding_and_say_the_same() -> None:
    columns = CustomColumns({f"column {number}": text for number, text in enumerate(PATHS)})
    data = msgspec.json.encode(OBJECT)
    assert columns.cells(data) == tuple(PATHS.values())
    assert columns.of_table_row()(msgspec.json.encode({"cells": [], "object": OBJECT})) == tuple(PATHS.values())
    assert columns.of_table()(msgspec.json.encode({"rows": [{"object": OBJECT}]})) == tuple(PATHS.values())


def test_a_path_to_a_whole_and_one_into_it() -> None:
    columns = CustomColumns({"a": ".metadata.labels.tier", "b": ".metadata.labels", "c": ".metadata.generation"})
    assert columns.cells(msgspec.json.encode(OBJECT)) == (
        "front",
        '{"app.kubernetes.io/name":"web","tier":"front"}',
        3,
    )


def test_an_object_that_is_not_as_expected_has_no_cells() -> None:
    columns = CustomColumns({"node": ".spec.nodeName", "image": ".spec.containers[0].image"})
    assert columns.cells(b'{"spec": "none"}') == (None, None)
    assert columns.of_table()(b'{"rows": []}') == (None, None)


def test_a_shape_keeps_its_own_columns() -> None:
    shape = Shape((), lambda data: Row("1", "", "web", 0, "1", ("own",)))
    own = CustomColumns({"node": ".spec.nodeName"}).shape(shape)
    assert own.decode(msgspec.json.encode(OBJECT)).cells == ("own", "node-1")
    assert [column.title for column in own.columns] == ["NODE"]


@pytest.mark.parametrize("text", ["", ".", ".spec[", "..name", ".spec[1:2]", ".items[?(@.a>1)]"])
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_path(text)


def test_a_part_is_one_value_unless_the_path_may_lead_to_several() -> None:
    assert parse_path("spec.containers[0]").part(OBJECT) == {"image": "a:1"}
    assert parse_path("spec.containers[*].image").part(OBJECT) == ["a:1", "b:2"]
    assert parse_path('status.conditions[?(@.type=="Ready")].status').part(OBJECT) == ["False"]
    assert parse_path("spec.nothing").part(OBJECT) is None
    assert parse_path("spec.nothing").values(OBJECT) == []
