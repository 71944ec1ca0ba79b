"""What stands before a pasted object: a request applies it, whatever is told beside it; anything else does not."""

import pytest

from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.genie.wishes.reader import WishReader
from tests.unit.genie.wishes.corpus import WORLD

MANIFEST = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: colors\n  namespace: shop\ndata:\n  belt: blue\n"
APPLIED = [
    "apply this:",
    "can you apply the yaml below for me? thank you!",
    "My colleague gave me this manifest, could you apply it for me please?",
]
NOT_APPLIED = [
    "apply this?",
    "should I apply this?",
    "don't apply this yet",
    "He told me to apply this:",
    "My colleague wants to apply this:",
    "My colleague gave me this manifest. What happens when I apply this?",
    "apply this if it is valid",
    "I applied this yesterday:",
    "The manual says: apply this",
    "apply this. No, wait",
    "this is broken, apply this later",
]


def outcome(intro: str) -> str:
    wish = WishReader(WORLD, Focus("prod", "")).read(f"{intro}\n{MANIFEST}")
    return wish.outcome if wish is not None else ""


@pytest.mark.parametrize("intro", APPLIED)
def test_a_request_before_an_object_applies_it(intro: str) -> None:
    assert outcome(intro) == "write"


@pytest.mark.parametrize("intro", NOT_APPLIED)
def test_other_words_before_an_object_do_not(intro: str) -> None:
    assert outcome(intro) != "write"
