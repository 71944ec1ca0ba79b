"""Who we are in a subscription, and what we may not do there."""

import base64
import json
import re
from collections.abc import Iterable
from typing import Any

from kubegenie_tui.domain.creation import Identity
from kubegenie_tui.domain.errors import PermissionMissing
from kubegenie_tui.domain.text import plain
from kubegenie_tui.providers.azure.cloud import Cloud

SUBSCRIPTIONS_API, PERMISSIONS_API = "2022-12-01", "2022-04-01"
_CLUSTERS = "Microsoft.ContainerService/managedClusters"
_GROUPS = "Microsoft.Resources/subscriptions/resourceGroups"
NEEDED = (
    *(f"{_GROUPS}/{verb}" for verb in ("read", "write", "delete")),
    *(f"{_CLUSTERS}/{verb}" for verb in ("read", "write", "delete")),
    *(f"{_CLUSTERS}/agentPools/{verb}" for verb in ("read", "write", "delete")),
    f"{_CLUSTERS}/listClusterUserCredential/action",
    "Microsoft.ContainerService/register/action",
    "Microsoft.Compute/skus/read",
    "Microsoft.Resources/subscriptions/locations/read",
    "Microsoft.Network/virtualNetworks/subnets/join/action",
)
"""Actions that the work needs; the last for a subnet of one's own alone, which is not known yet when we ask."""
NARROWER = "rights that were given on a resource group alone are not seen here"


async def identity(cloud: Cloud) -> Identity:
    """Whom Azure takes us for.

    Raises:
        KubeGenieError: nobody, or the subscription cannot be seen.
    """
    async with cloud.client() as client:
        token = await cloud.tokens.get_token(cloud.scope)
        named = await cloud.rest(client, "GET", cloud.path, SUBSCRIPTIONS_API)
        where = f"{plain(str(named.get('displayName', '')))} · {cloud.config.subscription}"
        path = f"{cloud.path}/providers/Microsoft.Authorization/permissions"
        try:
            async with cloud.client() as second:
                granted = await cloud.all(second, path, PERMISSIONS_API)
        except PermissionMissing as error:
            return Identity(who_of(token.token), where, unknown=str(error))
    missing = tuple(action for action in NEEDED if not allows(granted, action))
    return Identity(who_of(token.token), where, missing, NARROWER if missing else "")


def who_of(token: str) -> str:
    """The name in a token of Entra: what a person signs in with, or an app's id. Azure verifies it, we do not."""
    claims = _claims(token)
    for name, said in (("upn", ""), ("unique_name", ""), ("app_displayname", "app "), ("appid", "app ")):
        if claims.get(name):
            return f"{said}{plain(str(claims[name]))}"
    return plain(str(claims.get("oid", "somebody whose token says no name")))


def allows(granted: Iterable[dict[str, Any]], action: str) -> bool:
    """Whether any of the permissions covers an action. Each takes what it does not mean out of itself alone.

    Source: Microsoft Learn, "Understand Azure role definitions".
    """
    return any(
        _covers(each.get("actions", ()), action) and not _covers(each.get("notActions", ()), action) for each in granted
    )


def _covers(patterns: Iterable[str], action: str) -> bool:
    return any(
        re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), action, re.IGNORECASE) is not None for pattern in patterns
    )


def _claims(token: str) -> dict[str, Any]:
    try:
        body = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (IndexError, ValueError):
        return {}
    return claims if isinstance(claims, dict) else {}
