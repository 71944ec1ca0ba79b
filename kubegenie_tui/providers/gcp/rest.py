"""Google's APIs beside Kubernetes Engine, asked for JSON: machine types, networks, disks, permissions."""

import asyncio
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from kubegenie_tui.domain.errors import ProviderError
from kubegenie_tui.providers.gcp.login import credentials
from kubegenie_tui.providers.gcp.refusals import sdk, translated
from kubegenie_tui.providers.gcp.wire import TIMEOUT_SECONDS

if TYPE_CHECKING:
    from kubegenie_tui.providers.gcp.gke_config import GkeConfig

_MOST_PAGES = 50


class Rest:
    """The Compute and the Resource Manager API of one project: nothing is changed through them."""

    def __init__(self, config: "GkeConfig") -> None:
        self._config = config
        self._session: Any = None
        self._compute = f"{str(config.compute_endpoint).rstrip('/')}/compute/v1/projects/{config.project}"
        self._projects = f"{str(config.projects_endpoint).rstrip('/')}/v3/projects/{config.project}"

    async def listed(self, path: str, **query: str) -> list[dict[str, Any]]:
        """All items of a collection of the Compute API: `regions`, `zones/europe-west1-b/machineTypes`."""
        return await asyncio.to_thread(self._listed, path, query)

    async def one(self, path: str) -> dict[str, Any]:
        """A thing of the Compute API: `zones/europe-west1-b/instanceGroupManagers/gke-shop`."""
        what = f"{path.rpartition('/')[2]} cannot be looked at"
        return await asyncio.to_thread(self._answer, what, "GET", f"{self._compute}/{path}", {})

    async def permitted(self, permissions: list[str]) -> set[str]:
        """Those permissions on the project that we have, of some."""
        url = f"{self._projects}:testIamPermissions"
        what = "Your permissions cannot be looked up"
        found = await asyncio.to_thread(self._answer, what, "POST", url, {}, {"permissions": permissions})
        return set(found.get("permissions", ()))

    def _listed(self, path: str, query: Mapping[str, str]) -> list[dict[str, Any]]:
        return [item for answer in self._pages(path, query) for item in _items(answer.get("items"))]

    def _pages(self, path: str, query: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        what, asked = f"The {path.rpartition('/')[2]} cannot be listed", dict(query)
        for _ in range(_MOST_PAGES):
            answer = self._answer(what, "GET", f"{self._compute}/{path}", asked)
            yield answer
            asked["pageToken"] = answer.get("nextPageToken", "")
            if not asked["pageToken"]:
                return

    def _answer(self, what: str, method: str, url: str, query: Mapping[str, str], body: Any = None) -> dict[str, Any]:
        if self._session is None:
            self._session = session_of(what, credentials(self._config))
        return answered(self._session, what, method, url, query, body)


def session_of(what: str, known: Any) -> Any:
    """A session of requests that says who we are by Google's credentials.

    Raises:
        KubeGenieError: it cannot be had; `what` is what has not happened then.
    """
    with sdk():
        from google.auth.transport.requests import AuthorizedSession
    with translated(what):
        return AuthorizedSession(known)  # type: ignore[no-untyped-call]


def answered(
    session: Any, what: str, method: str, url: str, query: Mapping[str, str], body: Any = None
) -> dict[str, Any]:
    """What Google answers, JSON.

    Raises:
        KubeGenieError: it does not; `what` is what has not happened then.
    """
    with sdk():
        from google.api_core.exceptions import from_http_response
    with translated(what):
        send = session.get if method == "GET" else session.post
        response = send(url, params=query, json=body, timeout=TIMEOUT_SECONDS)
        if not response.ok:
            raise from_http_response(response)  # type: ignore[no-untyped-call]
    try:
        answer = response.json()
    except ValueError as error:
        raise ProviderError(what, "what came is not JSON", "is there a proxy in between?") from error
    return answer if isinstance(answer, dict) else {}


def _items(found: Any) -> Iterator[dict[str, Any]]:
    """Those of a list, or of the locations of an aggregated list."""
    if isinstance(found, list):
        yield from found
    elif isinstance(found, dict):
        for place in found.values():
            for values in place.values():
                yield from values if isinstance(values, list) else ()
