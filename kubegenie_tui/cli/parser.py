"""The command line as data: help, completion and the reference page are all made from this parser."""

import argparse
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, NoReturn

from kubegenie_tui import __version__
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.domain.errors import UsageError

DESCRIPTION = "A terminal cockpit for all your Kubernetes clusters. Without a command it opens full screen."
EXAMPLES = """examples:
  kubegenie                              your clusters, full screen
  kubegenie -A -c pods                   all pods of the current one
  kubegenie demo                         simulated clusters, to look around
  kubegenie get pods -n shop -o json     the same answers for scripts
  kubegenie ask "why is checkout failing?"
"""
EXITS = "exit status:\n" + "".join(f"  {status:<5d} {status.meaning}\n" for status in Exit)


class _Page(argparse.HelpFormatter):
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
        raise UsageError(_in_words(message), next_step=f"`{self.prog} --help` shows how")


def build_parser() -> Parser:
    """The whole command line."""
    from kubegenie_tui.cli.genie_verbs import add_ask, add_model

    parser = Parser(prog="kubegenie", description=DESCRIPTION, epilog=f"{EXAMPLES}\n{EXITS}", formatter_class=_Page)
    parser.add_argument("--version", action="version", version=f"kubegenie {__version__}", help="print the version")
    _add_connection(parser, default=None)
    _add_namespace(parser, default=None)
    _add_command(parser, default=None)
    _add_fleet(parser, default=None)
    parser.add_argument("--read-only", action="store_true", help="refuse every change to a cluster")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", title="commands", parser_class=Parser)
    for add in (
        _add_demo,
        add_ask,
        _add_diagnose,
        _add_intent,
        _add_get,
        _add_do,
        _add_apply,
        _add_rollout,
        _add_forward,
        _add_cp,
        _add_clusters,
        _add_audit,
        _add_chats,
        add_model,
        _add_doctor,
        _add_completion,
    ):
        add(verbs.add_parser)
    return parser


AddParser = Callable[..., argparse.ArgumentParser]


def _add_demo(add: AddParser) -> None:
    parser = _verb(add, "demo", "open full screen on simulated clusters: nothing is needed, nothing is changed")
    _add_context(parser)
    _add_namespace(parser)
    _add_command(parser)
    _add_fleet(parser)


def _add_diagnose(add: AddParser) -> None:
    parser = _verb(add, "diagnose", "say what is wrong in a namespace or a cluster, and which object has to change")
    _add_connection(parser)
    _add_namespace(parser)
    _add_output(parser)


def _add_intent(add: AddParser) -> None:
    parser = _verb(add, "intent", "show how the built-in engine understands a sentence; it changes nothing")
    parser.add_argument("sentence", nargs="*", metavar="SENTENCE", help="what a person would ask for")
    parser.add_argument("--batch", action="store_true", help="read sentences from standard input, one of JSON a line")
    _add_connection(parser)
    _add_namespace(parser)


def _add_get(add: AddParser) -> None:
    parser = _verb(add, "get", "print objects of one kind, or one object")
    parser.add_argument(
        "kind",
        metavar="KIND",
        help="any name kubectl takes: pods, po, deploy, certificates.cert-manager.io; `pod/web` names one",
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help="one object; all of them without it")
    parser.add_argument(
        "-l", "--selector", metavar="SELECTOR", default="", help="only objects with these labels: app=web,tier!=cache"
    )
    _add_connection(parser)
    _add_namespace(parser)
    _add_output(parser, "json prints whole objects as kubectl does, with the values of Secrets hidden")


def _add_forward(add: AddParser) -> None:
    parser = _verb(
        add, "forward", "lead ports of this computer to a pod until interrupted; follows a pod that restarts"
    )
    parser.add_argument(
        "target", metavar="KIND/NAME", help="pod/web, service/web, deployment/web; a pod when only a name is given"
    )
    parser.add_argument(
        "ports", nargs="+", metavar="LOCAL:PORT", help="8080:80, 8080:http; 8080 alone is the same port at both ends"
    )
    _add_connection(parser)
    _add_namespace(parser)


