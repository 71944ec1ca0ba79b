"""Providers that make clusters may be anybody's programs: what is wrong with one is told, and does no harm."""

import asyncio
import threading
from typing import Any

import pytest

from kubegenie_tui.domain.creation import Outline
from kubegenie_tui.domain.errors import PluginError, QuotaExceeded, UsageError
from kubegenie_tui.plugin_host import Apart
from kubegenie_tui.providers.specs import ClusterSpec
from kubegenie_tui.provision.makers import Maker
from tests.unit.provision.conftest import ToyMaking


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


class Rude:
    """Ends the program, or holds it up."""

    begun, gate = threading.Event(), threading.Event()

    def __init__(self, config: None) -> None: ...

    async def identify(self) -> Any:
        raise SystemExit(3)

    async def outline(self, spec: Any) -> Any:
        self.begun.set()
        self.gate.wait(60)


async def test_one_of_others_can_neither_end_the_app_nor_hold_it_up() -> None:
    maker = Maker("acme", Apart("acme", Rude, None), ClusterSpec, False, False, False, {}, {})
    await maker.require_place(Outline("acme", "shop", "nowhere", ()))
    with pytest.raises(PluginError, match="acme failed: RuntimeError: SystemExit: 3"):
        await maker.ask("identify")
    given_up = asyncio.create_task(maker.ask("outline", None))
    assert await asyncio.to_thread(Rude.begun.wait, 20)
    given_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await given_up
    Rude.gate.set()


async def test_one_of_others_is_asked_apart(making: ToyMaking) -> None:
    asked = await making.works.makers.open("toy", making.config)
    assert isinstance(asked.provider, Apart)
    assert (await asked.ask("identify")).who == "anna"
