"""Wishes for new objects: kind, name, namespace and the few facts that make one; whatever else is said spoils them."""

import re
import shlex
from typing import Any, Literal

from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.genie.offline.directory import Directory
from kubegenie_tui.genie.wishes.clauses import Clause
from kubegenie_tui.genie.wishes.wish import Step, Wish

CREATABLE = frozenset({
    "namespaces", "deployments.apps", "configmaps", "secrets", "serviceaccounts", "jobs.batch", "pods",
    "cronjobs.batch", "persistentvolumeclaims",
})  # fmt: skip
"""Kinds of which a few words make an object."""
_BEGINS = re.compile(
    r"(?:(?P<makes>create|make|add|set up|(?:an? )?(?:new|throw-?away|temporary|scratch))"
    r"|spin up|start up|start|launch|bring up|run|deploy)"
    r"(?: me| us)?(?: an?| the| one| another)?"
    r"(?: new| fresh| simple| empty| throw-?away| temporary| test| debug"
    r"| disposable| small| basic| tiny)? (?P<rest>.+)",
    re.IGNORECASE,
)
_PLACE_FIRST = re.compile(
    r"^(?:in|inside|for) (?:the )?(?:namespace |ns )?([a-z0-9][\w-]*)(?: namespace| ns)?,?"
    r" ((?:create|make|add|spin up|set up) .+)$",
    re.IGNORECASE,
)
_SIZE_FIRST = re.compile(r"^(\d+(?:\.\d+)?[KMGT]i?) (.+)$", re.IGNORECASE)
_NAMED = r"(?:(?:named|called|with (?:the )?name|:) )?"
_NAME = re.compile(r"^[a-z0-9](?:[-a-z0-9.]{0,61}[a-z0-9])?$")
_PAIR = r"[\w.-]+=(?:'[^']*'|\"[^\"]*\"|[^\s,]+)"
_PIECES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(rf"^(?:and |with )*{pattern}(?= |$)", re.IGNORECASE))
    for name, pattern in (
        ("namespace", r"(?:in|into|inside|within|for|to|under)(?: the)?(?: namespace| ns)? (?P<v>[a-z0-9][\w-]*)"
                      r"(?: namespace| ns)?"),
        ("namespace", r"(?:namespace|ns)[ :=] ?(?P<v>[a-z0-9][\w-]*)"),
        ("image", r"(?:with |from |using |running |of |on |based on )*(?:the |an )?image(?:=|:? )(?P<v>\S+)"),
        ("image", r"(?:which |that )?(?:from|using|running|based on|runs|uses|of)(?: the)?(?: image)?"
                  r" (?P<v>[\w./-]+[:/@][\w./:@-]+|[a-z]+)"),
        ("image", r"with (?P<v>[\w./-]+:[\w.-]+)"),
        ("replicas", r"(?:with |having |of )*(?P<v>\d+|[a-z]+) (?:replicas?|pods?|copies|instances?)"),
        ("replicas", r"(?:replicas|instances)[ :=] ?(?P<v>\d+)"),
        ("schedule", r"(?:on |with |at )*(?:the |a )?(?:schedule|cron)(?:=|:| of)? (?P<v>\S+ \S+ \S+ \S+ \S+)"),
        ("schedule", r"(?:at|on) (?P<v>(?:[\d*/,?-]+ ){4}[\d*/,?a-z-]+)"),
        ("storage", r"(?:with |of |size )*(?P<v>\d+(?:\.\d+)?[KMGT]i?)(?: storage| size| of storage)?"),
        ("class", r"(?:with |of |using )*(?:the )?(?:storage ?class|class) (?P<v>[\w.-]+)"),
        ("data", rf"(?:with |from |containing |holding |data |literal |literals |keys? |values? |entries |entry )*"
                 rf"(?P<v>{_PAIR}(?:(?:,| and|, and)? {_PAIR})*)"),
    )
)  # fmt: skip
_TAKES = {
    "deployments.apps": {"image", "replicas"},
    "jobs.batch": {"image"},
    "pods": {"image"},
    "cronjobs.batch": {"image", "schedule"},
    "configmaps": {"data"},
    "secrets": {"data"},
    "persistentvolumeclaims": {"storage", "class"},
}
_NEEDS = {
    "deployments.apps": {"image"}, "jobs.batch": {"image"}, "pods": {"image"}, "cronjobs.batch": {"image", "schedule"},
    "persistentvolumeclaims": {"storage"},
}  # fmt: skip


