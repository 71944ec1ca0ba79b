"""The official client's own door, for requests that it has no method for."""

from collections.abc import Mapping
from typing import Any

from kubernetes import client


def ask(api: client.ApiClient, method: str, path: str, headers: Mapping[str, str], body: Any = None) -> str:
    """The body of the answer.

    Raises:
        ApiException: the server says no.
    """
    url = f"{api.configuration.host}{path}"
    answer: str = api.request(method, url, headers=dict(headers), body=body).data
    return answer
