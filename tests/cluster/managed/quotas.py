"""A quota of the namespace, counted as the controller does that a bare control plane has not."""

import time
from typing import Any

from kubernetes.client.exceptions import ApiException

from tests.cluster.heard import PATIENCE
from tests.cluster.managed.playing import Player

NAME = "full"


class Quota:
    """Room for so many objects of each kind, one of which another team has already."""

    def __init__(self, player: Player, *kinds: str) -> None:
        self._core, self._place, self._kinds = player.core, player.namespace, kinds
        self._core.create_namespaced_resource_quota(self._place, {"metadata": {"name": NAME}})

    def leave(self, room: int) -> None:
        """Room for so many more; returns when the server has heard of it."""
        counts = [f"count/{each}" for each in self._kinds]
        hard = {**dict.fromkeys(counts, str(room + 1)), "configmaps": str(room)}
        status = {"hard": hard, "used": {**dict.fromkeys(counts, "1"), "configmaps": "0"}}
        for call, body in (
            (self._core.patch_namespaced_resource_quota, {"spec": {"hard": hard}}),
            (self._core.patch_namespaced_resource_quota_status, {"status": status}),
        ):
            call(NAME, self._place, body)
        deadline = time.monotonic() + PATIENCE
        while self._has_room() != bool(room):
            assert time.monotonic() < deadline, "the server never heard of the quota"
            time.sleep(0.02)

    def _has_room(self) -> bool:
        """Told by config maps: the kinds that are limited may not be served yet."""
        body: dict[str, Any] = {"metadata": {"generateName": "any-"}}
        try:
            self._core.create_namespaced_config_map(self._place, body, dry_run="All")
        except ApiException as error:
            if error.status != 403:
                raise
            return False
        return True
