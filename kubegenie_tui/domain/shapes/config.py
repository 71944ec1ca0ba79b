"""Namespaces, config maps, service accounts and resource quotas as a table shows them."""

from sys import intern

import msgspec

from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.quantity import parse_quantity
from kubegenie_tui.domain.row import Column, Measure, Row
from kubegenie_tui.domain.shapes.base import Meta, Part, on_its_way, row_of, seconds, shape


class _NamespaceStatus(Part, frozen=True):
    phase: str = ""


class _Namespace(Part, frozen=True):
    metadata: Meta
    status: _NamespaceStatus = _NamespaceStatus()


def _namespace(namespace: _Namespace) -> Row:
    deleted = namespace.metadata.deletion_timestamp
    health = on_its_way(seconds(deleted)) if deleted else Health.OK
    return row_of(namespace.metadata, (intern(namespace.status.phase),), health)


class _ConfigMap(Part, frozen=True):
    metadata: Meta
    data: dict[str, msgspec.Raw] | None = None
    binary_data: dict[str, msgspec.Raw] | None = None
    immutable: bool | None = None


def _config_map(config_map: _ConfigMap) -> Row:
    keys = len(config_map.data or ()) + len(config_map.binary_data or ())
    return row_of(config_map.metadata, (keys, "True" if config_map.immutable else ""), Health.OK)


class _Reference(Part, frozen=True):
    name: str = ""


class _ServiceAccount(Part, frozen=True):
    metadata: Meta
    secrets: list[_Reference] | None = None
    image_pull_secrets: list[_Reference] | None = None


def _service_account(account: _ServiceAccount) -> Row:
    cells = (len(account.secrets or ()), len(account.image_pull_secrets or ()))
    return row_of(account.metadata, cells, Health.OK)


class _QuotaStatus(Part, frozen=True):
    hard: dict[str, str] | None = None
    used: dict[str, str] | None = None


class _Quota(Part, frozen=True):
    metadata: Meta
    status: _QuotaStatus = _QuotaStatus()


def _quota(quota: _Quota) -> Row:
    """Source: printResourceQuota in k8s.io/kubernetes/pkg/printers/internalversion."""
    hard, used = quota.status.hard or {}, quota.status.used or {}
    text = {resource: f"{resource}: {used.get(resource, '0')}/{hard[resource]}" for resource in sorted(hard)}
    limits = ", ".join(line for resource, line in text.items() if resource.startswith("limits"))
    requests = ", ".join(line for resource, line in text.items() if not resource.startswith("limits"))
    full = [resource for resource in hard if _is_full(used.get(resource, "0"), hard[resource])]
    cells = (intern(",".join(sorted(full))) or "ok", requests, limits)
    return row_of(quota.metadata, cells, Health.WARN if full else Health.OK)


def _is_full(used: str, hard: str) -> bool:
    try:
        return parse_quantity(used) >= parse_quantity(hard) > 0
    except ValueError:
        return False


NAMESPACES = shape(_Namespace, _namespace, Column("STATUS", Measure.STATUS, 0), patience=120)
CONFIG_MAPS = shape(_ConfigMap, _config_map, Column("DATA", Measure.NUMBER, 0), Column("IMMUTABLE", priority=9))
SERVICE_ACCOUNTS = shape(
    _ServiceAccount,
    _service_account,
    Column("SECRETS", Measure.COUNT, 1),
    Column("PULL SECRETS", Measure.COUNT, 1),
)
RESOURCE_QUOTAS = shape(
    _Quota,
    _quota,
    Column("USED UP", Measure.STATUS, 0),
    Column("REQUEST", Measure.TEXT, 1),
    Column("LIMIT", Measure.TEXT, 1),
)
