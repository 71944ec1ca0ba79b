"""From a wish for more clusters to those of a provider: which one, what it has to know, which of them to take."""

from typing import TYPE_CHECKING, Any, NamedTuple

from textual.content import Content

from kubegenie_tui.agents.discovering import Source, asked_by, free_name, source_of
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.text import plain
from kubegenie_tui.providers.extras import missing_extra
from kubegenie_tui.providers.loading import why_not
from kubegenie_tui.providers.offer import Offer, State
from kubegenie_tui.screens.discover import DiscoverScreen
from kubegenie_tui.screens.form import BEGUN, FormScreen
from kubegenie_tui.screens.picker import Choice, PickerScreen
from kubegenie_tui.screens.safe_control import open_safe
from kubegenie_tui.screens.waiting import waited
from kubegenie_tui.screens.wizard_draft import filled, keep, recalled, without_secrets
from kubegenie_tui.widgets.table_pane import error_words

if TYPE_CHECKING:
    from textual.app import App

    from kubegenie_tui.providers.api import FoundCluster
    from kubegenie_tui.services import Services

NONE_LIST = "no provider that is installed lists clusters"


NAME_ROOM = 16
"""Cells of a provider's name, below which nothing goes on."""


class Registered(NamedTuple):
    """What came of it."""

    names: list[str]
    words: Content
    """How it went, with what could not be registered."""


async def discover(app: "App[Any]", services: "Services") -> Registered | None:
    """Ask the person step by step; None when they leave. To be awaited in a worker.

    Raises:
        KubeGenieError: the provider cannot be used, or cannot list its clusters.
    """
    source = await _source(app, services)
    if source is None:
        return None
    known = {status.name for status in services.manager.statuses}
    chosen: list[FoundCluster] | None = await app.push_screen_wait(DiscoverScreen(source, known))
    return await _registered(app, services, source, chosen) if chosen else None


async def _source(app: "App[Any]", services: "Services") -> Source | None:
    offers = await waited(app, "looking for providers", services.discovery.listing())
    choices = [_choice(each) for each in offers]
    picked = await app.push_screen_wait(PickerScreen("Where to look for clusters", choices, nothing=NONE_LIST))
    if picked is None:
        return None
    loaded = await waited(app, f"loading {picked}", services.discovery.load(picked))
    values: dict[str, Any] | None = {}
    if fields := asked_by(loaded):
        title = f"Clusters of {plain(loaded.manifest.label)}"
        facts = services.store.facts
        draft = await recalled(facts, picked)
        filled_in = [filled(each, draft.config) for each in fields]
        intro = BEGUN if filled_in != list(fields) else ""
        form = FormScreen(title, filled_in, intro=intro, submit="look for them", eager=True)
        try:
            values = await app.push_screen_wait(form)
        finally:
            draft.config |= without_secrets(fields, form.typed)
            await keep(facts, picked, draft)
    return None if values is None else source_of(loaded, values)


def _choice(offer: Offer) -> Choice:
    if offer.state is State.READY and offer.manifest is not None:
        missing = missing_extra(offer.name)
        wanted = (f" · {missing.next_step}" if missing else "", "$warning")
        words = Content.assemble(offer.name.ljust(NAME_ROOM), (plain(offer.manifest.label), "$muted"), wanted)
    else:
        words = Content.styled(f"{plain(offer.name).ljust(NAME_ROOM)}{plain(str(why_not(offer)))}", "$muted")
    return Choice(offer.name, words, NAME_ROOM if len(offer.name) < NAME_ROOM else 0)


async def _registered(
    app: "App[Any]", services: "Services", source: Source, chosen: "list[FoundCluster]"
) -> Registered | None:
    """None when there are secrets to be kept, and the person does not open the safe for them."""
    names: list[str] = []
    lines: list[Content] = []
    for found in chosen:
        name = free_name(found, {status.name for status in services.manager.statuses})
        try:
            lead = await waited(app, f"registering {plain(found.name)}", source.lead_to(found.name))
            if lead.secrets and not await open_safe(app, services.store.safe):
                break
            names.append(await source.register(lead, services.manager.registrar, name))
        except KubeGenieError as error:
            lines.append(error_words(error))
    if not names and not lines:
        return None
    if names:
        lines.insert(0, Content.styled(f"✓ registered {plain(', '.join(names))}", "$success"))
    return Registered(names, Content("\n").join(lines))
