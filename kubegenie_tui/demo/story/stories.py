"""The demo clusters by name, and the worlds they become."""

import time
from collections.abc import Callable

from kubegenie_tui.demo.state.cluster import Cluster
from kubegenie_tui.demo.story import edge, prod, staging
from kubegenie_tui.demo.story.stage import DAY, Stage
from kubegenie_tui.demo.world.world import World

STORIES: dict[str, tuple[Callable[[Stage], None], str]] = {
    "prod-eu": (prod.tell, "argocd-controller"),
    "staging": (staging.tell, "kubectl-client-side-apply"),
    "edge-paris": (edge.tell, "helm"),
}
"""Who tells what happened, and which field manager the teams' tools have."""
DOWN = ("rack-7",)
"""Registered, but nothing answers."""


def build_world(name: str, *, seed: int = 0, now: float | None = None) -> World:
    """A demo cluster with its past played up to `now` (seconds since the epoch; the present when None)."""
    present = time.time() if now is None else now
    tell, manager = STORIES[name]
    world = World(Cluster(name, seed=seed, started=present - 130 * DAY))
    tell(Stage(world, present, manager))
    world.play(present)
    return world


def build_worlds(*, seed: int = 0, now: float | None = None) -> list[World]:
    """All demo clusters."""
    return [build_world(name, seed=seed, now=now) for name in STORIES]
