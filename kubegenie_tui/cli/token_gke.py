"""`kubegenie token gke`: an ExecCredential from Google's own libraries; no gcloud program is needed.

Source: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#input-and-output-formats
"""

import argparse

from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.cli.output import write_json
from kubegenie_tui.domain.endpoint import EXEC_API


def run(arguments: argparse.Namespace) -> int:
    """Print the token.

    Raises:
        ExtraMissing: Google's libraries are not installed.
        CredentialError: there are no credentials, or Google does not take them.
        TryLater: Google does not answer.
    """
    from kubegenie_tui.providers.gcp.login import access_token

    token = access_token(arguments.credentials_file)
    status = {"token": token.value}
    if token.expires:
        status["expirationTimestamp"] = token.expires.isoformat(timespec="seconds").replace("+00:00", "Z")
    write_json({"apiVersion": EXEC_API, "kind": "ExecCredential", "status": status})
    return Exit.OK
