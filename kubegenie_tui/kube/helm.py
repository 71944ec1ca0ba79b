"""The helm program: it fetches and renders charts, and alone runs their hooks. What it writes needs an `Approval`.

It is told with flags and files of its own which cluster is meant; variables that would lead it to another are taken
from it. Values are given to it by its standard input and never touch a disk.
"""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from kubegenie_tui.domain.approval import Approval
from kubegenie_tui.domain.errors import KubeGenieError, UsageError
from kubegenie_tui.domain.helm import BY_SERVER
from kubegenie_tui.domain.helm_run import Chart, HelmRun, Hook, Rendered
from kubegenie_tui.domain.text import plain
from kubegenie_tui.kube.program import Finished, run_program

LOOK_SECONDS = 120.0
"""How long it may fetch or render."""
WRITE_SECONDS = 1800.0
"""How long it may write: it waits five minutes for each hook by itself."""
GRACE_SECONDS = 1.5
"""It notes in the release that it was broken off, when it is told to end."""
LARGEST_OUTPUT = 64 << 20
LARGEST_CHART = 20 << 20
"""Bytes; a release with its chart must fit into a Secret, which holds 1 MiB."""
HISTORY = 10
"""Revisions that helm keeps of a release; older ones are removed when it makes another."""
LONGEST_COMPLAINT = 2000
_ANOTHER_CLUSTER = ("HELM_KUBE", "HELM_NAMESPACE", "HELM_DEBUG")
"""How the names of variables begin that would lead it elsewhere, or make it talk of other things."""


def helm_program(environ: Mapping[str, str] = os.environ) -> str:
    """Where helm is; empty when it is not installed."""
    return shutil.which("helm", path=environ.get("PATH")) or ""


def missing_helm() -> UsageError:
    """What to say where it is not."""
    return UsageError(
        "helm is not installed, or not in PATH",
        "only it renders charts",
        "helm.sh/docs/intro/install tells how; all else about releases works without it",
    )


async def fetch_chart(chart: Chart) -> bytes:
    """A chart as one archive, from wherever it is.

    Raises:
        KubeGenieError: helm is missing or does not find it, or it cannot be read.
    """
    path = await asyncio.to_thread(_local, chart)
    if path is not None and path.is_file():
        return await asyncio.to_thread(_read, path)
    with tempfile.TemporaryDirectory(prefix="kubegenie-") as directory:
        options = [f"--destination={directory}"]
        if path is not None:
            await _run(["package", *options, "--", str(path)])
        else:
            options += [f"--{name}={value}" for name in ("version", "repo") if (value := getattr(chart, name))]
            await _run(["pull", *options, "--", chart.name])
        return await asyncio.to_thread(_read_archive, Path(directory), chart.name)


async def chart_values(archive: bytes) -> str:
    """The chart's own values, as its author wrote them down.

    Raises:
        KubeGenieError: helm is missing, or cannot read the chart.
    """
    return await _show("values", archive)


async def render(run: HelmRun) -> Rendered:
    """What helm would make of the release; the cluster is asked, and nothing is changed.

    Raises:
        KubeGenieError: helm is missing, or says why it cannot.
    """
    definitions = await _show("crds", run.archive) if run.verb == "install" else ""
    said = await _release(run, "--dry-run=server", timeout=LOOK_SECONDS)
    try:
        found = await asyncio.to_thread(msgspec.json.decode, said.output, type=_Release)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise KubeGenieError("helm's answer cannot be read", str(error), "helm 3.13 or newer is needed") from error
    named = found.chart.metadata
    return Rendered(
        found.version,
        f"{named.name}-{named.version}",
        found.manifest,
        tuple(found.hooks or ()),
        definitions,
        by_server=found.apply_method == BY_SERVER,
    )


async def write_release(approval: Approval, run: HelmRun) -> None:
    """Let helm install or upgrade a release.

    Raises:
        KubeGenieError: helm says why it could not, or took too long: some of it may have been done.
    """
    assert approval.plan, "an approval is of a plan"
    await _release(run, timeout=WRITE_SECONDS, grace=GRACE_SECONDS)


