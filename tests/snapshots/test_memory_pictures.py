"""Pictures of what is remembered: a conversation found by its words, a note told with the fault that returned.

UPDATE_PICTURES=1 writes them anew; otherwise they are compared.
"""

from pathlib import Path

import pytest

from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.incident import note_about
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.screens.picker import PickerScreen
from kubegenie_tui.screens.problems import ProblemsScreen
from tests.snapshots.frozen import NOW, FrozenApp, freeze, frozen_app, text_of, until
from tests.snapshots.test_pictures import PODS, counted, picture

DAY = 86_400
BEGUN = {"why is checkout failing?": "the broken checkout", "which secrets does checkout use?": ""}


@pytest.fixture(autouse=True)
def _frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(monkeypatch)


async def ask_all(app: FrozenApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each question in a conversation of its own, days ago, named where it has a name."""
    session = app.services.sessions.of("prod-eu")
    for days, (question, title) in zip((15, 2), BEGUN.items(), strict=True):
        for clock in (session, app.services.store.conversations):
            monkeypatch.setattr(clock, "_now", lambda: NOW - days * DAY)  # noqa: B023 - used at once
        await session.begin()
        async for _ in session.ask(question, Focus("prod-eu", "shop", "pods")):
            pass
        if title and session.conversation is not None:
            await app.services.store.conversations.rename(session.conversation.id, title)


async def test_search(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = frozen_app(tmp_path, genie=False, **PODS)
    async with app.run_test(size=(110, 26)) as pilot:
        await until(pilot, lambda: counted(pilot))
        await ask_all(app, monkeypatch)
        await pilot.press("colon", *"chat", "space", *"search", "space", *"checkout", "space", *"url", "enter")
        await until(pilot, lambda: isinstance(app.screen, PickerScreen) and "the broken checkout" in text_of(pilot))
        await picture("chat-search", pilot)


async def test_note(tmp_path: Path) -> None:
    app = frozen_app(tmp_path, genie=False, **PODS)
    async with app.run_test(size=(110, 30)) as pilot:
        await until(pilot, lambda: counted(pilot))
        ref = ObjectRef("secrets", "checkout-db", "shop")
        note = note_about("prod-eu", "the vault was sealed: ask Ada", NOW - 15 * DAY, "missing-secret-key", ref)
        await app.services.store.notes.add(note)
        await pilot.press("colon", *"problems", "enter")
        await until(pilot, lambda: isinstance(app.screen, ProblemsScreen) and "objects checked" in text_of(pilot))
        screen = app.screen
        assert isinstance(screen, ProblemsScreen)
        found = next(each for each in screen._findings.values() if each.rule == "missing-secret-key")
        screen.table.select(found.root.namespace, found.root.name)
        await until(pilot, lambda: "the vault was sealed" in text_of(pilot))
        await picture("problem-note", pilot)
