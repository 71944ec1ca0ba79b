"""The commands of the line one by one, to be described elsewhere: completion and the reference page."""

import argparse
from collections.abc import Iterator
from typing import NamedTuple


class Command(NamedTuple):
    """One command of the line, to be described elsewhere."""

    path: tuple[str, ...]
    """Its verbs: empty for `kubegenie` itself, `("clusters", "add")`."""
    summary: str
    options: tuple[argparse.Action, ...]
    arguments: tuple[argparse.Action, ...]
    verbs: dict[str, str]
    """The verbs that may follow, with their summaries."""


def commands(parser: argparse.ArgumentParser, path: tuple[str, ...] = ()) -> Iterator[Command]:
    """Every command of a parser, itself first."""
    nested = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    summaries = {choice.dest: choice.help or "" for action in nested for choice in action._choices_actions}
    options = tuple(action for action in parser._actions if action.option_strings)
    plain = tuple(action for action in parser._actions if not action.option_strings and action not in nested)
    yield Command(path, parser.description or "", options, plain, summaries)
    for action in nested:
        for verb, child in action.choices.items():
            yield from commands(child, (*path, verb))
