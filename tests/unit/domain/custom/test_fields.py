from typing import Any

import pytest

from kubegenie_tui.domain.custom.fields import DEEPEST, Field, fields_of
from kubegenie_tui.domain.custom.linking import structure_in
from kubegenie_tui.domain.custom.telling import field_rows
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.structure import faults_of

PART = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "pattern": "^[a-z]+$", "maxLength": 8, "description": "What it\nis called."},
        "kind": {"type": "string", "enum": ["Big", "Small"], "default": "Small"},
    },
    "x-kubernetes-validations": [{"rule": "has(self.name)", "message": "name it"}, {"rule": "true"}],
}
STRUCTURE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "spec": {
            "type": "object",
            "properties": {
                "parts": {"type": "array", "items": PART},
                "byName": {"type": "object", "additionalProperties": PART},
                "port": {"x-kubernetes-int-or-string": True},
                "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
            },
        }
    },
}


def by_path(structure: dict[str, Any] = STRUCTURE) -> dict[str, Field]:
    return {field.path: field for field in fields_of(structure)}


def test_paths_go_through_lists_and_maps() -> None:
    assert list(by_path()) == [
        "spec",
        "spec.byName",
        "spec.byName.*.kind",
        "spec.byName.*.name",
        "spec.free",
        "spec.parts",
        "spec.parts[].kind",
        "spec.parts[].name",
        "spec.port",
    ]


def test_types_defaults_choices_bounds_and_rules() -> None:
    fields = by_path()
    assert fields["spec.parts"].type == "[]object"
    assert fields["spec.byName"].type == "map[string]object"
    assert fields["spec.port"].type == "integer or string"
    assert fields["spec.free"].type == "anything"
    assert fields["spec.parts[].kind"].help == "string, default Small, one of Big, Small"
    name = fields["spec.parts[].name"]
    assert name.help == "string, required, at most 8 characters, like ^[a-z]+$ · What it is called."


@pytest.mark.parametrize("bound", ["minLength", "minItems", "minProperties"])
def test_what_may_not_be_empty_is_said_in_words(bound: str) -> None:
    structure = {"properties": {"one": {"type": "string", bound: 1}, "two": {"type": "string", bound: 2}}}
    one, two = fields_of(structure)
    assert (one.bounds, two.bounds[0].startswith("at least 2 ")) == (("not empty",), True)


def test_rules_are_told_in_their_words_else_as_they_are() -> None:
    (field,) = fields_of({"properties": {"part": PART}}, lambda path: False)
    assert field.rules == ("name it", "true")
    assert field.below


def test_only_what_is_unfolded_is_walked() -> None:
    shown = list(fields_of(STRUCTURE, lambda path: path == "spec"))
    assert [field.name for field in shown] == ["spec", "byName", "free", "parts", "port"]
    cells = [str(row.cells[0]) for row in field_rows(shown, frozenset({"spec"}))]
    assert cells == ["▾ spec", "  ▸ byName", "    free", "  ▸ parts", "    port"]


DOCUMENT: dict[str, Any] = {
    "io.k8s.api.x.v1.Tree": {
        "type": "object",
        "x-kubernetes-group-version-kind": [{"group": "x", "version": "v1", "kind": "Tree"}],
        "required": ["root"],
        "properties": {
            "root": {
                "allOf": [{"$ref": "#/components/schemas/io.k8s.api.x.v1.Node"}],
                "default": {},
                "description": "Where it begins.",
            },
            "extra": {"type": "object"},
        },
    },
    "io.k8s.api.x.v1.Node": {
        "type": "object",
        "description": "A node.",
        "required": ["name"],
        "properties": {
            "name": {"type": "string", "default": ""},
            "children": {"type": "array", "items": {"$ref": "#/components/schemas/io.k8s.api.x.v1.Node"}},
        },
    },
}
TREES = Kind("x", "v1", "trees", "Tree")


def test_references_are_followed_even_to_themselves() -> None:
    import copy

    structure = structure_in(copy.deepcopy(DOCUMENT), TREES)
    fields = by_path(structure)
    assert fields["root"].description == "Where it begins."
    assert fields["root"].default == ""  # Go's zero value is none
    assert "root.children[].name" in fields
    assert max(field.depth for field in fields.values()) < DEEPEST
    tree = {"root": {"name": "a", "children": [{"children": [{"name": 3}]}]}, "extra": {"any": 1}, "more": 1}
    assert sorted(map(str, faults_of(tree, structure))) == [
        "more: is no field of this kind",
        "root.children[0].children[0].name: must be text",
        "root.children[0].name: must be there",
    ]


def test_a_kind_that_the_document_has_not() -> None:
    assert structure_in({}, TREES) == {}
