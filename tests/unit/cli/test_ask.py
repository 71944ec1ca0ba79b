"""One question on the command line: words for a person, events for a program, a status for a script."""

import io
import json
import os
import shlex
from pathlib import Path

import msgspec
import pytest

from kubegenie_tui.cli import main
from kubegenie_tui.cli.ask import Answer, write_event
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.demo.model_script import Call, Turn
from kubegenie_tui.domain.conversation import (
    ChatEvent,
    ChoicesOffered,
    Failed,
    Finished,
    Noted,
    TextDelta,
    TokensCounted,
)
from kubegenie_tui.domain.object_ref import ObjectRef

Captured = pytest.CaptureFixture[str]


def ask(kubeconfig: Path, *words: str) -> int:
    return main(["--kubeconfig", str(kubeconfig), "ask", *words])


def test_the_answer_alone_is_on_standard_output_and_ends_with_one_line_break(
    demo_kubeconfig: Path, capsys: Captured
) -> None:
    assert ask(demo_kubeconfig, "how", "many", "pods", "-n", "shop") == Exit.OK
    out, err = capsys.readouterr()
    assert out.startswith("**35 pods** in namespace shop")
    assert out == out.rstrip("\n") + "\n"
    assert err == ""


def test_a_person_is_told_what_is_looked_up(
    demo_kubeconfig: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    assert ask(demo_kubeconfig, "why is checkout failing?", "-n", "shop") == Exit.OK
    out, err = capsys.readouterr()
    assert 'has no key "url"' in out
    assert "\n\nThis is what can be done for" in out
    assert "\n\n\n" not in out
    assert err == "… diagnose deployment checkout\n"


def test_a_program_gets_one_event_a_line(demo_kubeconfig: Path, capsys: Captured) -> None:
    assert ask(demo_kubeconfig, "how many pods", "-n", "shop", "-o", "json") == Exit.OK
    out, err = capsys.readouterr()
    events = [msgspec.json.decode(line) for line in out.splitlines()]
    assert [event["event"] for event in events] == ["ToolStarted", "ToolFinished", "TextDelta", "Finished"]
    assert events[1]["summary"] == "35 pods in namespace shop"
    assert events[-1] == {
        "event": "Finished",
        "engine": "built-in",
        "input_tokens": 0,
        "output_tokens": 0,
        "understood": True,
        "cost": None,
        "limit": "",
    }
    assert err == ""


def test_a_change_is_proposed_with_the_command_for_it_and_not_made(demo_kubeconfig: Path, capsys: Captured) -> None:
    title = "Scale deployment shop/checkout from 3 to 5"
    assert ask(demo_kubeconfig, "scale checkout to 5", "-n", "shop") == Exit.OK
    out, err = capsys.readouterr()
    *_, proposed, how, command = out.splitlines()
    assert (proposed, how) == (f"Proposed, not made: {title} (W1 reversible)", "To look at it and decide:")
    assert err == ""
    words = shlex.split(command)
    assert main([*words[1:], "--kubeconfig", str(demo_kubeconfig), "--dry-run"]) == Exit.OK
    assert title in capsys.readouterr().out
    assert ask(demo_kubeconfig, "scale checkout to 5", "-n", "shop", "-o", "json") == Exit.OK
    events = [msgspec.json.decode(line) for line in capsys.readouterr().out.splitlines()]
    assert events[-2] == {
        "event": "PlanProposed",
        "title": title,
        "cluster": "prod-eu",
        "tier": "W1 reversible",
        "command": command.strip(),
    }


def test_in_a_read_only_cluster_nothing_is_proposed(demo_kubeconfig: Path, capsys: Captured) -> None:
    assert main(["--kubeconfig", str(demo_kubeconfig), "--read-only", "ask", "scale checkout to 5"]) == Exit.OK
    out, _ = capsys.readouterr()
    assert "is read-only here" in out
    assert "Proposed" not in out


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("sing about the sea", "I did not understand that"),
        ("logs of nosuch", "There is no"),
        ("delete checkout", "Which one"),
        ("scale web to 3", "There is no web that this can be done to"),
    ],
)
def test_a_script_hears_when_it_is_asked_back(
    demo_kubeconfig: Path, capsys: Captured, question: str, words: str
) -> None:
    assert ask(demo_kubeconfig, question, "-A") == Exit.ASKS_BACK
    assert words in capsys.readouterr().out


