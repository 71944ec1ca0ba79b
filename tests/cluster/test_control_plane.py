"""The ground the other cluster tests stand on."""

import subprocess
from pathlib import Path

import pytest
from kubernetes import client

from tests.control_plane import ControlPlane

pytestmark = pytest.mark.cluster


def test_the_namespace_is_there(official: client.ApiClient, namespace: str) -> None:
    found = client.CoreV1Api(official).read_namespace(namespace)
    assert found.status.phase == "Active"


def test_kubectl_sees_the_same_namespaces_as_the_official_client(
    control_plane: ControlPlane, official: client.ApiClient, namespace: str, kubectl: Path
) -> None:
    command = [str(kubectl), "--kubeconfig", str(control_plane.kubeconfig), "get", "namespaces", "-o", "name"]
    answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert f"namespace/{namespace}" in answer
    assert {f"namespace/{item.metadata.name}" for item in client.CoreV1Api(official).list_namespace().items} >= {
        f"namespace/{namespace}"
    }