def _add_do(add: AddParser) -> None:
    parser = _verb(add, "do", "change objects: scale, restart, delete, drain and more, previewed first")
    parser.add_argument("operation", nargs="?", metavar="OPERATION", help="what to do; without it all are listed")
    parser.add_argument(
        "words",
        nargs="*",
        metavar="WORD",
        help="the objects as KIND/NAME, then what the operation needs: `deployment/web 5`, `node/one force grace=30`",
    )
    _add_changing(parser)


def _add_apply(add: AddParser) -> None:
    parser = _verb(add, "apply", "make objects what a file says, previewed first")
    parser.add_argument("-f", "--file", required=True, metavar="FILE", help="YAML or JSON; `-` is standard input")
    parser.add_argument("--force", action="store_true", help="take over fields that others own")
    _add_changing(parser)


def _add_rollout(add: AddParser) -> None:
    verbs = _verb(add, "rollout", "follow a rollout, or list the revisions of a workload").add_subparsers(
        dest="rollout_verb", metavar="VERB", required=True, title="commands", parser_class=Parser
    )
    for name, summary in (
        ("status", "follow a rollout until it has ended"),
        ("history", "list the revisions that the cluster keeps"),
    ):
        parser = _verb(verbs.add_parser, name, summary)
        parser.add_argument("object", metavar="KIND/NAME", help="the workload: deployment/web")
        _add_connection(parser)
        _add_namespace(parser)
        _add_output(parser)


def _add_changing(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--yes", action="store_true", help="do not ask; not enough for what is destructive (W3)")
    parser.add_argument("--dry-run", action="store_true", help="show what would change, and change nothing")
    _add_connection(parser)
    _add_namespace(parser)
    _add_output(parser, "json asks nothing")


def _add_cp(add: AddParser) -> None:
    parser = _verb(add, "cp", "copy files and directories from or into a container, which needs tar")
    parser.add_argument("source", metavar="SOURCE", help="a path here, or POD:PATH, or NAMESPACE/POD:PATH")
    parser.add_argument("target", metavar="TARGET", help="the same: one of the two is in a pod")
    parser.add_argument(
        "--container", metavar="NAME", default="", help="the container; the pod's default one without it"
    )
    _add_connection(parser)
    _add_namespace(parser)


def _add_clusters(add: AddParser) -> None:
    verbs = _verb(add, "clusters", "list, add, remove and test clusters").add_subparsers(
        dest="clusters_verb", metavar="VERB", required=True, title="commands", parser_class=Parser
    )
    _listing = _verb(verbs.add_parser, "list", "print every known cluster and how it is")
    _add_config(_listing)
    _add_output(_listing)
    adding = _verb(verbs.add_parser, "add", "remember a cluster of a kubeconfig that is not among your usual ones")
    adding.add_argument("file", type=Path, metavar="FILE", help="the kubeconfig")
    adding.add_argument(
        "--context", metavar="NAME", default=argparse.SUPPRESS, help="the context in it; its current one without this"
    )
    removing = _verb(verbs.add_parser, "remove", "forget a cluster that was added; your kubeconfigs are never changed")
    removing.add_argument("name", metavar="NAME", help="the cluster")
    testing = _verb(verbs.add_parser, "test", "connect to clusters and say what happened")
    testing.add_argument("names", nargs="*", metavar="NAME", help="the clusters; all known ones without a name")
    _add_config(testing)
    _add_output(testing)


def _add_audit(add: AddParser) -> None:
    verbs = _verb(add, "audit", "the record of every change: print it, check it, hand it on").add_subparsers(
        dest="audit_verb", metavar="VERB", required=True, title="commands", parser_class=Parser
    )
    listing = _verb(verbs.add_parser, "list", "print the latest changes, who made them, and how they ended")
    listing.add_argument(
        "--context", metavar="NAME", default=argparse.SUPPRESS, help="only changes to this cluster; all without it"
    )
    listing.add_argument("--since", metavar="TIME", default="", help="only later ones: 2h, 14:30, 2026-11-25T14:30")
    listing.add_argument("--limit", type=_positive, metavar="N", default=50, help="so many at most (50)")
    _add_output(listing, "json prints one change a line")
    checking = _verb(verbs.add_parser, "verify", "check that nothing was changed, put in, or taken out of it")
    checking.add_argument("--archive", metavar="FILE", default="", help="check what `prune` wrote to this file instead")
    _add_output(checking)
    pruning = _verb(verbs.add_parser, "prune", "take old entries out of it, into a file; the rest stays provable")
    pruning.add_argument("--before", metavar="TIME", required=True, help="only older ones: 90d, 2026-01-01")
    pruning.add_argument("--to", metavar="FILE", required=True, help="a new file for them, one line of JSON an entry")
    _add_output(pruning)
    exporting = _verb(verbs.add_parser, "export", "print all of it for other tools, one line of text an entry")
    exporting.add_argument(
        "--format",
        choices=("jsonl", "k8s", "ocsf", "cef"),
        default="jsonl",
        help="jsonl (the default: as it is kept), k8s (audit.k8s.io/v1), ocsf (API Activity), cef",
    )


def _add_chats(add: AddParser) -> None:
    verbs = _verb(add, "chats", "what was said to the genie: list it, find it again, hand it on").add_subparsers(
        dest="chats_verb", metavar="VERB", required=True, title="commands", parser_class=Parser
    )
    listing = _verb(verbs.add_parser, "list", "print the conversations that were last spoken in")
    searching = _verb(
        verbs.add_parser, "search", "print the conversations with all of some words, or words that begin so"
    )
    searching.add_argument("words", metavar="WORD", nargs="+", help="what was said, or stands in a title")
    for verb in (listing, searching):
        verb.add_argument("--limit", type=_positive, metavar="N", default=50, help="so many at most (50)")
        _add_output(verb, "json prints one conversation a line")
    showing = _verb(verbs.add_parser, "show", "print all of a conversation: Markdown, or JSON")
    showing.add_argument("number", metavar="NUMBER", type=_positive, help="of the conversation, as `list` tells it")
    _add_output(showing)
    renaming = _verb(verbs.add_parser, "rename", "give a conversation another title")
    renaming.add_argument("number", metavar="NUMBER", type=_positive, help="of the conversation")
    renaming.add_argument("words", metavar="WORD", nargs="+", help="the title")
    deleting = _verb(verbs.add_parser, "delete", "forget a conversation")
    deleting.add_argument("number", metavar="NUMBER", type=_positive, help="of the conversation")


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text} is no number above 0")
    return int(text)