def test_the_question_may_come_from_standard_input(
    demo_kubeconfig: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("how many\nnodes are there?\n"))
    assert ask(demo_kubeconfig, "-") == Exit.OK
    assert capsys.readouterr().out.startswith("**12 nodes**")


@pytest.mark.parametrize("words", [("",), ("  ", "")])
def test_no_question_is_a_wrong_command_line(demo_kubeconfig: Path, capsys: Captured, words: tuple[str, ...]) -> None:
    assert ask(demo_kubeconfig, *words) == Exit.USAGE
    assert "There is no question" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("-n", "shp"), Exit.FAILED, 'There is no namespace "shp" in prod-eu · did you mean shop?'),
        (("--context", "prod-eux"), Exit.USAGE, 'no cluster named "prod-eux" · did you mean prod-eu?'),
        (("--context", "rack-7"), Exit.NO_CLUSTER, "connection refused"),
    ],
)
def test_what_cannot_be_asked_is_said_and_standard_output_stays_empty(
    demo_kubeconfig: Path, capsys: Captured, arguments: tuple[str, ...], status: Exit, said: str
) -> None:
    assert ask(demo_kubeconfig, "how many pods", *arguments) == status
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert err.count("\n") == 1


def test_a_failure_is_an_event_for_a_program(demo_kubeconfig: Path, capsys: Captured) -> None:
    assert ask(demo_kubeconfig, "how many pods", "--context", "rack-7", "-o", "json") == Exit.NO_CLUSTER
    out, err = capsys.readouterr()
    assert msgspec.json.decode(out)["event"] == "Failed"
    assert err == ""


def test_without_any_kubeconfig_the_places_looked_at_are_named(tmp_path: Path, capsys: Captured) -> None:
    assert main(["ask", "how many pods"]) == Exit.FAILED
    assert str(tmp_path / "no-kubeconfig") in capsys.readouterr().err


def test_a_model_answers_when_there_is_one(demo_kubeconfig: Path, capsys: Captured, model: list[Turn]) -> None:
    model.append(Turn("The cluster is **well**."))
    assert ask(demo_kubeconfig, "sing about the cluster") == Exit.OK
    assert capsys.readouterr().out == "The cluster is **well**.\n"


