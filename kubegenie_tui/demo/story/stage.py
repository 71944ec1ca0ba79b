"""The stage: what happened when, counted in time before now."""

import math
from collections.abc import Callable, Iterable
from functools import partial

from kubegenie_tui.demo.api.defaulting import defaulted
from kubegenie_tui.demo.state.objects import Object, meta, name_of
from kubegenie_tui.demo.world.world import World

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0


class Stage:
    """Puts acts on the time line of one world."""

    def __init__(self, world: World, now: float, manager: str) -> None:
        self.world, self.now = world, now
        self.cluster = world.cluster
        self.manager = manager
        """Who applies what the teams write."""

    def at(self, ago: float, act: Callable[[], object]) -> None:
        """Let something happen so many seconds before now."""
        self.world.plan(self.now - ago, act)

    def create(self, ago: float, *objects: Object) -> None:
        """Create objects, with the defaults of the server."""
        for obj in objects:
            self.at(ago, partial(self._create, obj))

    def _create(self, obj: Object) -> None:
        whole = obj if self.cluster.resource_of(obj).custom else defaulted(obj)
        self.cluster.create(whole, manager=self.manager)

    def edit(self, ago: float, kind_id: str, namespace: str, name: str, change: Callable[[Object], Object]) -> None:
        """Replace an object by what `change` makes of it."""
        self.at(ago, partial(self._edit, kind_id, namespace, name, change))

    def _edit(self, kind_id: str, namespace: str, name: str, change: Callable[[Object], Object]) -> None:
        found = self.cluster.get(kind_id, name, namespace)
        if found is None:
            raise KeyError(f"{kind_id} {namespace}/{name}")
        self.cluster.replace(change(found))

    def roll(self, ago: float, namespace: str, name: str, tag: str, cause: str = "") -> None:
        """Give a Deployment's first container another tag."""
        self.edit(ago, "deployments.apps", namespace, name, partial(with_tag, tag=tag, cause=cause))

    def history(self, ago: float, deployment: Object, tags: Iterable[str], latest: float) -> None:
        """A Deployment that has had several versions; the last came `latest` seconds before now."""
        tags = list(tags)
        self.create(ago, with_tag(deployment, tags[0], f"Release {tags[0]}"))
        for number, tag in enumerate(tags[1:], 1):
            part = number / (len(tags) - 1)
            when = math.exp(math.log(ago) * (1 - part) + math.log(latest) * part)
            self.roll(when, meta(deployment)["namespace"], name_of(deployment), tag, f"Release {tag}")


def with_tag(deployment: Object, tag: str, cause: str = "") -> Object:
    """The Deployment with another image tag, version label and change cause."""
    template = deployment["spec"]["template"]
    first, *rest = template["spec"]["containers"]
    image = f"{first['image'].rpartition(':')[0]}:{tag}"
    labels = {**meta(template)["labels"], "app.kubernetes.io/version": tag}
    fresh = {
        "metadata": {**meta(template), "labels": labels},
        "spec": {**template["spec"], "containers": [{**first, "image": image}, *rest]},
    }
    annotations = {
        **(meta(deployment).get("annotations") or {}),
        **({"kubernetes.io/change-cause": cause} if cause else {}),
    }
    metadata = {**meta(deployment), "annotations": annotations, "labels": labels}
    return {**deployment, "metadata": metadata, "spec": {**deployment["spec"], "template": fresh}}
