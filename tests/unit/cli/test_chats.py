"""Conversations on the command line: listed, found again, handed on, renamed and forgotten."""

import asyncio
import json
import time
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


@pytest.mark.usefixtures("kept")
def test_a_branch_ends_with_the_message_that_is_named(capsys: Captured) -> None:
    assert "(2)" in said(capsys, "show", "1")
    assert said(capsys, "branch", "1", "--at", "2") == "Conversation 3 begins with 2 messages of 1.\n"
    told = json.loads(said(capsys, "show", "3", "-o", "json"))
    assert [each["role"] for each in told["messages"]] == ["user", "tool"]
    assert told["branched_from"] == 1
    assert json.loads(said(capsys, "branch", "1", "-o", "json"))["messages"] == 3
    assert main(["chats", "branch", "1", "--at", "9"]) == Exit.USAGE
    assert "There is no message 9 in conversation 1 · it has 3 messages" in capsys.readouterr().err


@pytest.mark.usefixtures("kept")
def test_an_export_goes_to_a_new_file_of_ones_own_and_replaces_nothing(tmp_path: Path, capsys: Captured) -> None:
    file = tmp_path / "out" / "why.md"
    assert said(capsys, "export", "1", str(file)) == ""
    assert file.read_text() == said(capsys, "export", "1")
    assert file.stat().st_mode & 0o777 == 0o600
    assert main(["chats", "export", "2", str(file)]) == Exit.USAGE
    assert f"{file} is there already" in capsys.readouterr().err
    assert file.read_text().startswith("# why is checkout failing?\n")
    told = json.loads(said(capsys, "export", "1", "-o", "json"))
    assert told["messages"][0]["at"] == "2025-11-24T16:00:00Z"
    assert told["messages"][1]["tool"] == "diagnose deployment checkout"


@pytest.mark.usefixtures("kept")
def test_the_draft_of_a_postmortem_is_an_export_too(tmp_path: Path, capsys: Captured) -> None:
    told = said(capsys, "export", "1", "-o", "postmortem")
    assert told.startswith("# Postmortem: why is checkout failing?\n")
    assert [line for line in told.splitlines() if line.startswith("## ")] == [
        "## Impact", "## Timeline", "## Root causes", "## What was changed", "## Open points", "## Follow-ups",
    ]  # fmt: skip
    file = tmp_path / "postmortem.md"
    assert said(capsys, "export", "1", str(file), "-o", "postmortem") == ""
    assert file.read_text() == told
    assert main(["chats", "export", "9", "-o", "postmortem"]) == Exit.USAGE


@pytest.mark.usefixtures("kept")
def test_old_conversations_are_forgotten_but_for_what_is_pinned(capsys: Captured) -> None:
    said(capsys, "pin", "2")
    later = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 2 * 86400))
    would = said(capsys, "prune", "--older-than", later, "--dry-run")
    assert "why is checkout failing?" in would
    assert "nodes" not in would
    assert "why is checkout failing?" in said(capsys, "list")
    assert said(capsys, "prune", "--older-than", "30d") == "There are no conversations.\n"
    assert said(capsys, "prune", "--older-than", later) == would
    left = said(capsys, "list")
    assert "why is checkout failing?" not in left
    assert "yes      nodes" in left
    said(capsys, "unpin", "2")
    [gone] = [json.loads(line) for line in said(capsys, "prune", "--older-than", later, "-o", "json").splitlines()]
    assert gone["title"] == "nodes"
