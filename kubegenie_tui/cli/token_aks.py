"""`kubegenie token aks`: an ExecCredential from Microsoft Entra; neither az nor kubelogin is needed.

Source: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#input-and-output-formats
"""

import argparse
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.cli.output import write_json
from kubegenie_tui.domain.endpoint import EXEC_API
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.ending import run_to_end

if TYPE_CHECKING:
    from kubegenie_tui.providers.azure.login import Login


def run(arguments: argparse.Namespace) -> int:
    """Print the token.

    Raises:
        UsageError: a client id comes without its tenant or its secret.
        ExtraMissing: Azure's libraries are not installed.
        CredentialError: there is no login, or Entra does not take it.
    """
    return run_to_end(_run(_login(arguments)))


async def _run(login: "Login") -> int:
    from kubegenie_tui.providers.azure.login import server_token

    token = await server_token(login)
    ends = datetime.fromtimestamp(token.expires_on, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    status = {"token": token.token, "expirationTimestamp": ends}
    write_json({"apiVersion": EXEC_API, "kind": "ExecCredential", "status": status})
    return Exit.OK


def _login(arguments: argparse.Namespace) -> "Login":
    """Whom the command line and the environment name; the machine's own login without a client id."""
    from pydantic import SecretStr

    from kubegenie_tui.providers.azure.access import SECRET_VARIABLE
    from kubegenie_tui.providers.azure.login import Login

    secret = os.environ.get(SECRET_VARIABLE, "")
    if arguments.client_id and not (secret and arguments.tenant):
        missing = f"its secret in {SECRET_VARIABLE}" if arguments.tenant else "--tenant"
        raise UsageError(f"--client-id needs {missing}", next_step="or leave it out, and use the login of az")
    return Login(
        arguments.authority.rstrip("/"),
        arguments.tenant,
        arguments.client_id,
        SecretStr(secret) if arguments.client_id else None,
        arguments.ca_file or True,
    )
