"""The verb `token`, and the clouds whose tokens it prints: each has a module of its own."""

from kubegenie_tui.cli.parser_parts import AddParser, Parser, new_verb


def add_token(add: AddParser) -> None:
    """`kubegenie token`."""
    verbs = new_verb(
        add, "token", "print a token for the API server of a cloud's cluster: kubeconfigs that are made here ask for it"
    ).add_subparsers(dest="token_verb", metavar="CLOUD", required=True, title="commands", parser_class=Parser)
    _add_aks(verbs.add_parser)


def _add_aks(add: AddParser) -> None:
    parser = new_verb(add, "aks", "for clusters of AKS whose people come in by Microsoft Entra")
    parser.add_argument("--tenant", metavar="TENANT", default="", help="its id or domain; that of the login without it")
    parser.add_argument(
        "--client-id",
        metavar="ID",
        default="",
        help="of an app registration, with its secret in AZURE_CLIENT_SECRET; your own login without it",
    )
    parser.add_argument(
        "--authority",
        metavar="URL",
        default="https://login.microsoftonline.com",
        help="Microsoft Entra of another cloud than the public one",
    )
    parser.add_argument("--ca-file", metavar="FILE", default="", help="certificates to believe, not the system's")
