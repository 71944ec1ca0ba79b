"""No operation without proof: each is done in the app on a real control plane, and taken back where that can be."""

from collections.abc import Iterable, Iterator
from types import ModuleType

import pytest

from kubegenie_tui.changes.operations.catalogue import OPERATIONS
from tests.cluster import (
    test_change_screens,
    test_custom_objects_in_app,
    test_helm_in_app,
    test_new_objects,
    test_nodes_in_app,
    test_operations_in_app,
    test_others_in_app,
    test_streams_in_app,
)

DESTRUCTIVE = {"drain"}
"""W3 by nature: the node is opened again, its pods do not come back."""
CANNOT = {
    "debug": "a container that was added to a pod stays until the pod ends",
    "evict": "who owns the pod has made another",
    "restart-pod": "who owns the pod has made another",
    "node-shell": "its pod is deleted again when the shell is left",
    "approve": "OLM has begun to install what was approved",
}
"""What nothing takes back, and why."""
OTHERS = {
    *("template", "paste", "file", "edit", "own-editor", "secret", "custom"),
    *("shell", "attach", "copy-in", "copy-out", "forward"),
    *("helm-install", "helm-upgrade", "helm-rollback", "helm-uninstall"),
}
"""What a person changes otherwise than by an operation of the catalogue."""
_GONE = "who was in the pod has done what they did"
_NOT_SHOWN = "nothing is shown that could have changed meanwhile"
_BY_GATE = "held by the gate's own tests, in tests/cluster/test_helm_program.py"
WITHOUT = {
    "underneath": {
        **dict.fromkeys(("shell", "attach", "copy-in", "copy-out", "forward"), _NOT_SHOWN),
        **dict.fromkeys(("helm-install", "helm-upgrade"), _BY_GATE),
    },
    "undone": {
        **dict.fromkeys(("shell", "attach", "copy-in", "copy-out"), _GONE),
        **dict.fromkeys(("helm-install", "helm-upgrade"), "helm rolls it back, or uninstalls it"),
        **dict.fromkeys(("helm-rollback", "helm-uninstall"), "W3: values in Secrets of helm are not kept"),
        "secret": "W3: the values of a Secret are not kept",
    },
}
"""What is not shown of some of them, and why."""
OF_OTHERS = (
    *(test_change_screens, test_custom_objects_in_app, test_helm_in_app),
    *(test_new_objects, test_others_in_app, test_streams_in_app),
)


def marked(name: str, mark: str = "operations", *modules: ModuleType) -> set[str]:
    """What the tests are marked with; `tests.cluster` holds each mark of an operation against what was done."""
    found = _marks(mark, modules or (test_operations_in_app, test_nodes_in_app))
    return {word for each in found for word in each.kwargs.get(name, "").split()}


def _marks(name: str, modules: Iterable[ModuleType]) -> Iterator[pytest.Mark]:
    for module in modules:
        for found in vars(module).values():
            yield from (mark for mark in getattr(found, "pytestmark", ()) if mark.name == name)


def test_each_is_performed_in_the_app() -> None:
    assert {operation.id for operation in OPERATIONS} == marked("done")


def test_each_is_taken_back_unless_nothing_can() -> None:
    assert {operation.id for operation in OPERATIONS} - DESTRUCTIVE - CANNOT.keys() == marked("undone") - DESTRUCTIVE


def test_what_cannot_be_taken_back_is_told_so_in_the_app() -> None:
    assert marked("final") - marked("undone") == CANNOT.keys() - {"node-shell"}


@pytest.mark.parametrize("what", ["done", "refused", "underneath", "undone"])
def test_each_other_change_is_shown_on_a_real_control_plane(what: str) -> None:
    assert marked(what, "others", *OF_OTHERS) == OTHERS - WITHOUT.get(what, {}).keys()
