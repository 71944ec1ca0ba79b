"""Our own client, on the contexts of a real kubeconfig."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec

from kubegenie_tui.kube.client import Client
from kubegenie_tui.kube.context import AuthInfo, Context, Tls
from kubegenie_tui.kube.kubeconfig.loader import load_kubeconfig
from tests.control_plane import ControlPlane


def context_of(plane: ControlPlane, user: str = "") -> Context:
    """The admin's context, or that of `viewer`, `editor`, `nobody`."""
    return load_kubeconfig([plane.kubeconfig]).contexts[f"{plane.name}-{user}" if user else plane.name]


@asynccontextmanager
async def joined(
    plane: ControlPlane, user: str = "", *, tls: Tls | None = None, auth: AuthInfo | None = None, server: str = ""
) -> AsyncIterator[Client]:
    """A client of `plane`, with this in place of what the kubeconfig says."""
    context = context_of(plane, user)
    context = msgspec.structs.replace(
        context, tls=tls or context.tls, auth=auth or context.auth, server=server or context.server
    )
    client = Client(context, environ={})
    try:
        yield client
    finally:
        await client.close()
