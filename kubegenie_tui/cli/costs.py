"""`kubegenie costs`: what a cluster costs a month, and what could be saved."""

import argparse
import sys
from collections.abc import Iterator

import msgspec

from kubegenie_tui.cli.connect import cluster_of, opened_services
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.cli.output import write_json
from kubegenie_tui.domain.cluster_reader import kinds_known
from kubegenie_tui.domain.costs import PRICE_NOTE, Bill, has_unpriced, said_of, spot_note
from kubegenie_tui.domain.text import plain
from kubegenie_tui.ending import run_to_end


def run(arguments: argparse.Namespace) -> int:
    """`kubegenie costs`, and its verb."""
    if arguments.costs_verb == "refresh":
        from kubegenie_tui.cli.refreshing import refreshed

        return run_to_end(refreshed(arguments))
    return run_to_end(_costs(arguments))


async def _costs(arguments: argparse.Namespace) -> int:
    from kubegenie_tui.costs.reading import bill_of
    from kubegenie_tui.provision.works import made_by

    async with opened_services(arguments) as services:
        agent = await cluster_of(services, arguments)
        await kinds_known(agent)
        made = await made_by(services.works, agent.name, agent.status.origin)
        found = await bill_of(agent, services.store.looks, made_here=made is not None)
    if arguments.output == "json":
        write_json(as_json(found))
    else:
        sys.stdout.write("\n".join(lines(found)) + "\n")
    return Exit.OK


def as_json(found: Bill) -> dict[str, object]:
    """A bill for programs; dollars a month, rounded to cents."""
    told: dict[str, object] = msgspec.to_builtins(found)
    told["saving"] = round(found.saving, 2)
    told["monthly"] = round(found.estimate.monthly, 2) if found.estimate else None
    return told


def lines(found: Bill) -> Iterator[str]:
    """A bill for a person."""
    estimate = found.estimate
    if estimate is None:
        yield "No price sheet knows the machines of this cluster: savings are told without figures."
    else:
        for price in estimate.prices:
            yield f"{price.monthly:12,.2f}  {price.count:g} x {plain(price.what)}"
        yield f"{estimate.monthly:12,.2f}  US dollars a month, by prices of {estimate.as_of}: {plain(estimate.source)}"
        for each in estimate.unpriced:
            yield f"           ?  {plain(each)}"
    yield ""
    if not found.advice:
        yield "Nothing was found that could be saved."
    for advice in found.advice:
        saving = "           ?" if advice.monthly is None else f"{advice.monthly:12,.2f}"
        yield f"{saving}  {plain(advice.title)}"
        yield from (f"              {plain(each)}" for each in said_of(advice))
    yield from notes(found)


def notes(found: Bill) -> Iterator[str]:
    """What the bill does not know."""
    if has_unpriced(found):
        yield PRICE_NOTE
    if found.no_usage:
        yield "The cluster measures no usage, so nothing can be called idle."
    yield from (f"{plain(each)}." for each in found.not_idle)
    if note := spot_note(found):
        yield plain(f"{note}.")
    if found.unread:
        yield f"Not looked at: {plain(', '.join(found.unread))}"
