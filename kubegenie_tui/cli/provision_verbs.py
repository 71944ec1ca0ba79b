"""The verbs that make, change and remove clusters, as data."""

import argparse
from pathlib import Path

from kubegenie_tui.cli.parser_parts import AddParser, Parser, add_output, new_verb


def add_provision(add: AddParser) -> None:
    """`provision` and its verbs."""
    verbs = (
        new_verb(add, "provision", "create clusters, see how far they are, change and delete them")
        .add_subparsers(dest="provision_verb", metavar="VERB", required=True, title="commands", parser_class=Parser)
        .add_parser
    )
    planning = new_verb(verbs, "plan", "print what creating a cluster would do and cost; nothing is created")
    _add_file(planning)
    add_output(planning)
    creating = new_verb(verbs, "create", "create a cluster; it goes on by itself when this command is interrupted")
    _add_file(creating)
    _add_yes(creating)
    showing = new_verb(verbs, "status", "print the clusters that were created here, or the steps of one")
    _add_which(showing)
    showing.add_argument("--follow", action="store_true", help="until it has ended")
    add_output(showing)
    stopping = new_verb(verbs, "stop", "stop the work on a cluster as soon as it can be; nothing is removed")
    stopping.add_argument("name", metavar="NAME", help="the cluster, or the id of a work")
    resuming = new_verb(verbs, "resume", "go on with a work that failed, was stopped, or was broken off")
    resuming.add_argument("name", metavar="NAME", help="the cluster, or the id of a work")
    resuming.add_argument(
        "--without-failed", action="store_true", help="leave out the steps that failed, if that can be"
    )
    _add_watching(resuming)
    _add_changing(verbs)


def add_compositions(add: AddParser) -> None:
    """`compositions` and its verbs."""
    summary = "list, check and render what Crossplane composes clusters by: ours, and files of your own"
    verbs = (
        new_verb(add, "compositions", summary)
        .add_subparsers(dest="compositions_verb", metavar="VERB", required=True, title="commands", parser_class=Parser)
        .add_parser
    )
    add_output(new_verb(verbs, "list", "print ours, and those in the settings directory"))
    showing = new_verb(verbs, "show", "print one of ours, to begin one of your own with")
    ours = ("aws", "gcp", "azure", "azure-spot")
    showing.add_argument("name", choices=ours, metavar="NAME", help="aws, gcp, azure or azure-spot")
    checking = new_verb(verbs, "check", "say what is wrong with those of your own, each fault with its line")
    checking.add_argument("names", nargs="*", metavar="NAME", help="one of yours, or a file; all of yours with none")
    add_output(checking)
    rendering = new_verb(verbs, "render", "print what would be composed of a cluster; no cluster is asked")
    _add_file(rendering)
    note = "one of yours, or a file, instead of that of the cluster"
    rendering.add_argument("--composition", metavar="NAME", default="", help=note)
    add_output(rendering)


def _add_changing(verbs: AddParser) -> None:
    deleting = new_verb(verbs, "delete", "remove all that was made for a cluster, the last first, and nothing else")
    _add_which(deleting)
    _add_yes(deleting)
    upgrading = new_verb(verbs, "upgrade", "upgrade the control plane of a cluster, and then its nodes")
    upgrading.add_argument("name", metavar="NAME", help="the cluster")
    upgrading.add_argument("--version", dest="to", metavar="VERSION", default="", help="without it, those there are")
    _add_yes(upgrading)
    scaling = new_verb(verbs, "scale", "change the number of nodes of a pool, or between which bounds it scales itself")
    scaling.add_argument("name", metavar="NAME", help="the cluster")
    scaling.add_argument("--pool", metavar="NAME", required=True, help="the pool")
    scaling.add_argument("--nodes", type=int, metavar="COUNT", help="how many there shall be")
    scaling.add_argument("--least", type=int, metavar="COUNT", help="the lower bound, together with --most")
    scaling.add_argument("--most", type=int, metavar="COUNT", help="the upper bound")
    _add_yes(scaling)
    working = new_verb(verbs, "work", "what other verbs let run: work on this until it has ended")
    working.add_argument("id", metavar="ID", help="the id of a work; the secrets come as JSON on standard input")


def _add_which(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", default="", metavar="NAME", help="the cluster, or the id of a work")
    parser.add_argument("-f", "--file", type=Path, metavar="FILE", help="what describes the cluster, instead of NAME")


def _add_file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-f", "--file", type=Path, metavar="FILE", required=True, help="what describes the cluster: YAML"
    )


def _add_yes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--confirm", metavar="NAME", default="", help="the cluster's name, instead of typing it")
    _add_watching(parser)


def _add_watching(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--detach", action="store_true", help="do not wait for its end")
    add_output(parser)
