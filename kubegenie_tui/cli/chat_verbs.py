"""The verbs about what was said to the genie, and about notes: `kubegenie chats`, `kubegenie notes`."""

import argparse

from kubegenie_tui.cli.parser_parts import (
    AddParser,
    Parser,
    add_config,
    add_context,
    add_namespace,
    add_output,
    new_verb,
    positive,
)


def add_chats(add: AddParser) -> None:
    """`chats` and its verbs."""
    verbs = new_verb(add, "chats", "what was said to the genie: list it, find it again, hand it on").add_subparsers(
        dest="chats_verb", metavar="VERB", required=True, title="commands", parser_class=Parser
    )
    add_verb: AddParser = verbs.add_parser
    _add_reading(add_verb)
    _add_keeping(add_verb)
    _add_handing_on(add_verb)


def _add_reading(add: AddParser) -> None:
    listing = new_verb(add, "list", "print the conversations that were last spoken in")
    searching = new_verb(add, "search", "print the conversations with all of some words, or words that begin so")
    searching.add_argument("words", metavar="WORD", nargs="+", help="what was said, or stands in a title")
    for each in (listing, searching):
        each.add_argument("--limit", type=positive, metavar="N", default=50, help="so many at most (50)")
        add_output(each, "json prints one conversation a line")
    showing = new_verb(add, "show", "print all of a conversation, each message with its number: Markdown, or JSON")
    showing.add_argument("number", metavar="NUMBER", type=positive, help="of the conversation, as `list` tells it")
    add_output(showing)


def _add_keeping(add: AddParser) -> None:
    renaming = _about_one(add, "rename", "give a conversation another title")
    renaming.add_argument("words", metavar="WORD", nargs="+", help="the title")
    _about_one(add, "pin", "keep a conversation however old it is")
    _about_one(add, "unpin", "let a conversation be forgotten when it is old")
    _about_one(add, "delete", "forget a conversation")
    pruning = new_verb(add, "prune", "forget old conversations, except those that are pinned")
    pruning.add_argument(
        "--older-than", metavar="TIME", required=True, help="neither spoken in nor opened since: 30d, 2026-01-01"
    )
    pruning.add_argument("--dry-run", action="store_true", help="print what would be forgotten, and forget nothing")
    add_output(pruning, "json prints one conversation a line")


def _add_handing_on(add: AddParser) -> None:
    branching = _about_one(add, "branch", "begin a conversation with what was said in another")
    branching.add_argument(
        "--at", type=positive, metavar="N", help="end with this message, as `show` numbers them; with the last without"
    )
    add_output(branching)
    exporting = _about_one(add, "export", "print a conversation to be handed on, or write it to a new file")
    exporting.add_argument("file", metavar="FILE", nargs="?", default="", help="a new file; nobody else may read it")
    exporting.add_argument(
        "-o",
        "--output",
        choices=("markdown", "json", "postmortem"),
        default="markdown",
        help="markdown (the default) to be read, json with all that was recorded, postmortem for the draft of one",
    )
    replaying = _about_one(
        add,
        "replay",
        "ask the model of today the same again, with the recorded results in place of a cluster; without a model, "
        "play it back as recorded",
    )
    add_output(replaying, "json prints one turn a line")


def _about_one(add: AddParser, name: str, summary: str) -> argparse.ArgumentParser:
    parser = new_verb(add, name, summary)
    parser.add_argument("number", metavar="NUMBER", type=positive, help="of the conversation")
    return parser


def add_notes(add: AddParser) -> None:
    """`notes` and its verbs."""
    verbs = new_verb(add, "notes", "notes on faults, told when the same fault returns").add_subparsers(
        dest="notes_verb", metavar="VERB", required=True, title="commands", parser_class=Parser
    )
    listing = new_verb(verbs.add_parser, "list", "print the notes, the latest first")
    listing.add_argument(
        "--context", metavar="NAME", default=argparse.SUPPRESS, help="only those of this cluster; all without it"
    )
    add_output(listing, "json prints one note a line")
    adding = new_verb(verbs.add_parser, "add", "pin a note to a cluster")
    adding.add_argument("words", metavar="WORD", nargs="+", help="the note")
    adding.add_argument("--rule", metavar="RULE", default="", help="the rule whose finding it is about")
    adding.add_argument("--about", metavar="KIND/NAME", default="", help="the object it is about")
    add_config(adding)
    add_context(adding)
    add_namespace(adding)
    deleting = new_verb(verbs.add_parser, "delete", "forget a note")
    deleting.add_argument("number", metavar="NUMBER", type=positive, help="of the note, as `list` tells it")
