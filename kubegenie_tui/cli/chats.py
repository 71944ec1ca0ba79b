"""`kubegenie chats`: what was said to the genie, listed, found again, and handed on as text."""

import argparse
import sys
import time
from typing import TYPE_CHECKING, Any

import msgspec

from kubegenie_tui.cli.complaint import complain
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.cli.output import write_json, write_json_line, write_table
from kubegenie_tui.domain.conversation import Conversation, Message
from kubegenie_tui.domain.errors import KubeGenieError, UsageError
from kubegenie_tui.domain.text import plain
from kubegenie_tui.ending import run_to_end

if TYPE_CHECKING:
    from kubegenie_tui.store.conversations import Conversations

_TITLES = ("#", "LAST", "CLUSTER", "MESSAGES", "TITLE")
_WHO = {"user": "You", "assistant": "Genie", "tool": "Look-up"}


def run(arguments: argparse.Namespace) -> int:
    """`kubegenie chats list|search|show|rename|delete`."""
    return run_to_end(_run(arguments))


async def _run(arguments: argparse.Namespace) -> int:
    from kubegenie_tui.paths import database_file
    from kubegenie_tui.store.store import Store

    store = await Store.open(database_file())
    try:
        if store.notice:
            complain(KubeGenieError(store.notice))
        return await _do(store.conversations, arguments)
    finally:
        await store.close()


async def _do(chats: "Conversations", arguments: argparse.Namespace) -> int:
    match arguments.chats_verb:
        case "list":
            _tell([(each, "") for each in await chats.recent(arguments.limit)], arguments)
        case "search":
            found = await chats.search(" ".join(arguments.words), arguments.limit)
            _tell([(each.conversation, each.excerpt) for each in found], arguments)
        case "show":
            chat = await _of_number(chats, arguments.number)
            _show(chat, await chats.messages(chat.id), arguments)
        case "rename":
            chat = await _of_number(chats, arguments.number)
            await chats.rename(chat.id, " ".join(arguments.words))
        case _:
            await chats.delete((await _of_number(chats, arguments.number)).id)
    return Exit.OK


async def _of_number(chats: "Conversations", number: int) -> Conversation:
    """The conversation with this number.

    Raises:
        UsageError: there is none.
    """
    for chat in await chats.recent(-1):
        if chat.id == number:
            return chat
    raise UsageError(f"There is no conversation {number}", next_step="`kubegenie chats list` numbers them")


def _tell(chats: list[tuple[Conversation, str]], arguments: argparse.Namespace) -> None:
    if arguments.output == "json":
        for chat, excerpt in chats:
            write_json_line(_as_json(chat) | ({"excerpt": excerpt} if excerpt else {}))
        return
    if not chats:
        sys.stdout.write("There are no conversations.\n")
        return
    titles = (*_TITLES, "FOUND") if arguments.chats_verb == "search" else _TITLES
    lines = [[str(c.id), _clock(c.updated), c.cluster, str(c.messages), c.title, excerpt] for c, excerpt in chats]
    write_table(titles, [line[: len(titles)] for line in lines], {0, 3})


def _as_json(chat: Conversation) -> dict[str, Any]:
    return {**msgspec.structs.asdict(chat), "created": _stamp(chat.created), "updated": _stamp(chat.updated)}


def _show(chat: Conversation, messages: list[Message], arguments: argparse.Namespace) -> None:
    """The whole of it: Markdown for people, JSON for programs."""
    if arguments.output == "json":
        told = [{**msgspec.structs.asdict(each), "at": _stamp(each.at)} for each in messages]
        write_json(_as_json(chat) | {"messages": told})
        return
    sys.stdout.write(f"# {plain(chat.title)}\n\nCluster {plain(chat.cluster)}, {_clock(chat.created)}.\n")
    for message in messages:
        tool = f" `{plain(message.tool)}`" if message.tool else ""
        text = "\n".join(plain(line) for line in message.text.splitlines())
        body = f"```text\n{text}\n```" if message.role == "tool" else text
        sys.stdout.write(f"\n## {_WHO[message.role]}{tool}, {_clock(message.at)}\n\n{body}\n")


def _clock(at: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(at))


def _stamp(at: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))
