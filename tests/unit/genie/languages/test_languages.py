"""Tables of other languages: what they must have, and that English is none of them."""

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.genie.languages.hearing import Heard, foreign_to, hear
from kubegenie_tui.genie.languages.language import WITHHOLDING, Language, languages
from tests.control_plane import ROOT
from tests.unit.genie.languages.said import asked, wished
from tests.unit.genie.wishes.corpus import WORLD
from tests.unit.genie.wishes.test_corpus import AGAINST, CORPUS

GERMAN_AMONG_ENGLISH = {
    "w-scale-024", "n-neg-048", "n-howto-015", "r-why-037", "r-small-015", "b-028", "r-list-042", "r-nav-010",
}  # fmt: skip
"""Sentences of the English corpora with a German word in them."""


def told(**changes: Any) -> dict[str, Any]:
    """A small table."""
    table = {
        "name": "Esperanto", "example": "skalu web al 3", "requests": ["ĉu vi povus"], "polite": ["bonvolu"],
        "changes": "skalu forigu", "other_words": "montru", "words": {"la": "the"}, "numbers": {"tri": 3},
        "moods": {
            "negation": ["ne"], "question": ["kiel"], "supposition": ["se"], "reported": ["diris"], "past": ["jam"],
        },
        "wish": [{"verb": "scale", "order": "scale {T} to {N}", "says": ["skalu {T} al {N}"]}],
        "question": [{"order": "list {T}", "says": ["montru {T}"]}],
    }  # fmt: skip
    return {name: value for name, value in {**table, **changes}.items() if value is not None}


@pytest.mark.parametrize("mood", WITHHOLDING)
def test_a_table_without_a_mood_is_refused(mood: str) -> None:
    moods = {name: words for name, words in told()["moods"].items() if name != mood}
    with pytest.raises(UsageError, match=rf"the language eo lacks moods\.{mood}"):
        Language("eo", told(moods=moods))


@pytest.mark.parametrize("lacking", ["name", "changes", "words", "wish", "moods"])
def test_a_table_that_lacks_anything_else_is_refused(lacking: str) -> None:
    with pytest.raises(UsageError, match=f"the language eo lacks.* {lacking}"):
        Language("eo", told(**{lacking: None}))


@pytest.mark.parametrize(("says", "order"), [("skalu {T} al {N}", "restart {T}"), ("skalu {T}", "scale {T} to {N}")])
def test_a_slot_is_in_a_phrase_and_in_its_order(says: str, order: str) -> None:
    language = Language("eo", told(wish=[{"verb": "scale", "order": order, "says": [says]}]))
    with pytest.raises(UsageError, match="other slots than its order"):
        assert language.wishes


def test_a_pattern_that_is_none_is_told() -> None:
    language = Language("eo", told(question=[{"order": "list {T}", "says": ["montru ({T}"]}], polite=["bon("]))
    for part in ("questions", "polite"):
        with pytest.raises(UsageError, match="A pattern of the language Esperanto is none"):
            getattr(language, part)


def test_letters_are_written_in_either_way() -> None:
    language = Language("eo", told(spellings={"ĝ": "gx"}, wish=[{"order": "get {T}", "says": ["ĝisdatigu {T}"]}]))
    assert all(language.wishes[0].says.fullmatch(said) for said in ("ĝisdatigu web", "gxisdatigu web"))
    assert language.spelt("Ĝis") == language.spelt("gxis")


@pytest.mark.parametrize("language", languages(), ids=lambda each: each.name)
def test_every_phrase_is_heard_as_its_order(language: Language) -> None:
    for phrase, said in (*wished(language), *asked(language)):
        heard = hear(said, WORLD)
        assert heard is not None, said
        assert heard.order, said
        assert heard.verb == phrase.verb, said


@pytest.mark.parametrize("language", languages(), ids=lambda each: each.name)
def test_english_is_no_other_language(language: Language) -> None:
    found = {each.id: each.text for world, each in CORPUS if foreign_to(each.text, world.directory) is not None}
    assert found.keys() <= GERMAN_AMONG_ENGLISH, found
    assert [text for text in AGAINST if foreign_to(text, WORLD) is not None] == []


def test_the_table_in_the_guide_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    page = (ROOT / "docs/guide/languages.md").read_text(encoding="utf-8")
    esperanto = Language("eo", tomllib.loads(page.partition("```toml\n")[2].partition("```")[0]))
    monkeypatch.setattr("kubegenie_tui.genie.languages.hearing.languages", lambda: (esperanto,))
    said = (
        "povus vi skali web al tri?",
        "montru ĉiuj nodoj",
        "ne skalu web al 3",
        "cxu skali web al 3",
        "skalu web al",
    )
    assert list(_orders(*said)) == ["scale web to 3", "list all nodes", "", "", ""]
    assert {phrase.order for phrase, _ in (*wished(esperanto), *asked(esperanto))} == {"scale {T} to {N}", "list {T}"}


def test_data_is_in_no_language() -> None:
    for text in ('show the logs of web with "nicht gefunden"', "label deployment web note=nie", "describe web-2"):
        assert hear(text, WORLD) is None
        assert foreign_to(text, WORLD) is None


def test_a_long_text_is_in_no_language() -> None:
    assert hear(f"lösche web {'und ' * 200}", WORLD) is None


def test_english_words_alone_read_no_table() -> None:
    languages.cache_clear()
    assert hear("restart web and cart", WORLD) is None
    assert languages.cache_info().currsize == 0


def _orders(*said: str) -> Iterator[str | None]:
    return (heard.order if (heard := hear(text, WORLD)) else None for text in said)


def test_names_kinds_and_places_are_said_in_english_word_by_word() -> None:
    said = {
        "lösche den Knoten worker-2": "delete the node worker-2",
        "lösche die Knoten": "delete the nodes",
        "lösche den web-Pod im shop-Namespace": "delete the web pod in the shop namespace",
        "lösche deployment/web und shop/cart": "delete deployment/web and shop/cart",
        "lösche config map web-config": "delete config map web-config",
        "lösche die Deployments web, cart und api": "delete the deployments web, cart and api",
    }
    assert list(_orders(*said)) == list(said.values())


def test_a_word_that_is_no_name_is_not_passed_over() -> None:
    assert list(_orders("lösche web schnellstens", "lösche web web-9", "lösche irgendsowas eigenartiges")) == [""] * 3
    assert hear("lösche wbe", WORLD) == Heard("delete wbe", "delete", is_sure=False, words=1)
