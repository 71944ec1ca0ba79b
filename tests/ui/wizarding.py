"""A person who is led by the wizard, from the list of clusters to the rows of the new one, whoever provides it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from kubegenie_tui.domain.creation import Work
from kubegenie_tui.screens.clusters import ClustersScreen
from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.screens.form import FormRow, FormScreen
from kubegenie_tui.screens.wizard_check import WizardCheck
from kubegenie_tui.screens.wizard_many import WizardMany
from kubegenie_tui.screens.wizard_page import WizardPage
from kubegenie_tui.screens.wizard_review import WizardReview
from kubegenie_tui.screens.work import CLEAN_UP, SCALE, WorkScreen
from kubegenie_tui.store.lock import Way
from tests.clouds.declared import declare_ours
from tests.ui.on_demo import OnDemo, app_on
from tests.unit.agents.kubeconfigs import kubeconfig, write
from tests.unit.provision.test_process import workers
from tests.wheels import on_the_path


@asynccontextmanager
async def listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, phrase: str = "", *, goes_on: bool = False
) -> AsyncIterator[OnDemo]:
    """The list of clusters, with two that are away; with a phrase the safe is open. What works on is ended, or not."""
    site = declare_ours(tmp_path / "site")
    monkeypatch.setenv("PYTHONPATH", str(site))
    monkeypatch.setenv("KUBEGENIE_PROVISION_LOOK_SECONDS", "0.05")
    file = write(tmp_path / "config", kubeconfig({"a": "http://127.0.0.1:9", "b": "http://127.0.0.1:9"}))
    with on_the_path(site):
        async with app_on(file) as (app, pilot):
            demo = OnDemo(app, pilot, None)
            await demo.until(lambda: isinstance(app.screen, ClustersScreen) and demo.names)
            if phrase:
                await app.services.store.safe.set_up(Way.PASSPHRASE, phrase)
            yield demo
            for work in () if goes_on else await app.services.store.works.all():
                for process in workers(work.id):
                    process.kill()


def rows(demo: OnDemo) -> dict[str, FormRow]:
    """The fields of the form that is shown, by id."""
    page = demo.app.screen
    assert isinstance(page, FormScreen)
    return {row.field.id: row for row in page.asked}


def type_in(demo: OnDemo, **texts: str) -> None:
    found = rows(demo)
    for id, text in texts.items():
        found[id].entry.value = text  # type: ignore[misc] # of a line of text


async def at(demo: OnDemo, title: str) -> None:
    await demo.until(
        lambda: title in demo.text() and isinstance(demo.app.screen, WizardPage | WizardMany) and demo.app.focused
    )


async def filled(demo: OnDemo, title: str, /, **texts: str) -> None:
    """One page, and on from it."""
    await at(demo, title)
    if texts:
        type_in(demo, **texts)
    await demo.pilot.press("enter")


async def only_one(demo: OnDemo, title: str, **texts: str) -> None:
    """The only one that a page lists, and on from the page."""
    await at(demo, title)
    await demo.pilot.press("up", "up", "enter")
    await filled(demo, "one of them", **texts)
    await at(demo, title)
    await demo.pilot.press("down", "down", "enter")


async def named(demo: OnDemo, title: str, field: str, wrong: str, said: str) -> None:
    """Back on a page the value that cannot be used is named at its field."""
    await at(demo, title)
    await demo.until_shown(said)
    row = rows(demo)[field]
    assert (row.typed, row.has_class("-wrong")) == (wrong, True)


async def known(demo: OnDemo, provider: str, config: Mapping[str, str], who: str) -> None:
    """From the list of clusters by what leads to the provider to the first page about the cluster."""
    await checked(demo, provider, config, f"We are {who}", "Every permission that it takes is there")


async def checked(demo: OnDemo, provider: str, config: Mapping[str, str], *words: str) -> None:
    """As `known`, whatever is said of who we are."""
    await demo.pilot.press("n")
    await demo.until_shown("Create a cluster with")
    await demo.pilot.press(*(KEYS.get(letter, letter) for letter in provider), "enter")
    await demo.until(lambda: isinstance(demo.app.screen, WizardPage) and demo.app.screen.asked)
    await filled(demo, f"{provider}: how it is reached", **config)
    await demo.until(lambda: isinstance(demo.app.screen, WizardCheck))
    await reads(demo, *words)
    await demo.pilot.press("enter")


async def reviewed(demo: OnDemo, *words: str) -> None:
    """The review, with all of these words in it."""
    await demo.until(
        lambda: isinstance(demo.app.screen, WizardReview) and demo.app.focused and "to go on" in demo.text()
    )
    shown = demo.text()
    for _ in range(10):
        if all(each in shown for each in words):
            return
        await demo.pilot.press("pagedown")
        await demo.pilot.pause()
        shown += demo.text()
    raise AssertionError(f"{[each for each in words if each not in shown]} is not in\n{shown}")


async def made(demo: OnDemo, name: str) -> None:
    """The name is typed, and the cluster comes about."""
    await demo.pilot.press(*name, "enter")
    await demo.until(lambda: isinstance(demo.app.screen, WorkScreen))
    await demo.until_shown(f"{name} is in the list of clusters")


async def opened(demo: OnDemo, name: str, kind: str = "pods") -> None:
    """The rows of the new cluster, of a kind that there is something of."""
    await demo.pilot.press("o")
    await demo.until_shown(f"{name} ●")
    await demo.command(kind)
    await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen) and demo.names)
    assert demo.explorer.agent.name == name


def read(demo: OnDemo) -> str:
    """What the box in front says, as if no line of it were ever wrapped."""
    [box] = demo.app.screen.query(".box")
    lines = demo.text().splitlines()[box.region.y : box.region.bottom]
    return " ".join(" ".join(line[box.region.x + 1 : box.region.right - 1] for line in lines).split())


async def reads(demo: OnDemo, *words: str) -> None:
    """All of these come to stand in it."""
    await demo.until(lambda: demo.app.screen.query(".box") and all(each in read(demo) for each in words))


async def begun(demo: OnDemo, name: str) -> None:
    """The name is typed under the review."""
    await demo.pilot.press(*name, "enter")
    await demo.until(lambda: isinstance(demo.app.screen, WorkScreen))


async def back_at(demo: OnDemo, name: str) -> None:
    """From how far a change of a cluster came to the work that made it."""
    await demo.pilot.press("escape")
    await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen))
    await demo.command(f"works {name}")
    await demo.until(lambda: isinstance(demo.app.screen, WorkScreen))


async def scaled(demo: OnDemo, count: str, *words: str) -> None:
    """Another number of nodes is typed for the first pool; the review, with these words in it."""
    await demo.until(lambda: demo.app.screen.check_action("want", (SCALE,)))
    await demo.pilot.press("p")
    await demo.until(lambda: demo.app.screen.query(FormRow) and demo.app.focused)
    await demo.pilot.press("tab", count, "enter")
    await reviewed(demo, *words)


async def ended(demo: OnDemo, *words: str) -> Work:
    """Nobody works on it any more, and these words stand there; what is on record of it, which is the latest."""
    await demo.until(lambda: demo.app.screen.check_action("go_on", ()))
    await reads(demo, *words)
    work, *_ = await demo.app.services.works.all()
    return work


async def looked_through(demo: OnDemo, name: str, *words: str) -> None:
    """What would be removed is shown, with these words in it, and its removal is begun."""
    await demo.until(lambda: demo.app.screen.check_action("want", (CLEAN_UP,)))
    await demo.pilot.press("c")
    await demo.until(lambda: isinstance(demo.app.screen, WizardReview) and demo.app.focused)
    await reads(demo, f"Remove {name}", *words)
    await begun(demo, name)


async def cleaned_up(demo: OnDemo, name: str, *words: str) -> None:
    """What would be removed is shown, with these words in it, and removed."""
    await looked_through(demo, name, *words)
    await reads(demo, f"Removing {name}", "○ removed", "What this work made of these is gone")


KEYS = {"-": "minus", ".": "full_stop", "_": "underscore"}
"""What pressing a character is called."""
