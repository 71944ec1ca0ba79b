import pytest

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.form import ChoiceField, Field, NumberField, TextField, ToggleField, Value

REPLICAS = NumberField("replicas", "Replicas", 3, most=1000)


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [
        (TextField("name", "Name"), "  web ", "web"),
        (TextField("name", "Name", required=False, check=lambda _: "never asked"), " ", ""),
        (REPLICAS, " 12 ", 12),
        (NumberField("grace", "Grace", required=False), "", None),
        (NumberField("shift", "Shift", least=-5), "-3", -3),
        (ChoiceField("policy", "Policy", ("Orphan", "Background")), "Orphan", "Orphan"),
        (ToggleField("force", "Force"), "yes", True),
        (ToggleField("force", "Force"), "no", False),
    ],
)
def test_what_is_typed_becomes_a_value(field: Field, typed: str, value: Value) -> None:
    assert field.read(typed) == value


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        (TextField("name", "Name"), "   ", "Name is needed"),
        (TextField("image", "Image", check=lambda text: f"{text} has a blank"), "a b", "a b has a blank"),
        (REPLICAS, "", "Replicas takes a whole number"),
        (REPLICAS, "1.5", "Replicas takes a whole number"),
        (REPLICAS, "²", "Replicas takes a whole number"),
        (REPLICAS, "9" * 5000, "Replicas takes a whole number"),
        (REPLICAS, "-1", "Replicas is from 0 to 1000"),
        (REPLICAS, "1001", "Replicas is from 0 to 1000"),
        (NumberField("port", "Port", least=1), "0", "Port is at least 1"),
    ],
)
def test_what_is_wrong_is_said_with_the_label(field: Field, typed: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        field.read(typed)
