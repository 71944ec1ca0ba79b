"""`kubegenie clusters set`: what a person says about a cluster, changed flag by flag."""

import argparse
import sys
from typing import TYPE_CHECKING, Any

import msgspec

from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.cli.output import write_json
from kubegenie_tui.domain.colours import COLOURS
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.namespace_set import wrong_scope
from kubegenie_tui.domain.text import plain
from kubegenie_tui.domain.traits import Traits, labels_of

if TYPE_CHECKING:
    from kubegenie_tui.services import Services


async def say(services: "Services", arguments: argparse.Namespace) -> int:
    """Change what the flags name, and print what is said now.

    Raises:
        UsageError: no cluster has this name, or a label is none.
        StoreError: it cannot be stored.
    """
    agent = services.manager.agent(arguments.name)
    before = agent.status.traits if agent else Traits()
    after = changed(before, arguments)
    await services.manager.registrar.say(arguments.name, after)
    if arguments.output == "json":
        write_json({"name": arguments.name, **msgspec.structs.asdict(after)})
    else:
        sys.stdout.writelines(f"{name:<10}{plain(value)}\n" for name, value in _told(after))
    return Exit.OK


def changed(before: Traits, arguments: argparse.Namespace) -> Traits:
    """What is said after the flags.

    Raises:
        UsageError: a label or a namespace is none, or what is to be taken away is not there.
    """
    for key in arguments.unlabel:
        if key not in before.labels:
            raise UsageError(f'It has no label "{plain(key)}"', f"it has {', '.join(before.labels) or 'none'}")
    for group in arguments.ungroup:
        if group not in before.groups:
            raise UsageError(f'It is in no group "{plain(group)}"', f"it is in {', '.join(before.groups) or 'none'}")
    if wrong := wrong_scope(arguments.default_namespace or ""):
        raise UsageError(wrong)
    labels = {key: value for key, value in before.labels.items() if key not in arguments.unlabel}
    groups = [group for group in before.groups if group not in arguments.ungroup]
    given: dict[str, Any] = {
        "colour": COLOURS[arguments.colour] if arguments.colour else None,
        "protected": arguments.protected,
        "read_only": arguments.refuse,
        "namespace": arguments.default_namespace,
        "notes": arguments.notes,
    }
    return msgspec.structs.replace(
        before,
        labels=labels | labels_of(arguments.label),
        groups=tuple(dict.fromkeys([*groups, *arguments.group])),
        **{name: value for name, value in given.items() if value is not None},
    )


def _told(traits: Traits) -> list[tuple[str, str]]:
    lines = [
        ("labels", " ".join(f"{key}={value}" for key, value in traits.labels.items())),
        ("groups", " ".join(traits.groups)),
        ("colour", traits.colour),
        ("care", ", ".join(word for word, holds in _care(traits) if holds)),
        ("namespace", traits.namespace),
        ("notes", traits.notes),
    ]
    return [(name, value or "none") for name, value in lines]


def _care(traits: Traits) -> tuple[tuple[str, bool], ...]:
    return ("protected", traits.protected), ("read-only", traits.read_only)
