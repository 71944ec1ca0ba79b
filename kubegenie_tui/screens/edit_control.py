"""Editing an object, here or in the person's own editor: until the edit is carried out, or given up on purpose."""

import os
from typing import TYPE_CHECKING

from kubegenie_tui.changes.operations.editing import Draft, draft_of
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.screens.editor import EditorScreen, Judged
from kubegenie_tui.screens.editor_guide import EditorGuide
from kubegenie_tui.screens.outside import Run, edit_outside, editor_command, full_terminal
from kubegenie_tui.screens.waiting import waited

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.app import App

    from kubegenie_tui.agents.cluster_agent import ClusterAgent
    from kubegenie_tui.domain.plan import Plan
    from kubegenie_tui.screens.plan_dialog import Left

NO_CHANGE = "Nothing was changed"


class EditControl:
    """One edit of one object."""

    def __init__(self, app: "App[int]", decide: "Callable[[Plan], Awaitable[Left]]", run: Run | None = None) -> None:
        """An edit to come.

        Args:
            app: where the screens are shown.
            decide: lets a person see a plan and decide.
            run: runs an editor in the whole terminal.
        """
        self._app = app
        self._decide = decide
        self._run = run or full_terminal(app)

    async def edit(self, agent: "ClusterAgent", ref: ObjectRef, *, outside: bool) -> None:
        """Let the person edit.

        Raises:
            UsageError: there is no such editor, or the text may not be given to it.
            ClusterError, CredentialError, KubeconfigError: the object cannot be read.
        """
        kind = agent.kinds.resolve(ref.kind)

        async def read() -> Draft:
            found = await waited(self._app, f"reading {ref.words}", agent.get(kind, ref.name, ref.namespace))
            return draft_of(agent.name, kind, found)

        draft = await read()

        async def judge(text: str) -> Judged:
            return await self._judge(draft, text, read)

        edited = await self._outside(draft, judge) if outside else draft.text
        if edited:
            title = f"Edit {draft.words} on {agent.name}"
            screen = EditorScreen(title, draft.text, judge, EditorGuide(agent), edited=edited)
            await self._app.push_screen(screen)

    async def _outside(self, draft: Draft, judge: "Callable[[str], Awaitable[Judged]]") -> str:
        """Give the text away until nothing is wrong with it; an edit that is neither done nor undone, to go on here."""
        command, text = editor_command(os.environ), draft.text
        while True:
            edited, failure = await edit_outside(text, command, self._run, is_secret=draft.is_secret)
            if failure:
                self._app.notify(f"{failure}: the edit is kept here", severity="warning", markup=False)
                return edited
            if edited == draft.text or not edited.strip():
                self._app.notify(NO_CHANGE, markup=False)
                return ""
            if edited == text:
                return edited
            judged = await judge(edited)
            if judged.done or not judged.text:
                return "" if judged.done else edited
            text = judged.text

    async def _judge(self, draft: Draft, text: str, read: "Callable[[], Awaitable[Draft]]") -> Judged:
        try:
            plan = draft.plan(text, await read())
        except KubeGenieError as error:
            return Judged(False, draft.with_fault(text, error))
        if plan is None:
            self._app.notify(NO_CHANGE, markup=False)
            return Judged(True)
        left = await self._decide(plan)
        if left.refusal is not None:
            return Judged(False, draft.with_fault(text, left.refusal))
        return Judged(left.approved)
