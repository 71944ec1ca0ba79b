"""Reviews: who am I, may I, and what may I; answered from the same rules that requests are judged by."""

from kubegenie_tui.demo.api.access import allowed, rules, user_named
from kubegenie_tui.demo.api.request import Call, User
from kubegenie_tui.demo.api.statuses import bad_request, invalid
from kubegenie_tui.demo.state.cluster import Cluster
from kubegenie_tui.demo.state.objects import Object

REVIEWS = frozenset(
    {
        "selfsubjectaccessreviews",
        "subjectaccessreviews",
        "localsubjectaccessreviews",
        "selfsubjectrulesreviews",
        "selfsubjectreviews",
    }
)
_PATHS = [
    "/api",
    "/api/*",
    "/apis",
    "/apis/*",
    "/healthz",
    "/livez",
    "/openapi",
    "/openapi/*",
    "/readyz",
    "/version",
    "/version/",
]


def review(cluster: Cluster, call: Call) -> Object:
    """Answer one of REVIEWS.

    Raises:
        Refusal: 400 or 422 for a question that is none.
    """
    body = call.json() if call.body else {}
    spec = body.get("spec") or {}
    head = {"kind": call.resource.kind, "apiVersion": call.resource.api_version, "metadata": {}}
    if call.resource.plural == "selfsubjectreviews":
        stamp = {"creationTimestamp": cluster.clock.stamp()}
        return {
            **head,
            "metadata": stamp,
            "status": {"userInfo": {"username": call.user.name, "groups": list(call.user.groups)}},
        }
    if call.resource.plural == "selfsubjectrulesreviews":
        if not spec.get("namespace"):
            raise bad_request("no namespace on request")
        return {**head, "spec": {}, "status": _rules(cluster, call.user, spec.get("namespace", ""))}
    if bool(spec.get("resourceAttributes")) == bool(spec.get("nonResourceAttributes")):
        message = "Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified"
        raise invalid(call.resource.qualified_kind, "", ("FieldValueInvalid", message, "spec"))
    about_others = user_named(spec.get("user", ""), spec.get("groups") or ())
    user = call.user if call.resource.plural.startswith("self") else about_others
    return {**head, "spec": spec, "status": _verdict(cluster, user, spec)}


def _rules(cluster: Cluster, user: User, namespace: str) -> Object:
    fields = ("verbs", "apiGroups", "resources", "resourceNames")
    found = [{key: rule[key] for key in fields if key in rule} for rule in rules(cluster, user, namespace)]
    return {
        "resourceRules": found,
        "nonResourceRules": [{"verbs": ["get"], "nonResourceURLs": _PATHS}],
        "incomplete": False,
    }


def _verdict(cluster: Cluster, user: User, spec: Object) -> Object:
    if asked := spec.get("resourceAttributes"):
        resource, sub = asked.get("resource", ""), asked.get("subresource", "")
        path = f"{resource}/{sub}" if sub else resource
        where, name = asked.get("namespace", ""), asked.get("name", "")
        return {"allowed": allowed(cluster, user, asked.get("verb", ""), asked.get("group", ""), path, where, name)}
    path = (spec.get("nonResourceAttributes") or {}).get("path", "")
    return {"allowed": "system:masters" in user.groups or path in _PATHS}
