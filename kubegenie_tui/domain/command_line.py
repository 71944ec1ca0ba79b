"""The `:` line: what a command means, and what could come next. k9s' spellings work."""

import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from kubegenie_tui.domain.builtin_kinds import BUILTIN_KINDS
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.helm_command import WRITES as HELM_WRITES
from kubegenie_tui.domain.k9s_words import in_our_words
from kubegenie_tui.domain.kind import Kind, KindIndex

VERBS = {
    "ctx": "switch cluster",
    "context": "switch cluster",
    "as": "act as another user here: as USER GROUP...; as ourselves with none",
    "clusters": "list clusters",
    "fleet": "a kind over several clusters",
    "provision": "create a cluster: provision, or provision eks",
    "works": "clusters that are being created, changed or removed",
    "ns": "switch namespace",
    "namespace": "switch namespace",
    "nsset": "several namespaces under one name: nsset web shop,payments",
    "view": "a saved view; save or remove one",
    "bookmark": "a place that was kept; save this one, or remove one",
    "columns": "choose the columns",
    "sort": "by several columns: sort STATUS,-AGE",
    "api": "every kind of this cluster",
    "ask": "ask the genie",
    "chat": "the genie, full screen; branch, rename, pin, export or search what was said",
    "note": "note what a fault was, to be told when it is there again; the notes; remove one",
    "edit": "the object's YAML, here",
    "editor": "the object's YAML, in $EDITOR",
    "create": "new objects: from a template such as `create deployment`, or pasted",
    "apply": "make objects what a file says: apply web.yaml",
    "undo": "take a change back",
    "audit": "what was changed, and how it went",
    "proposals": "changes that programs outside proposed",
    "xray": "relations of the object",
    "usedby": "who refers to the object",
    "helm": "Helm releases; install NAME CHART, upgrade NAME CHART",
    "can": "what may I do, or u:NAME, g:NAME, sa:NAMESPACE/NAME",
    "whocan": "who may do this: whocan delete pods",
    "users": "whom anything is bound to",
    "groups": "groups that anything is bound to",
    "crd": "what a kind is, by its definition: crd NAME; all definitions with none",
    "explain": "the fields of a kind: explain pods",
    "operators": "operators: how they are, what they look after, what is not ready",
    "agents": "what runs in KubeGenie for each cluster, and how it is",
    "reconcile": "how far the operator of the object is with it",
    "trace": "from a composite, a claim or a Cluster down to what is not ready",
    "pulse": "how the cluster does",
    "fleet-pulse": "how all clusters do",
    "costs": "what the cluster costs a month, and what could be saved",
    "problems": "what is wrong, each fault at the object to change",
    "mode": "how far the genie may go here: read-only, ask, auto, paranoid",
    "approvals": "what the genie may repeat without asking",
    "policies": "which objects break policies, by the checks of the pack",
    "payload": "what was sent to the model last, to the letter",
    "model": "who answers in the chat: model NAME, NAME/MODEL, built-in",
    "timeline": "what changed in the cluster",
    "history": "revisions of the workload, and how far its rollout is",
    "rollout": "as kubectl: status, history, undo, restart, pause or resume",
    "forward": "lead a local port to the object",
    "forwards": "port-forwards",
    "pf": "port-forwards",
    "shell": "a shell in the pod",
    "attach": "the program the pod runs",
    "cp": "copy files from or into the pod",
    "register": "the cluster that the Secret leads to: of Cluster API, Crossplane, or with a kubeconfig",
    "tab": "a new tab; close, next, previous or its number; with a command of its own",
    "split": "a second table; close; with a command of its own",
    "theme": "dark, light, high-contrast or terminal",
    "help": "keys",
    "quit": "leave",
    "q": "leave",
}
"""Commands that are not kinds, each with its words."""
VIEWS = frozenset(
    {
        "bookmark",
        "note",
        "edit",
        "editor",
        "create",
        "apply",
        "undo",
        "audit",
        "proposals",
        "provision",
        "works",
        "xray",
        "usedby",
        "can",
        "whocan",
        "users",
        "groups",
        "explain",
        "operators",
        "agents",
        "reconcile",
        "trace",
        "pulse",
        "fleet-pulse",
        "costs",
        "problems",
        "policies",
        "payload",
        "mode",
        "approvals",
        "model",
        "timeline",
        "history",
        "forward",
        "forwards",
        "pf",
        "shell",
        "attach",
        "cp",
        "register",
        "helm",
        "helm-install",
        "helm-upgrade",
    }
)
"""Commands that open a view, of what is typed after them or of what the cursor stands on: see `screens.views`."""
OWN = frozenset({"nsset", "view", "columns", "sort"})
"""Commands about what is shown: the place does them itself."""
TAB_WORDS = {"tab": ("close", "next", "previous"), "split": ("close",)}
"""What tabs and halves are told, besides a command to begin with."""
CHAT_WORDS = {
    "branch": "a new conversation with what was said",
    "export": "to a file: Markdown, JSON by its name, or a postmortem",
    "pin": "it stays, however old",
    "rename": "another title",
    "search": "conversations with all of these words",
    "unpin": "it may be forgotten",
}
"""What `chat` is told to do with what was said."""
_NEXT = {"bookmark": {"save": "", "remove": ""}, "chat": CHAT_WORDS}
"""The word after some commands, with what it does."""
_BUILTIN_WORDS = frozenset(name for kind in BUILTIN_KINDS for name in kind.names())
ALL = frozenset({"all", "*", "-A", "--all-namespaces", "0"})


