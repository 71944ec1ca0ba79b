"""What is typed for the variables of a ClusterClass, held against the types that it gives them."""

import pytest

from kubegenie_tui.providers.cluster_api.asked import misfit


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("1.30", "string"),
        ('["a"]', "array"),
        ('{"a": 1}', "object"),
        ("3", "integer"),
        ("0.5", "number"),
        ("3", "number"),
        ("true", "boolean"),
        ("anything", ""),
        ("anything", "a type that nobody knows"),
    ],
)
def test_a_variable_of_its_type(text: str, kind: str) -> None:
    assert misfit("it", text, kind) == ""


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("[", "array", """zones takes a list, such as 'zones=["a","b"]'"""),
        ("a", "object", """zones takes an object, such as 'zones={"a":"b"}'"""),
        ("0.5", "integer", "zones takes a whole number, such as zones=3"),
        ("true", "integer", "zones takes a whole number, such as zones=3"),
        ("a", "number", "zones takes a number, such as zones=0.5"),
        ("yes", "boolean", "zones takes true or false, such as zones=true"),
    ],
)
def test_a_variable_of_another_type(text: str, kind: str, said: str) -> None:
    assert misfit("zones", text, kind) == said
