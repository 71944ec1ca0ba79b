"""What may be done in a cluster: its roles and bindings read at once, or what the server tells us about ourselves."""

import asyncio
from typing import TYPE_CHECKING

from kubegenie_tui.domain.access.evaluate import Grant, bound, decide, grants_of, who_can
from kubegenie_tui.domain.access.policy import Binding, Policy, Role, Subject, Who, policy_of
from kubegenie_tui.domain.access.question import Answer, Question
from kubegenie_tui.domain.errors import ClusterError, Forbidden
from kubegenie_tui.domain.manifest import Manifest

if TYPE_CHECKING:
    from kubegenie_tui.agents.object_reader import ObjectReader

_RBAC = "rbac.authorization.k8s.io"
_KINDS = tuple(f"{plural}.{_RBAC}" for plural in ("roles", "clusterroles", "rolebindings", "clusterrolebindings"))


async def answer(agent: "ObjectReader", question: Question) -> Answer:
    """Answer `:can`, `:whocan`, `:users` or `:groups`.

    Raises:
        ClusterError: the roles cannot be read, and the server does not tell about ourselves either.
    """
    policy, notes = await read_policy(agent)
    if question.subjects:
        return Answer("", tuple(bound(policy, question.subjects)), tuple(notes))
    if question.request is not None and question.subject is not None:
        grant = decide(policy, Who.of(question.subject), question.request)
        return Answer(str(question.subject), (grant,) if grant else (), tuple(notes))
    if question.request is not None:
        return Answer("", tuple(await asyncio.to_thread(who_can, policy, question.request)), tuple(notes))
    if question.subject is not None:
        who, name = Who.of(question.subject), str(question.subject)
        grants = _grants(policy, who, question.namespace)
        return Answer(name, grants, tuple(notes if grants else [*notes, f"no binding that was read names {name}"]))
    return await _about_ourselves(agent, policy, notes, question.namespace)


async def _about_ourselves(agent: "ObjectReader", policy: Policy, notes: list[str], namespace: str) -> Answer:
    from kubegenie_tui.kube.reviews import own_rules, whoami

    me = await whoami(agent.client)
    name = f"you ({me.username})"
    if not notes:
        return Answer(name, _grants(policy, Who(me.username, frozenset(me.groups)), namespace))
    scope = namespace or "default"
    rules, incomplete = await own_rules(agent.client, scope)
    role, subject = Role("told by the server", "", rules), Subject("User", me.username)
    grants = tuple(Grant(Binding("", scope, ("", ""), (subject,)), role, rule, subject) for rule in rules)
    told = [f"you may not read all roles: this is what the server tells of your rights in {scope}"]
    return Answer(name, grants, tuple(told + ([f"it is not complete: {incomplete}"] if incomplete else [])))


def _grants(policy: Policy, who: Who, namespace: str) -> tuple[Grant, ...]:
    return tuple(grants_of(policy, who, namespace, everywhere=not namespace))


async def read_policy(agent: "ObjectReader") -> tuple[Policy, list[str]]:
    """The roles and bindings of a cluster, and what could not be read of them."""
    notes: list[str] = []

    async def read(kind_id: str) -> list[Manifest]:
        kind = agent.kinds.get(kind_id)
        if kind is None:
            return []
        try:
            return list((await agent.list_objects(kind, limit=0)).items)
        except ClusterError as error:
            why = "you may not read them" if isinstance(error, Forbidden) else error.what
            notes.append(f"{kind.plural} were not looked at: {why}")
            return []

    found = await asyncio.gather(*(read(kind_id) for kind_id in _KINDS))
    return await asyncio.to_thread(policy_of, *found), notes
