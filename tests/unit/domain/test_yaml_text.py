"""The YAML view shows what the API sent, and nothing that a terminal would obey or a Secret would betray."""

import base64
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kubegenie_tui.domain.text import plain_lines
from kubegenie_tui.domain.yaml_text import hidden, shown_manifest, yaml_lines

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
TRICKY = st.sampled_from([
    "yes", "null", "~", "1e3", "0x1F", "12:30:45", "2026-01-01", "2026-01-01T00:00:00Z", "10.0.0.1", "100m", "-", "- a",
    "a: b", "a #b", "#", "*", "&x", "!t", "a:", "", " ", "\n", "a\n", "a\nb", "a\n\n", " a\nb", "\ta\nb", "a\n b\n",
    "---", "...", ".", "<<", "=", "key: |", "%", "@", "`", "{a}", "[a]", "a, b", "'a'", '"a"', "\\", "a\tb", "\x1b[31m",
    "\u202e", "1_000", "0o17", "0b1", "+1", ".5", "-.inf", "y", "N", "on", "a\r\nb", "•", "<none>",
    "$(POD_IP)", "日本",
    "\U0001f600",
])  # fmt: skip
VALUES = st.recursive(
    SCALARS | TRICKY, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text() | TRICKY, inner, max_size=4)
)


@given(VALUES)
def test_reading_it_back_gives_the_same_value(value: Any) -> None:
    assert yaml.load("\n".join(yaml_lines(value)) + "\n", yaml.CSafeLoader) == value


@given(VALUES)
def test_nothing_unsafe_reaches_the_screen(value: Any) -> None:
    for line in yaml_lines(value):
        assert plain_lines(line) == line
        assert "\n" not in line


def test_it_reads_as_kubectl_writes_it() -> None:
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "a", "creationTimestamp": "2026-01-01T00:00:00Z", "labels": {"on": "true"}},
        "spec": {"containers": [{"name": "c", "args": ["-c", "while true; do\n  date\ndone\n"]}], "volumes": []},
        "status": {"podIP": "10.0.0.1", "phase": None},
    }
    assert list(yaml_lines(pod)) == [
        "apiVersion: v1",
        "kind: Pod",
        "metadata:",
        "  name: a",
        '  creationTimestamp: "2026-01-01T00:00:00Z"',
        "  labels:",
        '    "on": "true"',
        "spec:",
        "  containers:",
        "  - name: c",
        "    args:",
        "    - -c",
        "    - |",
        "      while true; do",
        "        date",
        "      done",
        "  volumes: []",
        "status:",
        "  podIP: 10.0.0.1",
        "  phase: null",
    ]


def test_deep_nesting_is_written_in_one_line() -> None:
    deep: Any = "bottom"
    for _ in range(900):
        deep = {"a": deep}
    assert max(map(len, yaml_lines(deep))) < 10_000


@pytest.mark.parametrize("size", [0, 1, 2, 3, 24, 1000])
def test_a_hidden_value_tells_its_size(size: int) -> None:
    assert hidden(base64.b64encode(b"x" * size).decode()) == f"••• {size} bytes"


def test_secret_values_are_hidden_wherever_they_stand() -> None:
    value = base64.b64encode(b"hunter2-hunter2").decode()
    applied = f'{{"kind":"Secret","data":{{"password":"{value}"}}}}'
    secret = {
        "kind": "Secret",
        "metadata": {"name": "s", "annotations": {"kubectl.kubernetes.io/last-applied-configuration": applied}},
        "data": {"password": value, "odd": None},
        "stringData": {"plain": "hunter2"},
    }
    text = "\n".join(yaml_lines(shown_manifest(secret)))
    assert value not in text
    assert "hunter2" not in text
    assert "password: ••• 15 bytes" in text
    assert secret["data"] == {"password": value, "odd": None}, "the object itself stays as it is"


def test_managed_fields_only_when_wanted() -> None:
    pod = {"kind": "Pod", "metadata": {"name": "a", "managedFields": [{"manager": "kubectl"}]}}
    assert "managedFields" not in shown_manifest(pod)["metadata"]
    assert "managedFields" in shown_manifest(pod, managed_fields=True)["metadata"]
