"""Opening the safe in the app: by the keyring where there is one, else by a passphrase that the person types."""

from typing import TYPE_CHECKING, Any

from kubegenie_tui.domain.errors import NoKeyring, WrongPassphrase
from kubegenie_tui.domain.form import TextField
from kubegenie_tui.screens.form import FormScreen
from kubegenie_tui.store.lock import Way, passphrase_of

if TYPE_CHECKING:
    from textual.app import App

    from kubegenie_tui.store.safe import Safe

_NEW = (
    TextField(
        "phrase", "Passphrase", secret=True, hint="whoever has it can open what is kept; nobody can find it again"
    ),
    TextField("again", "The same again", secret=True),
)


async def open_safe(app: "App[Any]", safe: "Safe") -> bool:
    """Open it, or make it where there is none; False when the person left. To be awaited in a worker.

    Raises:
        CredentialError: it does not open.
    """
    state = await safe.state()
    if state.way is None:
        return await _make(app, safe)
    if state.way is Way.PASSPHRASE and not state.is_open and not passphrase_of():
        return await _ask(app, safe)
    await safe.unlock()
    return True


async def _make(app: "App[Any]", safe: "Safe") -> bool:
    try:
        await safe.set_up(Way.KEYRING)
    except NoKeyring as error:
        if phrase := passphrase_of():
            await safe.set_up(Way.PASSPHRASE, phrase)
            return True
        intro = f"{error.what}: a passphrase will open what is kept."
        while True:
            values = await app.push_screen_wait(FormScreen("Choose a passphrase", _NEW, intro=intro, submit="go on"))
            if values is None:
                return False
            if values["phrase"] == values["again"]:
                break
            intro = "These were two different passphrases. Type one twice."
        await safe.set_up(Way.PASSPHRASE, str(values["phrase"]))
    return True


async def _ask(app: "App[Any]", safe: "Safe") -> bool:
    intro = "A passphrase opens the credentials that are kept."
    while True:
        field = TextField("phrase", "Passphrase", secret=True)
        values = await app.push_screen_wait(FormScreen("Unlock", (field,), intro=intro, submit="unlock"))
        if values is None:
            return False
        try:
            await safe.unlock(str(values["phrase"]))
        except WrongPassphrase as error:
            intro = f"✖ {error.what}: {error.why}."
        else:
            return True
