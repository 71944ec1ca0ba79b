"""`kubegenie compositions`: what a person sees of files of their own, without any cluster."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from kubegenie_tui.cli import main
from kubegenie_tui.cli.exit_status import Exit
from tests.unit.providers.crossplane.own import SMALL, keep

Captured = pytest.CaptureFixture[str]
SHOP: dict[str, Any] = {
    "provider": "crossplane",
    "config": {"namespace": "teams"},
    "cluster": {"name": "shop", "cloud": "gcp", "region": "europe-west1", "node_size": "e2-standard-4"},
}


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("KUBEGENIE_HOME", str(tmp_path))
    return tmp_path


def said(capsys: Captured, *words: str, status: Exit = Exit.OK) -> str:
    assert main(["compositions", *words]) == status
    out, complaint = capsys.readouterr()
    return out or complaint


def described(home: Path, **cluster: Any) -> str:
    file = home / "shop.yaml"
    file.write_text(yaml.safe_dump({**SHOP, "cluster": {**SHOP["cluster"], **cluster}}))
    return str(file)


def test_ours_and_ones_own_are_listed(capsys: Captured) -> None:
    path = keep("mine", SMALL.replace("mode: Pipeline", "mode: Resources"))
    lines = [line.split() for line in said(capsys, "list").splitlines()]
    assert lines[1] == ["aws", "ok", "built", "in"]
    assert lines[-1] == ["mine", "1", "fault", str(path)]
    told = json.loads(said(capsys, "list", "-o", "json"))
    assert [each["name"] for each in told] == ["aws", "gcp", "azure", "azure-spot", "mine"]


def test_a_fault_is_told_with_file_and_line_and_the_status_says_so(capsys: Captured) -> None:
    path = keep("mine", SMALL.replace("mode: Pipeline", "mode: Resources"))
    words = 'spec.mode is "Resources" · Crossplane 2 knows pipelines alone · write Pipeline'
    assert said(capsys, "check", status=Exit.FAILED) == f"{path}:5: {words}\n"
    [told] = json.loads(said(capsys, "check", str(path), "-o", "json", status=Exit.FAILED))
    assert told["faults"] == [
        {"line": 5, "what": 'spec.mode is "Resources"', "why": "Crossplane 2 knows pipelines alone",
         "next": "write Pipeline"}
    ]  # fmt: skip
    keep("mine")
    assert said(capsys, "check", "mine") == f"{path}: ok\n"


def test_nothing_to_check_says_where_it_would_be(capsys: Captured, home: Path) -> None:
    assert said(capsys, "check") == f"There is no Composition of your own in {home}/config/compositions.\n"


@pytest.mark.parametrize("name", ["aws", "gcp", "azure", "azure-spot"])
def test_ours_are_what_one_begins_with(capsys: Captured, name: str) -> None:
    text = said(capsys, "show", name)
    path = keep("mine", text)
    assert said(capsys, "check", "mine") == f"{path}: ok\n"


def test_what_would_be_composed_is_printed(capsys: Captured, home: Path) -> None:
    keep("mine")
    [cluster] = yaml.safe_load_all(said(capsys, "render", "-f", described(home, composition="mine")))
    assert cluster["spec"]["forProvider"]["location"] == "europe-west1"
    assert cluster["spec"]["writeConnectionSecretToRef"] == {"name": "shop-kubeconfig"}
    ours = list(yaml.safe_load_all(said(capsys, "render", "-f", described(home))))
    assert [each["kind"] for each in ours] == ["Cluster", "NodePool", "Usage"]
    told = json.loads(said(capsys, "render", "-f", described(home), "--composition", "mine", "-o", "json"))
    assert [each["kind"] for each in told["resources"]] == ["Cluster"]


def test_what_cannot_be_told_here_is_said_on_top(capsys: Captured, home: Path) -> None:
    more = "    - step: more\n      functionRef: {name: function-kcl}\n"
    file = home / "with-more.yaml"
    file.write_text(SMALL + more)
    text = said(capsys, "render", "-f", described(home), "--composition", str(file))
    assert text.startswith("# only Crossplane can tell: step more: what function-kcl does\n---\n")


def test_what_the_function_would_refuse_is_an_error(capsys: Captured, home: Path) -> None:
    keep("mine", SMALL.replace("%s-kubeconfig", "%d-kubeconfig"))
    text = said(capsys, "render", "-f", described(home, composition="mine"), status=Exit.FAILED)
    assert "Nothing would be composed by kubernetesclusters-mine.kubegenie.io" in text
    assert "resource cluster: %d does not fit text" in text


@pytest.mark.parametrize(
    ("change", "words"),
    [({"provider": "eks"}, "is for eks"), ({"cluster": {"name": "shop"}}, "region"), ({"config": {"x": 1}}, "x:")],
)
def test_a_file_that_describes_no_such_cluster_is_refused(
    capsys: Captured, home: Path, change: dict[str, Any], words: str
) -> None:
    file = home / "shop.yaml"
    file.write_text(yaml.safe_dump(SHOP | change))
    assert main(["compositions", "render", "-f", str(file)]) != Exit.OK
    assert words in capsys.readouterr().err


def test_spot_nodes_of_azure_are_a_pool_of_their_own(capsys: Captured, home: Path) -> None:
    asked = described(home, cloud="azure", region="westeurope", node_size="Standard_D4s_v5", spot=True)
    found = {each["kind"]: each["spec"] for each in yaml.safe_load_all(said(capsys, "render", "-f", asked))}
    assert found["KubernetesCluster"]["forProvider"]["defaultNodePool"]["nodeCount"] == 1
    assert found["KubernetesClusterNodePool"]["forProvider"]["priority"] == "Spot"
