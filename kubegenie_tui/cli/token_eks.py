"""`kubegenie token eks`: an ExecCredential by a signed request to AWS; no aws program is needed.

Source: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#input-and-output-formats
"""

import argparse

from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.cli.output import write_json
from kubegenie_tui.domain.endpoint import EXEC_API


def run(arguments: argparse.Namespace) -> int:
    """Print the token.

    Raises:
        ExtraMissing: the library of AWS is not installed.
        ProviderError: there are no credentials, or the role may not be assumed.
    """
    from kubegenie_tui.providers.aws.token import eks_token

    token, until = eks_token(arguments.cluster, arguments.region, arguments.profile, arguments.role)
    expires = until.isoformat(timespec="seconds").replace("+00:00", "Z")
    status = {"token": token, "expirationTimestamp": expires}
    write_json({"apiVersion": EXEC_API, "kind": "ExecCredential", "status": status})
    return Exit.OK
