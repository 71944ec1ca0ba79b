from pathlib import Path

import msgspec
import pytest

from kubegenie_tui.cli import main
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.kube.kubeconfig.loader import load_kubeconfig


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


def test_one_object_by_both_ways_of_naming_it(demo_kubeconfig: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert get(demo_kubeconfig, "pod", "redis-0", "-n", "shop") == Exit.OK
    title, line = capsys.readouterr().out.splitlines()
    assert get(demo_kubeconfig, "po/redis-0", "-n", "shop") == Exit.OK
    assert capsys.readouterr().out.splitlines() == [title, line]
    assert line.split()[:3] == ["redis-0", "1/1", "Running"]


def test_one_object_and_some_have_the_columns_that_all_have(
    demo_kubeconfig: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for kind, name, selector in (("pods", "redis-0", "app=redis"), ("cert", "checkout-tls", "app!=none")):
        titles = set()
        for some in ((), (name,), ("-l", selector)):
            assert get(demo_kubeconfig, kind, *some, "-n", "shop") == Exit.OK
            titles.add(tuple(capsys.readouterr().out.splitlines()[0].split()))
        assert len(titles) == 1


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
        (("pod/web", "-l", "app=web"), Exit.USAGE, "do not go together"),
        (("zzz",), Exit.USAGE, 'prod-eu has no kind named "zzz" · `kubegenie get crds` lists'),
        (("pods", "-n", "shp"), Exit.FAILED, 'There is no namespace "shp" in prod-eu · did you mean shop?'),
        (("pods", "-n", "zzz", "-o", "json"), Exit.FAILED, "`kubegenie get namespaces` lists them"),
        (("pods", "-l", "a in ("), Exit.FAILED, "does not accept"),
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


def test_a_broken_kubeconfig_is_told_with_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "broken.yaml"
    file.write_text("apiVersion: v1\ncontexts:\n- name: [\n")
    assert get(file, "pods") == Exit.FAILED
    assert capsys.readouterr().err.startswith(f"kubegenie: {file}:4 · The kubeconfig is not valid YAML")


def test_a_kubeconfig_without_a_current_context_names_those_it_has(
    demo_kubeconfig: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "undecided"
    file.write_text(demo_kubeconfig.read_text().replace("current-context", "not-current"))
    assert main(["--kubeconfig", str(file), "get", "pods"]) == Exit.USAGE
    assert "name one with --context: prod-eu, staging" in capsys.readouterr().err


def test_in_a_pod_its_own_cluster_is_the_current_one(
    demo_kubeconfig: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    production = load_kubeconfig([demo_kubeconfig]).contexts["prod-eu"]
    own = msgspec.structs.replace(production, name="in-cluster", namespace="shop")
    monkeypatch.setattr("kubegenie_tui.services.in_cluster", lambda: own)
    assert main(["get", "deploy"]) == Exit.OK
    assert "checkout" in capsys.readouterr().out


def test_a_cluster_that_is_down_ends_with_its_own_status(
    demo_kubeconfig: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--kubeconfig", str(demo_kubeconfig), "--context", "rack-7", "get", "pods"]) == Exit.NO_CLUSTER
    assert "refused" in capsys.readouterr().err


def test_rows_as_another_user(demo_kubeconfig: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert get(demo_kubeconfig, "pods", "-n", "shop", "--as", "viewer", "--as-group", "viewers") == Exit.OK
    assert "checkout-" in capsys.readouterr().out
    assert get(demo_kubeconfig, "pods", "-n", "shop", "--as", "nobody") == Exit.NO_CLUSTER
    assert "nobody" in capsys.readouterr().err


def test_groups_without_a_user_are_refused(demo_kubeconfig: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert get(demo_kubeconfig, "pods", "--as-group", "viewers") == Exit.USAGE
    assert "--as USER" in capsys.readouterr().err