def namespace_in(said: str) -> str:
    """The namespace of `problems shop`, `helm -n shop`; empty for `-A`, all of them."""
    name = said.removeprefix("-n ").strip()
    return "" if name in ALL else name


class Command(msgspec.Struct, frozen=True):
    """A command line understood."""

    verb: str
    """`show` for a kind, `operate` for an operation on rows, else one of VERBS in its long form."""
    kind: Kind | None = None
    namespace: str | None = None
    """Empty for all namespaces, None to leave it."""
    cluster: str = ""
    filter: str = ""
    argument: str = ""
    """What follows any other verb; for `operate` the word of the operation, for `fleet` a kind not known here."""
    words: tuple[str, ...] = ()
    """What follows the word of an operation."""
    clusters: tuple[str, ...] = ()
    """Those of a fleet, none for all."""


class Known(msgspec.Struct, frozen=True):
    """What names can be completed from."""

    kinds: KindIndex
    namespaces: Sequence[str] = ()
    clusters: Sequence[str] = ()
    views: Sequence[str] = ()
    """Names of saved views."""
    operations: Callable[[], Mapping[str, str]] = dict
    """Words of the operations on rows, each with what it does; with nothing when it does not fit what is shown."""


class Completion(msgspec.Struct, frozen=True):
    """One way to go on."""

    text: str
    """The whole line, were it taken."""
    hint: str = ""


def parse_command(line: str, known: Known) -> Command:
    """What a line means.

    `po`, `deploy shop`, `deploy -n shop`, `pods -A`, `pods /checkout`, `pods app=web`, `pods @prod`, `ctx prod`,
    `ns shop`.

    Raises:
        UsageError: no such command or kind, with near ones; a flag without its value.
    """
    words = _words(line)
    if not words:
        raise UsageError("Nothing to do", next_step="type a kind such as `pods`, or `help`")
    verb, *rest = _joined([in_our_words(words[0], known.kinds, known.operations), *words[1:]])
    match verb:
        case "q" | "q!" | "quit" | "exit":
            return Command("quit")
        case "ctx" | "context":
            return Command("ctx", cluster=rest[0]) if rest else Command("clusters")
        case "ns" | "namespace" | "namespaces" if rest:
            return Command("ns", namespace="" if rest[0] in ALL else rest[0])
        case "clusters" | "contexts":
            return Command("clusters")
        case "as" | "fleet" | "rollout" | "chat" | "crd":
            return _GRAMMARS[verb](rest, known)
        case "help" | "?" | "h":
            return Command("help")
        case _ if verb in VIEWS | OWN or verb in ("ask", "theme", "api", "tab", "split"):
            said = shlex.join(rest) if verb.startswith("helm-") else " ".join(rest)
            return Command(verb, argument=said, words=tuple(rest) if verb in OWN else ())
    if verb not in _BUILTIN_WORDS and verb in known.operations():
        return Command("operate", argument=verb, words=tuple(rest))
    return _show(known.kinds.resolve(verb), rest)


