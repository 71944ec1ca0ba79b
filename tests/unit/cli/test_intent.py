"""How sentences are understood, as data: one line in, one line out, and nothing is changed."""

import io
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kubegenie_tui.cli import main
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.domain.errors import Unreachable
from kubegenie_tui.genie.offline import engine

Captured = pytest.CaptureFixture[str]


def understood(kubeconfig: Path, capsys: Captured, *words: str) -> Any:
    """The line for one sentence."""
    assert main(["--kubeconfig", str(kubeconfig), "--context", "prod-eu", "intent", *words]) == Exit.OK
    return msgspec.json.decode(capsys.readouterr().out)


@pytest.fixture
def batch(demo_kubeconfig: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Answers lines."""

    def answered(*lines: Any) -> list[Any]:
        text = "".join(f"{line if isinstance(line, str) else msgspec.json.encode(line).decode()}\n" for line in lines)
        monkeypatch.setattr("sys.stdin", io.StringIO(text))
        command = ["--kubeconfig", str(demo_kubeconfig), "--context", "prod-eu", "intent", "--batch"]
        assert main(command) == Exit.OK
        return [msgspec.json.decode(line) for line in capsys.readouterr().out.splitlines()]

    return answered


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("scale checkout to 5", {"class": "write", "verb": "scale", "args": {"replicas": 5}, "writes": True}),
        ("please restart the cart deployment", {"verb": "restart", "kind": "deployments", "name": "cart"}),
        ("set image of cart to shop/cart:2.1", {"verb": "set-image", "args": {"image": "shop/cart:2.1"}}),
        ("label deployment cart tier=web", {"verb": "label", "args": {"labels": {"tier": "web"}}}),
        ("remove the label tier from deployment cart", {"verb": "label", "args": {"labels": {"tier": None}}}),
        ("roll back cart to revision 2", {"verb": "rollback", "args": {"revision": 2}}),
        ("set memory limit of cart to 512Mi", {"verb": "set-resources", "args": {"limits": {"memory": "512Mi"}}}),
        ("autoscale cart from 2 to 6 at 80%", {"verb": "autoscale", "args": {"min": 2, "max": 6, "cpu": 80}}),
        ("expose cart on port 8080", {"verb": "expose", "args": {"port": 8080}}),
        ("show pods with more than 5 restarts", {"class": "read", "verb": "list", "args": {"restarts": ">5"}}),
        ("pods with label app=cart", {"args": {"labels": {"app": "cart"}}}),
        ("services of type ClusterIP", {"args": {"type": "ClusterIP"}}),
        ("deployments running shop/cart:2.1", {"args": {"image": "shop/cart:2.1"}}),
        ("cordoned nodes", {"kind": "nodes", "args": {"status": "cordoned"}}),
        ("take me to the payments namespace", {"class": "navigate", "verb": "switch-namespace"}),
        ("logs of redis-0 since 2h", {"class": "read", "verb": "logs", "args": {"since": "2h"}}),
        ("why is checkout failing?", {"class": "why", "verb": "why", "name": "checkout"}),
        ("hello", {"class": "smalltalk", "writes": False}),
        ("do not delete cart", {"class": "refuse", "writes": False}),
        ("restart nosuchthing", {"class": "unsupported", "writes": False}),
    ],
)
def test_a_sentence_as_data(sentence: str, expected: dict[str, Any], demo_kubeconfig: Path, capsys: Captured) -> None:
    told = understood(demo_kubeconfig, capsys, sentence, "-n", "shop")
    assert {name: told[name] for name in expected} == expected
    assert told["ms"] >= 0


def test_each_line_is_a_conversation_of_its_own(batch: Any) -> None:
    marked = {"kind": "deployments", "namespace": "shop", "name": "cart"}
    follows = {"namespace": "shop", "previous": ["describe checkout"], "selected": None}
    first, second, third = batch(
        {"id": "a", "text": "restart it", "context": {"selected": marked}},
        {"id": "b", "text": "its yaml", "context": follows},
        {"id": 3, "text": "restart it", "context": None},
    )
    assert (first["id"], first["verb"], first["name"], first["writes"]) == ("a", "restart", "cart", True)
    assert (second["id"], second["verb"], second["name"]) == ("b", "get", "checkout")
    assert (third["id"], third["writes"]) == (3, False)


def test_a_line_that_cannot_be_read_is_told_in_its_place(batch: Any) -> None:
    first, second, third = batch(
        "{", {"id": "b", "text": "list pods"}, {"id": 9, "text": "x", "context": {"selected": {}}}
    )
    assert (first["line"], first["class"], first["writes"]) == (1, "unsupported", False)
    assert (second["id"], second["verb"]) == ("b", "list")
    assert (third["id"], third["line"]) == (9, 3)
    assert "missing required field" in third["error"]


FIELDS = {"class", "verb", "kind", "name", "namespace", "args", "writes", "ms"}


def test_each_line_has_an_answer_of_the_same_form(batch: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    real: Any = engine.understand

    async def failing(scope: Any, sentences: list[str]) -> Any:
        if sentences == ["lost"]:
            raise Unreachable("prod-eu cannot be reached")
        if sentences == ["odd"]:
            raise ZeroDivisionError
        return await real(scope, sentences)

    monkeypatch.setattr(engine, "understand", failing)
    texts = [{"id": number, "text": text} for number, text in enumerate(("list pods", "lost", "odd", "list nodes"))]
    strange = {"id": 9, "text": "x", "context": {"selected": {"kind": "nosuchkind", "name": "x"}}}
    told = batch(*texts, "{", strange, '{"text": "x", "id": ' + "[" * 5_000 + "]" * 5_000 + "}")
    assert [each.get("id") for each in told] == [0, 1, 2, 3, None, 9, None]
    assert [each["class"] for each in told] == ["read", "unsupported", "unsupported", "read", *["unsupported"] * 3]
    assert all(set(each) >= FIELDS and each["writes"] is False for each in told)
    assert "cannot be reached" in told[1]["error"]
    assert [each["line"] for each in told if "error" in each] == [2, 3, 5, 6, 7]


def test_what_is_no_text_ends_no_batch(
    demo_kubeconfig: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b'\xff\n{"text": "list pods"}\n'), "utf-8"))
    command = ["--kubeconfig", str(demo_kubeconfig), "--context", "prod-eu", "intent", "--batch"]
    assert main(command) == Exit.OK
    told = [msgspec.json.decode(line)["class"] for line in capsys.readouterr().out.splitlines()]
    assert told == ["unsupported", "read"]


def test_a_sentence_or_a_batch(demo_kubeconfig: Path, capsys: Captured) -> None:
    assert main(["--kubeconfig", str(demo_kubeconfig), "intent"]) == Exit.USAGE
    assert "Give a sentence, or --batch" in capsys.readouterr().err
