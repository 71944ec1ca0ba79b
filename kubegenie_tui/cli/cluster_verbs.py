"""The verbs about clusters and their credentials, as data."""

import argparse
from pathlib import Path

from kubegenie_tui.cli.parser_parts import AddParser, Parser, add_config, add_output, new_verb


def add_clusters(add: AddParser) -> None:
    """`clusters` and its verbs."""
    verbs = new_verb(add, "clusters", "list, add, remove and test clusters").add_subparsers(
        dest="clusters_verb", metavar="VERB", required=True, title="commands", parser_class=Parser
    )
    listing = new_verb(verbs.add_parser, "list", "print every known cluster and how it is")
    add_config(listing)
    add_output(listing)
    _add_adding(verbs.add_parser)
    removing = new_verb(
        verbs.add_parser,
        "remove",
        "forget a cluster that was added, and its credentials; your kubeconfigs are never changed",
    )
    removing.add_argument("name", metavar="NAME", help="the cluster")
    exporting = new_verb(
        verbs.add_parser, "export", "write a kubeconfig for a cluster, with its credentials in the clear"
    )
    exporting.add_argument("name", metavar="NAME", help="the cluster")
    exporting.add_argument("--to", type=Path, metavar="FILE", required=True, help="a new file, readable by you alone")
    testing = new_verb(verbs.add_parser, "test", "connect to clusters and say what happened")
    testing.add_argument("names", nargs="*", metavar="NAME", help="the clusters; all known ones without a name")
    add_config(testing)
    add_output(testing)


def _add_adding(add: AddParser) -> None:
    parser = new_verb(add, "add", "remember a cluster: one of a kubeconfig elsewhere, or an API server by its URL")
    parser.add_argument("what", metavar="FILE|NAME", help="the kubeconfig; with --server, the name for the cluster")
    parser.add_argument(
        "--context", metavar="NAME", default=argparse.SUPPRESS, help="the context in it; its current one without this"
    )
    parser.add_argument("--server", metavar="URL", default="", help="the API server: https://10.0.0.7:6443")
    parser.add_argument("--ca-file", metavar="FILE", default="", help="what the server's certificate must come from")
    parser.add_argument(
        "--ca-fingerprint",
        metavar="SHA256",
        default="",
        help="of a certificate that the server shows or hands out, or of its public key; it is trusted from then on",
    )
    parser.add_argument("--tls-server-name", metavar="NAME", default="", help="the name to expect in the certificate")
    parser.add_argument("--proxy", metavar="URL", default="", help="the proxy that leads there")
    parser.add_argument("--default-namespace", metavar="NAME", default="", help="the namespace to begin in")
    _add_identity(parser)
    parser.add_argument("--label", metavar="KEY=VALUE", action="append", default=[], help="shown with it; repeatable")
    parser.add_argument(
        "--read-only", action="store_true", default=argparse.SUPPRESS, help="refuse every change to this cluster"
    )


def _add_identity(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--token-stdin", action="store_true", help="read a token from standard input, and keep it safe")
    parser.add_argument("--token-file", metavar="FILE", default="", help="a file with a token, read again and again")
    parser.add_argument("--client-certificate", metavar="FILE", default="", help="our certificate, PEM; it is copied")
    parser.add_argument("--client-key", metavar="FILE", default="", help="its key, PEM; it is copied, and kept safe")
    parser.add_argument("--username", metavar="NAME", default="", help="for a server that takes a password")
    parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    parser.add_argument(
        "--exec",
        metavar="COMMAND",
        default="",
        help="a credential plugin with its arguments, in one word: 'x get-token'",
    )
    parser.add_argument(
        "--secret",
        metavar="FIELD=WHERE",
        action="append",
        default=[],
        help="do not keep token, password or key, but find it when due: keyring:NAME, file:PATH, exec:PROGRAM",
    )
    parser.add_argument("--as", metavar="USER", dest="as_user", default="", help="the user to impersonate")
    parser.add_argument(
        "--as-group", metavar="GROUP", dest="as_groups", action="append", default=[], help="a group; repeatable"
    )


def add_safe(add: AddParser) -> None:
    """`safe` and its verbs."""
    verbs = new_verb(add, "safe", "the credentials that are kept here: what there is, another key, forget all")
    verbs_of = verbs.add_subparsers(
        dest="safe_verb", metavar="VERB", required=True, title="commands", parser_class=Parser
    ).add_parser
    add_output(new_verb(verbs_of, "status", "print what is kept, and what opens it; never what it is"))
    rotating = new_verb(verbs_of, "rotate", "seal everything anew with another key, or let something else open it")
    rotating.add_argument(
        "--by",
        choices=("keyring", "passphrase"),
        help="what shall open it from now on; as now without this. A passphrase may be given on standard input",
    )
    emptying = new_verb(verbs_of, "empty", "forget all kept credentials, such as when nothing opens them any more")
    emptying.add_argument("--yes", action="store_true", required=True, help="needed: they cannot be brought back")
