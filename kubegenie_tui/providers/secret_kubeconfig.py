"""A Secret that leads to a cluster: of Cluster API, of Crossplane, or any with a kubeconfig in it.

Source: kubernetes-sigs/cluster-api, util/kubeconfig (`<cluster>-kubeconfig`, key `value`); crossplane-runtime,
ResourceCredentialsSecret keys (`kubeconfig`, or `endpoint`, `clusterCA`, `clientCert`, `clientKey`, `token`, ...).
"""

import base64
import binascii
import time
from typing import Any

from msgspec.structs import replace

from kubegenie_tui.domain.endpoint import Endpoint, Reference, check_endpoint
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.manifest import Manifest, mapping_at, text_at
from kubegenie_tui.domain.pem import certificates_in
from kubegenie_tui.kube.context import Context, Exec
from kubegenie_tui.kube.kubeconfig.writer import content_of
from kubegenie_tui.providers.adopting import adopted, require_harmless, the_context
from kubegenie_tui.providers.describing import Described

CLUSTER_API = "cluster.x-k8s.io/secret"
_CLUSTER_NAME = "cluster.x-k8s.io/cluster-name"
_SUFFIXES = ("-kubeconfig", "-conn", "-connection")
_GOOGLE = "gke-gcloud-auth-plugin"
"""The one program that may be named, without arguments of its own: Crossplane's provider for Google writes it."""
_USUAL = ("kubeconfig", "value", "config", "admin.conf")


def cluster_in(secret: Manifest, key: str = "") -> Described:
    """The cluster that a Secret leads to. It may name neither programs nor files: see `adopted`.

    Args:
        secret: the whole object.
        key: where in it the kubeconfig is; looked for without it.

    Raises:
        UsageError: it leads to none, or may not do what it wants.
        KubeconfigError: its kubeconfig cannot be used.
    """
    origin, data = _origin(secret), _data(secret, key)
    named = key or _key_of(secret, data)
    if named:
        return adopted(_text(data, named, origin), origin, trusted=False)
    if "endpoint" in data:
        return _by_parts(data, origin)
    raise UsageError(f"{origin} leads to no cluster", f"its keys are {', '.join(data) or 'none'}", "name the key")


async def kubeconfig_in(secret: Manifest, key: str, cluster: str) -> dict[str, Any]:
    """The kubeconfig under a key with the context that is meant alone, which gets the name of the cluster.

    Raises:
        UsageError: there is none, or it names programs or files.
        KubeconfigError: it cannot be used.
    """
    origin = _origin(secret)
    context = the_context(_text(_data(secret, key), key, origin), origin)
    return await content_of(replace(_only_google(context, origin), name=cluster))


def name_in(secret: Manifest) -> str:
    """What the cluster is called, as far as the Secret says."""
    labels, name = mapping_at(secret, "metadata.labels"), text_at(secret, "metadata.name")
    if isinstance(said := labels.get(_CLUSTER_NAME), str) and said:
        return said
    return next((name.removesuffix(end) for end in _SUFFIXES if name.endswith(end) and name != end), name)


def _origin(secret: Manifest) -> str:
    return f"Secret {text_at(secret, 'metadata.namespace')}/{text_at(secret, 'metadata.name')}"


def _data(secret: Manifest, key: str) -> Manifest:
    data = mapping_at(secret, "data")
    if key and key not in data:
        raise UsageError(f"{_origin(secret)} has no key {key}", f"it has {', '.join(data) or 'none'}")
    return data


def _only_google(context: Context, origin: str) -> Context:
    """The context, if it is harmless but for the one program that may be named."""
    plugin = context.auth.exec
    if plugin is None or plugin.command != _GOOGLE:
        require_harmless(context, origin)
        return context
    require_harmless(replace(context, auth=replace(context.auth, exec=None)), origin)
    bare = Exec(plugin.api_version, _GOOGLE, provide_cluster_info=True)
    return replace(context, auth=replace(context.auth, exec=bare))


def _key_of(secret: Manifest, data: Manifest) -> str:
    if text_at(secret, "type") == CLUSTER_API:
        return "value" if "value" in data else ""
    return next((key for key in _USUAL if key in data), "")


def _by_parts(data: Manifest, origin: str) -> Described:
    """An endpoint that Crossplane wrote down in parts."""

    def part(key: str) -> str:
        return _text(data, key, origin) if key in data else ""

    server = part("endpoint")
    server = server if "://" in server else f"https://{server}"
    given = {"token": part("token"), "key": part("clientKey")}
    by_password = not given["token"] and not given["key"]
    given["password"] = part("password") if by_password else ""
    secrets = {field: value for field, value in given.items() if value}
    endpoint = Endpoint(
        server.rstrip("/"),
        ca=certificates_in(part("clusterCA"), f"clusterCA of {origin}"),
        certificate=certificates_in(part("clientCert"), f"clientCert of {origin}") if given["key"] else "",
        username=part("username") if by_password else "",
        secrets={field: Reference("safe") for field in secrets},
        saved=time.time(),
    )
    check_endpoint(endpoint)
    return Described(endpoint, secrets)


def _text(data: Manifest, key: str, origin: str) -> str:
    try:
        return base64.b64decode(str(data[key]), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise UsageError(f"{key} of {origin} is not text") from None
