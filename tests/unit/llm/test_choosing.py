"""Who answers: the model of the settings, another by name, another one of its server, or none."""

import pytest

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.model_settings import ModelSettings
from kubegenie_tui.llm.choosing import Models

LOCAL = ModelSettings(base_url="http://127.0.0.1:1/v1", name="qwen3:8b")
BIG = ModelSettings(base_url="http://127.0.0.1:2/v1", name="qwen3-235b", api_key_env="BIG_KEY")


def name_of(models: Models, conversation: str = "") -> str:
    backend = models.of(conversation)
    return backend.name if backend is not None else "built-in"


@pytest.mark.parametrize(
    ("default", "named", "environ", "name"),
    [
        (ModelSettings(), {}, {}, "built-in"),
        (ModelSettings(), {}, {"OPENAI_API_KEY": "sk-1"}, "api.openai.com"),
        (LOCAL, {"big": BIG}, {}, "qwen3:8b"),
        (ModelSettings(), {"big": BIG, "local": LOCAL}, {}, "qwen3-235b"),
        (ModelSettings(), {"empty": ModelSettings(name="x")}, {}, "built-in"),
        (ModelSettings(key_from="keyring", name="gpt"), {}, {}, "gpt"),
    ],
)
def test_the_first_that_is_set_up_answers(
    default: ModelSettings, named: dict[str, ModelSettings], environ: dict[str, str], name: str
) -> None:
    assert name_of(Models(default, named, environ=environ)) == name


def test_a_conversation_has_its_own_choice_and_the_others_keep_theirs() -> None:
    models = Models(LOCAL, {"big": BIG}, environ={})
    models.choose("big", "prod")
    assert (name_of(models, "prod"), name_of(models, "staging"), models.choice("prod")) == (
        "qwen3-235b",
        "qwen3:8b",
        "big",
    )
    models.choose("big/org/qwen3-32b", "staging")
    assert name_of(models, "staging") == "org/qwen3-32b"
    models.choose("built-in")
    assert (name_of(models, "dev"), name_of(models, "prod")) == ("built-in", "qwen3-235b")
    assert models.of("prod") is models.backend("big")


@pytest.mark.parametrize("choice", ["huge", "big/", "", "huge/x"])
def test_a_name_that_is_none_is_refused_with_those_that_are(choice: str) -> None:
    with pytest.raises(UsageError, match="default, big, built-in"):
        Models(LOCAL, {"big": BIG}, environ={}).choose(choice)
