"""Who we are to a cluster and what we may do there: asked of the server, which alone knows."""

import msgspec

from kubegenie_tui.domain.access.policy import Identity, Rule, rules_of
from kubegenie_tui.domain.errors import ServerFailed
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at, texts_at
from kubegenie_tui.kube.client import Client
from kubegenie_tui.kube.typed import typed_client

_REVIEWS = "/apis"
_GROUPS = {"SelfSubjectReview": "authentication.k8s.io"}
"""Of reviews that do not ask about rights."""


async def whoami(client: Client) -> Identity:
    """Whom the server takes us for, impersonation included.

    Raises:
        NotFound: the server is older than 1.28 and cannot say.
        ServerFailed: what comes is no answer to that.
        ClusterError, CredentialError, KubeconfigError: as `Client.get`.
    """
    typed = await typed_client(client)
    from kubernetes_asyncio.client import AuthenticationV1Api, V1SelfSubjectReview

    try:
        review = await AuthenticationV1Api(typed).create_self_subject_review(V1SelfSubjectReview())
    except ValueError as error:
        raise _no_review(client, "SelfSubjectReview", str(error)) from error
    user = review and review.status and review.status.user_info
    if not user:
        raise _no_review(client, "SelfSubjectReview", "its answer does not say who we are")
    return Identity(user.username or "", user.uid or "", tuple(user.groups or ()))


async def known_as(client: Client) -> Identity:
    """As `whoami`, asked of every cluster that is opened, and so by hand: see `_review`.

    Raises:
        NotFound, ServerFailed, ClusterError, CredentialError, KubeconfigError: as `whoami`.
    """
    user = mapping_at(await _review(client, "SelfSubjectReview", {}), "status.userInfo")
    return Identity(text_at(user, "username"), text_at(user, "uid"), tuple(texts_at(user, "groups")))


async def can_i(
    client: Client, verb: str, kind: Kind, namespace: str = "", name: str = "", subresource: str = ""
) -> tuple[bool, str]:
    """Whether we may, and the server's reason, which is often empty.

    Args:
        client: the cluster's.
        verb: `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`.
        kind: of the object.
        namespace: empty for all of them, or for a kind without one.
        name: empty for all of them.
        subresource: `scale`, `eviction`; empty for the object itself.

    Raises:
        ClusterError, CredentialError, KubeconfigError: as `Client.get`.
    """
    attributes = {
        "verb": verb,
        "group": kind.group,
        "version": kind.version,
        "resource": kind.plural,
        "subresource": subresource,
        "namespace": namespace,
        "name": name,
    }
    asked = {"resourceAttributes": {field: value for field, value in attributes.items() if value}}
    status = mapping_at(await _review(client, "SelfSubjectAccessReview", asked), "status")
    return status.get("allowed") is True, text_at(status, "reason")


async def own_rules(client: Client, namespace: str) -> tuple[tuple[Rule, ...], str]:
    """What we may do in a namespace as the server tells it, and why that is not all; empty when it is.

    Raises:
        ClusterError, CredentialError, KubeconfigError: as `Client.get`.
    """
    review = await _review(client, "SelfSubjectRulesReview", {"namespace": namespace})
    rules = [*mappings_at(review, "status.resourceRules"), *mappings_at(review, "status.nonResourceRules")]
    incomplete = text_at(review, "status.evaluationError") if text_at(review, "status.incomplete") == "true" else ""
    return rules_of(rules), incomplete


async def _review(client: Client, kind: str, spec: Manifest) -> Manifest:
    """By hand, for it is asked at every turn: kubernetes-asyncio takes 300 ms and 30 MB to import."""
    version = f"{_GROUPS.get(kind, 'authorization.k8s.io')}/v1"
    body = {"apiVersion": version, "kind": kind, **({"spec": spec} if spec else {})}
    answer = await client.post(f"{_REVIEWS}/{version}/{kind.lower()}s", body)
    try:
        review = msgspec.json.decode(answer, type=Manifest)
    except msgspec.DecodeError as error:
        raise _no_review(client, kind, str(error)) from error
    if not isinstance(review.get("status"), dict):
        raise _no_review(client, kind, "its answer has no status")
    return review


def _no_review(client: Client, kind: str, why: str) -> ServerFailed:
    step = "check its URL; what stands in front of it may answer in its place"
    return ServerFailed(f"{client.server} does not answer a {kind} as a Kubernetes API server", why, step)
