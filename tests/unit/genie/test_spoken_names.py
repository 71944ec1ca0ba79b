"""Names that are spoken in several words are those of what lives, and nothing else is joined."""

import pytest

from kubegenie_tui.genie.offline.spoken_names import hyphenated
from tests.unit.genie.wishes.corpus import world

DOCKS = world("docks.json").directory


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("restart the payment api", "restart the payment-api"),
        ("Payment API's logs?", "payment-api's logs?"),
        ("is the nightly report, by the way, done", "is the nightly-report, by the way, done"),
        ("please delete me", "please delete me"),
        ("show all in one list", "show all in one list"),
        ("pods exporter", "pods exporter"),
        ("payment pods", "payment pods"),
        ("payment\napi", "payment\napi"),
        ("payment, api", "payment, api"),
    ],
)
def test_only_names_are_joined(text: str, joined: str) -> None:
    assert hyphenated(text, DOCKS) == joined
