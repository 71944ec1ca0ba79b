"""The command line: what it takes, and what it says when it cannot."""

from pathlib import Path

import pytest

from kubegenie_tui.cli import main
from kubegenie_tui.cli.command_tree import commands
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.cli.parser import build_parser
from kubegenie_tui.cli.reference import reference
from kubegenie_tui.domain.errors import Forbidden, ModelError, NotFound, TimedOut, Unauthorized, UsageError
from tests.control_plane import ROOT


@pytest.mark.parametrize(
    "line", ["--context prod -n shop get pods", "get pods --context prod -n shop", "--context prod get -n shop pods"]
)
def test_an_option_means_the_same_before_and_after_the_verb(line: str) -> None:
    arguments = build_parser().parse_args(line.split())
    assert (arguments.verb, arguments.kind, arguments.context, arguments.namespace) == ("get", "pods", "prod", "shop")
    assert arguments.all_namespaces is False


def test_without_a_verb_it_is_the_full_screen_with_a_first_command() -> None:
    arguments = build_parser().parse_args(["-A", "-c", "pods", "--kubeconfig", "here", "--read-only"])
    assert arguments.verb is None
    assert (arguments.all_namespaces, arguments.command, arguments.read_only) == (True, "pods", True)
    assert arguments.kubeconfig == Path("here")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("gte pods", 'kubegenie: "gte" is no VERB: did you mean get? · `kubegenie --help` shows how\n'),
        ("get pods -o yaml", "there are text, json · `kubegenie get --help` shows how\n"),
        ("get", "The following arguments are required: KIND · `kubegenie get --help` shows how\n"),
        ("plugins", "required: VERB, which is list, check or allow · `kubegenie plugins --help` shows how\n"),
        ("get pods -A -n shop", "not allowed with argument"),
        ("--no-such-flag", "Unrecognized arguments: --no-such-flag · `kubegenie --help` shows how\n"),
        ("completion csh", '"csh" is no shell: did you mean zsh?'),
    ],
)
def test_a_wrong_line_is_told_in_one_sentence(line: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(line.split()) == Exit.USAGE
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (UsageError("?"), 2),
        (TimedOut("?"), 3),
        (Unauthorized("?"), 3),
        (Forbidden("?"), 3),
        (NotFound("?"), 1),
        (ModelError("?"), 1),
    ],
)
def test_the_exit_status_tells_what_kind_of_failure_it_was(error: UsageError, status: int) -> None:
    assert Exit.of(error) == status


def test_every_command_and_option_says_what_it_does() -> None:
    for command in commands(build_parser()):
        assert command.summary.endswith("."), command.path
        for action in (*command.options, *command.arguments):
            assert action.help, (command.path, action.dest)


def test_the_reference_page_is_current() -> None:
    page = (ROOT / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")
    assert page == reference(), "python -m kubegenie_tui.cli.reference > docs/reference/cli.md"
