"""What moto's EKS lacks: phases, failures, add-ons, access entries, versions and updates."""

import base64
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

_N = "([^/]+)"
_SHAPES: dict[str, dict[str, str]] = {
    "/clusters": {"POST": "CreateCluster", "GET": "ListClusters"},
    f"/clusters/{_N}": {"GET": "DescribeCluster", "DELETE": "DeleteCluster"},
    f"/clusters/{_N}/node-groups": {"POST": "CreateNodegroup"},
    f"/clusters/{_N}/node-groups/{_N}": {"GET": "DescribeNodegroup", "DELETE": "DeleteNodegroup"},
    f"/clusters/{_N}/node-groups/{_N}/update-config": {"POST": "UpdateNodegroupConfig"},
    f"/clusters/{_N}/node-groups/{_N}/update-version": {"POST": "UpdateNodegroupVersion"},
    f"/clusters/{_N}/fargate-profiles": {"POST": "CreateFargateProfile"},
    f"/clusters/{_N}/fargate-profiles/{_N}": {"GET": "DescribeFargateProfile", "DELETE": "DeleteFargateProfile"},
    f"/clusters/{_N}/addons": {"POST": "CreateAddon"},
    f"/clusters/{_N}/addons/{_N}": {"GET": "DescribeAddon", "DELETE": "DeleteAddon"},
    f"/clusters/{_N}/access-entries": {"POST": "CreateAccessEntry"},
    f"/clusters/{_N}/access-entries/{_N}": {"GET": "DescribeAccessEntry", "DELETE": "DeleteAccessEntry"},
    f"/clusters/{_N}/access-entries/{_N}/access-policies": {
        "POST": "AssociateAccessPolicy",
        "GET": "ListAssociatedAccessPolicies",
    },
    f"/clusters/{_N}/access-entries/{_N}/access-policies/{_N}": {"DELETE": "DisassociateAccessPolicy"},
    f"/clusters/{_N}/updates": {"POST": "UpdateClusterVersion", "GET": "ListUpdates"},
    f"/clusters/{_N}/updates/{_N}": {"GET": "DescribeUpdate"},
    "/cluster-versions": {"GET": "DescribeClusterVersions"},
}
EKS_CALLS = [(verb, re.compile(shape), call) for shape, verbs in _SHAPES.items() for verb, call in verbs.items()]
_FIELDS = {
    "Cluster": ("cluster", "name"),
    "Nodegroup": ("nodegroup", "nodegroupName"),
    "FargateProfile": ("fargateProfile", "fargateProfileName"),
    "Addon": ("addon", "addonName"),
    "AccessEntry": ("accessEntry", "principalArn"),
}
_OURS = ("Addon", "AccessEntry")
"""What moto knows nothing of."""
_KEPT = ("accessConfig", "encryptionConfig", "updateConfig")
"""What moto forgets."""
VERSIONS = {
    "1.31": ("EXTENDED_SUPPORT", 1764115200, 1795651200),
    "1.33": ("STANDARD_SUPPORT", 1785283200, 1816819200),
    "1.34": ("STANDARD_SUPPORT", 1796256000, 1827792000),
    "1.35": ("STANDARD_SUPPORT", 1806192000, 1837728000),
}
DEFAULT = "1.34"
CA = base64.b64encode(b"-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIU\n-----END CERTIFICATE-----\n").decode()
"""moto's own is no PEM."""


