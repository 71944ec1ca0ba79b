"""The verb `token`, and the clouds whose tokens it prints: each has a module of its own."""

from pathlib import Path

from kubegenie_tui.cli.parser_parts import AddParser, Parser, new_verb


def add_token(add: AddParser) -> None:
    """`kubegenie token`."""
    verbs = new_verb(
        add, "token", "print a token for the API server of a cloud's cluster: kubeconfigs that are made here ask for it"
    ).add_subparsers(dest="token_verb", metavar="CLOUD", required=True, title="commands", parser_class=Parser)
    _add_gke(verbs.add_parser)
    _add_eks(verbs.add_parser)
    _add_aks(verbs.add_parser)
    _add_secret(verbs.add_parser)


def _add_gke(add: AddParser) -> None:
    parser = new_verb(add, "gke", "for clusters of the Google Kubernetes Engine")
    parser.add_argument(
        "--credentials-file",
        type=Path,
        metavar="FILE",
        default=None,
        help="key of a service account, JSON; your own login without it",
    )


def _add_eks(add: AddParser) -> None:
    parser = new_verb(add, "eks", "for clusters of Amazon EKS")
    parser.add_argument("--cluster", metavar="NAME", required=True, help="the cluster that the token is for")
    parser.add_argument("--region", metavar="REGION", required=True, help="the one it is in: eu-west-1")
    parser.add_argument(
        "--profile", metavar="NAME", default="", help="of ~/.aws; the environment or the default one without it"
    )
    parser.add_argument("--role", metavar="ARN", default="", help="a role to assume first")


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


def _add_secret(add: AddParser) -> None:
    parser = new_verb(add, "secret", "for clusters of Crossplane whose token is in a Secret, and is written anew there")
    parser.add_argument("--secret", metavar="NAMESPACE/NAME", required=True, help="the one with the kubeconfig")
    parser.add_argument("--context", metavar="NAME", default="", help="of the cluster that it is in; the current one")
    parser.add_argument(
        "--kubeconfig", type=Path, metavar="FILE", default=None, help="instead of KUBECONFIG and ~/.kube/config"
    )
