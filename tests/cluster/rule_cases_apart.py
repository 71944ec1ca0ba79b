"""Cases of a control plane with few pods and a node that nobody plays: what registries and runtimes rarely answer.

The words are those of containerd.
"""

from tests.cluster.faults import Object, deployment, manifest
from tests.cluster.played_node import IMAGE, running, waiting
from tests.cluster.rule_parts import APP, Case

_HOST, _, _REST = IMAGE.partition("/")
_ASKED = f"https://{_HOST}/v2/{_REST.partition(':')[0]}/manifests/{_REST.partition(':')[2]}"
_UNRESOLVED = f'failed to pull and unpack image "{IMAGE}": failed to resolve reference "{IMAGE}": '
_UNASKED = f'{_UNRESOLVED}failed to do request: Head "{_ASKED}": '


def _refused(said: str) -> Object:
    return waiting("ImagePullBackOff", f'Back-off pulling image "{IMAGE}": ErrImagePull: {said}')


def _working_in(directory: str) -> tuple[Object, ...]:
    """A program that begins in a directory, or in a file that it takes for one."""
    settings = manifest("v1", "ConfigMap", "settings", data={"level": "info"})
    pod = {"volumes": [{"name": "s", "configMap": {"name": "settings"}}]}
    mounts = [{"name": "s", "mountPath": "/etc/s"}]
    command = ["sh", "-c", "while true; do sleep 5; done"]
    made = deployment("app", "busybox:1.36", pod=pod, command=command, workingDir=directory, volumeMounts=mounts)
    return settings, made


_IMAGES: dict[str, Case] = {
    rule: Case("pods app", (broken,), (running(),))
    for rule, broken in (
        ("image-pull-unauthorized", _refused(f"{_UNRESOLVED}unexpected status from HEAD request to {_ASKED}: "
                                             "401 Unauthorized")),
        ("image-pull-rate-limited", _refused(
            f'failed to pull and unpack image "{IMAGE}": failed to copy: httpReadSeeker: failed open: unexpected '
            f"status code {_ASKED}: 429 Too Many Requests - Server message: toomanyrequests: You have reached your "
            "unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit")),
        ("image-registry-unreachable", waiting("ErrImagePull", f"{_UNASKED}dial tcp 203.0.113.9:443: i/o timeout")),
        ("image-registry-untrusted", waiting(
            "ErrImagePull", f"{_UNASKED}tls: failed to verify certificate: x509: certificate signed by unknown "
                            "authority")),
        ("image-pull-failed", _refused(
            f'failed to pull and unpack image "{IMAGE}": failed to extract layer sha256:77ac: exit status 1: unpigz: '
            "corrupted -- crc32 mismatch")),
    )
}  # fmt: skip
_SANDBOX = (
    'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "8f2c": plugin '
    'type="calico" failed (add): error getting ClusterInformation: connection is unauthorized'
)


def _complained(message: str, times: int = 1) -> Object:
    """What the kubelet says of the pod."""
    about = {"apiVersion": "v1", "kind": "Pod", "name": "app", "namespace": "$NS", "uid": "$UID pods app"}
    told = {"type": "Warning", "reason": "FailedCreatePodSandBox", "message": message, "count": times}
    when = {"firstTimestamp": "2025-01-01T00:00:00Z", "lastTimestamp": "2025-01-01T00:10:00Z"}
    return manifest("v1", "Event", "app.1", involvedObject=about, **told, **when)


_REASONS: dict[str, Case] = {
    f"waits-for-{reason}": Case("pods app", (waiting(reason, said),), (running(),), rule=rule)
    for reason, rule, said in (
        ("CreateContainerError", "container-cannot-start", "context deadline exceeded"),
        ("PreCreateHookError", "container-cannot-start", "the device plugin refuses"),
        ("PreStartHookError", "container-cannot-start", "the resource manager refuses"),
        ("CreateContainerConfigError", "container-cannot-start", "failed to prepare subPath for volumeMount"),
        ("ImageInspectError", "image-pull-failed", f'Failed to inspect image "{IMAGE}": rpc error: code = Unknown'),
    )
}
"""What a simulated kubelet never says."""
APART = (
    _IMAGES
    | _REASONS
    | {
        "container-cannot-start": Case(APP, _working_in("/etc/s/level"), _working_in("/etc/s")),
        "a-sandbox-that-is-not-made": Case(
            "pods app",
            (waiting("ContainerCreating", ""), _complained(_SANDBOX)),
            (running(), _complained(_SANDBOX)),
            rule="pod-setup-fails",
        ),
    }
)
