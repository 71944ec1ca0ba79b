"""Other credentials for a cluster that is made, changed or removed: those that it was begun with may have ended."""

from typing import TYPE_CHECKING

from kubegenie_tui.domain.creation import Work, WorkState
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.text import plain
from kubegenie_tui.provision.pages import refused_in
from kubegenie_tui.screens.safe_control import open_safe
from kubegenie_tui.screens.waiting import waited
from kubegenie_tui.screens.wizard_draft import trouble_of
from kubegenie_tui.screens.wizard_page import WizardPage

if TYPE_CHECKING:
    from textual.app import App

    from kubegenie_tui.provision.works import Works
    from kubegenie_tui.services import Services


async def takes_login(works: "Works", work: Work) -> bool:
    """Whether its provider is told who we are; no as well while it cannot be used, for which it says why elsewhere."""
    try:
        return bool((await works.makers.load(work.outline.provider)).manifest.login)
    except KubeGenieError:
        return False


async def renew_login(app: "App[int]", services: "Services", work: Work) -> None:
    """Ask for them until the provider knows us by them or the person leaves; what is not at its end goes on then.

    Raises:
        KubeGenieError: the provider cannot be used, or the work cannot go on.
    """
    works, name, provider = services.works, plain(work.outline.name), work.outline.provider
    fields = await works.makers.login_fields(provider)
    loaded = await works.makers.load(provider)
    model, secret = loaded.config, loaded.manifest.secrets.keys()
    rest = {key: value for key, value in work.config.items() if key not in {each.id for each in fields}}
    typed = {each.id: str(work.config.get(each.id) or "") for each in fields}
    trouble: dict[str, str] = {}
    is_over = work.state is WorkState.DONE
    while True:
        page = WizardPage(
            f"{name}: other credentials",
            fields,
            typed=typed,
            judge=lambda values: refused_in(model, {**rest, **values}),
            intro="For all that is done about this cluster from now on. All empty: what this machine has.",
            trouble=trouble,
            submit="take them" if is_over else "go on with them",
        )
        given = await app.push_screen_wait(page)
        if given is None:
            return
        typed = page.typed
        try:
            login = {key: value for key, value in given.items() if value}
            if login.keys() & secret and not await open_safe(app, services.store.safe):
                return
            known = await waited(app, f"{name}: asking who we are", works.renew(work, login))
        except KubeGenieError as error:
            trouble = trouble_of(error, fields, typed)
        else:
            break
    app.notify(f"{name} is seen to as {plain(known.who)} from now on", markup=False)
    if not is_over:
        await works.go_on(work.id)
