"""`kubegenie token secret`: an ExecCredential of the token that a Secret of another cluster holds at the moment.

Without a time at which it ends it is asked for anew when it is refused.
Source: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#input-and-output-formats
"""

import argparse

from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.cli.output import write_json
from kubegenie_tui.domain.endpoint import EXEC_API
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.ending import run_to_end


def run(arguments: argparse.Namespace) -> int:
    """Print the token.

    Raises:
        UsageError: what is named is no Secret.
        CredentialError: there is no token in it.
        KubeGenieError: its cluster cannot be asked.
    """
    namespace, slash, name = arguments.secret.partition("/")
    if not (namespace and slash and name):
        raise UsageError(f'"{arguments.secret}" names no Secret', next_step="write NAMESPACE/NAME")
    return run_to_end(_run(arguments, namespace, name))


async def _run(arguments: argparse.Namespace, namespace: str, name: str) -> int:
    from kubegenie_tui.providers.crossplane.reaching import token_in
    from kubegenie_tui.providers.managing_config import ManagingConfig

    given = {"kubeconfig": arguments.kubeconfig, "context": arguments.context, "namespace": namespace}
    token = await token_in(ManagingConfig.model_validate(given), name)
    write_json({"apiVersion": EXEC_API, "kind": "ExecCredential", "status": {"token": token}})
    return Exit.OK
