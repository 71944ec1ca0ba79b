"""The door to Azure: one subscription, asked by Azure's own client or, for what that does not know, by its pipeline."""

from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from kubegenie_tui.domain.errors import ProviderError
from kubegenie_tui.providers.azure.login import ANSWER_SECONDS, CONNECT_SECONDS, Anew, Tokens, require_libraries
from kubegenie_tui.providers.azure.refusals import NO_SUBSCRIPTION, code_of, translated

if TYPE_CHECKING:
    from azure.core.rest import HttpRequest
    from azure.mgmt.containerservice.aio import ContainerServiceClient

    from kubegenie_tui.providers.azure.aks_config import AksConfig

T = TypeVar("T")


class Cloud:
    """A subscription. Nothing is tried again by itself: that is for whoever asks to decide."""

    def __init__(self, config: "AksConfig") -> None:
        self.config = config
        self.tokens = Tokens(config.login)
        self.scope = f"{config.manager}/.default"
        self.path = f"/subscriptions/{config.subscription}"
        """What the paths of all that is in the subscription begin with."""

    @asynccontextmanager
    async def client(self) -> "AsyncIterator[ContainerServiceClient]":
        """Azure's client for as long as the block runs; its errors leave the block as ours.

        Raises:
            KubeGenieError: what Azure says.
        """
        await require_libraries()
        with translated():
            async with self._client() as client:
                yield client

    def _client(self) -> "ContainerServiceClient":
        from azure.core.pipeline import policies
        from azure.mgmt.containerservice.aio import ContainerServiceClient
        from azure.mgmt.core.policies import AsyncARMChallengeAuthenticationPolicy

        from kubegenie_tui import __version__

        tokens: Any = self.tokens
        return ContainerServiceClient(
            tokens,
            self.config.subscription,
            base_url=self.config.manager,
            credential_scopes=[self.scope],
            connection_verify=self.config.verify,
            connection_timeout=CONNECT_SECONDS,
            read_timeout=ANSWER_SECONDS,
            policies=[
                policies.RequestIdPolicy(),
                policies.HeadersPolicy(),
                policies.UserAgentPolicy(f"kubegenie/{__version__}"),
                policies.ProxyPolicy(),
                policies.ContentDecodePolicy(),
                Anew(self.tokens),
                AsyncARMChallengeAuthenticationPolicy(tokens, self.scope),
            ],
        )

    async def rest(
        self,
        client: "ContainerServiceClient",
        method: str,
        path: str,
        version: str,
        *,
        body: Mapping[str, Any] | None = None,
        filters: str = "",
    ) -> dict[str, Any]:
        """Ask for what the client has no method for; its answer, empty when there is none.

        Args:
            client: the open one.
            method: of HTTP.
            path: from the endpoint on.
            version: of the API that is asked.
            body: what is sent.
            filters: which items of a list, in the words of OData.
        """
        from azure.core.rest import HttpRequest

        asked = {"api-version": version, **({"$filter": filters} if filters else {})}
        return await self._send(client, HttpRequest(method, path, params=asked, json=body))

    async def all(
        self, client: "ContainerServiceClient", path: str, version: str, filters: str = ""
    ) -> list[dict[str, Any]]:
        """The items of a list, from all of its pages.

        Raises:
            ProviderError: the next page lies elsewhere, where our token must not go.
        """
        from azure.core.rest import HttpRequest

        answer = await self.rest(client, "GET", path, version, filters=filters)
        found = list(answer.get("value", ()))
        while following := answer.get("nextLink"):
            if not following.startswith(f"{self.config.manager}/"):
                raise ProviderError("A list of Azure goes on at another address", following)
            answer = await self._send(client, HttpRequest("GET", following))
            found += answer.get("value", ())
        return found

    async def _send(self, client: "ContainerServiceClient", request: "HttpRequest") -> dict[str, Any]:
        from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
        from azure.mgmt.core.exceptions import ARMErrorFormat

        response = await client.send_request(request)
        if response.status_code == 404:
            raise ResourceNotFoundError(response=response, error_format=ARMErrorFormat)
        if response.status_code >= 400:
            raise HttpResponseError(response=response, error_format=ARMErrorFormat)
        try:
            answer: dict[str, Any] = response.json() if response.content else {}
        except ValueError as error:
            raise ProviderError("What answers is not Azure", "no JSON came", "is there a proxy in between?") from error
        return answer


async def or_none(asked: Awaitable[T]) -> T | None:
    """What was asked for, None when there is no such thing.

    Nothing is known where the subscription is not seen, and where something says so that is not Azure, as a proxy.
    """
    from azure.core.exceptions import ResourceNotFoundError

    try:
        return await asked
    except ResourceNotFoundError as error:
        if code_of(error) in ("", NO_SUBSCRIPTION):
            raise
        return None
