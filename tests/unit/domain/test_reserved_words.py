import pytest

from kubegenie_tui.changes.operations.catalogue import OPERATIONS as CATALOGUE
from kubegenie_tui.domain.reserved_words import OPERATIONS, meaning_of


def test_the_words_of_all_operations_are_known() -> None:
    assert {word for each in CATALOGUE for word in (each.id, *each.aliases)} == OPERATIONS


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("theme", "a command"),
        ("helm-install", "a command"),
        ("sort", "a command"),
        ("exit", "a command"),
        ("all", "a command"),
        ("scale", "an operation"),
        ("rm", "an operation"),
        ("po", "a name of pods"),
        ("deployment", "a name of deployments"),
        ("stern", ""),
        ("pods2", ""),
    ],
)
def test_what_a_word_means(word: str, meaning: str) -> None:
    assert meaning_of(word) == meaning
