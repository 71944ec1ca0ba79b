"""kubectl works on the demo: what people type first, and what it asks of a server for that."""

import json
import re
import subprocess
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.demo.conftest import Run

MANIFEST = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: nginx:1.27
        ports: [{containerPort: 80}]
"""


@pytest.fixture
def namespace(run: Run) -> Iterator[str]:
    """A fresh namespace."""
    name = f"kubectl-{uuid.uuid4().hex[:8]}"
    run("create", "namespace", name)
    yield name
    run("delete", "namespace", name, "--wait=false")


@pytest.fixture
def web(run: Run, namespace: str) -> str:
    """A namespace in which the Deployment `web` is rolled out."""
    assert run("apply", "-n", namespace, "-f", "-", given=MANIFEST) == "deployment.apps/web created\n"
    assert "successfully rolled out" in run("rollout", "status", "deploy/web", "-n", namespace, "--timeout=45s")
    return namespace


def table(text: str) -> list[list[str]]:
    """The cells of a printed table."""
    return [re.split(r"\s{2,}", line.strip()) for line in text.splitlines()]


def test_get_everywhere(run: Run) -> None:
    head, *rows = table(run("get", "pods", "-A"))
    assert head == ["NAMESPACE", "NAME", "READY", "STATUS", "RESTARTS", "AGE"]
    assert len(rows) > 150
    assert any(row[0] == "shop" and row[3] in ("CrashLoopBackOff", "Error", "Running") for row in rows)


def test_get_wide(run: Run) -> None:
    head, *rows = table(run("get", "nodes", "-o", "wide"))
    assert head[-4:] == ["EXTERNAL-IP", "OS-IMAGE", "KERNEL-VERSION", "CONTAINER-RUNTIME"]
    assert len(rows) == 12
    head, *_ = table(run("get", "deploy", "-n", "shop", "-o", "wide"))
    assert head[-3:] == ["CONTAINERS", "IMAGES", "SELECTOR"]


def test_get_in_other_forms(run: Run) -> None:
    found = json.loads(run("get", "deploy", "checkout", "-n", "shop", "-o", "json"))
    assert found["kind"] == "Deployment"
    names = run("get", "pods", "-n", "shop", "-l", "app=checkout", "-o", "name").split()
    assert len(names) == 4
    path = "jsonpath={.items[*].metadata.name}"
    assert len(run("get", "nodes", "-o", path, "--chunk-size=5").split()) == 12
    assert run("get", "pods", "-n", "shop", "--field-selector", "spec.nodeName=none") == ""
    assert table(run("get", "certs", "-n", "shop"))[0] == ["NAME", "READY", "SECRET", "AGE"]


def test_what_is_not_there(run: Run) -> None:
    assert run("get", "pod", "none", fails=True) == 'Error from server (NotFound): pods "none" not found\n'
    assert "the server doesn't have a resource type" in run("get", "nonsense", fails=True)


def test_describe(run: Run) -> None:
    [name] = run("get", "pods", "-n", "data", "-l", "app=forecast", "-o", "name").split()
    told = run("describe", name, "-n", "data")
    assert re.search(r"Controlled By:\s+ReplicaSet/forecast-", told)
    assert "Insufficient memory" in told
    assert "Taints:" in run("describe", "node", "node-1")
    assert "Endpoints:                \n" in run("describe", "service", "tracking", "-n", "logistics")
    assert "cpu on pods" in run("describe", "hpa", "frontend", "-n", "shop")


def test_logs(run: Run) -> None:
    assert len(run("logs", "-n", "shop", "deploy/frontend", "--tail=5").splitlines()) == 5
    assert "DATABASE_URL is not set" in run("logs", "-n", "shop", crashing(run), "--previous")


def crashing(run: Run) -> str:
    pods = json.loads(run("get", "pods", "-n", "shop", "-l", "app=checkout", "-o", "json"))["items"]
    return next(str(pod["metadata"]["name"]) for pod in pods if pod["status"]["containerStatuses"][0]["restartCount"])


def command(kubeconfig: Path, kubectl: Path, *words: str) -> list[str]:
    return [str(kubectl), "--kubeconfig", str(kubeconfig), "--context", "prod-eu", *words]


def test_logs_as_they_come(kubeconfig: Path, kubectl: Path) -> None:
    words = command(kubeconfig, kubectl, "logs", "-f", "-n", "shop", "deploy/frontend", "--tail=1")
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as following:
        assert following.stdout is not None
        try:
            assert all(following.stdout.readline() for _ in range(3))
        finally:
            following.kill()


def test_apply_diff_and_apply_again(run: Run, web: str) -> None:
    assert run("apply", "-n", web, "-f", "-", given=MANIFEST) == "deployment.apps/web unchanged\n"
    other = MANIFEST.replace("nginx:1.27", "nginx:1.28")
    for how in ("--server-side=false", "--server-side"):
        flags = ["--force-conflicts"] if how == "--server-side" else []
        shown = run_diff(run, "-n", web, how, *flags, given=other)
        assert "-        - image: nginx:1.27" in shown.replace("-      - image", "-        - image")
    assert run("apply", "-n", web, "-f", "-", given=other) == "deployment.apps/web configured\n"
    assert run("apply", "-n", web, "--server-side", "--force-conflicts", "-f", "-", given=other).endswith(
        "serverside-applied\n"
    )


def run_diff(run: Run, *words: str, given: str) -> str:
    """`kubectl diff` ends with 1 when there is a difference, which it prints."""
    return run("diff", "-f", "-", *words, given=given, says_no=True)


def test_apply_of_a_mistake(run: Run, namespace: str) -> None:
    wrong = MANIFEST.replace("image:", "imagee:")
    assert 'unknown field "spec.template.spec.containers[0].imagee"' in run(
        "apply", "-n", namespace, "-f", "-", given=wrong, fails=True
    )


def test_scale_and_restart(run: Run, web: str) -> None:
    assert run("scale", "deploy/web", "-n", web, "--replicas=3") == "deployment.apps/web scaled\n"
    run("wait", "deploy/web", "-n", web, "--for=jsonpath={.status.readyReplicas}=3", "--timeout=45s")
    assert run("rollout", "restart", "deploy/web", "-n", web) == "deployment.apps/web restarted\n"
    assert "successfully rolled out" in run("rollout", "status", "deploy/web", "-n", web, "--timeout=45s")
    assert [row[0] for row in table(run("rollout", "history", "deploy/web", "-n", web))[2:] if len(row) > 1] == [
        "1",
        "2",
    ]
    assert run("rollout", "undo", "deploy/web", "-n", web) == "deployment.apps/web rolled back\n"


def test_edit_by_parts(run: Run, web: str) -> None:
    assert run("label", "deploy/web", "-n", web, "team=a") == "deployment.apps/web labeled\n"
    assert run("annotate", "deploy/web", "-n", web, "note=b") == "deployment.apps/web annotated\n"
    assert run("set", "image", "deploy/web", "-n", web, "web=nginx:1.28") == "deployment.apps/web image updated\n"
    patch = '{"spec":{"replicas":1}}'
    assert run("patch", "deploy/web", "-n", web, "-p", patch) == "deployment.apps/web patched\n"
    found = json.loads(run("get", "deploy/web", "-n", web, "-o", "json"))
    assert found["spec"]["template"]["spec"]["containers"][0]["image"] == "nginx:1.28"
    assert (found["spec"]["replicas"], found["metadata"]["labels"]["team"]) == (1, "a")


def test_create(run: Run, namespace: str) -> None:
    run("create", "deployment", "made", "-n", namespace, "--image=nginx:1.27", "--replicas=1", "--port=80")
    run("create", "configmap", "made", "-n", namespace, "--from-literal=k=v")
    run("create", "secret", "generic", "made", "-n", namespace, "--from-literal=k=v")
    run("create", "serviceaccount", "made", "-n", namespace)
    run("create", "job", "made", "-n", namespace, "--image=busybox:1.37", "--", "true")
    found = json.loads(run("get", "deploy/made", "configmap/made", "secret/made", "-n", namespace, "-o", "json"))
    deployment, config, secret = found["items"]
    [container] = deployment["spec"]["template"]["spec"]["containers"]
    assert (container["image"], container["ports"][0]["containerPort"]) == ("nginx:1.27", 80)
    assert (config["data"], secret["data"]) == ({"k": "v"}, {"k": "dg=="})
    run("expose", "deployment", "made", "-n", namespace)
    run("wait", "job/made", "-n", namespace, "--for=condition=complete", "--timeout=45s")
    run("run", "loose", "-n", namespace, "--image=nginx:1.27")
    run("wait", "pod/loose", "-n", namespace, "--for=condition=Ready", "--timeout=45s")


def test_wait_and_delete(run: Run, web: str) -> None:
    assert "condition met" in run("wait", "pods", "-n", web, "-l", "app=web", "--for=condition=Ready", "--timeout=45s")
    assert run("delete", "deploy/web", "-n", web) == f'deployment.apps "web" deleted from {web} namespace\n'
    run("wait", "pods", "-n", web, "-l", "app=web", "--for=delete", "--timeout=45s")
    assert run("get", "pods", "-n", web) == ""


def test_cordon_and_drain(run: Run) -> None:
    assert run("cordon", "node-3", context="staging") == "node/node-3 cordoned\n"
    drained = run("drain", "node-3", "--ignore-daemonsets", "--dry-run=server", context="staging")
    assert "drained (server dry run)" in drained
    assert run("uncordon", "node-3", context="staging") == "node/node-3 uncordoned\n"


def test_top(run: Run) -> None:
    head, *rows = table(run("top", "nodes"))
    assert head == ["NAME", "CPU(cores)", "CPU(%)", "MEMORY(bytes)", "MEMORY(%)"]
    assert len(rows) == 12
    assert len(table(run("top", "pods", "-n", "shop"))) > 10


def test_may_i(run: Run) -> None:
    assert run("auth", "can-i", "delete", "nodes") == "yes\n"
    assert run("auth", "can-i", "get", "pods", "-n", "pos", context="edge-paris") == "yes\n"
    told = run("auth", "can-i", "delete", "pods", "-n", "pos", context="edge-paris", says_no=True)
    assert told == "no\n"
    assert "developer" in run("auth", "whoami", context="edge-paris")
    assert "pods/log" in run("auth", "can-i", "--list", "-n", "pos", context="edge-paris")
    refused = run("get", "secrets", "-n", "pos", context="edge-paris", fails=True)
    why = 'User "developer" cannot list resource "secrets" in API group "" in the namespace "pos"'
    assert refused == f"Error from server (Forbidden): secrets is forbidden: {why}\n"


def test_explain(run: Run) -> None:
    told = run("explain", "deployments.spec.strategy.rollingUpdate")
    assert "maxSurge" in told
    assert "FIELD: rollingUpdate <RollingUpdateDeployment>" in told
    assert 'field "nonsense" does not exist' in run("explain", "pods.nonsense", fails=True)


def test_what_there_is(run: Run) -> None:
    rows = table(run("api-resources"))
    assert ["pods", "po", "v1", "true", "Pod"] in rows
    assert ["databases", "db", "platform.northwind.example/v1", "true", "Database"] in rows
    assert "apps/v1" in run("api-versions").split()
    assert "v1.37.2" in run("version")


def test_exec(run: Run) -> None:
    assert run("exec", "-n", "shop", "deploy/frontend", "--", "echo", "hello") == "hello\n"
    assert run("exec", "-i", "-n", "shop", "deploy/frontend", "--", "cat", given="through\n") == "through\n"
    failed = run("exec", "-n", "shop", "deploy/frontend", "--", "sh", "-c", "exit 3", fails=True)
    assert "exit code 3" in failed


def test_port_forward(kubeconfig: Path, kubectl: Path) -> None:
    words = command(kubeconfig, kubectl, "port-forward", "-n", "shop", "deploy/frontend", ":3000")
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as forwarding:
        assert forwarding.stdout is not None
        assert forwarding.stderr is not None
        try:
            line = forwarding.stdout.readline()
            assert line, forwarding.stderr.read()
            port = int(line.split("127.0.0.1:")[1].split()[0])
            for path in ("/one", "/two"):
                with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
                    assert f"port 3000: GET {path}" in answer.read().decode()
        finally:
            forwarding.kill()
