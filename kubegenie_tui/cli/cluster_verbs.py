"""The verbs about clusters and their credentials, as data."""

import argparse
from pathlib import Path

from kubegenie_tui.cli.parser_parts import AddParser, Parser, add_config, add_output, new_verb
from kubegenie_tui.domain.colours import COLOURS


def add_clusters(add: AddParser) -> None:
    """`clusters` and its verbs."""
    verbs = new_verb(add, "clusters", "list, add, remove and test clusters").add_subparsers(
        dest="clusters_verb", metavar="VERB", required=True, title="commands", parser_class=Parser
    )
    listing = new_verb(verbs.add_parser, "list", "print every known cluster and how it is")
    add_config(listing)
    add_output(listing)
    listing.add_argument("--label", metavar="KEY=VALUE", action="append", default=[], help="only those with this label")
    listing.add_argument("--group", metavar="GROUP", action="append", default=[], help="only those of this group")
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
    logging_in = new_verb(
        verbs.add_parser, "login", "log in anew at the OpenID Connect issuer of a cluster that was registered here"
    )
    logging_in.add_argument("name", metavar="NAME", help="the cluster")
    _add_logging_in(logging_in, "--", "log in")
    _add_discovering(verbs.add_parser)
    _add_saying(verbs.add_parser)
    testing = new_verb(verbs.add_parser, "test", "connect to clusters and say what happened")
    testing.add_argument("names", nargs="*", metavar="NAME", help="the clusters; all known ones without a name")
    add_config(testing)
    add_output(testing)


def _add_adding(add: AddParser) -> None:
    parser = new_verb(
        add, "add", "remember a cluster: one of a kubeconfig elsewhere, an API server by its URL, or of a Secret"
    )
    parser.add_argument(
        "what", metavar="FILE|NAME", help="the kubeconfig; with --server or --from-secret, the name for the cluster"
    )
    parser.add_argument(
        "--context", metavar="NAME", default=argparse.SUPPRESS, help="the context in it; its current one without this"
    )
    parser.add_argument("--server", metavar="URL", default="", help="the API server: https://10.0.0.7:6443")
    _add_secret_place(parser)
    parser.add_argument("--ca-file", metavar="FILE", default="", help="what the server's certificate must come from")
    parser.add_argument(
        "--ca-fingerprint",
        metavar="SHA256",
        default="",
        help="of a certificate that the server shows or hands out, or of its public key; it is trusted from then on",
    )
    parser.add_argument("--tls-server-name", metavar="NAME", default="", help="the name to expect in the certificate")
    parser.add_argument("--proxy", metavar="URL", default="", help="the proxy that leads there")
    _add_jump(parser)
    parser.add_argument("--default-namespace", metavar="NAME", default="", help="the namespace to begin in")
    _add_identity(parser)
    parser.add_argument("--label", metavar="KEY=VALUE", action="append", default=[], help="shown with it; repeatable")
    parser.add_argument(
        "--read-only", action="store_true", default=argparse.SUPPRESS, help="refuse every change to this cluster"
    )


def _add_secret_place(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--from-secret",
        metavar="NAMESPACE/NAME",
        default="",
        help="a Secret that leads to it: of Cluster API, of Crossplane, or with a kubeconfig; it is followed",
    )
    parser.add_argument("--of-cluster", metavar="CLUSTER", default="", help="the cluster that the Secret lies in")
    parser.add_argument("--secret-key", metavar="KEY", default="", help="where in it; looked for without this")


def _add_jump(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--ssh-jump", metavar="USER@HOST:PORT", default="", help="the SSH host that leads there, for a private server"
    )
    parser.add_argument(
        "--ssh-key", metavar="FILE", default="", help="our key there; without it those of the SSH agent and of ~/.ssh"
    )
    parser.add_argument(
        "--ssh-host-key",
        metavar="SHA256:...",
        default="",
        help="fingerprint of its key, which alone is trusted; without it ~/.ssh/known_hosts says which is right",
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
    parser.add_argument("--oidc-issuer", metavar="URL", default="", help="log in at this OpenID Connect issuer")
    parser.add_argument(
        "--oidc-ca-file", metavar="FILE", default="", help="what the issuer's certificate must come from"
    )
    parser.add_argument("--oidc-client-id", metavar="ID", default="", help="as which the issuer knows us")
    _add_logging_in(parser, "--oidc-", "log in at the issuer now")
    parser.add_argument(
        "--oidc-refresh-token-stdin",
        action="store_true",
        help="read the refresh token that your login tool got from standard input, and keep it safe",
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


def _add_logging_in(parser: argparse.ArgumentParser, prefix: str, what: str) -> None:
    if prefix != "--":
        parser.add_argument(f"{prefix}login", action="store_true", help=f"{what}, in a browser of this machine")
    parser.add_argument(
        f"{prefix}device", action="store_true", help=f"{what}, with a code that any browser takes, such as over SSH"
    )


def _add_discovering(add: AddParser) -> None:
    parser = new_verb(add, "discover", "list the clusters that a provider knows of, and register some of them")
    parser.add_argument(
        "provider", nargs="?", default="", metavar="PROVIDER", help="`kubegenie plugins list` names them"
    )
    parser.add_argument(
        "--set",
        metavar="FIELD=VALUE",
        action="append",
        default=[],
        dest="given",
        help="what the provider has to know, such as region=eu-west-1; a wrong field names all there are",
    )
    parser.add_argument(
        "--secret-stdin",
        metavar="FIELD",
        default="",
        help="read this field from standard input: a secret is never an argument",
    )
    parser.add_argument("--register", metavar="NAME", action="append", default=[], help="register it; repeatable")
    parser.add_argument("--register-all", action="store_true", help="register all that are not known yet")
    parser.add_argument(
        "--as", metavar="NAME", dest="name", default="", help="what the one that is registered is called here"
    )
    add_output(parser)


def _add_saying(add: AddParser) -> None:
    """Flags that are not given leave what is said as it is."""
    parser = new_verb(add, "set", "say how a cluster is sorted, how it looks, and what may be done to it")
    parser.add_argument("name", metavar="NAME", help="the cluster, wherever it comes from")
    parser.add_argument("--label", metavar="KEY=VALUE", action="append", default=[], help="add a label; repeatable")
    parser.add_argument("--unlabel", metavar="KEY", action="append", default=[], help="take a label away")
    parser.add_argument("--group", metavar="GROUP", action="append", default=[], help="put it into a group")
    parser.add_argument("--ungroup", metavar="GROUP", action="append", default=[], help="take it out of a group")
    parser.add_argument("--colour", choices=tuple(COLOURS), help="of its name in headers and tabs")
    both = argparse.BooleanOptionalAction
    parser.add_argument("--protected", action=both, help="every change there needs one tier more care")
    parser.add_argument("--read-only", action=both, dest="refuse", default=None, help="every change there is refused")
    parser.add_argument("--default-namespace", metavar="NAME", help="to begin in; empty for the kubeconfig's")
    parser.add_argument("--notes", metavar="TEXT", help="shown in the list; empty for none")
    add_output(parser)


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
