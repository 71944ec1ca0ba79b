"""`kubegenie chats`: what was said to the genie, listed, found again, branched, handed on, and forgotten."""

import argparse
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from kubegenie_tui.cli.complaint import complain
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.cli.output import write_json, write_json_line, write_table
from kubegenie_tui.domain.chat_export import exported, stamp
from kubegenie_tui.domain.conversation import Conversation, Message
from kubegenie_tui.domain.errors import KubeGenieError, UsageError
from kubegenie_tui.domain.log_time import moment
from kubegenie_tui.domain.text import plain
from kubegenie_tui.ending import run_to_end
from kubegenie_tui.paths import write_new_private

if TYPE_CHECKING:
    from kubegenie_tui.store.conversations import Conversations
    from kubegenie_tui.store.store import Store

_TITLES = ("#", "LAST", "CLUSTER", "MESSAGES", "PINNED", "TITLE")
_WHO = {"user": "You", "assistant": "Genie", "tool": "Look-up"}


def run(arguments: argparse.Namespace) -> int:
    """`kubegenie chats list|search|show|rename|pin|unpin|delete|prune|branch|export|replay`."""
    if arguments.chats_verb == "replay":
        from kubegenie_tui.cli.chat_replay import replayed

        return run_to_end(replayed(arguments))
    return run_to_end(_run(arguments))


@asynccontextmanager
async def opened_store() -> AsyncIterator["Store"]:
    """What is kept, which needs no cluster and no settings.

    Raises:
        StoreError: it cannot be opened.
    """
    from kubegenie_tui.paths import database_file
    from kubegenie_tui.store.store import Store

    store = await Store.open(database_file())
    try:
        if store.notice:
            complain(KubeGenieError(store.notice))
        yield store
    finally:
        await store.close()


async def _run(arguments: argparse.Namespace) -> int:
    async with opened_store() as store:
        if arguments.chats_verb == "export" and arguments.output == "postmortem":
            return await _draft(store, arguments)
        return await _do(store.conversations, arguments)


async def _draft(store: "Store", arguments: argparse.Namespace) -> int:
    from kubegenie_tui.changes.acts import acts_since
    from kubegenie_tui.domain.postmortem import begun
    from kubegenie_tui.domain.postmortem_text import as_postmortem
    from kubegenie_tui.genie.redaction.redactor import Redactor

    chat = await of_number(store.conversations, arguments.number)
    messages = await store.conversations.messages(chat.id)
    acts = await acts_since(store.audit, begun(chat, messages), Redactor().text)
    _hand_on(as_postmortem(chat, messages, acts), arguments)
    return Exit.OK


async def _do(chats: "Conversations", arguments: argparse.Namespace) -> int:
    match arguments.chats_verb:
        case "list":
            _tell([(each, "") for each in await chats.recent(arguments.limit)], arguments)
        case "search":
            found = await chats.search(" ".join(arguments.words), arguments.limit)
            _tell([(each.conversation, each.excerpt) for each in found], arguments)
        case "prune":
            before = moment(arguments.older_than, time.time())
            old = await (chats.old(before) if arguments.dry_run else chats.forget(before))
            _tell([(each, "") for each in old], arguments)
        case _:
            await _do_with_one(chats, await of_number(chats, arguments.number), arguments)
    return Exit.OK


async def _do_with_one(chats: "Conversations", chat: Conversation, arguments: argparse.Namespace) -> None:
    match arguments.chats_verb:
        case "show":
            _show(chat, await chats.messages(chat.id), arguments)
        case "rename":
            await chats.rename(chat.id, " ".join(arguments.words))
        case "pin" | "unpin":
            await chats.pin(chat.id, pinned=arguments.chats_verb == "pin")
        case "branch":
            await _branch(chats, chat, arguments)
        case "export":
            results = await chats.results.all(chat.id) if arguments.output == "json" else []
            _hand_on(exported(chat, await chats.messages(chat.id), arguments.output, results), arguments)
        case _:
            await chats.delete(chat.id)


async def of_number(chats: "Conversations", number: int) -> Conversation:
    """The conversation with this number.

    Raises:
        UsageError: there is none.
    """
    chat = await chats.get(number)
    if chat is None:
        raise UsageError(f"There is no conversation {number}", next_step="`kubegenie chats list` numbers them")
    return chat


async def _branch(chats: "Conversations", chat: Conversation, arguments: argparse.Namespace) -> None:
    messages = await chats.messages(chat.id)
    if (arguments.at or 0) > len(messages):
        hint = f"it has {len(messages)} messages; `kubegenie chats show {chat.id}` numbers them"
        raise UsageError(f"There is no message {arguments.at} in conversation {chat.id}", next_step=hint)
    branched = await chats.branch(chat.id, chat.title, messages[arguments.at - 1].id if arguments.at else None)
    if arguments.output == "json":
        write_json(_as_json(branched))
    else:
        sys.stdout.write(f"Conversation {branched.id} begins with {branched.messages} messages of {chat.id}.\n")


def _hand_on(text: str, arguments: argparse.Namespace) -> None:
    if arguments.file:
        write_new_private(Path(arguments.file), text.encode("utf-8", "replace"))
    else:
        sys.stdout.write(text)


def _tell(chats: list[tuple[Conversation, str]], arguments: argparse.Namespace) -> None:
    if arguments.output == "json":
        for chat, excerpt in chats:
            write_json_line(_as_json(chat) | ({"excerpt": excerpt} if excerpt else {}))
        return
    if not chats:
        sys.stdout.write("There are no conversations.\n")
        return
    titles = (*_TITLES, "FOUND") if arguments.chats_verb == "search" else _TITLES
    lines = [[*_cells(c), excerpt] for c, excerpt in chats]
    write_table(titles, [line[: len(titles)] for line in lines], {0, 3})


def _cells(chat: Conversation) -> list[str]:
    pinned = "yes" if chat.pinned else "–"
    return [str(chat.id), _clock(chat.updated), chat.cluster, str(chat.messages), pinned, chat.title]


def _as_json(chat: Conversation) -> dict[str, Any]:
    return {**msgspec.structs.asdict(chat), "created": stamp(chat.created), "updated": stamp(chat.updated)}


def _show(chat: Conversation, messages: list[Message], arguments: argparse.Namespace) -> None:
    """The whole of it: Markdown for people, JSON for programs."""
    if arguments.output == "json":
        sys.stdout.write(exported(chat, messages, "json"))
        return
    sys.stdout.write(f"# {plain(chat.title)}\n\nCluster {plain(chat.cluster)}, {_clock(chat.created)}.\n")
    for number, message in enumerate(messages, start=1):
        tool = f" `{plain(message.tool)}`" if message.tool else ""
        text = "\n".join(plain(line) for line in message.text.splitlines())
        body = f"```text\n{text}\n```" if message.role == "tool" else text
        sys.stdout.write(f"\n## {_WHO[message.role]}{tool}, {_clock(message.at)} ({number})\n\n{body}\n")


def _clock(at: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(at))
