"""The views that are opened above a place by their name, each made from the cluster and the object it is about."""

import time
from typing import TYPE_CHECKING

from kubegenie_tui.domain.access.question import Question, can_question, who_question
from kubegenie_tui.domain.command_line import namespace_in
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.text import plain
from kubegenie_tui.screens.custom_views import CUSTOM_VIEWS, custom_view
from kubegenie_tui.screens.messages import ViewRequested
from kubegenie_tui.screens.wanted_object import wanted_object

if TYPE_CHECKING:
    from textual.screen import Screen

    from kubegenie_tui.agents.cluster_agent import ClusterAgent
    from kubegenie_tui.domain.costs import Bill
    from kubegenie_tui.services import Services


def make_view(
    services: "Services", agent: "ClusterAgent | None", wanted: ViewRequested, *, demo: bool
) -> "Screen[None]":
    """The screen of a view.

    Raises:
        UsageError: it needs an object, and none that fits was chosen; or the cluster has no kind of that name.
    """
    match wanted.view:
        case "xray" | "usedby" if agent is not None:
            return _relations(agent, wanted_object(agent, wanted), incoming_only=wanted.view == "usedby", demo=demo)
        case "can" | "whocan" | "users" | "groups" if agent is not None:
            from kubegenie_tui.screens.access import AccessScreen

            question, asked = _question(agent, wanted), f"{wanted.view} {wanted.argument}".strip()
            return AccessScreen(services, agent, question, asked, demo=demo)
        case "helm" if agent is not None:
            return _releases(services, agent, wanted, demo=demo)
        case "history" | "trace" if agent is not None:
            opened = _trace if wanted.view == "trace" else _rollout
            return opened(agent, wanted_object(agent, wanted), demo=demo)
        case "timeline" if agent is not None:
            return _timeline(services, agent, wanted, demo=demo)
        case view if view in CUSTOM_VIEWS and agent is not None:
            return custom_view(services, agent, wanted, demo=demo)
        case "problems" | "policies" | "costs" if agent is not None:
            return _judged(services, agent, wanted, demo=demo)
        case "audit" | "payload":
            return _kept(services, wanted, demo=demo)
        case "pulse" | "fleet-pulse" | "agents":
            return _of_all(services, agent, wanted.view, demo=demo)
    raise UsageError("No cluster is chosen", next_step="put the cursor on one, or open one")


def _of_all(services: "Services", agent: "ClusterAgent | None", view: str, *, demo: bool) -> "Screen[None]":
    """The agents, the pulse of one cluster, or that of all where none is named."""
    if view == "agents":
        from kubegenie_tui.screens.agents import AgentsScreen

        return AgentsScreen(services, demo=demo)
    if agent is None:
        from kubegenie_tui.screens.fleet_pulse import FleetPulseScreen

        return FleetPulseScreen(services, demo=demo)
    from kubegenie_tui.screens.pulse import PulseScreen

    return PulseScreen(services, agent, demo=demo)


def _kept(services: "Services", wanted: ViewRequested, *, demo: bool) -> "Screen[None]":
    """What was changed, or what was sent to a model: no cluster has to answer for it."""
    if wanted.view == "payload":
        return _payload(services, wanted.cluster)
    from kubegenie_tui.screens.audit import AuditScreen

    return AuditScreen(services, wanted.cluster, demo=demo)


def _timeline(services: "Services", agent: "ClusterAgent", wanted: ViewRequested, *, demo: bool) -> "Screen[None]":
    from kubegenie_tui.screens.timeline import TimelineScreen

    words = wanted.argument.split()
    if wanted.typed and (len(words) < 2 or words[0] == "-n") and "/" not in wanted.argument:
        return TimelineScreen(services, agent, namespace=namespace_in(wanted.argument), demo=demo)
    return TimelineScreen(services, agent, wanted_object(agent, wanted), demo=demo)


def _judged(services: "Services", agent: "ClusterAgent", wanted: ViewRequested, *, demo: bool) -> "Screen[None]":
    if wanted.view == "costs":
        from kubegenie_tui.screens.costs import CostsScreen

        return CostsScreen(agent.name, lambda: _bill(services, agent))
    from kubegenie_tui.screens.problems import ProblemsScreen

    policies = wanted.view == "policies"
    return ProblemsScreen(services, agent, _namespace_wanted(wanted), policies=policies, demo=demo)


async def _bill(services: "Services", agent: "ClusterAgent") -> "Bill":
    from kubegenie_tui.costs.reading import bill_of
    from kubegenie_tui.provision.works import made_by

    made = await made_by(services.works, agent.name, agent.status.origin)
    return await bill_of(agent, services.store.looks, made_here=made is not None)


def _payload(services: "Services", cluster: str) -> "Screen[None]":
    import json

    from kubegenie_tui.screens.said import SaidScreen

    backend = services.models.of(cluster)
    if backend is None:
        raise UsageError("Nothing is sent to a model", "none is used", "the built-in engine answers on this machine")
    if (sent := backend.last_request) is None:
        raise UsageError(f"Nothing was sent to {backend.name} yet", next_step="ask it something first")
    text = json.dumps(sent, indent=2, ensure_ascii=False)
    return SaidScreen(f"Sent to {backend.name}, to the letter", [plain(line) for line in text.splitlines()])


def _relations(agent: "ClusterAgent", ref: ObjectRef, *, incoming_only: bool, demo: bool) -> "Screen[None]":
    from kubegenie_tui.screens.relations import RelationsScreen

    kind = agent.kinds.resolve(ref.kind)
    return RelationsScreen(agent, kind, ref, incoming_only=incoming_only, demo=demo, now=time.time)


def _trace(agent: "ClusterAgent", ref: ObjectRef, *, demo: bool) -> "Screen[None]":
    from kubegenie_tui.screens.trace import TraceScreen

    return TraceScreen(agent, agent.kinds.resolve(ref.kind), ref, demo=demo, now=time.time)


def _releases(services: "Services", agent: "ClusterAgent", wanted: ViewRequested, *, demo: bool) -> "Screen[None]":
    from kubegenie_tui.screens.helm import HelmScreen

    return HelmScreen(agent, _namespace_wanted(wanted), services.settings.keys, demo=demo, now=time.time)


def _namespace_wanted(wanted: ViewRequested) -> str:
    """The namespace typed, else that of the place; empty for all."""
    return namespace_in(wanted.argument) if wanted.argument else wanted.scope


def _rollout(agent: "ClusterAgent", ref: ObjectRef, *, demo: bool) -> "Screen[None]":
    from kubegenie_tui.changes.operations.operation import ROLLING
    from kubegenie_tui.screens.rollout import RolloutScreen

    kind = agent.kinds.resolve(ref.kind)
    if kind.id not in ROLLING:
        raise UsageError(f"A {kind.kind} has no rollout", next_step="choose a Deployment, StatefulSet or DaemonSet")
    return RolloutScreen(agent, kind, ref, demo=demo, now=time.time)


def _question(agent: "ClusterAgent", wanted: ViewRequested) -> Question:
    if wanted.view in ("users", "groups"):
        return Question(subjects=wanted.view.removesuffix("s").capitalize())
    if wanted.view == "whocan":
        return who_question(wanted.argument, wanted.scope, agent.kinds)
    ref = wanted.ref
    if not wanted.argument and ref is not None and ref.kind == "serviceaccounts":
        return can_question(f"sa:{ref.namespace}/{ref.name}", wanted.scope)
    return can_question(wanted.argument, wanted.scope)
