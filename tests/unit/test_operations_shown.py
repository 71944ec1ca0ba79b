"""No operation without proof: each is done in the app on a real control plane, and taken back where that can be."""

from collections.abc import Iterator

import pytest

from kubegenie_tui.changes.operations.catalogue import OPERATIONS
from tests.cluster import test_operations_in_app

DESTRUCTIVE = {"drain"}
"""W3 by nature: the node is opened again, its pods do not come back."""
CANNOT = {
    "debug": "a container that was added to a pod stays until the pod ends",
    "evict": "who owns the pod has made another",
    "node-shell": "its pod is deleted again when the shell is left",
}
"""What nothing takes back, and why."""


def marked(name: str) -> set[str]:
    """Operations that the tests are marked with; `tests.cluster` holds each mark against what was done."""
    return {word for mark in _marks() for word in mark.kwargs.get(name, "").split()}


def _marks() -> Iterator[pytest.Mark]:
    for found in vars(test_operations_in_app).values():
        yield from (mark for mark in getattr(found, "pytestmark", ()) if mark.name == "operations")


def test_each_is_performed_in_the_app() -> None:
    assert {operation.id for operation in OPERATIONS} == marked("done")


def test_each_is_taken_back_unless_nothing_can() -> None:
    assert {operation.id for operation in OPERATIONS} - DESTRUCTIVE - CANNOT.keys() == marked("undone") - DESTRUCTIVE


def test_what_cannot_be_taken_back_is_told_so_in_the_app() -> None:
    assert marked("final") - marked("undone") == CANNOT.keys() - {"node-shell"}
