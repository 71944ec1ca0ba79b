"""`kubegenie compositions`: one's own Compositions of clusters, checked and rendered without any cluster."""

import argparse
import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.cli.output import write_json, write_table
from kubegenie_tui.domain.errors import SpecRefused, UsageError
from kubegenie_tui.domain.text import plain
from kubegenie_tui.domain.yaml_text import yaml_lines

if TYPE_CHECKING:
    from kubegenie_tui.domain.manifest import Manifest
    from kubegenie_tui.providers.crossplane.crossplane_config import CrossplaneConfig
    from kubegenie_tui.providers.crossplane.crossplane_spec import CrossplaneSpec
    from kubegenie_tui.providers.crossplane.kept import Kept
    from kubegenie_tui.providers.crossplane.rendering import Rendered

_OURS = "built in"


def run(arguments: argparse.Namespace) -> int:
    """`kubegenie compositions list|show|check|render`."""
    match arguments.compositions_verb:
        case "list":
            return _list(arguments)
        case "check":
            return _check(arguments)
        case "show":
            return _show(arguments)
        case _:
            return _render(arguments)


def _list(arguments: argparse.Namespace) -> Exit:
    from kubegenie_tui.providers.crossplane.asked import OURS
    from kubegenie_tui.providers.crossplane.kept import all_kept

    found = all_kept()
    if arguments.output == "json":
        ours: list[dict[str, Any]] = [{"name": each, "file": None, "faults": []} for each in OURS]
        write_json([*ours, *map(_as_json, found)])
    else:
        lines = [[each.name, _state(each), str(each.path)] for each in found]
        write_table(("NAME", "STATE", "FILE"), [*([name, "ok", _OURS] for name in OURS), *lines])
    return Exit.OK


def _show(arguments: argparse.Namespace) -> Exit:
    from kubegenie_tui.providers.crossplane.asked import FUNCTION, composition_asked

    ours = composition_asked(arguments.name, FUNCTION, "")
    labels = {key: value for key, value in ours["metadata"]["labels"].items() if key.startswith("kubegenie.io/")}
    _write(list(yaml_lines({**ours, "metadata": {"labels": labels}})))
    return Exit.OK


def _check(arguments: argparse.Namespace) -> Exit:
    """The status is 1 when something is wrong with one."""
    from kubegenie_tui.paths import compositions_dir
    from kubegenie_tui.providers.crossplane.kept import all_kept, kept

    found = [kept(name) for name in arguments.names] if arguments.names else all_kept()
    if arguments.output == "json":
        write_json([_as_json(each) for each in found])
    else:
        nothing = f"There is no Composition of your own in {compositions_dir()}."
        _write([line for each in found for line in _fault_lines(each)] or [nothing])
    return Exit.FAILED if any(each.faults for each in found) else Exit.OK


def _render(arguments: argparse.Namespace) -> Exit:
    """What Crossplane would compose of the cluster that a file describes, as far as it can be told here.

    Raises:
        UsageError: the file describes no cluster of this provider.
        SpecRefused: something is wrong with the cluster or the Composition.
    """
    from kubegenie_tui.providers.crossplane.rendering import render
    from kubegenie_tui.provision.described import read_description

    provider, config, cluster = read_description(arguments.file)
    if provider != "crossplane":
        raise UsageError(f"{arguments.file} is for {provider}", next_step="only crossplane has Compositions")
    composition, composite = _asked(config, cluster, arguments.composition)
    rendered = render(composition, composite)
    if rendered.refused:
        what = f"Nothing would be composed by {composition['metadata']['name']}"
        raise SpecRefused(what, rendered.refused[0], "mend the Composition, or what the file says of the cluster")
    if arguments.output == "json":
        write_json({"resources": rendered.resources, "unknown": rendered.unknown})
    else:
        _write(list(_rendered_lines(rendered)))
    return Exit.OK


def _asked(config: Mapping[str, Any], cluster: Mapping[str, Any], named: str) -> "tuple[Manifest, Manifest]":
    """The Composition, and the composite of a cluster."""
    from kubegenie_tui.providers.crossplane.asked import FUNCTION, cluster_asked, composition_asked, ours_for
    from kubegenie_tui.providers.crossplane.asked import own_composition_asked as own_asked
    from kubegenie_tui.providers.crossplane.crossplane_config import CrossplaneConfig
    from kubegenie_tui.providers.crossplane.crossplane_spec import CrossplaneSpec
    from kubegenie_tui.providers.crossplane.kept import kept, require_usable
    from kubegenie_tui.provision.described import described

    spec = cast("CrossplaneSpec", described(CrossplaneSpec, cluster))
    composite = cluster_asked(spec, cast("CrossplaneConfig", described(CrossplaneConfig, config)), "")
    wanted = named or spec.composition
    if not wanted:
        return composition_asked(ours_for(spec), FUNCTION, ""), composite
    own = kept(wanted)
    require_usable(own)
    return own_asked(own, ""), composite


def _state(found: "Kept") -> str:
    many = len(found.faults)
    return "ok" if not many else f"{many} {'fault' if many == 1 else 'faults'}"


def _as_json(found: "Kept") -> dict[str, Any]:
    faults = [{"line": each.line, "what": each.what, "why": each.why, "next": each.next_step} for each in found.faults]
    return {"name": found.name, "file": str(found.path), "faults": faults}


def _fault_lines(found: "Kept") -> Iterator[str]:
    if not found.faults:
        yield f"{found.path}: ok"
    for each in found.faults:
        yield f"{found.path}:{each.line}: {each.words}"


def _rendered_lines(rendered: "Rendered") -> Iterator[str]:
    for each in rendered.unknown:
        yield f"# only Crossplane can tell: {plain(each)}"
    for resource in rendered.resources:
        yield "---"
        yield from yaml_lines(resource)


def _write(lines: list[str]) -> None:
    sys.stdout.write("".join(f"{plain(line)}\n" for line in lines))
