"""What an object may be, by the definition of its kind."""

from typing import Any

import pytest

from kubegenie_tui.domain.definition import kinds_defined, structure_defined
from kubegenie_tui.domain.structure import faults_of

STRUCTURE: dict[str, Any] = {
    "type": "object",
    "required": ["spec"],
    "properties": {
        "spec": {
            "type": "object",
            "required": ["size", "colour"],
            "properties": {
                "size": {"type": "integer", "minimum": 1, "maximum": 9},
                "colour": {"type": "string", "enum": ["red", "blue"], "default": "red"},
                "ratio": {"type": "number"},
                "port": {"x-kubernetes-int-or-string": True},
                "parts": {"type": "array", "maxItems": 2, "items": {"type": "string", "minLength": 2}},
                "labels": {"type": "object", "additionalProperties": {"type": "string"}},
                "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
                "pod": {"type": "object", "x-kubernetes-embedded-resource": True},
                "when": {"type": "string", "nullable": True},
            },
        }
    },
}


def faults(**spec: Any) -> list[str]:
    made = {"apiVersion": "a/v1", "kind": "B", "metadata": {"name": "x", "annotations": {"a": "b"}}, "spec": spec}
    return [str(fault) for fault in faults_of(made, STRUCTURE)]


def test_what_is_as_it_should_be() -> None:
    assert faults(
        size=2, ratio=1, port="http", parts=["ab"], labels={"a": "b"}, free={"x": 1}, pod={"kind": "Pod"}, when=None
    ) == []  # fmt: skip
    assert faults(size=2.0, port=80) == []


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ({}, "spec.size: must be there"),
        ({"size": "2"}, "spec.size: must be a whole number"),
        ({"size": True}, "spec.size: must be a whole number"),
        ({"size": 1.5}, "spec.size: must be a whole number"),
        ({"size": 10}, "spec.size: is 10, the most is 9"),
        ({"size": 0}, "spec.size: is 0, the least is 1"),
        ({"size": 2, "colour": "green"}, "spec.colour: must be one of red, blue"),
        ({"size": 2, "port": True}, "spec.port: must be a whole number or text"),
        ({"size": 2, "parts": "ab"}, "spec.parts: must be a list"),
        ({"size": 2, "parts": ["ab", "a"]}, "spec.parts[1]: has 1, the least is 2"),
        ({"size": 2, "parts": ["ab", "cd", "ef"]}, "spec.parts: has 3, the most is 2"),
        ({"size": 2, "labels": {"a": 1}}, "spec.labels.a: must be text"),
        ({"size": 2, "sise": 2}, "spec.sise: is no field of this kind"),
    ],
)
def test_what_is_not(spec: dict[str, Any], told: str) -> None:
    assert faults(**spec) == [told]


def test_the_top_of_an_object_is_looked_at_and_its_metadata_is_not() -> None:
    made = {"apiVersion": "a/v1", "kind": "B", "metadata": {"labels": 5}, "specs": {}}
    assert [str(fault) for fault in faults_of(made, STRUCTURE)] == [
        "spec: must be there",
        "specs: is no field of this kind",
    ]


def test_nothing_is_known_without_a_structure() -> None:
    assert list(faults_of({"kind": "B", "anything": 1}, {})) == []


def test_what_a_definition_defines() -> None:
    versions = [
        {"name": "v1", "served": True, "schema": {"openAPIV3Schema": STRUCTURE}},
        {"name": "v1alpha1", "served": False},
    ]
    names = {"plural": "gears", "kind": "Gear", "shortNames": ["gr"]}
    made = {"spec": {"group": "a.example", "scope": "Cluster", "names": names, "versions": versions}}
    (kind,) = kinds_defined(made)
    assert (kind.id, kind.api_version, kind.namespaced) == ("gears.a.example", "a.example/v1", False)
    assert structure_defined(made, "v1") == STRUCTURE
    assert structure_defined(made, "v2") == {}
    assert kinds_defined({"spec": {}}) == []
