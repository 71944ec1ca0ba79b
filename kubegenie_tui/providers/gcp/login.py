"""Who we are to Google: the key of a service account, or what a person has logged in with."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from kubegenie_tui.domain.errors import CredentialError
from kubegenie_tui.providers.gcp.refusals import sdk, translated

if TYPE_CHECKING:
    from pathlib import Path

    from kubegenie_tui.providers.gcp.gke_config import GkeConfig

SCOPE = "https://www.googleapis.com/auth/cloud-platform"
LOG_IN = "gcloud auth application-default login, or name the key file of a service account"


class Token(msgspec.Struct, frozen=True):
    """What an API server of Google's takes for a password."""

    value: str
    expires: datetime | None


def credentials(config: "GkeConfig") -> Any:
    """Google's credentials of a configuration. It may ask the network who we are: call it in a thread.

    Raises:
        ExtraMissing: Google's libraries are not installed.
        CredentialError: there are none, or they cannot be read.
    """
    if config.anonymous:
        with sdk():
            from google.auth.credentials import AnonymousCredentials
        return AnonymousCredentials()  # type: ignore[no-untyped-call] # google-auth is typed in part
    return login(config.credentials_file)


def access_token(key_file: "Path | None") -> Token:
    """A token for the API server of a cluster, good for an hour at most.

    Raises:
        ExtraMissing: Google's libraries are not installed.
        CredentialError: there are no credentials, or Google does not take them.
        TryLater: Google does not answer.
    """
    found = login(key_file)
    with sdk():
        from google.auth.transport.requests import Request
    with translated("No token was given"):
        found.refresh(Request())
    return Token(str(found.token), found.expiry.replace(tzinfo=UTC) if found.expiry else None)


def login(key_file: "Path | None") -> Any:
    """Google's credentials: of the key of a service account, or those that this machine has.

    Raises:
        ExtraMissing: Google's libraries are not installed.
        CredentialError: there are none, or they cannot be read.
    """
    with sdk():
        import google.auth
        from google.oauth2 import service_account
    if key_file is None:
        with translated("Google does not know who you are"):
            found, _ = google.auth.default(scopes=[SCOPE])
        return found
    read: Any = service_account.Credentials.from_service_account_file
    try:
        return read(str(key_file.expanduser()), scopes=[SCOPE])
    except OSError as error:
        raise CredentialError(f"{key_file} cannot be read", error.strerror or "", LOG_IN) from error
    except ValueError:  # its words may quote the file
        raise CredentialError(f"{key_file} is no key of a service account", "", LOG_IN) from None
