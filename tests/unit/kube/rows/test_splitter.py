"""Lists and lines are cut as they would be parsed, whatever the pieces they arrive in."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kubegenie_tui.domain.errors import ServerFailed
from kubegenie_tui.kube.rows import splitter
from kubegenie_tui.kube.rows.splitter import Joiner, LineSplitter, ListSplitter

LOOK_ALIKES = ('},{"metadata":{', '{"metadata":{"name":"', '"items":[', "]}", '"', "\\", "},{", 'é"items":[{')
TEXT = st.one_of(st.sampled_from(LOOK_ALIKES), st.text(max_size=8))
KEYS = st.one_of(st.sampled_from(["metadata", "items", "rows", "cells", "kind", "apiVersion", "spec"]), TEXT)
VALUES = st.recursive(
    st.one_of(TEXT, st.integers(), st.booleans(), st.none()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(KEYS, inner, max_size=3),
        st.lists(st.fixed_dictionaries({"metadata": st.dictionaries(KEYS, inner, max_size=2)}), max_size=3),
    ),
    max_leaves=12,
)
METADATA = st.dictionaries(TEXT, VALUES, max_size=3)
PLAIN = st.builds(lambda meta, spec: {"metadata": meta, "spec": spec}, METADATA, VALUES)
NAMED = st.builds(lambda rest: {"apiVersion": "example.com/v1", "kind": "Thing", **rest}, PLAIN)
KIND_FIRST = st.builds(lambda rest: {"kind": "Thing", "apiVersion": "example.com/v1", **rest}, PLAIN)
ROWS = st.builds(lambda cells, meta: {"cells": cells, "object": {"metadata": meta}}, st.lists(VALUES), METADATA)
HEAD = {"kind": "ThingList", "apiVersion": "v1", "metadata": {"resourceVersion": "7"}}
TABLE = {"kind": "Table", "metadata": {"resourceVersion": "7"}, "columnDefinitions": [{"name": "Name"}]}
LISTS = st.one_of(
    *(
        st.builds(lambda items: {**HEAD, "items": items}, st.lists(one, max_size=6))
        for one in (PLAIN, NAMED, KIND_FIRST)
    ),
    st.builds(lambda items: {**HEAD, "items": items}, st.lists(st.one_of(PLAIN, NAMED), max_size=6)),
    st.builds(lambda rows: {**TABLE, "rows": rows}, st.lists(ROWS, max_size=6)),
    st.just({**HEAD, "items": None}),
)
NOTED = ("f:spec", 'k:{"name":"app"}', "v:[a]", ']},"spec":{', 'x"]},"spec":{', "f:a]},", ',"managedFields":[', "]")
FIELDS: st.SearchStrategy[Any] = st.recursive(
    st.just({}),
    lambda inner: st.dictionaries(st.one_of(st.sampled_from(NOTED), TEXT), inner, max_size=3),
    max_leaves=8,
)
MANAGED = st.lists(st.builds(lambda who, fields: {"manager": who, "fieldsV1": fields}, TEXT, FIELDS), max_size=3)
MANAGED_OBJECTS = st.builds(
    lambda notes, managed, rest: {"metadata": {"annotations": notes, "managedFields": managed}, **rest},
    st.dictionaries(st.one_of(st.sampled_from(NOTED), TEXT), st.one_of(st.sampled_from(NOTED), TEXT), max_size=3),
    MANAGED,
    st.dictionaries(st.sampled_from(["spec", "status", "data", "Odd"]), VALUES, max_size=3),
)
SIZES = st.lists(st.integers(1, 40), min_size=1, max_size=8)


def compact(value: Any, *, ascii_only: bool = False) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=ascii_only).encode()


def chunks(body: bytes, sizes: list[int]) -> list[bytes]:
    found, at, turn = [], 0, 0
    while at < len(body):
        size = sizes[turn % len(sizes)]
        found.append(body[at : at + size])
        at, turn = at + size, turn + 1
    return found


class Reading:
    """A list being read."""

    def __init__(self) -> None:
        self.splitter = ListSplitter()
        self.bad: list[bytes] = []
        self.items: list[Any] = []
        self._joiner: Joiner[Any] = Joiner(msgspec.json.decode, lambda piece: self.bad.append(bytes(piece)))

    def read(self, parts: list[bytes]) -> "Reading":
        for part in parts:
            self.items += self._joiner.take(self.splitter.feed(part))
        self.items += self._joiner.take(self.splitter.finish())
        self._joiner.finish()
        return self


@given(LISTS, SIZES, st.booleans(), st.sampled_from([b"", b"\n"]))
@example({**HEAD, "items": [{"metadata": {}, "spec": [{"metadata": {}}, {"metadata": {}}]}]}, [1], False, b"\n")
def test_a_list_in_any_chunks_equals_the_list_parsed(
    value: dict[str, Any], sizes: list[int], ascii_only: bool, end: bytes
) -> None:
    body = compact(value, ascii_only=ascii_only) + end
    reading = Reading().read(chunks(body, sizes))
    assert reading.items == (value.get("items") or value.get("rows") or [])
    assert reading.bad == []
    assert json.loads(reading.splitter.head)["metadata"] == {"resourceVersion": "7"}


@settings(max_examples=50)
@given(LISTS, SIZES, st.data())
def test_a_list_that_breaks_off_is_never_taken_for_complete(
    value: dict[str, Any], sizes: list[int], data: st.DataObject
) -> None:
    body = compact(value)
    cut = data.draw(st.integers(0, len(body) - 1))
    with pytest.raises(ServerFailed):
        Reading().read(chunks(body[:cut], sizes))


@settings(max_examples=30)
@given(LISTS, SIZES)
def test_a_pretty_printed_list_is_read_whole(value: dict[str, Any], sizes: list[int]) -> None:
    body = json.dumps(value, indent=2, ensure_ascii=False).encode()
    assert Reading().read(chunks(body, sizes)).items == (value.get("items") or value.get("rows") or [])


def test_a_damaged_item_is_reported_and_the_others_are_kept() -> None:
    good = b'{"metadata":{"name":"a"}}'
    body = compact(HEAD)[:-1] + b',"items":[' + good + b',{"metadata":{"name":nonsense}},' + good + b"]}"
    reading = Reading().read([body])
    assert reading.items == [{"metadata": {"name": "a"}}] * 2
    assert reading.bad == [b'{"metadata":{"name":nonsense}}']


@pytest.mark.parametrize("body", [b"", b"nonsense", b"{}", b"[]", b'{"kind":"Status"}', b"<html></html>"])
def test_what_is_not_a_list_is_an_error(body: bytes) -> None:
    with pytest.raises(ServerFailed):
        Reading().read([body] if body else [])


def test_an_item_that_never_ends_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(splitter, "LARGEST_ITEM", 10_000)
    endless = compact(HEAD)[:-1] + b',"items":[{"metadata":{"name":"' + b"x" * 20_000
    with pytest.raises(ServerFailed, match="larger"):
        Reading().read(chunks(endless, [1000]))


@given(st.lists(VALUES, max_size=8), SIZES)
def test_lines_in_any_chunks(values: list[Any], sizes: list[int]) -> None:
    lines = LineSplitter()
    body = b"".join(compact(value) + b"\n" for value in values)
    found = [json.loads(bytes(line)) for part in chunks(body, sizes) for line in lines.feed(part)]
    assert found == values


def test_empty_lines_and_an_unfinished_one_are_no_lines() -> None:
    lines = LineSplitter()
    assert [bytes(line) for line in lines.feed(b"\n\n{}\n\n{")] == [b"{}"]


def test_a_line_that_never_ends_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(splitter, "LARGEST_ITEM", 10_000)
    lines = LineSplitter()
    with pytest.raises(ServerFailed, match="larger"):
        [list(lines.feed(b"x" * 1000)) for _ in range(20)]


@settings(max_examples=100)
@given(st.lists(MANAGED_OBJECTS, min_size=1, max_size=4), SIZES)
def test_a_line_loses_nothing_but_its_managed_fields(objects: list[dict[str, Any]], sizes: list[int]) -> None:
    lines, found = LineSplitter(), []
    for chunk in chunks(b"".join(compact(each) + b"\n" for each in objects), sizes):
        found += [json.loads(bytes(line)) for line in lines.feed(chunk)]
    assert len(found) == len(objects)
    for line, original in zip(found, objects, strict=True):
        line["metadata"].setdefault("managedFields", original["metadata"]["managedFields"])
        assert line == original


def test_managed_fields_as_servers_write_them_are_left_out() -> None:
    managed = [{"manager": "kubelet", "fieldsV1": {"f:status": {'k:{"type":"Ready"}': {".": {}}}}}] * 2
    pod = {"metadata": {"name": "a", "managedFields": managed}, "spec": {"containers": [{"name": "app"}]}}
    (line,) = LineSplitter().feed(compact(pod) + b"\n")
    assert json.loads(bytes(line)) == {**pod, "metadata": {"name": "a"}}
