"""How a process ended, as the error channel says it."""

import json

import pytest

from kubegenie_tui.kube.streams.process import Outcome, parse_status_text


def status(**more: object) -> bytes:
    return json.dumps({"metadata": {}, "status": "Failure", **more}).encode()


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        (b'{"metadata":{},"status":"Success"}', Outcome(0)),
        (
            status(
                message="ended with 7",
                reason="NonZeroExitCode",
                details={"causes": [{"reason": "ExitCode", "message": "7"}]},
            ),
            Outcome(7, "ended with 7"),
        ),
        (status(message="no such program", reason="InternalError"), Outcome(None, "no such program")),
        (status(message="a\x1b[31m red \n one"), Outcome(None, "a red  one")),
        (b'{"metadata":{},"sta', None),
        (b"", None),
        (b"[]", Outcome(None, "[]")),
    ],
)
def test_the_end_of_a_process(text: bytes, outcome: Outcome | None) -> None:
    found = parse_status_text(text)
    assert (found and found.code, bool(found)) == (outcome and outcome.code, bool(outcome))
    if found and outcome:
        assert found.message.split() == outcome.message.split()
        assert "\x1b" not in found.message
