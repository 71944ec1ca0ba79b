"""The cluster that makes others: its API server, asked by way of `kube`, which refuses in the words of providers."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

from kubegenie_tui.domain.creation import Identity, Made, Outline
from kubegenie_tui.domain.errors import Forbidden, KubeconfigError, NameTaken, NotFound, ProviderError, SpecRefused
from kubegenie_tui.domain.kind import Kind, KindIndex
from kubegenie_tui.domain.manifest import Manifest, mapping_at, text_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import PatchType, Step, Verb
from kubegenie_tui.domain.tracing import Traced
from kubegenie_tui.kube.client import Client
from kubegenie_tui.kube.context import Context
from kubegenie_tui.kube.discovery import discover
from kubegenie_tui.kube.kubeconfig.loader import kubeconfig_paths, load_kubeconfig
from kubegenie_tui.kube.objects import get_object, list_objects
from kubegenie_tui.kube.reviews import can_i, whoami
from kubegenie_tui.kube.tracing import traced
from kubegenie_tui.kube.writes import dry_run, write
from kubegenie_tui.providers.managing_refusals import refusals

if TYPE_CHECKING:
    from kubegenie_tui.domain.approval import Approval
    from kubegenie_tui.providers.making import Step as MakingStep
    from kubegenie_tui.providers.managing_config import ManagingConfig

SECRETS = Kind("", "v1", "secrets", "Secret")
NAMESPACES = Kind("", "v1", "namespaces", "Namespace", namespaced=False)


class Managing:
    """One management cluster. Connections are opened for a few requests at a time: between looks lie minutes."""

    def __init__(self, config: "ManagingConfig") -> None:
        self._config = config
        self.namespace = config.namespace
        self.kinds = KindIndex(())
        """Those that were there when they were last asked for."""

    @asynccontextmanager
    async def opened(self) -> AsyncIterator["Server"]:
        """Its API server, for a few requests.

        Raises:
            KubeconfigError: no context leads there.
            ProviderError: as the server refuses; see `managing_refusals`.
        """
        client = Client(await asyncio.to_thread(self._context))
        try:
            with refusals():
                yield Server(client, self)
        finally:
            await client.close()

    async def identity(
        self, rights: Mapping[str, tuple[str, str]], ours: Collection[Kind] = (), *, brought_by: str
    ) -> Identity:
        """Whom the server takes us for, and which of the rights are missing.

        Args:
            rights: by `group/Kind`, verbs separated by spaces, and the namespace or nothing for kinds without one.
            ours: kinds that are made known with the first cluster, and need not be served yet.
            brought_by: what has to be installed there for the others, in words.
        """
        async with self.opened() as server:
            await server.require_namespace()
            missing, absent = [], []
            for named, (verbs, namespace) in rights.items():
                group, _, name = named.rpartition("/")
                kind = await server.kind(group, name) or KindIndex(tuple(ours)).of(f"{group}/", name)
                if kind is None:
                    absent.append(named)
                    continue
                refused = [verb for verb in verbs.split() if not await server.may(verb, kind, namespace)]
                missing += [f"{verb} {kind.id}" for verb in refused]
            step = f"install {brought_by} there, or go back and name another context"
            unknown = f"{server.context} does not serve {', '.join(absent)}: {step}" if absent else ""
            return Identity(await server.who(), server.context, tuple(missing), unknown)

    async def require_place(self, outline: Outline) -> None:
        """Raise ProviderError unless the context is the one by which a cluster was begun: the current one may change.

        Raises:
            KubeconfigError: no context leads there.
        """
        context = (await asyncio.to_thread(self._context)).name
        if outline.where.endswith(f" · {context}"):
            return
        begun = outline.where.rpartition(" · ")[2]
        raise ProviderError(
            f"{outline.name} was begun by the context {begun}",
            f"{context} is the current one now",
            f"go back to it: `kubectl config use-context {begun}`",
        )

    def _context(self) -> Context:
        found = load_kubeconfig(kubeconfig_paths(self._config.kubeconfig))
        name = self._config.context or found.current
        if name not in found.contexts:
            there = ", ".join(found.contexts) or "none"
            raise KubeconfigError(f'There is no context "{name}"', f"there are {there}", "name one of them")
        return found.contexts[name]


class Server:
    """The API server of a management cluster while a connection to it is open."""

    def __init__(self, client: Client, managing: Managing) -> None:
        self.client = client
        self._managing = managing
        self.namespace = managing.namespace
        self.context = client.context.name

    async def kind(self, group: str, name: str) -> Kind | None:
        """A kind in the version that the server prefers; None when it does not serve it."""
        found = self._managing.kinds.of(f"{group}/", name)
        if found is None:
            self._managing.kinds = KindIndex((await discover(self.client)).kinds)
            found = self._managing.kinds.of(f"{group}/", name)
        return found

    async def require_namespace(self) -> None:
        """Raise when the namespace is not there; nobody needs a right to look at it.

        Raises:
            SpecRefused: it is not.
        """
        with suppress(Forbidden):
            if await self.get(NAMESPACES, self.namespace) is None:
                step = f"`kubectl create namespace {self.namespace}` makes it, or name another"
                what = f"There is no namespace {self.namespace} in {self.context}"
                raise SpecRefused(what, next_step=step, field="namespace")

    async def get(self, kind: Kind, name: str, namespace: str | None = None) -> Manifest | None:
        """One object, of our own namespace unless another is named; None when there is none."""
        try:
            return await get_object(self.client, kind, name, self._place(kind, namespace))
        except NotFound:
            return None

    async def list(self, kind: Kind, labels: str = "", namespace: str | None = None) -> list[Manifest]:
        """All objects of our namespace, or of the one named, with these labels."""
        place = self._place(kind, namespace)
        return (await list_objects(self.client, kind, place, label_selector=labels, limit=0)).items

    async def create(self, kind: Kind, body: Manifest, approval: "Approval") -> Manifest:
        """Make an object."""
        return await write(self.client, approval, kind, Step(Verb.CREATE, self._ref(kind, body), body))

    async def try_create(self, kind: Kind, body: Manifest) -> None:
        """Let the server say what it would say to it."""
        await dry_run(self.client, kind, Step(Verb.CREATE, self._ref(kind, body), body))

    async def patch(self, kind: Kind, found: Manifest, body: Any, approval: "Approval") -> Manifest:
        """Change an object that was just read; a list is a JSON patch, a mapping a merge patch."""
        return await write(self.client, approval, kind, self._patch(kind, found, body))

    async def try_patch(self, kind: Kind, found: Manifest, body: Any) -> None:
        """Let the server say what it would say to that."""
        await dry_run(self.client, kind, self._patch(kind, found, body))

    async def trace(self, root: Manifest, *, anew: bool = True) -> Traced:
        """An object with all that it is made of.

        Args:
            root: the object.
            anew: ask for the kinds first, for some may have come since.
        """
        if anew:
            self._managing.kinds = KindIndex((await discover(self.client)).kinds)
        return await traced(self.client, self._managing.kinds, root)

    async def delete(self, kind: Kind, name: str, uid: str, approval: "Approval", *, parts_first: bool = False) -> None:
        """Ask for the one object of this uid to go, before or after its parts; nothing when it is gone."""
        ref = ObjectRef(kind.id, name, self._place(kind, None))
        propagation = "Foreground" if parts_first else ""
        try:
            await write(self.client, approval, kind, Step(Verb.DELETE, ref, uid=uid, propagation=propagation))
        except NotFound:
            return

    async def who(self) -> str:
        """Whom it takes us for."""
        try:
            return (await whoami(self.client)).username
        except NotFound:
            return "somebody: servers before 1.28 do not tell whom"

    async def may(self, verb: str, kind: Kind, namespace: str = "") -> bool:
        """Whether we may."""
        return (await can_i(self.client, verb, kind, namespace))[0]

    def _patch(self, kind: Kind, found: Manifest, body: Any) -> Step:
        form = PatchType.JSON if isinstance(body, list) else PatchType.MERGE
        uid, seen = text_at(found, "metadata.uid"), text_at(found, "metadata.resourceVersion")
        return Step(Verb.PATCH, self._ref(kind, found), body, form, uid=uid, resource_version=seen)

    def _place(self, kind: Kind, namespace: str | None) -> str:
        return (self.namespace if namespace is None else namespace) if kind.namespaced else ""

    def _ref(self, kind: Kind, body: Manifest) -> ObjectRef:
        return ObjectRef(kind.id, text_at(body, "metadata.name"), self._place(kind, None))


def made_of(found: Manifest) -> Made:
    """What a step keeps of an object."""
    return {"name": text_at(found, "metadata.name"), "uid": text_at(found, "metadata.uid")}


def label_of(found: Manifest, name: str) -> str:
    """A label of an object, empty when it has none of that name."""
    return str(mapping_at(found, "metadata.labels").get(name, ""))


def require_same(found: Manifest, made: Mapping[str, Made]) -> None:
    """Raise when a cluster is not the one that a work made.

    Raises:
        ProviderError: it has its name, and is another.
    """
    if text_at(found, "metadata.uid") != made.get("cluster", {}).get("uid"):
        what = f"{text_at(found, 'metadata.name')} is another cluster than the one that was made"
        raise ProviderError(what, "somebody has made it anew", "change it by hand")


async def ours_after_all(step: "MakingStep", made: Mapping[str, Made], taken: NameTaken) -> Made:
    """What an earlier try of the same request made, whose answer never came.

    Raises:
        NameTaken: it was somebody else's.
    """
    found = await step.find(made)
    if found is None or not found.ours:
        raise taken
    return found.made
