"""The single checks of `kubegenie doctor`. Each looks at one thing and never raises what a person could mend."""

import asyncio
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from kubegenie_tui import __version__
from kubegenie_tui.domain.errors import Forbidden, KubeGenieError

if TYPE_CHECKING:
    from kubegenie_tui.agents.cluster_manager import ClusterManager
    from kubegenie_tui.kube.context import Context
    from kubegenie_tui.providers.offer import Offer
    from kubegenie_tui.services import Services
    from kubegenie_tui.settings import Settings
    from kubegenie_tui.store.store import Store

SMALLEST = (80, 24)
"""Columns and lines that every screen is made for."""
ANSWER_SECONDS = 10.0
"""How long a cluster may take for each answer."""
MODEL_SECONDS = 60.0
"""How long a model may take for a word: one on this machine may have to be loaded first."""


class State(Enum):
    """How a check ended."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"

    @property
    def glyph(self) -> str:
        """One character of width one."""
        return {State.OK: "●", State.WARN: "▲", State.FAIL: "✖"}[self]


class Finding(msgspec.Struct, frozen=True):
    """What one check found."""

    subject: str
    state: State
    what: str
    next_step: str = ""


def of_this_machine() -> list[Finding]:
    """Versions, the terminal, our directories and the settings."""
    versions = f"KubeGenie {__version__}, Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    return [Finding("version", State.OK, versions), *_terminal(), _directories(), *_settings()]


def _terminal() -> Iterator[Finding]:
    if not sys.stdout.isatty():
        yield Finding("terminal", State.OK, "the output goes elsewhere: run this in the terminal to have it checked")
        return
    columns, lines = shutil.get_terminal_size()
    small = columns < SMALLEST[0] or lines < SMALLEST[1]
    advice = f"{SMALLEST[0]}x{SMALLEST[1]} is the least that shows everything" if small else ""
    yield Finding("terminal", State.WARN if small else State.OK, f"{columns}x{lines}, {_colours()}", advice)
    if (sys.stdout.encoding or "").lower().replace("-", "") != "utf8":
        advice = "set LANG to a UTF-8 locale, such as C.UTF-8"
        yield Finding("encoding", State.WARN, f"{sys.stdout.encoding}: glyphs will not show", advice)


def _colours() -> str:
    if "NO_COLOR" in os.environ:
        return "monochrome (NO_COLOR is set)"
    if os.environ.get("COLORTERM", "") in ("truecolor", "24bit"):
        return "16 million colours"
    return "256 colours" if "256" in os.environ.get("TERM", "") else "16 colours"


def _directories() -> Finding:
    from kubegenie_tui import paths

    def made() -> str:
        directories = (paths.config_dir(), paths.data_dir(), paths.cache_dir())
        closed = [str(directory) for directory in directories if not os.access(directory, os.W_OK)]
        if closed:
            raise KubeGenieError(
                f"{closed[0]} may not be written", next_step="set KUBEGENIE_HOME to a directory you own"
            )
        return ", ".join(str(directory) for directory in dict.fromkeys(directories))

    return _tried("directories", made)


def _settings() -> Iterator[Finding]:
    from kubegenie_tui.paths import settings_file
    from kubegenie_tui.settings import load_settings

    def read() -> str:
        load_settings()
        return f"{settings_file()}{'' if settings_file().exists() else ' (not there: nothing needs to be set)'}"

    def mapped() -> str:
        from kubegenie_tui.keymap import check_keymap

        own = check_keymap(load_settings().keys)
        return f"{len(own)} of your own" if own else "as they come"

    yield (finding := _tried("settings", read))
    if finding.state is State.OK:
        yield _tried("keys", mapped)


def of_plugins(settings: "Settings") -> Iterator[Finding]:
    """Each plugin with its commands, or with what is wrong with it. What it is made of is imported."""
    from kubegenie_tui.plugin_loader import load_plugins

    for plugin in load_plugins(settings):
        subject = f"plugin {plugin.name}"
        if plugin.is_off:
            yield Finding(subject, State.OK, f"{plugin.source}, turned off in the settings")
            continue
        words = ", ".join(f":{command.word}" for command in plugin.commands)
        offered = f"{plugin.source}, {words or 'no commands'}"
        advice = f'tell its author, or set plugins.off = "{plugin.name}"'
        if plugin.faults:
            yield Finding(subject, State.WARN, f"{offered} · {'; '.join(plugin.faults)}", advice)
        else:
            yield Finding(subject, State.OK, offered)


async def of_providers(settings: "Settings", store: "Store") -> list[Finding]:
    """Each provider and agent of others: whether it can be used. None is imported."""
    from kubegenie_tui.providers.loading import why_not
    from kubegenie_tui.providers.offer import State as Standing
    from kubegenie_tui.providers.pins import Pins
    from kubegenie_tui.providers.registry import Registry

    def told(offer: "Offer") -> Finding:
        subject = f"{offer.kind.value} {offer.name}"
        if offer.state in (Standing.READY, Standing.OFF):
            off = ", turned off in the settings" if offer.state is Standing.OFF else ""
            return Finding(subject, State.OK, f"{offer.source}{off}")
        return failing(subject, why_not(offer), State.WARN)

    try:
        found = await Registry(settings.plugins, Pins(store.facts)).offers()
    except KubeGenieError as error:
        return [failing("providers", error)]
    return [told(each) for each in found if not each.built_in]


def _tried(subject: str, check: Callable[[], str]) -> Finding:
    try:
        return Finding(subject, State.OK, check())
    except KubeGenieError as error:
        return failing(subject, error)


def failing(subject: str, error: KubeGenieError, state: State = State.FAIL) -> Finding:
    """An error as a finding."""
    what = " · ".join(part for part in (error.what, error.why) if part)
    return Finding(subject, state, what, error.next_step)


def of_store(store: "Store") -> Finding:
    """The database opened, and what it holds will be there again."""
    from kubegenie_tui.paths import database_file

    if not store.lasting:
        return Finding("database", State.FAIL, store.notice)
    if store.notice:
        return Finding("database", State.WARN, store.notice)
    return Finding("database", State.OK, str(database_file()))


def of_kubeconfigs(manager: "ClusterManager", explicit: Path | None) -> list[Finding]:
    """The kubeconfigs can be read; with how much they hold. That there is none is only a failure when one was named."""
    usable = [status for status in manager.statuses if status.source == "kubeconfig"]
    worst = State.WARN if usable else State.FAIL
    faults = [failing("kubeconfig", error, worst) for error in manager.errors if error.file or explicit]
    if usable:
        current = f"current is {manager.current}" if manager.current else "none is current"
        files = ", ".join(str(path) for path in manager.paths)
        return [Finding("kubeconfig", State.OK, f"{files}: {len(usable)} contexts, {current}"), *faults]
    if faults:
        return faults
    if manager.statuses:
        return [Finding("kubeconfig", State.OK, "none, and none is needed: there are other clusters")]
    looked = ", ".join(str(path) for path in manager.paths)
    advice = "set KUBECONFIG, or look around with `kubegenie demo`"
    return [Finding("kubeconfig", State.WARN, f"no context found in {looked}", advice)]


async def of_clusters(services: "Services") -> list[Finding]:
    """Each known cluster answers and lets us list pods. Only the current one may fail the whole."""
    manager = services.manager
    agents = [agent for status in manager.statuses if (agent := manager.agent(status.name))]
    return list(
        await asyncio.gather(
            *(_of_cluster(each.context, State.FAIL if each.name == manager.current else State.WARN) for each in agents)
        )
    )


async def _of_cluster(context: "Context", worst: State) -> Finding:
    from kubegenie_tui.kube.client import Client

    subject = f"cluster {context.name}"
    if context.error is not None:
        return failing(subject, context.error, worst)
    client = Client(context)
    try:
        version = msgspec.json.decode(await client.get("/version", timeout=ANSWER_SECONDS))["gitVersion"]
        latency = client.latency_ms or 0.0
        await client.get(_pods_path(context), {"limit": "1"}, timeout=ANSWER_SECONDS)
    except Forbidden as error:
        return failing(subject, error, State.WARN)
    except KubeGenieError as error:
        return failing(subject, error, worst)
    finally:
        await client.close()
    return Finding(subject, State.OK, f"{context.server} · {version} · {latency:.0f} ms")


def _pods_path(context: "Context") -> str:
    return f"/api/v1/namespaces/{context.namespace}/pods" if context.namespace else "/api/v1/pods"


async def of_named_models(services: "Services") -> list[Finding]:
    """The other models of the settings can be reached; they are asked for nothing."""
    from kubegenie_tui.llm.standing import looked_at

    models = services.models
    others = [name for name in models.names if name != models.choice()]
    standings = await asyncio.gather(*(looked_at(name, models.backend(name)) for name in others))
    return [
        Finding(
            f"model {each.name}", State.OK if each.reachable else State.WARN, each.problem or f"{each.server} answers"
        )
        for each in standings
    ]


async def of_model(services: "Services") -> list[Finding]:
    """The model answers one word. Without a model the built-in engine is named."""
    backend = services.models.of()
    if backend is None:
        advice = "set KUBEGENIE_MODEL_URL or OPENAI_API_KEY for free questions"
        return [Finding("model", State.OK, "none: the built-in engine answers the common questions", advice)]
    try:
        async with asyncio.timeout(MODEL_SECONDS):
            async for _ in backend.stream([{"role": "user", "content": "Answer with the one word: ready"}], []):
                pass
    except TimeoutError:
        silence = f"{backend.name} has not answered in {MODEL_SECONDS:.0f} s"
        return [Finding("model", State.WARN, silence, "it may still be loading: try again, or look at the server")]
    except KubeGenieError as error:
        return [failing("model", error)]
    context = f" · {backend.context_tokens:,} tokens fit" if backend.context_tokens else ""
    return [Finding("model", State.OK, f"{backend.name} answers{context}")]
