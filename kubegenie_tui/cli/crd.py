"""`kubegenie crd`: a kind in a few lines, its fields as a tree, or a small object of it."""

import argparse
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from kubegenie_tui.cli.connect import cluster_of, namespace_of, opened_services
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.cli.get import kind_named
from kubegenie_tui.cli.output import write_json
from kubegenie_tui.domain.custom.example import example_of
from kubegenie_tui.domain.custom.fields import Field, fields_of
from kubegenie_tui.domain.custom.telling import kind_lines
from kubegenie_tui.domain.yaml_text import yaml_lines
from kubegenie_tui.ending import run_to_end

if TYPE_CHECKING:
    from kubegenie_tui.agents.definitions import KindFacts

LABEL = 12
"""Columns for what a line is about."""
WIDEST = 48
"""Columns for a field's name before its help."""


def run(arguments: argparse.Namespace) -> int:
    """`kubegenie crd NAME`.

    Raises:
        UsageError: the cluster has no such kind, or not in this version.
    """
    run_to_end(_run(arguments))
    return Exit.OK


async def _run(arguments: argparse.Namespace) -> None:
    from kubegenie_tui.agents.definitions import read_kind

    async with opened_services(arguments) as services:
        agent = await cluster_of(services, arguments)
        await agent.learn_kinds()
        kind = await kind_named(agent, arguments.name)
        found = await read_kind(agent, kind, arguments.api_version)
        example = example_of(found.kind, found.structure, namespace_of(arguments) or "")
        if arguments.output == "json":
            write_json(_as_json(found) | {"example": example})
        elif arguments.example:
            _write(yaml_lines(example))
        else:
            _write(_lines(found))


def _write(lines: Iterable[str]) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)


def _lines(found: "KindFacts") -> list[str]:
    lines = [f"{line.label:{LABEL}}{line.words}" for line in kind_lines(found.kind, found.definition, found.instances)]
    lines += [f"{'':{LABEL}}▲ {note}" for note in found.notes]
    return [*lines, "", *(_line(field) for field in fields_of(found.structure))]


def _line(field: Field) -> str:
    name = f"{'  ' * field.depth}{field.name}"
    return f"{name:{WIDEST}} {field.help}"


def _as_json(found: "KindFacts") -> dict[str, object]:
    kind = found.kind
    return {
        "kind": {"id": kind.id, "kind": kind.kind, "apiVersion": kind.api_version, "namespaced": kind.namespaced},
        "definition": msgspec.to_builtins(found.definition),
        "faults": list(found.definition.faults()) if found.definition else [],
        "instances": msgspec.to_builtins(found.instances),
        "notes": list(found.notes),
        "fields": [msgspec.to_builtins(field) for field in fields_of(found.structure)],
    }
