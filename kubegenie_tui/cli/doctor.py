"""`kubegenie doctor`: what stands between a person and a working KubeGenie, each line with what to do."""

import argparse
import asyncio
import sys

import msgspec

from kubegenie_tui.cli.checks import (
    Finding,
    State,
    of_clusters,
    of_kubeconfigs,
    of_model,
    of_named_models,
    of_plugins,
    of_providers,
    of_store,
    of_this_machine,
)
from kubegenie_tui.cli.connect import start_options
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.cli.output import write_json
from kubegenie_tui.domain.errors import SettingsError
from kubegenie_tui.domain.text import plain
from kubegenie_tui.ending import run_to_end


def run(arguments: argparse.Namespace) -> int:
    """Check everything, print it, and fail when a line fails."""
    findings = run_to_end(_examine(arguments))
    if arguments.output == "json":
        write_json([msgspec.structs.asdict(finding) for finding in findings])
    else:
        _write(findings)
    return Exit.FAILED if any(finding.state is State.FAIL for finding in findings) else Exit.OK


async def _examine(arguments: argparse.Namespace) -> list[Finding]:
    from kubegenie_tui.services import build_services
    from kubegenie_tui.settings import Settings, load_settings

    checks = []
    findings = of_this_machine()
    try:
        settings = load_settings()
        checks += [of_model, of_named_models]
    except SettingsError:
        # Without them it is not known which model is meant, and a key must not reach another one.
        settings = Settings()
    services = await build_services(settings, start_options(arguments))
    try:
        findings.append(of_store(services.store))
        findings += [*of_plugins(settings), *await of_providers(settings, services.store)]
        findings += of_kubeconfigs(services.manager, arguments.kubeconfig)
        for found in await asyncio.gather(*(check(services) for check in (of_clusters, *checks))):
            findings += found
    finally:
        await services.close()
    return findings


def _write(findings: list[Finding]) -> None:
    width = max(len(finding.subject) for finding in findings)
    for finding in findings:
        line = (
            f"{finding.state.glyph} {finding.state.value:<4}  {plain(finding.subject):<{width}}  {plain(finding.what)}"
        )
        sys.stdout.write(line + "\n")
        if finding.next_step:
            sys.stdout.write(f"{' ' * (width + 10)}→ {plain(finding.next_step)}\n")
