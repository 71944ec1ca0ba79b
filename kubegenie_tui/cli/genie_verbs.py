"""The part of the command line that is about the genie and its models."""

import argparse
from collections.abc import Callable

from kubegenie_tui.cli.parser import Parser, _add_connection, _add_namespace, _add_output, _verb

AddParser = Callable[..., argparse.ArgumentParser]


def add_ask(add: AddParser) -> None:
    """`kubegenie ask`."""
    parser = _verb(add, "ask", "ask the genie about a cluster")
    parser.add_argument(
        "question", nargs="+", metavar="QUESTION", help="the question; `-` reads it from standard input"
    )
    parser.add_argument("--model", metavar="NAME", help="who answers: a model of the settings, NAME/MODEL, or built-in")
    _add_connection(parser)
    _add_namespace(parser)
    _add_output(parser, "json prints one event a line as it happens")


def add_model(add: AddParser) -> None:
    """`kubegenie model`."""
    verbs = _group(_verb(add, "model", "the models that can answer: what they can do, and their keys"), "model_verb")
    listing = _verb(verbs.add_parser, "list", "print the models of the settings, and what is known of each")
    _add_output(listing)
    checking = _verb(verbs.add_parser, "check", "ask a model's server what it can do, and keep that")
    checking.add_argument(
        "name", nargs="?", metavar="NAME", help="of the settings, or NAME/MODEL; without it the first"
    )
    _add_output(checking)
    keys = _group(_verb(verbs.add_parser, "key", "the keys of models in the keyring of your system"), "key_verb")
    setting = _verb(keys.add_parser, "set", "keep a key: it is asked for, or read from standard input")
    deleting = _verb(keys.add_parser, "delete", "forget a key")
    for parser in (setting, deleting):
        parser.add_argument("name", metavar="NAME", help="of the model in the settings; `default` for [model]")


def _group(parser: argparse.ArgumentParser, dest: str) -> "argparse._SubParsersAction[Parser]":
    return parser.add_subparsers(dest=dest, metavar="VERB", required=True, title="commands", parser_class=Parser)