def _joined(words: list[str]) -> list[str]:
    """`helm install` is a view of its own; `helm shop` shows the releases of a namespace."""
    if words[0] == "helm" and words[1:] and words[1] in HELM_WRITES:
        return [f"helm-{words[1]}", *words[2:]]
    return words


def _rollout(words: list[str], _: Known) -> Command:
    """`rollout`, `rollout history deploy/web`, `rollout undo 3`, `rollout undo --to-revision=3`.

    Raises:
        UsageError: it goes on with another word.
    """
    match words:
        case [] | ["status" | "history", *_]:
            return Command("history", argument=" ".join(words[1:]))
        case ["undo", *rest]:
            revision = tuple(word.removeprefix("--to-revision=") for word in rest)
            return Command("operate", argument="rollback", words=revision)
        case [("restart" | "pause" | "resume") as word]:
            return Command("operate", argument=word)
    raise UsageError(f'There is no "rollout {" ".join(words)}"', next_step=VERBS["rollout"].partition(": ")[2])


def _chat(words: list[str], _: Known) -> Command:
    """`chat`, `chat branch`, `chat rename the broken checkout`.

    Raises:
        UsageError: it goes on with another word.
    """
    if words and words[0] not in CHAT_WORDS:
        raise UsageError(f'There is no "chat {words[0]}"', next_step=f"there are {', '.join(CHAT_WORDS)}")
    return Command("chat", argument=" ".join(words))


def _fleet(words: list[str], known: Known) -> Command:
    """`fleet pods @prod-eu @prod-us`, `fleet deploy all -n shop /web`; pods and all clusters when nothing is said.

    A kind that is not known here may be one of those clusters: its name is handed on.
    """
    names_kind = bool(words) and not words[0].startswith(("@", "-", "/")) and words[0] not in ALL
    name = words[0] if names_kind else "pods"
    kind = known.kinds.find(name)
    rest = words[1:] if names_kind else words
    filtered = next((at for at, word in enumerate(rest) if word.startswith("/")), len(rest))
    clusters = tuple(word[1:] for word in rest[:filtered] if word.startswith("@"))
    others = [word for word in rest[:filtered] if not word.startswith("@") and word != "all"]
    shown = _show(kind, others + rest[filtered:])
    return msgspec.structs.replace(shown, verb="fleet", clusters=clusters, argument="" if kind else name)


def _as(words: list[str], _: Known) -> Command:
    """`as alice`, `as alice developers operators`, `as`."""
    return Command("as", words=tuple(words))


def _crd(words: list[str], known: Known) -> Command:
    """`crd certificates.cert-manager.io`; any other words are those of a list of definitions: `crd /cert`."""
    if words and not (words[0] in ALL or words[0].startswith(("-", "/", "@", "!")) or "=" in words[0]):
        return Command("explain", argument=words[0])
    return _show(known.kinds.resolve("crd"), words)


_GRAMMARS = {"as": _as, "fleet": _fleet, "rollout": _rollout, "chat": _chat, "crd": _crd}
"""Commands whose words mean something of their own."""


def _show(kind: Kind | None, words: list[str]) -> Command:
    namespace: str | None = None
    cluster, terms = "", []
    todo = list(words)
    while todo:
        word = todo.pop(0)
        if word in ALL:
            namespace = ""
        elif word in ("-n", "--namespace"):
            if not todo:
                example = f"{kind.plural if kind else 'pods'} {word} default"
                raise UsageError(f"{word} needs a namespace", next_step=f"for example: {example}")
            namespace = todo.pop(0)
        elif word.startswith("@"):
            cluster = word[1:]
        elif word.startswith("/"):
            terms += [word[1:], *todo]
            break
        elif "=" in word or word.startswith(("!", "-l")):
            terms.append(word)
        else:
            namespace = word
    return Command("show", kind, namespace, cluster, " ".join(term for term in terms if term not in ("", "-l")))