def _add_doctor(add: AddParser) -> None:
    parser = _verb(
        add, "doctor", "check the terminal, settings, kubeconfigs, clusters and the model, and say what to do"
    )
    _add_config(parser)
    _add_output(parser)


def _add_completion(add: AddParser) -> None:
    parser = _verb(add, "completion", "print a completion script for a shell")
    parser.add_argument("shell", choices=("bash", "zsh", "fish"), help="the shell")


def _verb(add: AddParser, name: str, summary: str) -> argparse.ArgumentParser:
    return add(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.", formatter_class=_Page)


def _add_config(parser: argparse.ArgumentParser, default: object = argparse.SUPPRESS) -> None:
    """Given before or after the verb, an option means the same: only the outermost parser sets defaults."""
    parser.add_argument(
        "--kubeconfig",
        type=Path,
        metavar="FILE",
        default=default,
        help="read this instead of KUBECONFIG and ~/.kube/config",
    )


def _add_connection(parser: argparse.ArgumentParser, default: object = argparse.SUPPRESS) -> None:
    _add_config(parser, default)
    _add_context(parser, default)


def _add_context(parser: argparse.ArgumentParser, default: object = argparse.SUPPRESS) -> None:
    parser.add_argument(
        "--context", metavar="NAME", default=default, help="the cluster; the current context without it"
    )


def _add_namespace(parser: argparse.ArgumentParser, default: object = argparse.SUPPRESS) -> None:
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


def _add_command(parser: argparse.ArgumentParser, default: object = argparse.SUPPRESS) -> None:
    parser.add_argument(
        "-c",
        "--command",
        metavar="COMMAND",
        default=default,
        help="run this first, as if typed after `:`, such as `pods` or `ctx prod`",
    )


def _add_fleet(parser: argparse.ArgumentParser, default: object = argparse.SUPPRESS) -> None:
    parser.add_argument(
        "--fleet", action="store_true", default=default, help="all clusters in one table: pods, or the kind of -c"
    )


def _add_output(parser: argparse.ArgumentParser, note: str = "") -> None:
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
