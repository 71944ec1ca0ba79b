"""`kubegenie model`: the models that can answer, what each can do, and their keys."""

import argparse
import sys
import time
from typing import TYPE_CHECKING

import msgspec

from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.cli.output import write_json, write_table
from kubegenie_tui.cli.typed_key import typed_key
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.model_settings import DEFAULT
from kubegenie_tui.domain.text import plain
from kubegenie_tui.ending import run_to_end

if TYPE_CHECKING:
    from kubegenie_tui.llm.choosing import Models
    from kubegenie_tui.llm.standing import Standing

_NONE = "No model is set up: the built-in engine answers. KUBEGENIE_MODEL_URL or OPENAI_API_KEY names one.\n"
_TITLES = ("NAME", "MODEL", "SERVER", "ASKED BY", "CONTEXT", "LEARNT")


def run(arguments: argparse.Namespace) -> int:
    """`kubegenie model list|check|key`."""
    if arguments.model_verb == "key":
        return _key(arguments)
    return run_to_end(_tell(arguments))


async def _tell(arguments: argparse.Namespace) -> int:
    from kubegenie_tui.llm.choosing import Models
    from kubegenie_tui.paths import database_file
    from kubegenie_tui.settings import load_settings
    from kubegenie_tui.store.store import Store

    settings = load_settings()
    store = await Store.open(database_file())
    models = Models(settings.model, settings.models, store.facts)
    try:
        return await (_list if arguments.model_verb == "list" else _check)(models, arguments)
    finally:
        await models.close()
        await store.close()


async def _list(models: "Models", arguments: argparse.Namespace) -> int:
    from kubegenie_tui.llm.standing import known

    standings = [await known(name, models.backend(name)) for name in models.names]
    if arguments.output == "json":
        write_json([msgspec.structs.asdict(each) for each in standings])
    elif not standings:
        sys.stdout.write(_NONE)
    else:
        write_table(_TITLES, [_line(each) for each in standings], {4})
    return Exit.OK


def _line(standing: "Standing") -> list[str]:
    context = f"{standing.context:,}" if standing.context else "-"
    learnt = time.strftime("%Y-%m-%d", time.localtime(standing.learnt)) if standing.learnt else "-"
    model = standing.model or "(the first it lists)"
    return [standing.name, model, standing.server, standing.asked_by or "-", context, learnt]


async def _check(models: "Models", arguments: argparse.Namespace) -> int:
    """Ask the server, step by step down the ladder.

    Raises:
        UsageError: no model is set up, or none of that name.
        ModelError: the server cannot be reached, or refuses.
    """
    from kubegenie_tui.llm.standing import known

    if not models.names:
        raise UsageError("No model is set up", next_step="set KUBEGENIE_MODEL_URL or OPENAI_API_KEY, or [model]")
    name = arguments.name or models.names[0]
    models.choose(name)
    backend = models.backend(name)
    await backend.examine()
    standing = await known(name, backend)
    if arguments.output == "json":
        write_json(msgspec.structs.asdict(standing))
    else:
        width = max(len(title) for title, _ in _facts(standing))
        sys.stdout.writelines(f"{title:<{width}}  {plain(fact)}\n" for title, fact in _facts(standing))
    return Exit.OK


_SEVERAL = {True: "yes", False: "no, one after the other", None: "not seen yet"}


def _facts(standing: "Standing") -> list[tuple[str, str]]:
    context = f"{standing.context:,} tokens" if standing.context else "not told by the server"
    calls = "yes" if standing.calls else "none came: it answers what it can from the conversation"
    return [
        ("model", standing.model),
        ("server", standing.server),
        ("asked by", standing.asked_by),
        ("makes calls", calls),
        ("several calls at once", _SEVERAL[standing.parallel]),
        ("counts tokens", "yes" if standing.counts_tokens else "no"),
        ("context", context),
        ("profile", standing.profile),
    ]


def _key(arguments: argparse.Namespace) -> int:
    """Set or delete a key.

    Raises:
        UsageError: there is no such model, or no key was given.
        ModelError: there is no keyring, or it refuses.
    """
    from kubegenie_tui.llm.keyring import forget_key, keep_key
    from kubegenie_tui.settings import load_settings

    settings, name = load_settings(), plain(arguments.name)
    known = {DEFAULT: settings.model, **settings.models}
    if name not in known:
        raise UsageError(f'There is no model "{name}" in the settings', next_step=f"known: {', '.join(known)}")
    if arguments.key_verb == "delete":
        sys.stdout.write("Forgotten.\n" if forget_key(name) else "There was none.\n")
        return Exit.OK
    keep_key(name, typed_key(name))
    sys.stdout.write(f"The key of {name} is in your keyring.\n")
    if known[name].key_from != "keyring":
        section = "model" if name == DEFAULT else f"models.{name}"
        sys.stdout.write(f'It is used once the settings say so: key_from = "keyring" in [{section}].\n')
    return Exit.OK
