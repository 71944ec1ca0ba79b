"""Who we are to a cluster and what we may do there: asked of the server, which alone knows."""

import msgspec

from kubegenie_tui.domain.access.policy import Rule, rules_of
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.manifest import mappings_at, text_at
from kubegenie_tui.kube.client import Client
from kubegenie_tui.kube.typed import typed_client

_RULES_REVIEW = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"


class Identity(msgspec.Struct, frozen=True):
    """Whom a server takes us for."""

    username: str
    uid: str = ""
    groups: tuple[str, ...] = ()


async def whoami(client: Client) -> Identity:
    """Whom the server takes us for, impersonation included.

    Raises:
        NotFound: the server is older than 1.28 and cannot say.
        ClusterError, CredentialError, KubeconfigError: as `Client.get`.
    """
    typed = await typed_client(client)
    from kubernetes_asyncio.client import AuthenticationV1Api, V1SelfSubjectReview

    review = await AuthenticationV1Api(typed).create_self_subject_review(V1SelfSubjectReview())
    user = review.status.user_info
    return Identity(user.username or "", user.uid or "", tuple(user.groups or ()))


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
    typed = await typed_client(client)
    from kubernetes_asyncio import client as models

    attributes = models.V1ResourceAttributes(
        verb=verb,
        group=kind.group,
        version=kind.version,
        resource=kind.plural,
        subresource=subresource,
        namespace=namespace,
        name=name,
    )
    asked = models.V1SelfSubjectAccessReview(spec=models.V1SelfSubjectAccessReviewSpec(resource_attributes=attributes))
    review = await models.AuthorizationV1Api(typed).create_self_subject_access_review(asked)
    return bool(review.status.allowed), review.status.reason or ""


async def own_rules(client: Client, namespace: str) -> tuple[tuple[Rule, ...], str]:
    """What we may do in a namespace as the server tells it, and why that is not all; empty when it is.

    Raises:
        ClusterError, CredentialError, KubeconfigError: as `Client.get`.
    """
    asked = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectRulesReview",
        "spec": {"namespace": namespace},
    }
    review = msgspec.json.decode(await client.post(_RULES_REVIEW, asked))
    rules = [*mappings_at(review, "status.resourceRules"), *mappings_at(review, "status.nonResourceRules")]
    incomplete = text_at(review, "status.evaluationError") if text_at(review, "status.incomplete") == "true" else ""
    return rules_of(rules), incomplete
