import random
from typing import Any

import pytest

from kubegenie_tui.domain.custom.guiding import all_faults, field_at, offers_at, schema_at
from kubegenie_tui.domain.custom.yaml_place import ITEM, head_of, place_at
from kubegenie_tui.domain.yaml_text import yaml_lines

TEXT = """\
# a pod
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  restartPolicy: Al
  containers:
  - name: web
    image: nginx
    args: [a, b]
    env:
      - name: A
        value: |
          some: text
          more
      - na
  volumes:
    -
  nodeSelector:
    disk: ssd
---
kind: Secret
"""
POD = TEXT.splitlines()


def at(line: str, column: int | None = None) -> Any:
    row = POD.index(line) if line in POD else next(at for at, each in enumerate(POD) if each.startswith(line))
    return place_at(POD, row, len(POD[row]) if column is None else column)


def test_names_and_values() -> None:
    assert at("  restartPolicy")[:3] == (("spec",), "restartPolicy", "Al")
    image = at("    image", 7)
    assert image[:3] == (("spec", "containers", ITEM), "", "ima")
    assert image.column == image.indent == 4
    assert image.there == {"name", "args", "env"}
    assert at("      - na")[:3] == (("spec", "containers", ITEM, "env", ITEM), "", "na")
    assert at("      - na").there == set()
    assert at("    disk", 6)[:3] == (("spec", "nodeSelector"), "", "di")
    assert at("kind: Secret")[:3] == ((), "kind", "Secret")


def test_elements_at_the_column_of_their_list() -> None:
    assert at("  - name", 8)[:3] == (("spec", "containers", ITEM), "", "name")


@pytest.mark.parametrize("line", ["# a pod", "          some", "          more", "    args"])
def test_nothing_is_said_in_comments_texts_and_flow_style(line: str) -> None:
    assert at(line) is None


def test_the_head_of_each_document() -> None:
    assert head_of(POD, 6) == ("v1", "Pod")
    assert head_of(POD, len(POD) - 1) == ("", "Secret")


def test_every_line_of_a_written_object_is_found_where_it_is() -> None:
    chance = random.Random(7)

    def made(depth: int) -> Any:
        if depth > 3 or chance.random() < 0.2:
            return chance.choice(["text", 3, True])
        if chance.random() < 0.4:
            return [made(depth + 1) for _ in range(chance.randint(1, 3))]
        return {chance.choice("abcdfgh") + str(number): made(depth + 1) for number in range(chance.randint(1, 4))}

    for _ in range(40):
        written = {"spec": {"top": made(0)}}
        lines = list(yaml_lines(written))
        for row, line in enumerate(lines):
            if ":" in line:
                place = place_at(lines, row, line.index(":"))
                assert place is not None
                assert _reach(written, place.path, place.word), (lines, row, place)


def _reach(value: Any, path: tuple[str, ...], name: str) -> bool:
    if not path:
        return isinstance(value, dict) and name in value
    if path[0] == ITEM:
        return isinstance(value, list) and any(_reach(each, path[1:], name) for each in value)
    return isinstance(value, dict) and path[0] in value and _reach(value[path[0]], path[1:], name)


PART = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}, "on": {"type": "boolean"}}}
STRUCTURE: dict[str, Any] = {
    "properties": {
        "metadata": {"type": "object", "properties": {"name": {"type": "string"}}},
        "spec": {
            "type": "object",
            "required": ["mode"],
            "properties": {
                "size": {"type": "string", "enum": ["small", "large"], "default": "small"},
                "mode": {"type": "string", "enum": ["Fast", "Slow"], "description": "How it turns."},
                "parts": {"type": "array", "items": PART},
                "labels": {"type": "object", "additionalProperties": {"type": "string"}},
                "tags": {"type": "array", "items": {"type": "string", "enum": ["red", "blue"]}},
            },
        },
    }
}


def offered(text: str) -> list[str]:
    lines = text.split("\n")
    place = place_at(lines, len(lines) - 1, len(lines[-1]))
    return [offer.text for offer in offers_at(STRUCTURE, place)] if place else []


def test_what_is_offered() -> None:
    assert offered("spec:\n  ") == ["mode: ", "labels:", "parts:", "size: ", "tags:"]
    assert offered("spec:\n  mode: Fast\n  s") == ["size: ", "labels:", "parts:", "tags:"]
    assert offered("spec:\n  mode: ") == ["Fast", "Slow"]
    assert offered("spec:\n  size: l") == ["large"]
    assert offered("spec:\n  parts:\n  - ") == ["name: ", "on: "]
    assert offered("spec:\n  parts:\n  - name: a\n    on: ") == ["true", "false"]
    assert offered("spec:\n  tags:\n    - r") == ["red"]
    assert offered("spec:\n  labels:\n    a") == []
    assert offered("nowhere:\n  ") == []


def test_what_follows_a_name() -> None:
    place = place_at(["spec:", "  "], 1, 2)
    assert place is not None
    below = {offer.text: offer.below for offer in offers_at(STRUCTURE, place)}
    assert below == {"mode: ": "", "labels:": "  ", "parts:": "  - ", "size: ": "", "tags:": "  - "}


def test_help_of_the_field_at_the_cursor() -> None:
    place = place_at(["spec:", "  mode: Fa"], 1, 10)
    assert place is not None
    field = field_at(STRUCTURE, place)
    assert field is not None
    assert (field.path, field.help) == ("spec.mode", "string, required, one of Fast, Slow · How it turns.")
    unfinished = place_at(["spec:", "  parts:", "  - na"], 2, 6)
    assert unfinished is not None
    around = field_at(STRUCTURE, unfinished)
    assert around is not None
    assert around.path == "spec.parts[]"
    assert schema_at(STRUCTURE, ("spec", "mode", "deeper")) == {}


def test_faults_in_the_metadata_too() -> None:
    wrong = {"metadata": {"name": "a", "lables": {}}, "spec": {"mode": "Fats"}}
    assert [str(fault) for fault in all_faults(wrong, STRUCTURE)] == [
        "spec.mode: must be one of Fast, Slow",
        "metadata.lables: is no field of this kind",
    ]
