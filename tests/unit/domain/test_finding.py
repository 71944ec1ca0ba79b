"""Which findings a person's settings leave out."""

import pytest

from kubegenie_tui.domain.finding import Finding, Severity, is_ignored
from kubegenie_tui.domain.object_ref import ObjectRef

FOUND = Finding(
    "scaled-to-zero", Severity.NOTICE, "a title", "a cause", ObjectRef("deployments.apps", "night", "batch")
)


@pytest.mark.parametrize(
    ("patterns", "ignored"),
    [
        ((), False),
        (("scaled-to-zero",), True),
        (("scaled-*",), True),
        (("crash-loop", "scaled-to-zero:batch/*"), True),
        (("scaled-to-zero:shop/*",), False),
        (("*:batch/night",), True),
        (("*:*/nightly",), False),
        (("scaled",), False),
    ],
)
def test_a_pattern_is_a_rule_and_what_has_to_change(patterns: tuple[str, ...], ignored: bool) -> None:
    assert is_ignored(FOUND, patterns) is ignored
