"""What verbs of the command line are made of: a page, a parser whose complaints are ours, options that many take."""

import argparse
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from kubegenie_tui.domain.errors import UsageError

AddParser = Callable[..., argparse.ArgumentParser]
"""Adds a verb beside others."""


class Page(argparse.HelpFormatter):
    """A help page of short lines: an option with its value and its note side by side, the verbs without a heading."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=29)

    def _format_action_invocation(self, action: argparse.Action) -> str:
        if not action.option_strings or action.nargs == 0:
            return super()._format_action_invocation(action)
        value = self._format_args(action, action.dest.upper())
        return f"{', '.join(action.option_strings)} {value}"

    def _format_action(self, action: argparse.Action) -> str:
        text = super()._format_action(action)
        return text.partition("\n")[2] if isinstance(action, argparse._SubParsersAction) else text

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return text if "\n" in text else super()._fill_text(text, width, indent)


class Parser(argparse.ArgumentParser):
    """A parser whose complaints are our errors: what is wrong, and what to do."""

    def error(self, message: str) -> NoReturn:
        """Raise.

        Raises:
            UsageError: always.
        """
        raise UsageError(_in_words(message) + self._verbs(message), next_step=f"`{self.prog} --help` shows how")

    def _verbs(self, message: str) -> str:
        """Those there are, where one is missing."""
        verbs = next((each for each in self._actions if isinstance(each, argparse._SubParsersAction)), None)
        if verbs is None or not message.endswith(f"required: {verbs.metavar}"):
            return ""
        *most, last = verbs.choices
        return f", which is {', '.join(most)} or {last}" if most else f", which is {last}"


def new_verb(add: AddParser, name: str, summary: str) -> argparse.ArgumentParser:
    """A verb with its summary."""
    return add(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.", formatter_class=Page)


def positive(text: str) -> int:
    """A number above 0."""
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text} is no number above 0")
    return int(text)


def add_config(parser: argparse.ArgumentParser, default: object = argparse.SUPPRESS) -> None:
    """Given before or after the verb, an option means the same: only the outermost parser sets defaults."""
    parser.add_argument(
        "--kubeconfig",
        type=Path,
        metavar="FILE",
        default=default,
        help="read this instead of KUBECONFIG and ~/.kube/config",
    )


def add_connection(parser: argparse.ArgumentParser, default: object = argparse.SUPPRESS) -> None:
    """What leads to a cluster."""
    add_config(parser, default)
    add_context(parser, default)
    parser.add_argument(
        "--as",
        dest="user",
        metavar="USER",
        default=default,
        help="act as this user there: ours has to be allowed to impersonate",
    )
    parser.add_argument(
        "--as-group",
        dest="groups",
        metavar="GROUP",
        action="append",
        default=default,
        help="with --as: act as a member of this group; repeat for more",
    )


def add_context(parser: argparse.ArgumentParser, default: object = argparse.SUPPRESS) -> None:
    """`--context`."""
    parser.add_argument(
        "--context", metavar="NAME", default=default, help="the cluster; the current context without it"
    )


def add_namespace(parser: argparse.ArgumentParser, default: object = argparse.SUPPRESS) -> None:
    """`-n` or `-A`."""
    scope = parser.add_mutually_exclusive_group()
    scope.add_argument(
        "-n", "--namespace", metavar="NAME", default=default, help="the namespace; that of the context without it"
    )
    scope.add_argument(
        "-A",
        "--all-namespaces",
        action="store_true",
        default=False if default is None else default,
        help="all namespaces",
    )


def add_command(parser: argparse.ArgumentParser, default: object = argparse.SUPPRESS) -> None:
    """`-c`."""
    parser.add_argument(
        "-c",
        "--command",
        metavar="COMMAND",
        default=default,
        help="run this first, as if typed after `:`, such as `pods` or `ctx prod`",
    )


def add_fleet(parser: argparse.ArgumentParser, default: object = argparse.SUPPRESS) -> None:
    """`--fleet`."""
    parser.add_argument(
        "--fleet", action="store_true", default=default, help="all clusters in one table: pods, or the kind of -c"
    )


def add_output(parser: argparse.ArgumentParser, note: str = "") -> None:
    """`-o`; `note` says more of json."""
    parser.add_argument(
        "-o",
        "--output",
        choices=("text", "json"),
        default="text",
        help=f"text (the default) or json{'; ' if note else ''}{note}",
    )


def _in_words(message: str) -> str:
    """One of argparse's complaints, with near names when a choice is wrong."""
    match = re.match(r"argument (\S+): invalid choice: '(.*)' \(choose from (.*)\)", message)
    if match is None:
        return message[0].upper() + message[1:]
    argument, given, choices = match.groups()
    names = [choice.strip("' ") for choice in choices.split(",")]
    return f'"{given}" is no {argument}{_did_you_mean(given, names)}'


def _did_you_mean(given: str, names: Sequence[str]) -> str:
    import difflib

    near = difflib.get_close_matches(given, names, n=1, cutoff=0.5)
    return f": did you mean {near[0]}?" if near else f": there are {', '.join(names)}"
