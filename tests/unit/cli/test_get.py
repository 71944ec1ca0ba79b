from pathlib import Path

import msgspec
import pytest

from kubegenie_tui.cli import main
from kubegenie_tui.cli.exit_status import Exit


def get(kubeconfig: Path, *arguments: str) -> int:
    return main(["--kubeconfig", str(kubeconfig), "--context", "prod-eu", "get", *arguments])


def test_rows_as_the_explorer_shows_them(demo_kubeconfig: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert get(demo_kubeconfig, "deploy", "-n", "shop") == Exit.OK
    title, *lines = capsys.readouterr().out.splitlines()
    assert title.split()[:2] == ["NAME", "READY"]
    assert any(line.startswith("checkout ") for line in lines)


def test_all_namespaces_have_a_column(demo_kubeconfig: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert get(demo_kubeconfig, "po", "-A") == Exit.OK
    title, *lines = capsys.readouterr().out.splitlines()
    assert title.startswith("NAMESPACE")
    assert len({line.split()[0] for line in lines}) > 3


def test_a_custom_kind_is_found_by_its_short_name(demo_kubeconfig: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert get(demo_kubeconfig, "cert", "-n", "shop") == Exit.OK
    assert "checkout-tls" in capsys.readouterr().out


def test_labels_select(demo_kubeconfig: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert get(demo_kubeconfig, "pods", "-n", "shop", "-l", "app=cart") == Exit.OK
    _, *lines = capsys.readouterr().out.splitlines()
    assert lines
    assert all(line.startswith("cart-") for line in lines)


def test_json_is_what_kubectl_prints_but_for_secrets(demo_kubeconfig: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert get(demo_kubeconfig, "secret", "checkout-db", "-n", "shop", "-o", "json") == Exit.OK
    out = capsys.readouterr().out
    told = msgspec.json.decode(out)
    assert told["kind"] == "Secret"
    assert set(told["data"]) == {"dsn", "username"}
    assert "cG9zdGdyZXM6" not in out
    assert get(demo_kubeconfig, "deploy", "-n", "shop", "-o", "json") == Exit.OK
    listed = msgspec.json.decode(capsys.readouterr().out)
    assert listed["kind"] == "List"
    assert {item["kind"] for item in listed["items"]} == {"Deployment"}


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("deploymets",), Exit.USAGE, "deployments"),
        (("pod", "nosuch", "-n", "shop"), Exit.FAILED, "nosuch"),
        (("pod", "web", "-A"), Exit.USAGE, "do not go together"),
    ],
)
def test_what_cannot_be_done_is_said(
    demo_kubeconfig: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    status: Exit,
    words: str,
) -> None:
    assert get(demo_kubeconfig, *arguments) == status
    assert words in capsys.readouterr().err


def test_nothing_found_is_said_on_standard_error(demo_kubeconfig: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert get(demo_kubeconfig, "pvc", "-n", "accounts") == Exit.OK
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "No persistentvolumeclaims" in captured.err


def test_a_cluster_that_is_down_ends_with_its_own_status(
    demo_kubeconfig: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--kubeconfig", str(demo_kubeconfig), "--context", "rack-7", "get", "pods"]) == Exit.NO_CLUSTER
    assert "refused" in capsys.readouterr().err