class Creator:
    """Reads wishes for new objects."""

    def __init__(self, directory: Directory, focus: Focus, numbers: dict[str, int]) -> None:
        self._directory = directory
        self._focus = focus
        self._numbers = numbers

    def wish(self, clause: Clause) -> Wish | None:
        """The new object, or why it cannot be made; None when none is spoken of."""
        begins = _BEGINS.fullmatch(_PLACE_FIRST.sub(r"\2 in \1", clause.text))
        rest = _SIZE_FIRST.sub(r"\2 \1", begins["rest"]) if begins else ""
        kind, words = self._kind(rest.split())
        if begins is None or not kind or not words or not _NAME.match(words[0]):
            return None
        if not begins["makes"] and (kind not in _NEEDS or self._directory.find(words[0], kind)):
            return None
        if kind == "jobs.batch" and "--from" in clause.flags:
            if len(words) > 1:
                return None
            return self._from_schedule(clause.flags["--from"].rpartition("/")[2], clause.flags.get("-n", ""))
        name, said = words[0], self._facts(" ".join(words[1:]), clause.flags)
        if said is None or set(said) - _TAKES.get(kind, set()) - {"namespace"}:
            return None
        if "namespace" in said and not self._directory.kinds.resolve(kind).namespaced:
            return None
        missing = _NEEDS.get(kind, set()) - set(said)
        if missing:
            what = " and ".join(sorted(missing))
            return Wish("unsupported", "create", name=name, kind=kind, why=f"Say its {what} too: a new one needs that.")
        return self._step(kind, name, said)

    def _from_schedule(self, name: str, space: str) -> Wish:
        """`create job --from=cronjob/backup NAME`: the schedule is run once."""
        seen = (space,) if space else self._focus.namespaces or ("",)
        refs = [ref for each in seen for ref in self._directory.find(name, "cronjobs.batch", each)]
        if len(refs) == 1:
            return Wish("write", "trigger", (Step("trigger", refs[0]),))
        outcome: Literal["ambiguous", "unsupported"] = "ambiguous" if refs else "unsupported"
        return Wish(outcome, "trigger", choices=tuple(refs), name=name, why=f"There is no cron job {name} here.")

    def _kind(self, words: list[str]) -> tuple[str, list[str]]:
        """The kind that the words begin with, the longest first, and the words after it."""
        for length in (3, 2, 1):
            kind = self._directory.kind_words.get(" ".join(words[:length]).lower(), "")
            kind = kind or ("deployments.apps" if words[:length] == ["deploy"] else "")
            if kind in CREATABLE:
                rest = re.sub(rf"^(?:generic )?{_NAMED}", "", " ".join(words[length:]), flags=re.IGNORECASE)
                return kind, rest.split()
        return "", []

    def _facts(self, text: str, flags: dict[str, str]) -> dict[str, Any] | None:
        """What the rest says; None when a word of it says nothing."""
        said: dict[str, Any] = {}
        while text:
            found = next(((name, match) for name, piece in _PIECES if (match := piece.match(text))), None)
            if found is None or found[0] in said:
                return None
            said[found[0]] = found[1]["v"]
            text = text[found[1].end() :].lstrip(" ,")
        for flag, value in flags.items():
            name = _FLAGS.get(flag)
            if name is None:
                return None
            said[name] = f"{said[name]} {value}" if name == "data" and name in said else value
        return self._typed(said)

    def _typed(self, said: dict[str, Any]) -> dict[str, Any] | None:
        if "replicas" in said:
            number = str(said["replicas"]).lower()
            if not number.isdigit() and number not in self._numbers:
                return None
            said["replicas"] = int(number) if number.isdigit() else self._numbers[number]
        if "data" in said:
            try:
                pairs = [each.rstrip(",") for each in shlex.split(said["data"]) if "=" in each]
            except ValueError:  # a quote that is not closed
                return None
            said["data"] = dict(each.split("=", 1) for each in pairs)
        return said

    def _step(self, kind: str, name: str, said: dict[str, Any]) -> Wish:
        namespaced = self._directory.kinds.resolve(kind).namespaced
        space = said.pop("namespace", "") or self._focus.only_namespace
        fault = ""
        if namespaced and not space:
            fault = "In which namespace? Name it, as in `create configmap limits in shop with max=10`."
        elif namespaced and space not in self._directory.namespaces:
            fault = f"There is no namespace {space}."
        elif {*self._directory.find(name, kind, space if namespaced else "")} - self._directory.planned:
            fault = f"There is a {kind.partition('.')[0].removesuffix('s')} {name} already."
        if fault:
            return Wish("unsupported", "create", name=name, kind=kind, args=said, why=fault)
        ref = ObjectRef(kind, name, space if namespaced else "", self._directory.cluster)
        return Wish("write", "create", (Step("create", ref, said, written(ref, said)),))


