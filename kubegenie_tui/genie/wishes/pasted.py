"""Objects and patches that stand in the text itself: `apply this:` with YAML, `patch deployment web with {...}`."""

import re
from typing import TYPE_CHECKING, Any

from kubegenie_tui.changes.operations.applying import apply_plan
from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.plan import Plan
from kubegenie_tui.genie.offline.directory import Directory
from kubegenie_tui.genie.wishes.wish import Step, Wish

if TYPE_CHECKING:
    from kubegenie_tui.domain.kind import KindIndex

LONGEST = 500_000
"""Characters; more is a log, or a file to be applied by `kubegenie apply -f`."""
BODY = "\ue001"
"""Stands for the pasted patch."""
_MANIFEST = re.compile(
    r"(?P<intro>.*?)(?P<body>(?:^|(?<=\s)|(?<=`))(?:---\s*\n|\{\s*\"(?:apiVersion|kind)\"|(?:apiVersion|kind)\s*:).*)",
    re.DOTALL,
)
_IN_IT = re.compile(r"\"?apiVersion\"?\s*:")
_WISHED = re.compile(
    r"(?:(?:kubectl|oc|k) )?(?:apply|create|deploy)(?: -f)?(?: -)?"
    r"(?: (?:this|the|following|that|it|these|those|below|here|yaml|json|manifests?|resources?|objects?|files?|config"
    r"|definition|document|spec|for me|please|now))*"
    r"(?: (?:to|in|into|on)(?: the)?(?: namespace| ns)? (?P<space>[a-z0-9][\w-]*)(?: namespace| ns)?)?"
    r"(?: (?:please|now|for me|yaml|json|<<-?\s*['\"]?\w+['\"]?))*",
    re.IGNORECASE,
)
_ALIAS = re.compile(r"(?:^|[\s,\[:])[&*]\w")
"""In YAML, a few of these can stand for billions of values; a patch needs none."""
_FENCE = re.compile(r"```\w*\s*")
_HEREDOC = re.compile(r"<<-?\s*['\"]?(\w+)['\"]?\s*$")
_CLUSTER = frozenset({"cluster", "server", "me"})
_WHERE = "In which namespace? Several are in view, and the text names none for all of it: say `apply this in shop:`."
_FLAG = re.compile(r"(?:-p|--patch)[= ]?['\"`]?$")
_PATCHED = re.compile(r"\bpatch\b", re.IGNORECASE)


_LOGGED = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d|(?:^|\s)\d\d:\d\d:\d\d\b|(?:^|\s)[IWEF]\d{4} \d\d:"
    r"|\b(?:level|lvl|severity)=\w.*\b(?:msg|message|ts|time)="
    r"|\b(?:msg|message|ts|time)=.*\b(?:level|lvl|severity)="
    r"|\"(?:level|msg|message|severity|ts)\"\s*:|\b[\w-]+\[\d+\]:|^\s*\[?(?:ERROR|WARN(?:ING)?|INFO|DEBUG|FATAL|TRACE|CRITICAL)\b"
    r"|^\s*(?:[\w-]+ ){1,4}?(?:prints?|printed|logs|logged|emits|outputs?|reports|reported|writes|wrote|says"
    r"|said|shows|throws|spits out|complains|whines|displays|returns|answers|keeps? \w+ing)\s*:"
    r"|^\s*(?:\[\w+\] |\w+ )?(?:Error|Warning|Failed|Panic|Exception|Traceback)\b.*:|^\s*panic:|^Error from server",
)
"""Times, levels and keys as programs write them, in their case."""


def is_logged(text: str) -> bool:
    """Whether a line that a program wrote stands in a text."""
    return _LOGGED.search(text) is not None


def is_pasted(text: str) -> bool:
    """Whether an object or a patch stands in a text of a length that can be one."""
    if len(text) > LONGEST:
        return False
    return _IN_IT.search(text) is not None or (_PATCHED.search(text) is not None and "{" in text)


class Pasted:
    """Reads pasted objects."""

    def __init__(self, directory: Directory, focus: Focus) -> None:
        self._directory = directory
        self._focus = focus

    def manifest(self, text: str) -> tuple[str, str] | None:
        """What is said before a pasted object, and the object; None when none is pasted."""
        match = _MANIFEST.fullmatch(text) if _IN_IT.search(text) else None
        if match is None:
            return None
        intro, body = " ".join(_FENCE.sub(" ", match["intro"]).split()), _FENCE.sub("\n", match["body"])
        if end := _HEREDOC.search(intro):
            body = re.sub(rf"^{re.escape(end[1])}\s*$.*", "", body, flags=re.MULTILINE | re.DOTALL)
        return intro, body

    def applied(self, intro: str, body: str, flags: dict[str, str]) -> Wish | None:
        """The objects to be applied, or why they cannot be; None when the words before ask for something else."""
        wished = _WISHED.fullmatch(intro.strip(" :.,!"))
        if wished is None:
            return None
        said = flags.get("-n") or flags.get("--namespace") or wished["space"] or ""
        said = "" if said in _CLUSTER else said
        if said and said not in self._directory.namespaces:
            return Wish("unsupported", "apply", name=said, why=f"There is no namespace {said}.")
        try:
            plan = self._plan(body, said or self._focus.only_namespace)
            if not said and any(plan.steps != self._plan(body, each).steps for each in self._focus.namespaces):
                return Wish("unsupported", "apply", why=_WHERE)
        except UsageError as error:
            return Wish("unsupported", "apply", why=str(error))
        steps = tuple(
            Step("apply", step.ref, {}, step.body if isinstance(step.body, dict) else {}) for step in plan.steps
        )
        return Wish("write", "apply", steps)

    def _plan(self, body: str, space: str) -> Plan:
        return apply_plan(_Kinds(self._directory), body, "the text", space)

    def patch(self, text: str) -> tuple[str, dict[str, Any]] | None:
        """The text with BODY in place of a patch, and the patch; None when there is none."""
        start, end = text.find("{"), text.rfind("}")
        if not _PATCHED.search(text) or not -1 < start < end or _ALIAS.search(text):
            return None
        import yaml

        try:
            body = yaml.safe_load(text[start : end + 1])
        except yaml.YAMLError:
            return None
        if not isinstance(body, dict) or not body:
            return None
        before, after = _FLAG.sub("", text[:start].rstrip("'\"` ")), text[end + 1 :].lstrip("'\"`")
        return f"{before} {BODY} {after}", body


class _Kinds:
    """As much of a cluster as a plan is made with."""

    def __init__(self, directory: Directory) -> None:
        self.name: str = directory.cluster
        self.kinds: KindIndex = directory.kinds
