"""The command line as data: help, completion and the reference page are all made from this parser."""

import argparse
from collections.abc import Callable, Sequence

from kubegenie_tui import __version__
from kubegenie_tui.cli.chat_verbs import add_chats, add_notes
from kubegenie_tui.cli.cluster_verbs import add_clusters, add_safe
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.cli.genie_verbs import add_ask, add_model
from kubegenie_tui.cli.parser_parts import (
    AddParser,
    Page,
    Parser,
    add_command,
    add_config,
    add_connection,
    add_context,
    add_fleet,
    add_namespace,
    add_output,
    new_verb,
    positive,
)
from kubegenie_tui.cli.provision_verbs import add_compositions, add_provision
from kubegenie_tui.cli.token_verbs import add_token

DESCRIPTION = "A terminal cockpit for all your Kubernetes clusters. Without a command it opens full screen."
EXAMPLES = """examples:
  kubegenie                              your clusters, full screen
  kubegenie -A -c pods                   all pods of the current one
  kubegenie demo                         simulated clusters, to look around
  kubegenie get pods -n shop -o json     the same answers for scripts
  kubegenie ask "why is checkout failing?"
"""
EXITS = "exit status:\n" + "".join(f"  {status:<5d} {status.meaning}\n" for status in Exit)


def build_parser() -> Parser:
    """The whole command line."""
    parser = Parser(prog="kubegenie", description=DESCRIPTION, epilog=f"{EXAMPLES}\n{EXITS}", formatter_class=Page)
    parser.add_argument("--version", action="version", version=f"kubegenie {__version__}", help="print the version")
    add_connection(parser, default=None)
    add_namespace(parser, default=None)
    add_command(parser, default=None)
    add_fleet(parser, default=None)
    parser.add_argument("--read-only", action="store_true", help="refuse every change to a cluster")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", title="commands", parser_class=Parser)
    for add in _verbs():
        add(verbs.add_parser)
    return parser


def _verbs() -> Sequence[Callable[[AddParser], None]]:
    """In the order of the help."""
    return (
        _add_demo,
        add_ask,
        _add_diagnose,
        _add_trace,
        _add_costs,
        _add_intent,
        _add_get,
        _add_crd,
        _add_operators,
        _add_do,
        _add_apply,
        _add_rollout,
        _add_forward,
        _add_cp,
        add_clusters,
        add_safe,
        add_provision,
        add_compositions,
        _add_audit,
        add_chats,
        add_notes,
        _add_mcp,
        add_model,
        _add_plugins,
        add_token,
        _add_doctor,
        _add_completion,
    )


def _add_demo(add: AddParser) -> None:
    parser = new_verb(add, "demo", "open full screen on simulated clusters: nothing is needed, nothing is changed")
    add_context(parser)
    add_namespace(parser)
    add_command(parser)
    add_fleet(parser)


def _add_costs(add: AddParser) -> None:
    parser = new_verb(add, "costs", "say what a cluster costs a month, and what could be saved")
    add_connection(parser)
    add_output(parser)
    verbs = parser.add_subparsers(dest="costs_verb", metavar="VERB", title="commands", parser_class=Parser)
    refreshing = new_verb(verbs.add_parser, "refresh", "fetch the prices of today from a provider")
    refreshing.add_argument("provider", choices=("eks", "gke", "aks"), help="whose prices")
    refreshing.add_argument(
        "--region",
        dest="regions",
        metavar="REGION",
        action="append",
        default=[],
        help="only of this region; repeat for more; without it, of those whose prices are known",
    )
    refreshing.add_argument("--profile", metavar="NAME", default="", help="of ~/.aws, for eks alone")
    refreshing.add_argument("--endpoint", metavar="URL", default="", help="another server than the provider's own")
    add_output(refreshing)


def _add_diagnose(add: AddParser) -> None:
    parser = new_verb(add, "diagnose", "say what is wrong in a namespace or a cluster, and which object has to change")
    policies = "say which objects break policies instead, by all checks or by these: tls-*,required-probes"
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--policies", nargs="?", const="*", metavar="CHECKS", help=policies)
    rules = "look only at these rules, or groups of rules: network,crash-loop"
    what.add_argument("--rules", metavar="RULES", help=rules)
    what.add_argument("--new", action="store_true", help="only what the last look at the same did not find")
    add_connection(parser)
    add_namespace(parser)
    add_output(parser)


