"""What is typed after `:cp`."""

import pytest

from kubegenie_tui.domain.copy_words import CopyWords, read_copy_words
from kubegenie_tui.domain.errors import UsageError


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", CopyWords()),
        ("app", CopyWords("app")),
        ("-c app", CopyWords("app")),
        (":/var/log", CopyWords(remote="/var/log")),
        ("big.txt :/tmp/big", CopyWords(into_pod=True, remote="/tmp/big", local="big.txt")),
        (":/tmp/big logs", CopyWords(remote="/tmp/big", local="logs")),
        ("-c app ~/a.sql :/tmp/", CopyWords("app", True, "/tmp/", "~/a.sql")),
        ("'two words.txt' ':/tmp/two words'", CopyWords("", True, "/tmp/two words", "two words.txt")),
    ],
)
def test_what_is_understood(typed: str, meant: CopyWords) -> None:
    assert read_copy_words(typed) == meant


@pytest.mark.parametrize(
    "typed", ["a b", ":/a :/b", "box:/tmp/a .", "a b :/c", "-c", "-c app big.txt", ":", "./big.txt", "'a :/b"]
)
def test_what_is_not_understood_is_told_what_it_takes(typed: str) -> None:
    with pytest.raises(UsageError, match="`:cp") as refusal:
        read_copy_words(typed)
    assert ":cp FILE :/path" in refusal.value.next_step
