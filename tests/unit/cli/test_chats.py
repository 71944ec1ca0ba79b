"""Conversations on the command line: listed, found again, handed on, renamed and forgotten."""

import asyncio
import json
from pathlib import Path

import pytest

from kubegenie_tui.cli import main
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.domain.conversation import Message
from kubegenie_tui.paths import database_file
from kubegenie_tui.store.store import Store

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Two conversations."""
    monkeypatch.setenv("KUBEGENIE_HOME", str(tmp_path))

    async def fill() -> None:
        store = await Store.open(database_file())
        first = await store.conversations.create("why is checkout failing?", "prod")
        await store.conversations.append(first.id, Message("user", "why is checkout failing?", 1_764_000_000.0))
        await store.conversations.append(
            first.id, Message("tool", "1 problem\nkey url is missing", 1_764_000_001.0, "diagnose deployment checkout")
        )
        await store.conversations.append(
            first.id, Message("assistant", "The Secret lacks \x1b[31murl.", 1_764_000_002.0)
        )
        await store.conversations.create("nodes", "staging")
        await store.close()

    asyncio.run(fill())


def said(capsys: Captured, *words: str) -> str:
    assert main(["chats", *words]) == Exit.OK
    return capsys.readouterr().out


@pytest.mark.usefixtures("kept")
def test_they_are_listed_and_found_by_their_words(capsys: Captured) -> None:
    listed = said(capsys, "list")
    assert "why is checkout failing?" in listed
    assert "staging" in listed
    found = said(capsys, "search", "secret", "lack")
    assert "why is checkout failing?" in found
    assert "staging" not in found
    [one] = [json.loads(line) for line in said(capsys, "search", "secret", "-o", "json").splitlines()]
    assert (one["cluster"], one["messages"]) == ("prod", 3)
    assert said(capsys, "search", "zebra") == "There are no conversations.\n"


@pytest.mark.usefixtures("kept")
def test_one_is_shown_whole_with_nothing_that_paints(capsys: Captured) -> None:
    shown = said(capsys, "show", "1")
    assert shown.startswith("# why is checkout failing?\n")
    assert "## Look-up `diagnose deployment checkout`" in shown
    assert "```text\n1 problem\nkey url is missing\n```" in shown
    assert "\x1b" not in shown
    told = json.loads(said(capsys, "show", "1", "-o", "json"))
    assert [each["role"] for each in told["messages"]] == ["user", "tool", "assistant"]


@pytest.mark.usefixtures("kept")
def test_one_is_renamed_and_forgotten(capsys: Captured) -> None:
    said(capsys, "rename", "2", "the", "nodes", "of", "staging")
    assert "the nodes of staging" in said(capsys, "list")
    said(capsys, "delete", "2")
    assert "staging" not in said(capsys, "list")
    assert main(["chats", "show", "2"]) == Exit.USAGE
    assert "There is no conversation 2" in capsys.readouterr().err
