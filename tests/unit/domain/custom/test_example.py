import re
from typing import Any

import pytest

from kubegenie_tui.domain.custom.asked import fields_asked
from kubegenie_tui.domain.custom.example import example_of
from kubegenie_tui.domain.custom.pattern_text import text_like
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.structure import faults_of

GEARS = Kind("parts.example", "v1", "gears", "Gear")


def spec_of(schema: dict[str, Any]) -> Any:
    structure = {"properties": {"spec": {"type": "object", **schema}}}
    made = example_of(GEARS, structure)
    assert not list(faults_of(made, structure))
    return made["spec"]


def test_its_head() -> None:
    cluster_wide = Kind("parts.example", "v1", "gears", "Gear", namespaced=False)
    assert example_of(cluster_wide, {})["metadata"] == {"name": "example"}
    assert example_of(GEARS, {}, "shop") == {
        "apiVersion": "parts.example/v1",
        "kind": "Gear",
        "metadata": {"name": "example", "namespace": "shop"},
    }


def test_what_must_be_there_and_no_more() -> None:
    properties = {
        "name": {"type": "string"},
        "count": {"type": "integer", "minimum": 3},
        "on": {"type": "boolean"},
        "mode": {"enum": ["", "Fast"], "type": "string"},
        "defaulted": {"type": "string", "default": "x"},
        "rest": {"type": "string"},
        "hosts": {"type": "array", "minItems": 2, "items": {"type": "string", "format": "hostname"}},
        "labels": {"type": "object", "minProperties": 1, "additionalProperties": {"type": "string"}},
        "ratio": {"type": "number", "maximum": 0.5},
    }
    required = [name for name in properties if name != "rest"]
    assert spec_of({"properties": properties, "required": required}) == {
        "name": "example",
        "count": 3,
        "on": True,
        "mode": "Fast",
        "hosts": ["example.com", "example.com"],
        "labels": {"key": "example"},
        "ratio": 0.5,
    }


def test_the_first_of_several_ways() -> None:
    properties = {"a": {"type": "string"}, "b": {"type": "string"}}
    ways = [{"required": ["b"], "properties": {"b": {"enum": ["only"]}}}, {"required": ["a"]}]
    assert spec_of({"properties": properties, "oneOf": ways}) == {"b": "only"}


def test_a_rule_that_asks_for_one_of_several() -> None:
    properties = {"a": {"type": "string"}, "b": {"type": "string"}}
    rule = {"rule": "(has(self.a) && !has(self.b)) || (!has(self.a) && has(self.b))"}
    assert spec_of({"properties": properties, "x-kubernetes-validations": [rule]}) == {"a": "example"}


def test_a_rule_about_what_lies_deeper() -> None:
    inner = {"type": "object", "properties": {"region": {"type": "string"}}}
    rule = {"rule": "!('*' in self.policies) || has(self.params.region) || (has(self.init) && has(self.init.region))"}
    schema = {"properties": {"params": inner, "init": inner}, "x-kubernetes-validations": [rule]}
    assert spec_of(schema) == {"params": {"region": "us-east-1"}}


@pytest.mark.parametrize(
    ("rule", "there", "asked"),
    [
        ("has(self.a) && has(self.b)", [], [("a",), ("b",)]),
        ("has(self.a) || has(self.b)", [("b",)], []),
        ("!(has(self.a) && has(self.b))", [], []),
        ("!has(self.a) || self.a != ''", [], []),
        ("self.type == 'Image' ? has(self.image) : !has(self.image)", [], [("image",)]),
        ("self.type == 'Chart' ? has(self.chart) : true", [], []),
        ("self.type != 'Chart' || has(self.chart)", [], []),
        ("self.type != 'Image' || has(self.image)", [], [("image",)]),
        ("[has(self.a),has(self.b)].filter(x,x==true).size() == 1", [], [("a",)]),
        ("[has(self.a),has(self.b)].filter(x,x==true).size() <= 1", [], []),
        ("has(oldSelf.a) == has(self.a)", [], []),
    ],
)
def test_what_rules_ask_for(rule: str, there: list[tuple[str, ...]], asked: list[tuple[str, ...]]) -> None:
    assert fields_asked(rule, {"type": "Image"}.get, there) == asked


def test_a_text_that_a_rule_describes() -> None:
    pattern = {"rule": r"self.matches('^[a-z]+/[a-z]+:[0-9]$')"}
    told = {"rule": "isURL(self)", "message": "must be a URL. For example, 'https://hooks.example/x'"}
    properties = {
        "image": {"type": "string", "x-kubernetes-validations": [pattern]},
        "hook": {"type": "string", "x-kubernetes-validations": [told]},
    }
    made = spec_of({"properties": properties, "required": ["image", "hook"]})
    assert re.search(r"^[a-z]+/[a-z]+:[0-9]$", made["image"])
    assert made["hook"] == "https://hooks.example/x"


@pytest.mark.parametrize(
    "pattern",
    [
        "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
        r"^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$",
        r"^(?:https?|oci)://[^\s]{3,}$",
        r"^\d{4}-\d{2}$",
        r"^[^/]+@sha256:[0-9a-f]{8}$",
        r"^(?P<name>x|y)_z$",
        r"^[A-Z][\w-]{2,4}\.\[\]$",
        r"^([\]a]+)b{2}$",
    ],
)
def test_a_text_that_a_pattern_takes(pattern: str) -> None:
    assert re.search(pattern, text_like(pattern))


def test_a_pattern_that_is_none_or_takes_nothing_we_think_of() -> None:
    assert text_like("(") == ""
    assert text_like(r"^(?=x)y$") == ""
    assert len(text_like("^[a-z]+$", shortest=9)) >= 9
    assert text_like("^[a-z]*$", longest=1) == "a"