def _add_trace(add: AddParser) -> None:
    parser = new_verb(add, "trace", "follow a composite, a claim or a Cluster down to what is not ready, and why")
    parser.add_argument("kind", metavar="KIND", help="of Crossplane or Cluster API, by any name kubectl takes")
    parser.add_argument("name", metavar="NAME", help="one object")
    add_connection(parser)
    add_namespace(parser)
    add_output(parser)


def _add_intent(add: AddParser) -> None:
    parser = new_verb(add, "intent", "show how the built-in engine understands a sentence; it changes nothing")
    parser.add_argument("sentence", nargs="*", metavar="SENTENCE", help="what a person would ask for")
    parser.add_argument("--batch", action="store_true", help="read sentences from standard input, one of JSON a line")
    add_connection(parser)
    add_namespace(parser)


def _add_get(add: AddParser) -> None:
    parser = new_verb(add, "get", "print objects of one kind, or one object")
    parser.add_argument(
        "kind",
        metavar="KIND",
        help="any name kubectl takes: pods, po, deploy, certificates.cert-manager.io; `pod/web` names one",
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help="one object; all of them without it")
    parser.add_argument(
        "-l", "--selector", metavar="SELECTOR", default="", help="only objects with these labels: app=web,tier!=cache"
    )
    add_connection(parser)
    add_namespace(parser)
    add_output(parser, "json prints whole objects as kubectl does, with the values of Secrets hidden")


def _add_operators(add: AddParser) -> None:
    parser = new_verb(add, "operators", "print who looks after custom kinds, what is not ready, and what hinders it")
    add_connection(parser)
    add_output(parser)


def _add_crd(add: AddParser) -> None:
    parser = new_verb(add, "crd", "explain a kind: its versions and conditions, how many there are, and every field")
    parser.add_argument("name", metavar="NAME", help="the definition, or any name of the kind: certificates, pods")
    parser.add_argument("--example", action="store_true", help="print a small object of the kind instead")
    parser.add_argument(
        "--api-version",
        metavar="VERSION",
        default="",
        help="another served version: v1beta1; the preferred one without it",
    )
    add_connection(parser)
    add_namespace(parser)
    add_output(parser)


def _add_forward(add: AddParser) -> None:
    parser = new_verb(
        add, "forward", "lead ports of this computer to a pod until interrupted; follows a pod that restarts"
    )
    parser.add_argument(
        "target", metavar="KIND/NAME", help="pod/web, service/web, deployment/web; a pod when only a name is given"
    )
    parser.add_argument(
        "ports", nargs="+", metavar="LOCAL:PORT", help="8080:80, 8080:http; 8080 alone is the same port at both ends"
    )
    add_connection(parser)
    add_namespace(parser)


def _add_do(add: AddParser) -> None:
    parser = new_verb(add, "do", "change objects: scale, restart, delete, drain and more, previewed first")
    parser.add_argument("operation", nargs="?", metavar="OPERATION", help="what to do; without it all are listed")
    parser.add_argument(
        "words",
        nargs="*",
        metavar="WORD",
        help="the objects as KIND/NAME, then what the operation needs: `deployment/web 5`, `node/one force grace=30`",
    )
    _add_changing(parser)


def _add_apply(add: AddParser) -> None:
    parser = new_verb(add, "apply", "make objects what a file says, previewed first")
    parser.add_argument("-f", "--file", required=True, metavar="FILE", help="YAML or JSON; `-` is standard input")
    parser.add_argument("--force", action="store_true", help="take over fields that others own")
    _add_changing(parser)


def _add_rollout(add: AddParser) -> None:
    verbs = new_verb(add, "rollout", "follow a rollout, or list the revisions of a workload").add_subparsers(
        dest="rollout_verb", metavar="VERB", required=True, title="commands", parser_class=Parser
    )
    for name, summary in (
        ("status", "follow a rollout until it has ended"),
        ("history", "list the revisions that the cluster keeps"),
    ):
        parser = new_verb(verbs.add_parser, name, summary)
        parser.add_argument("object", metavar="KIND/NAME", help="the workload: deployment/web")
        add_connection(parser)
        add_namespace(parser)
        add_output(parser)