def complete(line: str, known: Known, limit: int = 8) -> list[Completion]:
    """Lines that begin as this one does, the likeliest first."""
    head, space, last = line.rpartition(" ")
    if not space:
        return _first_words(last, known)[:limit]
    words = head.split()
    if words[0] in ("ctx", "context"):
        names = [Completion(f"{head} {name}", "cluster") for name in known.clusters]
    elif words[0] in ("tab", "split"):
        return _behind_tab(words[0], line, known, limit)
    elif words[0] == "theme":
        names = [Completion(f"{head} {name}") for name in ("dark", "light", "high-contrast", "terminal")]
    elif len(words) == 1 and words[0] in _NEXT:
        names = [Completion(f"{head} {word}", hint) for word, hint in _NEXT[words[0]].items()]
    elif (
        words[0] in ("ask", "as", "chat", "note", "api", "help")
        or words[0] in known.operations()
        or last.startswith(("/", "!"))
    ):
        return []
    elif words in (["fleet"], ["crd"], ["explain"]) and not last.startswith("@"):
        names = [Completion(f"{head} {kind.text}", kind.hint) for kind in _kind_names(last.lower(), known)]
    elif words[0] in OWN:
        names = [Completion(f"{head} {name}", hint) for name, hint in _own_words(words, known)]
    elif last.startswith("@"):
        names = [Completion(f"{head} @{name}", "cluster") for name in known.clusters]
    else:
        names = [Completion(f"{head} {name}", "namespace") for name in ("all", *known.namespaces)]
    return [name for name in names if name.text.startswith(line) and name.text != line][:limit]


def _behind_tab(verb: str, line: str, known: Known, limit: int) -> list[Completion]:
    """What can be done with tabs, and what a new one may begin with."""
    typed = line.removeprefix(verb).lstrip()
    own = [word for word in TAB_WORDS[verb] if word.startswith(typed) and word != typed]
    inner = complete(typed, known, limit) if typed else []
    behind = [Completion(f"{verb} {each.text}", each.hint) for each in inner]
    return [*(Completion(f"{verb} {word}") for word in own), *behind][:limit]


def _own_words(words: list[str], known: Known) -> Iterator[tuple[str, str]]:
    if words[0] in ("columns", "sort"):
        return
    names = known.views
    if words[0] == "nsset":
        names = [name.removeprefix("+") for name in known.namespaces if name.startswith("+")]
        yield from ((name, "namespace") for name in known.namespaces if len(words) > 1 and name not in names)
    elif len(words) == 1:
        yield "save", "this view"
    if len(words) == 1:
        yield "remove", ""
    if len(words) == 1 or words[1] == "remove":
        yield from ((name, "saved") for name in names)


def _first_words(word: str, known: Known) -> list[Completion]:
    wanted = word.lower()
    offered = VERBS | {word: hint for word, hint in known.operations().items() if hint and wanted}
    verbs = [Completion(verb, hint) for verb, hint in offered.items() if verb.startswith(wanted) and len(verb) > 1]
    return verbs + _kind_names(wanted, known) if wanted else verbs


def _kind_names(wanted: str, known: Known) -> list[Completion]:
    found: dict[str, Completion] = {}
    for kind in known.kinds:
        for name in kind.names():
            if name.startswith(wanted):
                rank = kind.plural if wanted != name else name
                found.setdefault(kind.id, Completion(rank if known.kinds.find(rank) == kind else kind.id, kind.kind))
                break
    return sorted(found.values(), key=lambda done: (len(done.text), done.text))


def _words(line: str) -> list[str]:
    """The words of a line; a note is one, as it was typed."""
    text = line.strip().removeprefix(":")
    if text.startswith("note "):
        return text.split(maxsplit=1)
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()
