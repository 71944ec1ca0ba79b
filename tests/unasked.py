"""Questions that a played cluster is not asked: about rights, what kinds mean, and what objects are made of."""

import asyncio

from kubegenie_tui.domain.access.policy import Identity
from kubegenie_tui.domain.access.question import Answer, Question
from kubegenie_tui.domain.errors import NotFound
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.manifest import Manifest
from kubegenie_tui.domain.schema import Schema
from kubegenie_tui.domain.tracing import Traced


class Unasked:
    """Has no answer to them; its kinds are known from the first."""

    def __init__(self) -> None:
        self.kinds_told = asyncio.Event()
        self.kinds_told.set()

    async def whoami(self) -> Identity:
        raise NotFound("identity")

    async def may_i(
        self, verb: str, kind: Kind, namespace: str = "", name: str = "", subresource: str = ""
    ) -> tuple[bool, str]:
        raise NotFound("rights")

    async def access(self, question: Question) -> Answer:
        raise NotFound("roles")

    async def schema(self, kind: Kind, path: str = "") -> Schema:
        raise NotFound("schema")

    async def trace(self, root: Manifest) -> Traced:
        raise NotFound("parts")
