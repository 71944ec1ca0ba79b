"""The part of the command line that is about the genie and its models."""

import argparse

from kubegenie_tui.cli.parser_parts import AddParser, Parser, add_connection, add_namespace, add_output, new_verb


def add_ask(add: AddParser) -> None:
    """`kubegenie ask`."""
    parser = new_verb(add, "ask", "ask the genie about a cluster")
    parser.add_argument(
        "question",
        nargs="+",
        metavar="QUESTION",
        help="the question; `-` reads it from standard input, which else is read as data beside it",
    )
    parser.add_argument("--model", metavar="NAME", help="who answers: a model of the settings, NAME/MODEL, or built-in")
    add_connection(parser)
    add_namespace(parser)
    add_output(parser, "json prints one event a line as it happens")


def add_model(add: AddParser) -> None:
    """`kubegenie model`."""
    verbs = _group(new_verb(add, "model", "the models that can answer: what they can do, and their keys"), "model_verb")
    listing = new_verb(verbs.add_parser, "list", "print the models of the settings, and what is known of each")
    add_output(listing)
    checking = new_verb(verbs.add_parser, "check", "ask a model's server what it can do, and keep that")
    checking.add_argument(
        "name", nargs="?", metavar="NAME", help="of the settings, or NAME/MODEL; without it the first"
    )
    add_output(checking)
    keys = _group(new_verb(verbs.add_parser, "key", "the keys of models in the keyring of your system"), "key_verb")
    setting = new_verb(keys.add_parser, "set", "keep a key: it is asked for, or read from standard input")
    deleting = new_verb(keys.add_parser, "delete", "forget a key")
    for parser in (setting, deleting):
        parser.add_argument("name", metavar="NAME", help="of the model in the settings; `default` for [model]")


def _group(parser: argparse.ArgumentParser, dest: str) -> "argparse._SubParsersAction[Parser]":
    return parser.add_subparsers(dest=dest, metavar="VERB", required=True, title="commands", parser_class=Parser)
