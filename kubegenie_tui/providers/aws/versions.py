"""The versions of Kubernetes that EKS has, and for how long."""

from collections.abc import Mapping
from typing import Any

from kubegenie_tui.domain.errors import PermissionMissing
from kubegenie_tui.providers.aws.cloud import Cloud
from kubegenie_tui.providers.making import Choice

_SUPPORT = {
    "STANDARD_SUPPORT": "standard support until {standard}",
    "EXTENDED_SUPPORT": "extended support until {extended}: the control plane costs six times as much",
    "UNSUPPORTED": "not supported any more",
}


def number(version: str) -> tuple[int, ...]:
    """`1.34` as (1, 34), to compare."""
    return tuple(int(each) for each in version.split(".") if each.isdigit())


def following(version: str) -> str:
    """The next minor version."""
    major, minor = number(version)[:2]
    return f"{major}.{minor + 1}"


async def versions(cloud: Cloud) -> list[Mapping[str, Any]]:
    """All that are supported, the newest first.

    Raises:
        ProviderError: they cannot be listed.
    """
    found = await cloud.all("eks:DescribeClusterVersions", "clusterVersions")
    return sorted(found, key=lambda each: number(each["clusterVersion"]), reverse=True)


async def support(cloud: Cloud, version: str) -> str:
    """`STANDARD_SUPPORT`, `EXTENDED_SUPPORT`; empty when it may not be looked at, or is the default one."""
    try:
        found = await versions(cloud)
    except PermissionMissing:
        return ""
    known = {each["clusterVersion"]: status(each) for each in found}
    return known.get(version, "UNSUPPORTED") if version else ""


def status(version: Mapping[str, Any]) -> str:
    """In the newer of the two ways in which AWS says it."""
    return str(version.get("versionStatus") or version.get("status", "")).upper().replace("-", "_")


def as_choice(version: Mapping[str, Any]) -> Choice:
    """With how long it is supported."""
    days = {
        "standard": _day(version.get("endOfStandardSupportDate")),
        "extended": _day(version.get("endOfExtendedSupportDate")),
    }
    label = _SUPPORT.get(status(version), "").format(**days)
    default = "default · " if version.get("defaultVersion") else ""
    return Choice(version["clusterVersion"], f"{default}{label}")


def _day(moment: Any) -> str:
    return moment.date().isoformat() if moment else "a day that AWS does not say"
