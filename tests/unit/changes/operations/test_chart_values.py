import pytest

from kubegenie_tui.changes.operations.chart_values import merged_values, read_values, values_text, with_fault
from kubegenie_tui.domain.errors import UsageError


def test_a_text_and_back() -> None:
    values = {"image": {"tag": "1.2"}, "on": True, "list": [1, {"a": "b"}]}
    text = values_text("release shop/web", values, "# how many\nreplicas: 1\n\n")
    assert text.endswith("\n# # how many\n# replicas: 1\n")
    assert read_values(text) == values
    assert read_values(values_text("release shop/web", {})) == {}


def test_a_fault_goes_on_top_and_changes_no_line_number() -> None:
    text = values_text("release shop/web", {"a": 1}) + "b: [\n"
    with pytest.raises(UsageError, match=r"the values:7:1 is no YAML") as raised:
        read_values(text)
    told = with_fault("release shop/web", text, raised.value)
    assert told.splitlines()[2].startswith("# KubeGenie: ✖ the values:7:1 is no YAML")
    assert told.splitlines()[4:] == text.splitlines()[4:]
    with pytest.raises(UsageError, match=r"the values:7:1 is no YAML"):
        read_values(told)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("- a", "is no mapping"),
        ("a: .nan", "a number that is none"),
        ("a: 1\n---\nb: 2", "2 documents"),
        ("a: 1\na: 2", "there twice"),
    ],
)
def test_what_no_values_are(text: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        read_values(text)


def test_null_is_kept_for_it_takes_away_what_the_chart_has() -> None:
    assert read_values("a: null\nb: {c: ~}") == {"a": None, "b": {"c": None}}


def test_later_files_win_key_by_key() -> None:
    first, second = {"a": {"x": 1, "y": [1]}, "b": 1}, {"a": {"y": [2]}, "b": {"c": 1}}
    assert merged_values([first, second]) == {"a": {"x": 1, "y": [2]}, "b": {"c": 1}}
    assert merged_values([]) == {}