@dataclass
class Reply:
    """An answer over HTTP."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, told: dict[str, Any]) -> "Reply":
        return cls(200, json.dumps(told).encode(), {"Content-Type": "application/json"})

    @classmethod
    def error(cls, status: int, code: str, message: str, headers: dict[str, str] | None = None) -> "Reply":
        kept = {"Content-Type": "application/json", "x-amzn-ErrorType": code, **(headers or {})}
        return cls(status, json.dumps({"message": message}).encode(), kept)


@dataclass
class Eks:
    """Its state, by the path of each thing."""

    polls: int = 1
    """How often a thing is still on its way when it is looked at."""
    broken: dict[str, str] = field(default_factory=dict)
    """Names of what is made in vain, and why; `update NAME` for what is changed in vain."""
    ours: dict[str, dict[str, Any]] = field(default_factory=dict)
    over: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Fields on top of moto's own."""
    coming: dict[str, int] = field(default_factory=dict)
    going: dict[str, tuple[int, dict[str, Any]]] = field(default_factory=dict)
    policies: dict[str, dict[str, Any]] = field(default_factory=dict)
    updates: dict[str, dict[str, Any]] = field(default_factory=dict)
    server: str = ""
    """The API server of every cluster; moto's own, which is none, when empty."""
    authority: str = CA
    """The certificate behind it: PEM, base64."""

    def answer(self, call: str, path: str, body: bytes, moto: Callable[[], Reply]) -> Reply:
        path, asked = unquote(path.partition("?")[0]), json.loads(body) if body else {}
        name = call.removeprefix("eks:")
        for verb in ("Create", "Describe", "Delete"):
            if (kind := name.removeprefix(verb)) in _FIELDS and name.startswith(verb):
                reply: Reply = getattr(self, f"_{verb.lower()}")(kind, path, asked, moto)
                return reply
        return getattr(self, f"_{name}", lambda *_: moto())(path, asked, moto)

    def _create(self, kind: str, path: str, asked: dict[str, Any], moto: Callable[[], Reply]) -> Reply:
        key, name = _FIELDS[kind]
        where = f"{path}/{asked[name]}"
        if kind in _OURS:
            if where in self.ours:
                return Reply.error(409, "ResourceInUseException", f"{asked[name]} already exists")
            self.ours[where] = {**asked, f"{key}Arn": f"arn:aws:eks:us-east-1:123456789012:{where}"}
            reply = Reply.of({key: self.ours[where]})
        else:
            reply = moto()
        if reply.status == 200:
            self.coming[where] = 0 if kind == "AccessEntry" else self.polls
            version = asked.get("version") or self.over.get(_cluster(path), {}).get("version", DEFAULT)
            kept: dict[str, Any] = {each: asked[each] for each in _KEPT if each in asked}
            self.over[where] = {"version": version, **kept}
            if why := self.broken.get(str(asked[name])):
                issue = {"code": "AsgInstanceLaunchFailures", "message": why}
                self.over[where] |= {"status": "CREATE_FAILED", "health": {"issues": [issue]}}
        return self._told(kind, where, reply)

    def _describe(self, kind: str, path: str, asked: dict[str, Any], moto: Callable[[], Reply]) -> Reply:
        key, _ = _FIELDS[kind]
        if path in self.going:
            left, last = self.going[path]
            self.going[path] = left - 1, last
            if left > 0:
                return Reply.of({key: {**last, "status": "DELETING"}})
            del self.going[path]
        if kind not in _OURS:
            return self._told(kind, path, moto())
        if path not in self.ours:
            return Reply.error(404, "ResourceNotFoundException", f"No {key} {path}")
        return self._told(kind, path, Reply.of({key: self.ours[path]}))

    def _delete(self, kind: str, path: str, asked: dict[str, Any], moto: Callable[[], Reply]) -> Reply:
        key, _ = _FIELDS[kind]
        reply = Reply.of({key: self.ours.pop(path)}) if kind in _OURS else moto()
        if reply.status == 200:
            self.going[path] = 0 if kind == "AccessEntry" else self.polls, json.loads(reply.body).get(key, {})
        return reply

    def _told(self, kind: str, path: str, reply: Reply) -> Reply:
        if reply.status != 200:
            return reply
        key, _ = _FIELDS[kind]
        seen = {**json.loads(reply.body)[key], **self.over.get(path, {})}
        if kind == "Cluster":
            seen |= {"endpoint": self.server or seen["endpoint"], "certificateAuthority": {"data": self.authority}}
        if kind != "AccessEntry":
            seen |= self._state(path)
        return Reply.of({key: seen})

    def _state(self, path: str) -> dict[str, Any]:
        left = self.coming.get(path, 0)
        self.coming[path] = max(0, left - 1)
        if left > 0:
            return {"status": "CREATING"}
        if any(each["of"] == path and each["told"]["status"] == "InProgress" for each in self.updates.values()):
            return {"status": "UPDATING"}
        return {"status": self.over.get(path, {}).get("status", "ACTIVE")}

    def _AssociateAccessPolicy(self, path: str, asked: dict[str, Any], moto: object) -> Reply:  # noqa: N802
        self.policies[f"{path}/{asked['policyArn']}"] = asked
        return Reply.of({"associatedAccessPolicy": asked})

    def _ListAssociatedAccessPolicies(self, path: str, asked: object, moto: object) -> Reply:  # noqa: N802
        found = [each for where, each in self.policies.items() if where.startswith(f"{path}/")]
        return Reply.of({"associatedAccessPolicies": found})

    def _DisassociateAccessPolicy(self, path: str, asked: object, moto: object) -> Reply:  # noqa: N802
        if self.policies.pop(path, None) is None:
            return Reply.error(404, "ResourceNotFoundException", "The policy is not associated with the access entry")
        return Reply.of({})

    def _DescribeClusterVersions(self, path: str, asked: object, moto: object) -> Reply:  # noqa: N802
        found = [
            {
                "clusterVersion": version,
                "versionStatus": status,
                "defaultVersion": version == DEFAULT,
                "endOfStandardSupportDate": standard,
                "endOfExtendedSupportDate": extended,
            }
            for version, (status, standard, extended) in VERSIONS.items()
        ]
        return Reply.of({"clusterVersions": found})

    def _UpdateClusterVersion(self, path: str, asked: dict[str, Any], moto: object) -> Reply:  # noqa: N802
        now = self.over[_cluster(path)]["version"]
        if int(asked["version"][2:]) != int(now[2:]) + 1:
            return Reply.error(400, "InvalidParameterException", "Unsupported Kubernetes minor version update")
        return self._update(_cluster(path), asked)

    def _UpdateNodegroupVersion(self, path: str, asked: dict[str, Any], moto: object) -> Reply:  # noqa: N802
        return self._update(path.removesuffix("/update-version"), asked)

    def _UpdateNodegroupConfig(self, path: str, asked: dict[str, Any], moto: Callable[[], Reply]) -> Reply:  # noqa: N802
        size = asked["scalingConfig"]
        if not size["minSize"] <= size["desiredSize"] <= size["maxSize"]:
            why = f"desired capacity {size['desiredSize']} can't be outside of the minimum and maximum size"
            return Reply.error(400, "InvalidParameterException", why)
        moto()
        return self._update(path.removesuffix("/update-config"), size)

    def _update(self, of: str, asked: dict[str, Any]) -> Reply:
        params = [{"type": key[0].upper() + key[1:], "value": str(value)} for key, value in asked.items()]
        update = {"id": f"u-{len(self.updates)}", "status": "InProgress", "params": params, "errors": []}
        self.updates[str(update["id"])] = {
            "of": of,
            "left": self.polls,
            "version": asked.get("version"),
            "told": update,
        }
        return Reply.of({"update": update})

    def _ListUpdates(self, path: str, asked: object, moto: object) -> Reply:  # noqa: N802
        return Reply.of({"updateIds": list(self.updates)})

    def _DescribeUpdate(self, path: str, asked: object, moto: object) -> Reply:  # noqa: N802
        update = self.updates[path.rpartition("/")[2]]
        if update["told"]["status"] != "InProgress":
            return Reply.of({"update": update["told"]})
        update["left"] -= 1
        if why := self.broken.get(f"update {update['of'].rpartition('/')[2]}"):
            update["told"] |= {"status": "Failed", "errors": [{"errorCode": "PodEvictionFailure", "errorMessage": why}]}
        elif update["left"] < 0:
            update["told"]["status"] = "Successful"
            if update["version"]:
                self.over[update["of"]]["version"] = update["version"]
        return Reply.of({"update": update["told"]})


def _cluster(path: str) -> str:
    return "/".join(path.split("/")[:3])
