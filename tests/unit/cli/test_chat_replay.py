"""`kubegenie chats replay` and the whole way of a recorded turn: from the chat to the disk, and back to a model."""

import asyncio
import json
from pathlib import Path

import pytest

from kubegenie_tui.cli import main
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.demo.model_script import Call, Turn
from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.start import StartOptions
from kubegenie_tui.services import build_services
from kubegenie_tui.settings import load_settings

Captured = pytest.CaptureFixture[str]
LIST = Call("list", {"kind": "pods", "namespace": "shop"})


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("KUBEGENIE_HOME", str(tmp_path))
    return tmp_path


def chat(kubeconfig: Path, question: str) -> None:
    """Ask as the chat does, and keep it."""

    async def talk() -> None:
        services = await build_services(load_settings(), StartOptions(kubeconfig=kubeconfig))
        try:
            async for _ in services.sessions.of("prod-eu").ask(question, Focus("prod-eu", "shop", "pods")):
                pass
        finally:
            await services.close()

    asyncio.run(talk())


@pytest.mark.usefixtures("home")
def test_a_turn_with_a_model_is_asked_again_without_its_cluster(
    demo_kubeconfig: Path, capsys: Captured, model: list[Turn]
) -> None:
    model += [Turn(calls=(LIST,)), Turn("There are *35*.")]
    chat(demo_kubeconfig, "are 35 pods too many?")
    assert not model

    model += [Turn(calls=(LIST,)), Turn("There are *35*.")]
    assert main(["chats", "replay", "1"]) == Exit.OK
    told = capsys.readouterr().out
    assert told.startswith(
        "1. are 35 pods too many?\n   then     scripted, 200 + 40 tokens\n   now      scripted, 200 + 40"
    )
    assert "\n   recorded: list pods shop\n   the answer is the same\n" in told

    model += [Turn(calls=(Call("list", {"kind": "nodes"}),)), Turn("Nobody knows.")]
    assert main(["chats", "replay", "1", "-o", "json"]) == Exit.OK
    again = json.loads(capsys.readouterr().out)
    assert (again["recorded"], again["not_recorded"], again["not_asked"]) == ([], ["list nodes"], ["list pods shop"])
    assert again["differences"][1:] == ["-There are *35*.", "+Nobody knows."]


@pytest.mark.usefixtures("home")
def test_without_a_model_what_the_engine_answered_is_played_back_as_it_was_recorded(
    demo_kubeconfig: Path, capsys: Captured
) -> None:
    chat(demo_kubeconfig, "how many pods?")
    chat(demo_kubeconfig, "how many nodes?")
    assert main(["chats", "replay", "1"]) == Exit.OK
    told, why = capsys.readouterr()
    assert why.startswith("kubegenie: Played back as it was recorded · there is no model to ask, ")
    assert told.startswith("1. how many pods?\n   then     built-in, 0 + 0 tokens\n   looked up: count pods · ")
    assert "\n   the answer then:\n     **35 pods** in namespace shop.\n\n" in told
    assert main(["chats", "replay", "1", "-o", "json"]) == Exit.OK
    [turn] = map(json.loads, capsys.readouterr().out.splitlines())
    assert turn["left_out"].startswith("there is no model to ask")
    assert (turn["now"], turn["differences"], turn["usage_then"]["engine"]) == ("", [], "built-in")
    [look_up] = turn["look_ups"]
    assert (look_up["label"], look_up["ok"]) == ("count pods", True)
    assert look_up["summary"] in look_up["result"]
    assert main(["chats", "replay", "3"]) == Exit.USAGE
    assert "There is no conversation 3" in capsys.readouterr().err


@pytest.mark.usefixtures("home")
def test_without_a_model_what_one_answered_is_played_back_with_its_failures(
    demo_kubeconfig: Path, capsys: Captured, model: list[Turn], monkeypatch: pytest.MonkeyPatch
) -> None:
    model += [Turn(calls=(LIST, Call("list", {"kind": "podz"}))), Turn("There are *35*.\nAll run.")]
    chat(demo_kubeconfig, "are 35 pods too many?")
    monkeypatch.delenv("KUBEGENIE_MODEL_URL")
    assert main(["chats", "replay", "1"]) == Exit.OK
    told = capsys.readouterr().out
    assert "\n   then     scripted, 200 + 40 tokens\n" in told
    assert "\n   looked up: list pods shop · 35 pods" in told
    assert "\n   looked up: list podz · failed: " in told
    assert told.endswith("\n   the answer then:\n     There are *35*.\n     All run.\n\n")
    assert "the answer differs" not in told


@pytest.mark.usefixtures("home")
def test_a_built_in_answer_is_kept_with_its_findings_and_asked_of_the_model_over_them(
    demo_kubeconfig: Path, capsys: Captured, model: list[Turn], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.delenv("KUBEGENIE_MODEL_URL")
        chat(demo_kubeconfig, "why is checkout failing?")
    assert main(["chats", "export", "1", "-o", "json"]) == Exit.OK
    records = [message["record"] for message in json.loads(capsys.readouterr().out)["messages"]]
    assert records[1]["look_up"]["findings"][0]["rule"] == "missing-secret-key"
    assert records[-1]["usage"]["engine"] == "built-in"
    assert records[-1]["proposals"][0]["command"].startswith("kubegenie do rollback")
    model += [Turn(calls=(Call("diagnose", {"name": "checkout"}),)), Turn("The Secret lacks a key.")]
    assert main(["chats", "replay", "1"]) == Exit.OK
    told = capsys.readouterr().out
    assert "\n   then     built-in, 0 + 0 tokens\n   now      scripted, " in told
    assert "\n   recorded: diagnose deployment checkout\n   the answer differs:\n" in told
    assert "\n   +The Secret lacks a key.\n" in told
