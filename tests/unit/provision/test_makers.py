"""Providers that make clusters may be anybody's programs: what is wrong with one is told, and does no harm."""

from typing import Any

import pytest

from kubegenie_tui.domain.errors import PluginError, QuotaExceeded, UsageError
from kubegenie_tui.providers.specs import ClusterSpec
from kubegenie_tui.provision.makers import Maker


class Broken:
    """A provider that somebody else wrote in a hurry."""

    async def identify(self) -> Any:
        told: dict[str, Any] = {}
        return told["who"]

    async def outline(self, spec: Any) -> Any:
        raise QuotaExceeded("There are no more clusters", "5 of 5", "ask for more")

    choices = None


MAKER = Maker("acme", Broken(), ClusterSpec, False, False, False, {}, {})


@pytest.mark.parametrize(
    ("method", "said"), [("identify", "KeyError: 'who'"), ("choices", "TypeError: "), ("steps", "")]
)
async def test_a_fault_of_its_own_is_told_as_one(method: str, said: str) -> None:
    with pytest.raises(PluginError) as told:
        await MAKER.ask(method)
    assert told.value.what.startswith(f"acme failed: {said}")
    assert told.value.next_step == "tell its author"


async def test_what_it_means_to_say_is_said_as_it_is() -> None:
    with pytest.raises(QuotaExceeded, match="5 of 5"):
        await MAKER.ask("outline", None)


def test_one_that_changes_nothing_says_so() -> None:
    with pytest.raises(UsageError, match="acme neither upgrades nor scales what it made"):
        MAKER.require_change()


def test_one_that_sets_no_bounds_says_so() -> None:
    with pytest.raises(UsageError, match="acme does not change the bounds of a pool · give a number of nodes"):
        MAKER.require_bounds()
