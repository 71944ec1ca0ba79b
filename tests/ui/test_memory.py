"""What was said, branched, renamed, exported and found in the app; notes pinned to a fault and told again."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import OptionList

from kubegenie_tui.domain.conversation import Conversation
from kubegenie_tui.genie.session import ChatSession
from kubegenie_tui.screens.picker import PickerScreen
from kubegenie_tui.screens.problems import ProblemsScreen
from kubegenie_tui.screens.said import SaidScreen
from kubegenie_tui.widgets.chat_pane import ChatPane
from kubegenie_tui.widgets.resource_table import ResourceTable
from tests.ui.on_demo import OnDemo, app_on_demo
from tests.unit.changes.entries import entry

SHOP: dict[str, Any] = {"context": "prod-eu", "namespace": "shop"}


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("KUBEGENIE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def session(on: OnDemo) -> ChatSession:
    return on.app.services.sessions.of("prod-eu")


def going_on(on: OnDemo) -> Conversation:
    conversation = session(on).conversation
    assert conversation is not None
    return conversation


async def ask(on: OnDemo, question: str) -> None:
    """In the pane beside the table, and back to the table when it is answered."""
    await on.until(lambda: on.app.screen.query(ChatPane))
    pane = on.app.screen.query_one(ChatPane)
    pane.submit(question)
    await on.until(lambda: session(on).messages and session(on).messages[-1].role == "assistant")
    await on.until(lambda: not pane.is_working)
    on.app.screen.query_one(ResourceTable).focus()


async def said(on: OnDemo, words: str) -> None:
    await on.until(lambda: any(words in note.message for note in on.app._notifications))


def files(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir()) if directory.exists() else []


def read(path: Path) -> str:
    assert path.stat().st_mode & 0o777 == 0o600
    return path.read_text()


async def test_a_branch_begins_with_what_was_said_up_to_a_question(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **SHOP) as on:
        await on.until(lambda: on.names)
        await on.command("chat branch")
        await said(on, "There is no conversation here")
        await ask(on, "how many pods?")
        await ask(on, "how many services?")
        before = going_on(on)
        await on.command("chat branch")
        await on.until(lambda: isinstance(on.app.screen, PickerScreen))
        await on.until(lambda: on.app.screen.query_one(OptionList).option_count == 3)
        await on.pilot.press(*"how many pods", "enter")
        await said(on, "A new conversation with 3 messages of the one before goes on here")
        assert going_on(on).branched_from == before.id
        assert [m.text for m in session(on).messages if m.role == "user"] == ["how many pods?"]
        await on.until(lambda: "› how many services?" not in on.text())
        await ask(on, "how many nodes?")
        chats = on.app.services.store.conversations
        questions = [m.text for m in await chats.messages(before.id) if m.role == "user"]
        assert questions == ["how many pods?", "how many services?"]
        await on.command("chat branch 9")
        await said(on, "There is no question 9 in this conversation")


async def test_it_is_renamed_pinned_and_found_again_by_its_words(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **SHOP) as on:
        await on.until(lambda: on.names)
        await ask(on, "why is checkout failing?")
        first = going_on(on)
        await on.command("chat rename the broken checkout")
        await said(on, "Renamed to the broken checkout")
        await on.command("chat pin")
        await said(on, "This conversation stays")
        await session(on).begin()
        await ask(on, "how many pods?")
        assert going_on(on).id != first.id
        await on.command("chat search")
        await said(on, "It needs words to look for")
        await on.command("chat search missing url")
        await on.until(lambda: isinstance(on.app.screen, PickerScreen))
        await on.until_shown("the broken checkout")
        await on.pilot.press("enter")
        await on.until(lambda: going_on(on).id == first.id)
        assert (going_on(on).title, going_on(on).pinned) == ("the broken checkout", True)
        await on.command("chat unpin")
        await said(on, "may be forgotten")


async def test_an_export_is_a_new_file_each_time(tmp_path: Path, home: Path) -> None:
    async with app_on_demo(tmp_path, **SHOP) as on:
        await on.until(lambda: on.names)
        await ask(on, "why is checkout failing?")
        saved = home / "data" / "saved"
        for line, name in (
            ("chat export", "kubegenie-chat-1.md"),
            ("chat export", "kubegenie-chat-1-2.md"),
            ("chat export checkout.json", "checkout.json"),
        ):
            await on.command(line)
            await on.until(lambda: name in files(saved))  # noqa: B023 - used at once
        await said(on, "Exported 3 messages to ")
        assert files(saved) == ["checkout.json", "kubegenie-chat-1-2.md", "kubegenie-chat-1.md"]
        text = read(saved / "kubegenie-chat-1.md")
        assert text.startswith("# why is checkout failing?\n")
        assert "> **Proposed**: " in text
        assert json.loads(read(saved / "checkout.json"))["messages"][1]["record"]["look_up"]["findings"]
        await on.command("chat export checkout.json")
        await said(on, "checkout.json is there already")
        await on.command("chat export ~nobody-of-this-name/a.md")
        await said(on, "There is no home directory for ~nobody-of-this-name/a.md")


async def test_the_draft_of_a_postmortem_tells_what_the_conversation_and_the_audit_log_know(
    tmp_path: Path, home: Path
) -> None:
    async with app_on_demo(tmp_path, **SHOP) as on:
        await on.until(lambda: on.names)
        await on.command("chat export postmortem")
        await said(on, "There is no conversation here")
        await ask(on, "why is checkout failing?")
        proposal = next(m.record.proposals[0] for m in session(on).messages if m.record and m.record.proposals)
        await change(on, proposal.title)
        saved = home / "data" / "saved"
        await on.command("chat export postmortem")
        await on.until(lambda: files(saved))
        await on.command("chat export postmortem checkout.md")
        await on.until(lambda: files(saved) == ["checkout.md", "kubegenie-postmortem-1.md"])
        await said(on, "Drafted a postmortem in ")
        text = read(saved / "checkout.md")
        assert text == read(saved / "kubegenie-postmortem-1.md")
        assert text.startswith("# Postmortem: why is checkout failing?\n\n- Time: ")
        assert "- Clusters: `prod-eu`\n- Namespaces: `shop`\n" in text
        causes = text.partition("## Root causes")[2].partition("## What was changed")[0]
        assert "- Cause: " in causes
        assert "- Evidence: " in causes
        assert "- Rule: `missing-secret-key`" in causes
        assert (
            "`patch deployments.apps/scale shop/checkout`: W1, approved by key y as `platform-admin`, done (password="
            in text
        )
        assert "hunter2secret" not in text


async def change(on: OnDemo, title: str) -> None:
    """What the gate puts on record when a plan of this title is carried out."""
    audit = (await on.app.services.changes()).audit
    seq = await audit.intend(entry(at=time.time(), cluster="prod-eu", plan=title))
    await audit.conclude(seq, "done", 200, "password=hunter2secret")


async def test_a_note_after_a_diagnosis_is_about_its_finding_and_told_in_the_next(tmp_path: Path) -> None:
    today = time.strftime("%Y-%m-%d", time.gmtime())
    async with app_on_demo(tmp_path, **SHOP) as on:
        await on.until(lambda: on.names)
        await on.command("note")
        await said(on, "There is no note on prod-eu")
        assert len(on.app._notifications) == 1
        await ask(on, "why is checkout failing?")
        await on.command("note the vault was sealed")
        await said(on, "Noted about missing-secret-key, ")
        await session(on).begin()
        await ask(on, "why is checkout failing?")
        assert f"Noted on {today}: the vault was sealed" in session(on).messages[-1].text
        await on.command("note")
        await on.until(lambda: isinstance(on.app.screen, SaidScreen))
        await on.until_shown("the vault was sealed")
        await on.pilot.press("escape")
        await on.until(lambda: not isinstance(on.app.screen, SaidScreen))
        await on.command("note remove")
        await said(on, "It needs the number of a note")
        await on.command("note remove 1")
        await said(on, "Removed note 1")
        await on.command("note remove 1")
        await said(on, "There is no note 1 on prod-eu")
        assert await on.app.services.store.notes.of() == []


async def test_a_note_in_the_list_of_problems_is_about_the_finding_under_the_cursor(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **SHOP) as on:
        await on.until(lambda: on.names)
        await on.command("problems")
        await on.until(lambda: isinstance(on.app.screen, ProblemsScreen) and on.names)
        screen = on.app.screen
        assert isinstance(screen, ProblemsScreen)
        finding = list(screen._findings.values())[-1]
        screen.table.select(finding.root.namespace, finding.root.name)
        await on.until(lambda: screen.symptom_now() is not None)
        meant = screen.symptom_now()
        assert meant is not None
        await on.pilot.press("n", *"ask", "space", *"Ada", "enter")
        await said(on, f"Noted about {meant.rule}, ")
        [note] = await on.app.services.store.notes.of("prod-eu")
        assert (note.rule, note.kind, note.namespace) == (meant.rule, meant.root.kind, meant.root.namespace)
        screen.action_refresh()
        await on.until_shown("noted   on ")
        await on.until_shown("ask Ada")


async def test_a_note_on_a_row_that_nobody_diagnosed_is_about_the_object(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **SHOP) as on:
        await on.until(lambda: on.names)
        await on.command("note owned by team shop")
        await said(on, "Noted about pod shop/")
        [note] = await on.app.services.store.notes.of("prod-eu")
        assert (note.rule, note.kind) == ("", "pods")