_FLAGS = {
    "--image": "image", "--replicas": "replicas", "--from-literal": "data", "-n": "namespace",
    "--namespace": "namespace", "--schedule": "schedule",
}  # fmt: skip


def written(ref: ObjectRef, said: dict[str, Any]) -> dict[str, Any]:
    """The object as it would be written by hand, after `kubectl create` and `kubectl run`."""
    metadata: dict[str, Any] = {"name": ref.name}
    if ref.namespace:
        metadata["namespace"] = ref.namespace
    match ref.kind:
        case "deployments.apps":
            labels = {"app": ref.name}
            template = {"metadata": {"labels": labels}, "spec": _containers(ref.name, said)}
            spec = {"replicas": said.get("replicas", 1), "selector": {"matchLabels": labels}, "template": template}
            return _object("apps/v1", "Deployment", {**metadata, "labels": labels}, spec=spec)
        case "jobs.batch":
            return _object("batch/v1", "Job", metadata, spec=_job(ref.name, said))
        case "cronjobs.batch":
            spec = {"schedule": said["schedule"].strip("'\""), "jobTemplate": {"spec": _job(ref.name, said)}}
            return _object("batch/v1", "CronJob", metadata, spec=spec)
        case "pods":
            labelled = {**metadata, "labels": {"run": ref.name}}
            return _object("v1", "Pod", labelled, spec=_containers(ref.name, said))
        case "configmaps":
            return _object("v1", "ConfigMap", metadata, data=said.get("data", {}))
        case "secrets":
            return _object("v1", "Secret", metadata, type="Opaque", stringData=said.get("data", {}))
        case "persistentvolumeclaims":
            claim: dict[str, Any] = {
                "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": said["storage"]}},
            }  # fmt: skip
            return _object(
                "v1", "PersistentVolumeClaim", metadata,
                spec=claim | ({"storageClassName": said["class"]} if "class" in said else {}),
            )  # fmt: skip
    return _object("v1", "Namespace" if ref.kind == "namespaces" else "ServiceAccount", metadata)


def _object(api_version: str, kind: str, metadata: dict[str, Any], **rest: Any) -> dict[str, Any]:
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **rest}


def _containers(name: str, said: dict[str, Any]) -> dict[str, Any]:
    return {"containers": [{"name": name, "image": said["image"]}]}


def _job(name: str, said: dict[str, Any]) -> dict[str, Any]:
    return {"template": {"spec": {**_containers(name, said), "restartPolicy": "Never"}}}
