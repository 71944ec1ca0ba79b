"""Versions of the Kubernetes Engine: `1.34.1-gke.2037000`; which are offered, and which come next."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from google.cloud.container_v1 import types as gke

_NUMBERS = re.compile(r"\d+")


def offered(config: "gke.ServerConfig", channel: str) -> list[str]:
    """What a control plane can be made with, the newest first. A channel is named as in `GkeSpec`."""
    for each in config.channels:
        if each.channel.name.lower() == channel:
            return list(each.valid_versions)
    return list(config.valid_master_versions)


def default_of(config: "gke.ServerConfig", channel: str) -> str:
    """What a control plane is made with when nobody names a version."""
    named = (each.default_version for each in config.channels if each.channel.name.lower() == channel)
    return next(named, config.default_cluster_version)


def is_offered(version: str, versions: Iterable[str]) -> bool:
    """Whether a version, or one that begins like it, is among them: 1.34 stands for the newest of it."""
    return version in ("", "latest") or any(
        each == version or each.startswith((f"{version}.", f"{version}-")) for each in versions
    )


def upgrades(version: str, versions: Iterable[str]) -> list[str]:
    """What a control plane of some version can be brought to, the next first: one minor version at a time."""
    here = _parts(version)
    minor = here[1] if len(here) > 1 else 0
    later = {each: _parts(each) for each in versions if _parts(each) > here and _parts(each)[1] <= minor + 1}
    return sorted(later, key=later.__getitem__)


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(each) for each in _NUMBERS.findall(version))