async def _release(run: HelmRun, *more: str, timeout: float, grace: float = 0.0) -> Finished:
    own = ["--create-namespace"] if run.verb == "install" else ["--reset-values", f"--history-max={HISTORY}"]
    own += ["--force-conflicts"] if run.takes_over else []
    where = [f"--kube-context={run.context}", f"--namespace={run.namespace}"]
    values = msgspec.json.encode(run.values)
    with tempfile.TemporaryDirectory(prefix="kubegenie-") as directory:
        file = Path(directory, "chart.tgz")
        await asyncio.to_thread(file.write_bytes, run.archive)
        words = [run.verb, *where, *own, *more, "--values=-", "--output=json", "--", run.release, str(file)]
        return await _run(words, kubeconfig=run.kubeconfig, given=values, timeout=timeout, grace=grace)


async def _show(what: str, archive: bytes) -> str:
    with tempfile.TemporaryDirectory(prefix="kubegenie-") as directory:
        file = Path(directory, "chart.tgz")
        await asyncio.to_thread(file.write_bytes, archive)
        said = await _run(["show", what, "--", str(file)])
    return said.output.decode("utf-8", "replace")


async def _run(
    words: Sequence[str],
    *,
    kubeconfig: str = "",
    given: bytes | None = None,
    timeout: float = LOOK_SECONDS,
    grace: float = 0.0,
) -> Finished:
    environ = _environment(kubeconfig)
    program = helm_program(environ)
    if not program:
        raise missing_helm()
    what = f"helm {words[0]}"
    try:
        ended = await run_program(
            [program, *words], environ=environ, timeout=timeout, keep=LARGEST_OUTPUT + 1, given=given, grace=grace
        )
    except TimeoutError as error:
        raise KubeGenieError(f"{what} was stopped", f"it took more than {timeout:g} s") from error
    except OSError as error:
        raise KubeGenieError(f"{what} cannot be started", error.strerror or str(error)) from error
    if ended.code:
        complaint = _complaint(ended)
        raise KubeGenieError(f"{what} failed", complaint, _advice(complaint))
    if len(ended.output) > LARGEST_OUTPUT:
        raise KubeGenieError(f"What {what} says is too large", f"the most is {LARGEST_OUTPUT >> 20} MiB")
    return ended


def _environment(kubeconfig: str) -> dict[str, str]:
    driver = os.environ.get("HELM_DRIVER", "secret")
    if driver not in ("", "secret", "secrets"):
        why = f"HELM_DRIVER is {driver}, and releases are read and written as Secrets here"
        raise UsageError("helm would keep its releases elsewhere", why, "unset HELM_DRIVER, or use helm itself")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_ANOTHER_CLUSTER)}
    return kept | ({"KUBECONFIG": kubeconfig} if kubeconfig else {})


def _complaint(ended: Finished) -> str:
    """What helm says, from its error on: before it there may be warnings."""
    said = ended.complaint[max(0, ended.complaint.rfind("Error: ")) :].strip().removeprefix("Error: ")
    return plain(" ".join(said.split()))[:LONGEST_COMPLAINT] or f"exit code {ended.code}"


def _advice(complaint: str) -> str:
    """What a person can do about what helm says; empty where that says it itself."""
    return "ask who administers the cluster for the right" if "forbidden" in complaint else ""


def _local(chart: Chart) -> Path | None:
    """A chart that is on this computer, found as helm does: what is there goes before a name of a repository."""
    path = Path(chart.name).expanduser()
    return path if not chart.repo and path.exists() else None


def _read_archive(directory: Path, name: str) -> bytes:
    found = next(directory.glob("*.tgz"), None)
    if found is None:
        raise KubeGenieError(f"helm fetched nothing for {name}", next_step="is it the name of a chart?")
    return _read(found)


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_CHART:
            raise UsageError(f"{path} is too large for a chart", f"the most is {LARGEST_CHART >> 20} MiB")
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read", error.strerror or "") from error


class _Named(msgspec.Struct):
    name: str
    version: str = ""


class _Chart(msgspec.Struct):
    metadata: _Named


class _Release(msgspec.Struct):
    version: int
    chart: _Chart
    manifest: str = ""
    hooks: list[Hook] | None = None
    apply_method: str = ""
