from pathlib import Path

import msgspec
import pytest
import yaml

from kubegenie_tui.cli import main
from kubegenie_tui.cli.exit_status import Exit


def crd(kubeconfig: Path, *arguments: str) -> int:
    return main(["--kubeconfig", str(kubeconfig), "--context", "prod-eu", "crd", *arguments])


def test_a_definition_in_words(demo_kubeconfig: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert crd(demo_kubeconfig, "databases.platform.northwind.example") == Exit.OK
    text = capsys.readouterr().out
    assert "versions    v1 served, stored · v1alpha1 not served, deprecated" in text
    assert "objects     2 in 1 namespace: data 2" in text
    assert "▲ v1alpha1 may still be stored" in text
    (engine,) = [line for line in text.splitlines() if line.strip().startswith("engine ")]
    assert engine.split(" ", 1)[0] == ""
    assert "string, required, one of postgres, mysql, valkey · The database program." in engine


def test_everything_as_json(demo_kubeconfig: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert crd(demo_kubeconfig, "cert", "-o", "json") == Exit.OK
    found = msgspec.json.decode(capsys.readouterr().out)
    assert found["kind"]["id"] == "certificates.cert-manager.io"
    assert found["instances"]["by_namespace"] == {"shop": 2, "payments": 1}
    assert found["definition"]["stored"] == ["v1"]
    assert {"path": "spec.secretName", "required": True}.items() <= next(
        each for each in found["fields"] if each["path"] == "spec.secretName"
    ).items()
    assert found["example"]["spec"]["issuerRef"] == {"name": "example"}


def test_an_example_in_a_namespace(demo_kubeconfig: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert crd(demo_kubeconfig, "db", "--example", "-n", "data") == Exit.OK
    made = yaml.safe_load(capsys.readouterr().out)
    assert made["metadata"] == {"name": "example", "namespace": "data"}
    assert made["spec"] == {"engine": "postgres", "version": "1"}


def test_a_kind_without_definition(demo_kubeconfig: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert crd(demo_kubeconfig, "deploy") == Exit.OK
    text = capsys.readouterr().out
    assert "versions" not in text
    assert "replicas" in text


def test_a_version_that_is_not_served(demo_kubeconfig: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert crd(demo_kubeconfig, "db", "--api-version", "v9") == Exit.USAGE
    assert "is not served in v9 · its versions: v1" in capsys.readouterr().err