def test_an_answer_that_a_limit_ended_is_a_failure_to_a_script(
    demo_kubeconfig: Path, capsys: Captured, model: list[Turn], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBEGENIE_MODEL_TURN_TOKENS", "50")
    model.append(Turn(calls=(Call("count", {"kind": "nodes"}),)))
    assert ask(demo_kubeconfig, "sing about the cluster") == Exit.FAILED
    out = capsys.readouterr().out
    assert "- count nodes: " in out
    assert "This turn has reached its limit of 50 tokens (`turn_tokens`)" in out


def test_the_one_who_answers_can_be_named(
    demo_kubeconfig: Path, capsys: Captured, model: list[Turn], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = os.environ["KUBEGENIE_MODEL_URL"]
    monkeypatch.delenv("KUBEGENIE_MODEL_URL")
    monkeypatch.setenv("KUBEGENIE_HOME", str(tmp_path))
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "settings.toml").write_text(
        f'[models.gone]\nbase_url = "http://127.0.0.1:1/v1"\n[models.local]\nbase_url = "{url}"\ninput_price = 10000\n'
    )
    model.append(Turn("All well."))
    assert ask(demo_kubeconfig, "sing about the cluster", "--model", "local", "-o", "json") == Exit.OK
    finished = msgspec.json.decode(capsys.readouterr().out.splitlines()[-1])
    assert (finished["engine"], finished["cost"]) == ("scripted", 1.0)
    assert ask(demo_kubeconfig, "how many pods", "--model", "built-in") == Exit.OK
    assert "pods" in capsys.readouterr().out
    assert ask(demo_kubeconfig, "sing about the cluster") == Exit.FAILED
    assert "Nothing listens" in capsys.readouterr().err


def written(capsys: Captured, *events: ChatEvent) -> tuple[str, str]:
    answer = Answer()
    for event in events:
        answer.write(event)
    out, err = capsys.readouterr()
    return out, err


def test_line_breaks_at_the_end_are_not_piled_up(capsys: Captured) -> None:
    out, _ = written(capsys, TextDelta("one\n"), TextDelta("\n"), TextDelta("two\n\n"), Finished("built-in"))
    assert out == "one\n\ntwo\n"


DOUBTED = (TextDelta("I cannot ", in_doubt=True), TextDelta("look.", in_doubt=True), TokensCounted(100, 20))
ANEW = (TextDelta("", is_anew=True), Noted("asked again in another way"), TextDelta("Three.\n"), Finished("gpt-x"))


def test_a_pipe_is_told_nothing_that_is_taken_back(capsys: Captured) -> None:
    assert written(capsys, *DOUBTED, *ANEW) == ("Three.\n", "")


def test_a_pipe_is_told_what_stands_with_what_comes_next(capsys: Captured) -> None:
    answer = Answer()
    for event in DOUBTED:
        answer.write(event)
    assert capsys.readouterr().out == ""
    for later in (TextDelta("\n\n"), TextDelta("Three."), Finished("gpt-x")):
        answer.write(later)
    assert capsys.readouterr().out == "I cannot look.\n\nThree.\n"
    assert written(capsys, *DOUBTED, Finished("gpt-x"))[0] == "I cannot look.\n"


def test_a_terminal_shows_words_as_they_come_and_says_when_they_are_taken_back(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    answer = Answer()
    answer.write(DOUBTED[0])
    assert capsys.readouterr().out == "I cannot "
    for event in (*DOUBTED[1:], *ANEW):
        answer.write(event)
    first, told, again = capsys.readouterr().out.split("\n\n")
    assert (first, again) == ("look.", "Three.\n")
    assert told.startswith("(This is taken back:")


def test_choices_are_listed(capsys: Captured) -> None:
    choices = (ObjectRef("pods", "web", "a"), ObjectRef("services", "web", "b"))
    out, _ = written(capsys, ChoicesOffered("Which one?", choices), Finished("built-in"))
    assert out == "Which one?\n  pods a/web\n  services b/web\n"


def test_what_a_model_asks_is_printed_with_its_answers(capsys: Captured) -> None:
    asked = ChoicesOffered("Which\x1b[2J one?", answers=("web", "api\u202e"))
    out, _ = written(capsys, TextDelta("Two match.\n\n"), asked, Finished("gpt-x"))
    assert out == "Two match.\n\nWhich one?\n  web\n  api\n"
    write_event(asked)
    [line] = capsys.readouterr().out.splitlines()
    assert json.loads(line) == {
        "event": "ChoicesOffered",
        "question": asked.question,
        "choices": [],
        "answers": list(asked.answers),
    }


def test_what_was_said_before_a_failure_stands(capsys: Captured) -> None:
    out, err = written(capsys, TextDelta("So far"), Failed("The model fell silent", "no word in 120 s", "ask again"))
    assert out == "So far\n"
    assert err == "kubegenie: The model fell silent · no word in 120 s · ask again\n"


def test_no_escape_sequence_reaches_the_terminal(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    hostile = "\x1b]0;owned\x07name\x1b[2J\u202e"
    ref = ObjectRef("pods", hostile, "a")
    out, err = written(capsys, TextDelta(hostile), ChoicesOffered(hostile, (ref,)), Failed(hostile, hostile, hostile))
    assert "\x1b" not in out + err
    assert "\u202e" not in out + err
    assert "name" in out
