"""A cluster that manages others: a bare control plane with the real definitions, and works that are done on it."""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import yaml
from kubernetes import client, config

from kubegenie_tui.store.store import Store
from tests.clouds.declared import declare_ours
from tests.clouds.making import Making, making_in
from tests.cluster.heard import PATIENCE
from tests.control_plane import ControlPlane, program, skip_or_fail
from tests.wheels import on_the_path

LOOK_SECONDS = 0.05


@asynccontextmanager
async def making(
    plane: ControlPlane, provider: str, namespace: str, site: Path, store: Store, **more: Any
) -> AsyncIterator[Making]:
    """Works of a provider on a managing cluster."""
    reach = {"kubeconfig": str(plane.kubeconfig), "context": plane.name, "namespace": namespace, **more}
    with on_the_path(declare_ours(site)):
        async with making_in(store, provider, reach, LOOK_SECONDS) as made:
            yield made


def official_client(plane: ControlPlane) -> client.ApiClient:
    return config.new_client_from_config(str(plane.kubeconfig), context=plane.name)


def install(api: client.ApiClient, *patterns: str, besides: Sequence[dict[str, Any]] = ()) -> None:
    """The real definitions in the files of these names, and others; returns when the server serves their kinds."""
    extensions, custom = client.ApiextensionsV1Api(api), client.CustomObjectsApi(api)
    files = [file for pattern in patterns for file in sorted(_definitions().glob(pattern))]
    definitions = [*(yaml.load(file.read_text(), yaml.CSafeLoader) for file in files), *besides]
    for each in definitions:
        extensions.create_custom_resource_definition(each)
    for spec in [each["spec"] for each in definitions]:
        version = next(each["name"] for each in spec["versions"] if each["served"])
        deadline = time.monotonic() + PATIENCE
        while not _is_served(custom, spec["group"], version, spec["names"]["plural"]):
            assert time.monotonic() < deadline, f"{spec['names']['plural']}.{spec['group']} is never served"
            time.sleep(0.02)


def _is_served(custom: client.CustomObjectsApi, group: str, version: str, plural: str) -> bool:
    try:
        custom.list_cluster_custom_object(group, version, plural, limit=1)
    except client.ApiException as error:
        if error.status != 404:
            raise
        return False
    return True


def _definitions() -> Path:
    found = program()
    directory = found.parent.parent / "crds" if found else Path("no-crds")
    if not directory.is_dir():
        skip_or_fail("no definitions beside the testcluster program")
    return directory
