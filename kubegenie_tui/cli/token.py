"""`kubegenie token CLOUD`: what an API server of a cloud takes for a password, as a credential plugin prints it."""

import argparse
import importlib

CLOUDS = {"gke": "token_gke", "eks": "token_eks", "aks": "token_aks", "secret": "token_secret"}
"""The module of this package that knows a cloud, or the Secret in which there is one."""


def run(arguments: argparse.Namespace) -> int:
    """Print the token of a cloud."""
    module = importlib.import_module(f"kubegenie_tui.cli.{CLOUDS[arguments.token_verb]}")
    status: int = module.run(arguments)
    return status
