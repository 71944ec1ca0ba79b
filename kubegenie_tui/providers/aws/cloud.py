"""The door to AWS: calls by the names that its permissions have, in threads, their errors in our words."""

import asyncio
import contextlib
import threading
from collections.abc import Mapping
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from kubegenie_tui.domain.approval import Approval
from kubegenie_tui.domain.errors import ProviderError
from kubegenie_tui.providers.aws.assuming import assume
from kubegenie_tui.providers.aws.refusals import Absent, translated

if TYPE_CHECKING:
    from kubegenie_tui.providers.aws.eks_config import EksConfig

Answer = dict[str, Any]
CONNECT, READ = 5.0, 30.0
"""Seconds until AWS counts as not answering."""
TRIES = 3
"""Of a request that only reads. One that writes is sent once: whether it arrived is looked up before the next one."""


class Cloud:
    """One account in one region."""

    def __init__(self, config: "EksConfig", region: str = "") -> None:
        self.config = config
        self.region = region or config.region
        self._clients: dict[tuple[str, int], Any] = {}
        self._lock = threading.Lock()
        self._session: Any = None

    async def read(self, call: str, **request: Any) -> Answer:
        """What AWS answers to a request that changes nothing: `ec2:DescribeVpcs`.

        Raises:
            ProviderError: it does not.
        """
        return await asyncio.to_thread(self._ask, call, request, TRIES)

    async def seen(self, call: str, **request: Any) -> Answer | None:
        """The same; None when what it is about is not there."""
        try:
            return await self.read(call, **request)
        except Absent:
            return None

    async def all(self, call: str, key: str, **request: Any) -> list[Any]:
        """What all pages of an answer have under a key."""
        return await asyncio.to_thread(self._pages, call, key, request)

    async def write(self, approval: Approval, call: str, request: Mapping[str, Any]) -> Answer:
        """What AWS answers to a request that changes something, for which a person said yes.

        Raises:
            ProviderError: it does not, or nobody knows whether it has done so.
        """
        assert approval.plan
        return await asyncio.to_thread(self._ask, call, request, 1)

    async def remove(self, approval: Approval, call: str, request: Mapping[str, Any]) -> None:
        """As `write`, for what is to go: when it is not there, that is done. An earlier answer may have been lost.

        Raises:
            ProviderError: it stays, or nobody knows whether it does.
        """
        with contextlib.suppress(Absent):
            await self.write(approval, call, request)

    def _ask(self, call: str, request: Mapping[str, Any], tries: int) -> Answer:
        service, _, operation = call.partition(":")
        with translated(call):
            from botocore import xform_name

            answer: Answer = getattr(self._client(service, tries), xform_name(operation))(**request)
        return answer

    def _pages(self, call: str, key: str, request: Mapping[str, Any]) -> list[Any]:
        service, _, operation = call.partition(":")
        with translated(call):
            from botocore import xform_name

            client = self._client(service, TRIES)
            if not client.can_paginate(xform_name(operation)):
                return list(getattr(client, xform_name(operation))(**request)[key])
            pages = client.get_paginator(xform_name(operation)).paginate(**request)
            return [each for page in pages for each in page.get(key, ())]

    def _client(self, service: str, tries: int) -> Any:
        with self._lock:
            if (service, tries) not in self._clients:
                self._clients[service, tries] = self._new_client(service, tries)
            return self._clients[service, tries]

    def _new_client(self, service: str, tries: int) -> Any:
        from botocore.config import Config

        if self._session is None:
            self._session = _new_session(self.config)
        retries = {"total_max_attempts": tries, "mode": "standard"}
        client = self._session.create_client(
            service,
            region_name=self.region,
            endpoint_url=_endpoint(self.config),
            config=Config(connect_timeout=CONNECT, read_timeout=READ, retries=retries, user_agent_extra="kubegenie"),
        )
        client.meta.events.register("before-parse", _require_answer)
        return client


def _require_answer(response_dict: Mapping[str, Any], **_: Any) -> None:
    """Raise ProviderError for a web page, as a proxy sends one: the SDK would read it as a list of nothing."""
    if response_dict["status_code"] < 400 and "html" in response_dict["headers"].get("content-type", ""):
        raise ProviderError("What answers is not AWS", "a web page came", "is there a proxy in between?")


def _new_session(config: "EksConfig") -> Any:
    """A session of the SDK that acts as the configuration says."""
    from botocore.session import Session

    session = Session(profile=config.profile or None)
    session.register_component("data_loader", _models())
    if config.secret_key is not None:
        token = config.session_token.get_secret_value() if config.session_token else None
        session.set_credentials(config.access_key, config.secret_key.get_secret_value(), token)
    if not config.role:
        return session
    new_client = partial(session.create_client, region_name=config.region, endpoint_url=_endpoint(config))
    return assume(session.get_credentials(), new_client, config.role)


@cache
def _models() -> Any:
    """What the SDK knows of each service: large files, read once for all sessions."""
    from botocore.loaders import create_loader

    return create_loader()


def _endpoint(config: "EksConfig") -> str | None:
    return str(config.endpoint).rstrip("/") if config.endpoint else None
