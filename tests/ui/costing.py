"""What a person does at `:costs`, and the looks that were before."""

import time

from kubegenie_tui.screens.costs import CostsScreen
from tests.ui.on_demo import OnDemo

HOUR = 3600


async def looked_before(demo: OnDemo, cluster: str, now: float | None = None) -> None:
    """At two looks of the day before nothing was used."""
    for hours in (26, 13):
        await demo.app.services.store.looks.add(cluster, (now or time.time()) - hours * HOUR, {})


async def at_the_costs(demo: OnDemo) -> None:
    """The bill, all of it."""
    await demo.command("costs")
    await demo.until(lambda: isinstance(demo.app.screen, CostsScreen))
    await demo.until_shown("a month")


async def shown(demo: OnDemo, words: str) -> None:
    """The advice with these words."""
    await demo.pilot.press("home")
    for _ in range(10):
        if words in demo.text():
            break
        await demo.pilot.press("down")
    await demo.until_shown(words)


async def chosen(demo: OnDemo, words: str) -> None:
    """The advice with these words, and its plan."""
    await shown(demo, words)
    await demo.pilot.press("enter")
    await demo.asked_to_decide()


async def stood_on(demo: OnDemo, title: str) -> None:
    """The cursor is on the advice of this title."""
    screen = demo.app.screen
    assert isinstance(screen, CostsScreen)
    [at] = [at for at, each in enumerate(screen._shown) if each.title.startswith(title)]
    await demo.pilot.press("home", *["down"] * at)


async def planned(demo: OnDemo, title: str) -> None:
    """The plan of the advice of this title takes a yes."""
    await stood_on(demo, title)
    await demo.pilot.press("enter")
    await demo.asked_to_decide()
