"""Being somebody else at AWS for a while: the credentials of a role, taken anew before they end."""

from collections.abc import Callable
from typing import Any


def assume(source: Any, new_client: Callable[..., Any], role: str) -> Any:
    """A session of botocore that acts as a role. AWS is asked with the first request.

    Args:
        source: the credentials to begin with; None for nobody's.
        new_client: what makes a client of the SDK: `Session.create_client`.
        role: the ARN.

    Raises what the SDK raises when there are no credentials to begin with.
    """
    from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials
    from botocore.exceptions import NoCredentialsError
    from botocore.session import Session

    if source is None:
        raise NoCredentialsError
    fetcher = AssumeRoleCredentialFetcher(new_client, source, role, extra_args={"RoleSessionName": "kubegenie"})
    assumed = Session()
    credentials = DeferredRefreshableCredentials(fetcher.fetch_credentials, "assume-role")
    assumed.get_component("credential_provider").providers.insert(0, _Assumed(credentials))
    return assumed


class _Assumed:
    """The credentials of a role as botocore looks for them."""

    METHOD = CANONICAL_NAME = "kubegenie-assume-role"

    def __init__(self, credentials: Any) -> None:
        self._credentials = credentials

    def load(self) -> Any:
        """What botocore asks of each of its providers."""
        return self._credentials
