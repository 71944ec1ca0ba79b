"""What `:chat` does with the conversation that goes on: branch, rename, pin, export it, or find an earlier one."""

import asyncio
import re
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual.content import Content

from kubegenie_tui.domain.conversation import Conversation
from kubegenie_tui.domain.errors import KubeGenieError, UsageError
from kubegenie_tui.domain.quantity import format_age
from kubegenie_tui.domain.text import plain
from kubegenie_tui.domain.turns import Turn, turns_of
from kubegenie_tui.screens.picker import Choice, PickerScreen
from kubegenie_tui.widgets.background import begin

if TYPE_CHECKING:
    from textual.app import App

    from kubegenie_tui.services import Services

_ALL = "all"
"""The choice of a branch that begins with all that was said."""
_POSTMORTEM = "postmortem"
"""The word of an export that is the draft of one."""
_MARKS = re.compile(r"[*`|\\]|-{3,}")
"""What Markdown adds to words."""


class ChatKeeping:
    """Acts on `:chat WORD ...` for the conversation about one cluster."""

    def __init__(self, app: "App[int]", services: "Services", cluster: str) -> None:
        self._app = app
        self._chats = services.store.conversations
        self._audit = services.store.audit
        self._mask = services.genie.masked
        self._session = services.sessions.of(cluster)

    def run(self, line: str) -> None:
        """Do what follows `:chat`; what cannot be done is said."""
        begin(self._app, partial(self._told, line), "chat-keeping", exclusive=True)

    async def _told(self, line: str) -> None:
        word, _, rest = line.partition(" ")
        try:
            said = await self._do(word, rest.strip())
        except KubeGenieError as error:
            self._app.notify(str(error), severity="warning", markup=False)
        else:
            if said:
                self._app.notify(said, markup=False)

    async def _do(self, word: str, rest: str) -> str:
        match word:
            case "search":
                return await self._search(rest)
            case "branch":
                return await self._branch(rest)
            case "rename":
                return await self._rename(rest)
            case "export":
                return await self._export(rest)
        chat = self._going_on()
        await self._chats.pin(chat.id, pinned=word == "pin")
        return "This conversation stays, however old it is" if word == "pin" else "This conversation may be forgotten"

    def _going_on(self) -> Conversation:
        if self._session.conversation is None:
            raise UsageError("There is no conversation here", next_step="ask something, or open an earlier one")
        return self._session.conversation

    async def _branch(self, typed: str) -> str:
        self._going_on()
        turns = turns_of(self._session.messages)
        picked = typed or await self._picked("Begin a conversation with what was said up to", _turn_choices(turns))
        if not picked:
            return ""
        if picked != _ALL and not (picked.isdecimal() and 0 < int(picked) <= len(turns)):
            hint = f"there are {len(turns)}; `:chat branch` lists them"
            raise UsageError(f"There is no question {picked} in this conversation", next_step=hint)
        branched = await self._session.branch(None if picked == _ALL else turns[int(picked) - 1].last)
        return f"A new conversation with {branched.messages} messages of the one before goes on here"

    async def _rename(self, title: str) -> str:
        chat = self._going_on()
        if not title:
            raise UsageError("It needs a title", next_step="for example `:chat rename the broken checkout`")
        masked = self._mask(title)
        await self._chats.rename(chat.id, masked)
        self._session.renamed(masked)
        return f"Renamed to {masked}"

    async def _search(self, words: str) -> str:
        if not words:
            raise UsageError("It needs words to look for", next_step="for example `:chat search missing key`")
        found = await self._chats.search(words)
        now = time.time()
        choices = [_found_choice(each.conversation, each.excerpt, now) for each in found]
        picked = await self._picked(f"Conversations with {words}", choices)
        chat = next((each.conversation for each in found if str(each.conversation.id) == picked), None)
        if chat is not None:
            await self._session.reopen(chat)
        return ""

    async def _export(self, name: str) -> str:
        chat = self._going_on()
        from kubegenie_tui.domain.chat_export import exported

        word, _, rest = name.partition(" ")
        if word == _POSTMORTEM:
            return await self._draft(chat, rest.strip())
        messages = await self._chats.messages(chat.id)
        path = _place(name, f"kubegenie-chat-{chat.id}.md")
        form = "json" if path.suffix == ".json" else "markdown"
        results = await self._chats.results.all(chat.id) if form == "json" else []
        text = await asyncio.to_thread(exported, chat, messages, form, results)
        await _write(path, text)
        return f"Exported {len(messages)} messages to {path}"

    async def _draft(self, chat: Conversation, name: str) -> str:
        from kubegenie_tui.changes.acts import acts_since
        from kubegenie_tui.domain.postmortem import begun
        from kubegenie_tui.domain.postmortem_text import as_postmortem

        messages = await self._chats.messages(chat.id)
        acts = await acts_since(self._audit, begun(chat, messages), self._mask)
        path = _place(name, f"kubegenie-postmortem-{chat.id}.md")
        await _write(path, await asyncio.to_thread(as_postmortem, chat, messages, acts))
        return f"Drafted a postmortem in {path}"

    async def _picked(self, title: str, choices: list[Choice]) -> str | None:
        picker = PickerScreen(plain(title), choices, nothing="no conversation like that")
        return await self._app.push_screen_wait(picker)


def _turn_choices(turns: Sequence[Turn]) -> list[Choice]:
    """Every question, the latest first, after the choice of all."""
    choices = [
        Choice(str(number), Content.assemble((f"{number}  ", "$muted"), plain(turn.question.text)))
        for number, turn in enumerate(turns, start=1)
    ]
    return [Choice(_ALL, Content("all of it")), *reversed(choices)]


def _found_choice(chat: Conversation, excerpt: str, now: float) -> Choice:
    words = " ".join(_MARKS.sub("", excerpt).split())
    facts = f"  {plain(chat.cluster)}  {format_age(now - chat.updated)} ago  {plain(words)}"
    return Choice(str(chat.id), Content.assemble(plain(chat.title), (facts, "$muted")))


async def _write(path: Path, text: str) -> None:
    from kubegenie_tui.paths import write_new_private

    await asyncio.to_thread(write_new_private, path, text.encode("utf-8", "replace"))


def _place(name: str, unnamed: str) -> Path:
    """Where an export goes: as named, else a name that is free; a bare name is one among the person's downloads.

    Raises:
        UsageError: it is in the home of a user that there is not.
    """
    from kubegenie_tui.paths import downloads_dir

    if name:
        try:
            return downloads_dir() / Path(name).expanduser()
        except RuntimeError as error:
            raise UsageError(f"There is no home directory for {name}", next_step="name another file") from error
    first = downloads_dir() / unnamed
    tries = (first.with_stem(f"{first.stem}-{again}") for again in range(2, 1_000))
    return first if not first.exists() else next(path for path in tries if not path.exists())
