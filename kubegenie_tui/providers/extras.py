"""Libraries that providers of ours need and that a plain installation has not."""

from importlib import metadata
from typing import NamedTuple

from kubegenie_tui.domain.errors import ExtraMissing


class _Extra(NamedTuple):
    what: str
    name: str
    distributions: tuple[str, ...]


_EXTRAS = {
    "aks": _Extra("AKS", "azure", ("azure-identity", "azure-mgmt-containerservice")),
    "eks": _Extra("Amazon EKS", "aws", ("botocore",)),
    "gke": _Extra("Google Kubernetes Engine", "gcp", ("google-auth", "google-cloud-container")),
}


def missing_extra(provider: str) -> ExtraMissing | None:
    """What has to be installed for a provider of ours; None when nothing has. Nothing is imported."""
    extra = _EXTRAS.get(provider)
    if extra is None or all(map(_is_installed, extra.distributions)):
        return None
    return ExtraMissing(extra.what, extra.name)


def _is_installed(distribution: str) -> bool:
    try:
        metadata.distribution(distribution)
    except metadata.PackageNotFoundError:
        return False
    return True
