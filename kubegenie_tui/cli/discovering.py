"""`kubegenie clusters discover`: what a provider finds, printed or registered."""

import argparse
import sys
from typing import TYPE_CHECKING

import msgspec

from kubegenie_tui.agents.discovering import Found, Source, asked_by, free_name, source_of
from kubegenie_tui.cli.complaint import complain
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.cli.output import write_json, write_table
from kubegenie_tui.cli.passphrase import open_safe, read_secret
from kubegenie_tui.domain.errors import KubeGenieError, UsageError
from kubegenie_tui.domain.form import ChoiceField, NumberField, TextField, ToggleField, Value
from kubegenie_tui.domain.text import plain
from kubegenie_tui.providers.extras import missing_extra
from kubegenie_tui.providers.loading import why_not
from kubegenie_tui.providers.offer import State

if TYPE_CHECKING:
    from kubegenie_tui.domain.form import Field
    from kubegenie_tui.providers.api import FoundCluster
    from kubegenie_tui.services import Services

_TITLES = ("NAME", "REGION", "VERSION", "STATE", "SERVER", "KNOWN")


async def discover(services: "Services", arguments: argparse.Namespace) -> int:
    """Ask a provider for its clusters, print them, or register those that are named.

    Raises:
        KubeGenieError: it cannot be used, or cannot list its clusters.
    """
    if not arguments.provider:
        return await _list_providers(services, arguments.output)
    loaded = await services.discovery.load(arguments.provider)
    source = source_of(loaded, _values(asked_by(loaded), arguments))
    found = await source.find(_tell)
    for trouble in found.troubles:
        complain(trouble)
    if arguments.register or arguments.register_all:
        return await _register(services, source, _wanted(services, found, arguments), arguments.name)
    known = {status.name for status in services.manager.statuses}
    if arguments.output == "json":
        write_json([{**msgspec.structs.asdict(each), "known": each.name in known} for each in found.clusters])
    else:
        write_table(_TITLES, [[*_cells(each), "yes" if each.name in known else ""] for each in found.clusters])
    return Exit.FAILED if found.troubles else Exit.OK


async def _list_providers(services: "Services", output: str) -> int:
    offers = await services.discovery.listing()
    lines = [
        (each.name, str(missing_extra(each.name) or "") if each.state is State.READY else str(why_not(each)))
        for each in offers
    ]
    if output == "json":
        write_json([{"name": name, "reason": reason} for name, reason in lines])
    else:
        write_table(("PROVIDER", "WHY NOT"), [list(line) for line in lines])
    return Exit.OK


def _tell(words: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"{words}\n")


def _cells(found: "FoundCluster") -> list[str]:
    return [found.name, found.region, found.version, found.state, found.server]


def _values(fields: "tuple[Field, ...]", arguments: argparse.Namespace) -> dict[str, Value]:
    known = {field.id: field for field in fields}
    given: dict[str, str] = {}
    for pair in arguments.given:
        name, equals, text = pair.partition("=")
        field = _known(known, name)
        if not equals:
            raise UsageError(f'"--set {plain(pair)}" gives no value', next_step=f"write {name}=VALUE")
        if isinstance(field, TextField) and field.secret:
            step = f"give it with --secret-stdin {name}"
            raise UsageError(f"{name} is a secret", "others can see the arguments of a program", step)
        given[name] = text
    if arguments.secret_stdin:
        _known(known, arguments.secret_stdin)
        given[arguments.secret_stdin] = read_secret(arguments.secret_stdin)
    return {name: _read(known[name], text) for name, text in given.items()}


def _known(known: "dict[str, Field]", name: str) -> "Field":
    if name not in known:
        fields = ", ".join(known) or "nothing"
        raise UsageError(f'The provider does not ask for "{plain(name)}"', f"it asks for {fields}")
    return known[name]


def _read(field: "Field", text: str) -> Value:
    if isinstance(field, ToggleField) and text not in ("yes", "no"):
        raise UsageError(f"{field.id} is yes or no")
    if isinstance(field, ChoiceField) and text not in field.options:
        raise UsageError(f"{field.id} is one of {', '.join(field.options)}")
    return field.read(text) if isinstance(field, NumberField | ToggleField | ChoiceField) else text.strip()


def _wanted(services: "Services", found: Found, arguments: argparse.Namespace) -> "list[FoundCluster]":
    by_name = {each.name: each for each in found.clusters}
    for name in arguments.register:
        if name not in by_name:
            raise UsageError(f'It found no cluster "{plain(name)}"', f"it found {', '.join(by_name) or 'none'}")
    if arguments.name and (arguments.register_all or len(arguments.register) != 1):
        raise UsageError("--as names one cluster", next_step="register one at a time")
    if arguments.register_all:
        known = {status.name for status in services.manager.statuses}
        return [each for each in found.clusters if each.name not in known]
    return [by_name[name] for name in arguments.register]


async def _register(services: "Services", source: Source, wanted: "list[FoundCluster]", name: str) -> int:
    failed = opened = False
    for each in wanted:
        taken = {status.name for status in services.manager.statuses}
        try:
            lead = await source.lead_to(each.name)
        except KubeGenieError as error:
            complain(error)
            failed = True
            continue
        if lead.secrets and not opened:
            await open_safe(services.store.safe)
            opened = True
        try:
            made = await source.register(lead, services.manager.registrar, name or free_name(each, taken))
        except KubeGenieError as error:
            complain(error)
            failed = True
        else:
            sys.stdout.write(f"{plain(made)} is remembered\n")
    return Exit.FAILED if failed else Exit.OK