def _add_changing(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--yes", action="store_true", help="do not ask; not enough for what is destructive (W3)")
    parser.add_argument("--dry-run", action="store_true", help="show what would change, and change nothing")
    add_connection(parser)
    add_namespace(parser)
    add_output(parser, "json asks nothing")


def _add_cp(add: AddParser) -> None:
    parser = new_verb(add, "cp", "copy files and directories from or into a container, which needs tar")
    parser.add_argument("source", metavar="SOURCE", help="a path here, or POD:PATH, or NAMESPACE/POD:PATH")
    parser.add_argument("target", metavar="TARGET", help="the same: one of the two is in a pod")
    parser.add_argument(
        "--container", metavar="NAME", default="", help="the container; the pod's default one without it"
    )
    add_connection(parser)
    add_namespace(parser)


def _add_audit(add: AddParser) -> None:
    verbs = new_verb(add, "audit", "the record of every change: print it, check it, hand it on").add_subparsers(
        dest="audit_verb", metavar="VERB", required=True, title="commands", parser_class=Parser
    )
    listing = new_verb(verbs.add_parser, "list", "print the latest changes, who made them, and how they ended")
    listing.add_argument(
        "--context", metavar="NAME", default=argparse.SUPPRESS, help="only changes to this cluster; all without it"
    )
    listing.add_argument("--since", metavar="TIME", default="", help="only later ones: 2h, 14:30, 2026-11-25T14:30")
    listing.add_argument("--limit", type=positive, metavar="N", default=50, help="so many at most (50)")
    add_output(listing, "json prints one change a line")
    checking = new_verb(verbs.add_parser, "verify", "check that nothing was changed, put in, or taken out of it")
    checking.add_argument("--archive", metavar="FILE", default="", help="check what `prune` wrote to this file instead")
    add_output(checking)
    pruning = new_verb(verbs.add_parser, "prune", "take old entries out of it, into a file; the rest stays provable")
    pruning.add_argument("--before", metavar="TIME", required=True, help="only older ones: 90d, 2026-01-01")
    pruning.add_argument("--to", metavar="FILE", required=True, help="a new file for them, one line of JSON an entry")
    add_output(pruning)
    exporting = new_verb(verbs.add_parser, "export", "print all of it for other tools, one line of text an entry")
    exporting.add_argument(
        "--format",
        choices=("jsonl", "k8s", "ocsf", "cef"),
        default="jsonl",
        help="jsonl (the default: as it is kept), k8s (audit.k8s.io/v1), ocsf (API Activity), cef",
    )


def _add_mcp(add: AddParser) -> None:
    parser = new_verb(add, "mcp", "serve the genie's look-ups to other programs by the Model Context Protocol")
    parser.add_argument(
        "--http",
        nargs="?",
        const="8765",
        metavar="PORT",
        help="on this port of 127.0.0.1 (8765 when none is named), with a token that is printed; not on standard input",
    )
    add_connection(parser)
    add_namespace(parser)
    parser.add_argument(
        "--read-only", action="store_true", default=argparse.SUPPRESS, help="offer nothing that proposes a change"
    )
    verbs = parser.add_subparsers(dest="mcp_verb", metavar="VERB", title="commands", parser_class=Parser)
    keys = new_verb(
        verbs.add_parser, "key", "keys for servers of others, in the keyring of your system"
    ).add_subparsers(dest="key_verb", metavar="VERB", required=True, title="commands", parser_class=Parser)
    setting = new_verb(keys.add_parser, "set", "keep a key: it is asked for, or read from standard input")
    deleting = new_verb(keys.add_parser, "delete", "forget a key")
    for each in (setting, deleting):
        each.add_argument("name", metavar="NAME", help="of the key, as ${keyring:NAME} in a header of the settings")


def _add_plugins(add: AddParser) -> None:
    verbs = new_verb(add, "plugins", "list, check and allow what was installed beside KubeGenie").add_subparsers(
        dest="plugins_verb", metavar="VERB", required=True, title="commands", parser_class=Parser
    )
    listing = new_verb(verbs.add_parser, "list", "print every plugin and whether it can be used; none is run")
    add_output(listing)
    checking = new_verb(verbs.add_parser, "check", "load plugins that may be loaded, and say what is wrong with them")
    checking.add_argument("names", nargs="*", metavar="NAME", help="the plugins; all of them without a name")
    add_output(checking)
    allowing = new_verb(verbs.add_parser, "allow", "let a provider or an agent of others be used, as its files are now")
    allowing.add_argument("name", metavar="NAME", help="the plugin")
    allowing.add_argument("--hash", metavar="HASH", default="", help="do not ask, if its files have this hash")


def _add_doctor(add: AddParser) -> None:
    parser = new_verb(
        add, "doctor", "check the terminal, settings, kubeconfigs, clusters and the model, and say what to do"
    )
    add_config(parser)
    add_output(parser)


def _add_completion(add: AddParser) -> None:
    parser = new_verb(add, "completion", "print a completion script for a shell")
    parser.add_argument("shell", choices=("bash", "zsh", "fish"), help="the shell")
