"""The command as a script runs it: a process of its own, against a real control plane, compared with kubectl."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml
from kubernetes import client as official_client

from tests.control_plane import ControlPlane

pytestmark = pytest.mark.cluster
SECONDS = 60.0
SECRET = "hunter2-in-the-clear"


class Said(NamedTuple):
    """What a command left."""

    status: int
    out: str
    err: str


Run = Callable[..., Said]


@pytest.fixture
def kubegenie(control_plane: ControlPlane, home: Path) -> Run:
    """Runs `kubegenie`, with the control plane's kubeconfig as the person's own."""

    def run(*arguments: str, context: str = "", **env: str) -> Said:
        where = ("--context", context or control_plane.name)
        environ = os.environ | {"KUBECONFIG": str(control_plane.kubeconfig), "KUBEGENIE_HOME": str(home)} | env
        command = [sys.executable, "-m", "kubegenie_tui", *where, *arguments]
        done = subprocess.run(
            command, env=environ, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=SECONDS
        )
        return Said(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def kubectl_get(control_plane: ControlPlane, kubectl: Path) -> Callable[..., str]:
    """What `kubectl get` prints."""

    def run(*arguments: str) -> str:
        where = ("--kubeconfig", str(control_plane.kubeconfig), "--context", control_plane.name)
        command = [str(kubectl), *where, "get", *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=True).stdout

    return run


@pytest.fixture
def kubectl_names(kubectl_get: Callable[..., str]) -> Callable[..., list[str]]:
    """The names that `kubectl get` prints."""

    def run(*arguments: str) -> list[str]:
        return [line.rpartition("/")[2] for line in kubectl_get(*arguments, "-o", "name").splitlines()]

    return run


@pytest.fixture
def furnished(official: official_client.ApiClient, namespace: str) -> str:
    """A namespace with three pods that no node ever runs, a Secret and a ConfigMap."""
    core = official_client.CoreV1Api(official)
    for number in range(3):
        labels = {"app": "web", "odd": str(number % 2)}
        spec = {"containers": [{"name": "web", "image": "web:1"}], "nodeSelector": {"no-such": "node"}}
        core.create_namespaced_pod(namespace, {"metadata": {"name": f"web-{number}", "labels": labels}, "spec": spec})
    core.create_namespaced_secret(namespace, {"metadata": {"name": "login"}, "stringData": {"password": SECRET}})
    core.create_namespaced_config_map(namespace, {"metadata": {"name": "plain"}, "data": {"greeting": "hello"}})
    return namespace


def first_words(said: Said) -> list[str]:
    return [line.split()[0] for line in said.out.splitlines()[1:]]


@pytest.mark.parametrize("kind", ["pods", "po", "configmaps", "secret", "serviceaccounts"])
def test_names_are_those_of_kubectl(
    kubegenie: Run, kubectl_names: Callable[..., list[str]], furnished: str, kind: str
) -> None:
    said = kubegenie("get", kind, "-n", furnished)
    assert (said.status, said.err) == (0, "")
    assert first_words(said) == sorted(kubectl_names(kind, "-n", furnished))


def test_a_kind_that_has_no_columns_of_ours_has_those_of_the_server(
    kubegenie: Run, kubectl_names: Callable[..., list[str]]
) -> None:
    said = kubegenie("get", "apiservices")
    assert said.status == 0
    assert said.out.splitlines()[0].split() == ["NAME", "SERVICE", "AVAILABLE", "AGE"]
    assert first_words(said) == sorted(kubectl_names("apiservices"))


def test_labels_and_names_select_what_they_select_for_kubectl(
    kubegenie: Run, kubectl_names: Callable[..., list[str]], furnished: str
) -> None:
    some = kubegenie("get", "pods", "-n", furnished, "-l", "odd=0")
    assert first_words(some) == kubectl_names("pods", "-n", furnished, "-l", "odd=0") == ["web-0", "web-2"]
    assert first_words(kubegenie("get", "pod/web-1", "-n", furnished)) == ["web-1"]


def test_json_is_what_kubectl_prints_but_for_the_values_of_secrets(
    kubegenie: Run, kubectl_get: Callable[..., str], furnished: str
) -> None:
    wanted = ("configmap", "plain", "-n", furnished, "-o", "json")
    assert json.loads(kubegenie("get", *wanted).out) == json.loads(kubectl_get(*wanted, "--show-managed-fields"))
    secrets = kubegenie("get", "secrets", "-n", furnished, "-o", "json")
    (login,) = json.loads(secrets.out)["items"]
    assert list(login["data"]) == ["password"]
    assert login["data"]["password"].startswith("[redacted-")


def test_what_a_pipe_gets_is_plain(kubegenie: Run, furnished: str) -> None:
    for env in ({}, {"NO_COLOR": ""}, {"FORCE_COLOR": "1", "CLICOLOR_FORCE": "1"}):
        for command in (("get", "pods", "-n", furnished), ("clusters", "list"), ("doctor",)):
            said = kubegenie(*command, **env)
            assert "\x1b" not in said.out + said.err
            assert said.out


def test_the_genie_counts_what_kubectl_counts(
    kubegenie: Run, kubectl_names: Callable[..., list[str]], furnished: str
) -> None:
    said = kubegenie("ask", "how many pods", "-n", furnished)
    assert (said.status, said.err) == (0, "")
    assert said.out == f"**{len(kubectl_names('pods', '-n', furnished))} pods** in namespace {furnished}.\n"


def test_a_cluster_is_tested_step_by_step(kubegenie: Run, control_plane: ControlPlane) -> None:
    said = kubegenie("clusters", "test", control_plane.name, "-o", "json")
    steps = json.loads(said.out)[control_plane.name]
    assert said.status == 0
    assert all(step["ok"] for step in steps)
    assert {"version", "identity", "rights"} <= {step["name"] for step in steps}


def test_the_doctor_finds_the_cluster_well(kubegenie: Run, control_plane: ControlPlane) -> None:
    said = kubegenie("doctor", "-o", "json")
    found = {finding["subject"]: finding for finding in json.loads(said.out)}
    assert said.status == 0
    assert found[f"cluster {control_plane.name}"]["state"] == "ok"
    assert control_plane.name in found["kubeconfig"]["what"]


def altered(control_plane: ControlPlane, file: Path, **changes: str) -> str:
    """A kubeconfig of the same cluster with another address; its path."""
    config = yaml.safe_load(control_plane.kubeconfig.read_text())
    for entry in config["clusters"]:
        entry["cluster"] |= changes
    file.write_text(yaml.safe_dump(config))
    return str(file)


def test_each_kind_of_failure_has_its_status_and_one_sentence(
    kubegenie: Run, ours: ControlPlane, namespace: str, tmp_path: Path
) -> None:
    gone = altered(ours, tmp_path / "gone", server="https://127.0.0.1:1")
    other_name = altered(ours, tmp_path / "other-name", **{"tls-server-name": "elsewhere.example"})
    cases = [
        (("get", "pods", "-n", namespace), f"{ours.name}-nobody", "", 3, "Not allowed to list pods"),
        (("ask", "how many pods", "-n", namespace), "", gone, 3, "127.0.0.1:1"),
        (("get", "pods"), "", gone, 3, "connection refused"),
        (("get", "pods"), "", other_name, 3, "is for another name"),
        (("get", "deploymets"), "", "", 2, "did you mean deployments?"),
        (("get", "pods"), "nowhere", "", 2, 'no cluster named "nowhere"'),
        (("get", "pod", "nosuch", "-n", namespace), "", "", 1, "nosuch"),
        (("get", "pods", "-n", f"{namespace}x"), "", "", 1, f"did you mean {namespace}?"),
        (("demo",), "", "", 2, "needs a terminal"),
    ]
    for arguments, context, kubeconfig, status, words in cases:
        said = kubegenie(*arguments, context=context, **({"KUBECONFIG": kubeconfig} if kubeconfig else {}))
        assert (said.status, said.out) == (status, ""), arguments
        assert words in said.err, arguments
        assert said.err.count("\n") == 1, arguments


def test_a_reader_that_goes_away_ends_it_quietly(control_plane: ControlPlane) -> None:
    command = [sys.executable, "-m", "kubegenie_tui", "--context", control_plane.name, "get", "apiservices"]
    environ = os.environ | {"KUBECONFIG": str(control_plane.kubeconfig)}
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(SECONDS) == 141


def test_a_forward_that_is_refused_ends(
    ours: ControlPlane, official: official_client.ApiClient, kubegenie: Run, namespace: str
) -> None:
    pod = {"metadata": {"name": "web"}, "spec": {"containers": [{"name": "web", "image": "nginx:1.27"}]}}
    core = official_client.CoreV1Api(official)
    core.create_namespaced_pod(namespace, pod)
    core.patch_namespaced_pod_status("web", namespace, {"status": {"phase": "Running"}})
    said = kubegenie("-n", namespace, "forward", "pods/web", "38471:80", context=f"{ours.name}-viewer")
    assert said.status == 3
    assert "Not allowed to get pods/portforward" in said.err
    assert said.err.count("Not allowed") == 1
