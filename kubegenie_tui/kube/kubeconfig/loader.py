"""The person's contexts, from the files kubectl reads. A broken entry spoils its own contexts and no other."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from kubegenie_tui.domain.errors import KubeconfigError
from kubegenie_tui.kube.context import AuthInfo, Context, Tls
from kubegenie_tui.kube.kubeconfig.file import KubeconfigFile
from kubegenie_tui.kube.kubeconfig.merge import merge
from kubegenie_tui.kube.kubeconfig.reader import build_context

__all__ = ["Context", "Kubeconfig", "in_cluster", "kubeconfig_paths", "load_kubeconfig", "read_kubeconfig"]

SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")


class Kubeconfig(msgspec.Struct, frozen=True):
    """All contexts of one or several kubeconfig files."""

    contexts: dict[str, Context] = {}
    """By name, in the order of the files. One that cannot be used says so in `error`."""
    current: str = ""
    """The current context; empty when none is set or the one set does not exist."""
    errors: tuple[KubeconfigError, ...] = ()
    """Files and entries that had to be left out."""


def kubeconfig_paths(explicit: Path | None = None, environ: Mapping[str, str] = os.environ) -> list[Path]:
    """The files kubectl would read: the one named, else those of KUBECONFIG, else `~/.kube/config`."""
    if explicit is not None:
        return [explicit]
    listed = [part for part in environ.get("KUBECONFIG", "").split(os.pathsep) if part]
    if listed:
        return [Path(part) for part in dict.fromkeys(listed)]
    home = environ.get("HOME")
    return [(Path(home) if home else Path.home()) / ".kube" / "config"]


def load_kubeconfig(paths: Sequence[Path]) -> Kubeconfig:
    """Read and merge `paths`, the first strongest. Empty and missing files are passed over.

    Reads files and parses YAML (about 30 ms for 200 contexts): call it in a thread.

    Raises:
        KubeconfigError: no file is there, or none of those there can be used.
    """
    files: list[KubeconfigFile] = []
    errors: list[KubeconfigError] = []
    present = [path for path in paths if path.exists()]
    if not present:
        raise _none_found(paths)
    for path in present:
        try:
            files.append(KubeconfigFile(path))
        except KubeconfigError as error:
            errors.append(error)
    if not files:
        raise errors[0]
    return _built(files, errors)


def load_one(path: Path) -> Kubeconfig:
    """The contexts, at least one, of a file that a person named. As `load_kubeconfig`, call it in a thread.

    Raises:
        KubeconfigError: there is no such file, it cannot be used, or has no context.
    """
    if not path.is_file():
        what = "This is no file" if path.exists() else "There is no such file"
        raise KubeconfigError(what, next_step="name a kubeconfig", file=str(path))
    found = load_kubeconfig([path])
    if not found.contexts:
        raise KubeconfigError("This kubeconfig has no context", next_step="choose another file", file=str(path))
    return found


def read_kubeconfig(text: str, origin: str) -> Kubeconfig:
    """The contexts of a kubeconfig that lies in no file.

    Args:
        text: YAML or JSON.
        origin: where it comes from, for messages.

    Raises:
        KubeconfigError: it cannot be used.
    """
    return _built([KubeconfigFile(Path(origin), text)], [])


def _built(files: Sequence[KubeconfigFile], errors: list[KubeconfigError]) -> Kubeconfig:
    merged = merge(files)
    contexts = {name: build_context(name, merged) for name in merged.contexts}
    return Kubeconfig(contexts, merged.current, (*errors, *merged.errors))


def _none_found(paths: Sequence[Path]) -> KubeconfigError:
    tried = ", ".join(str(path) for path in paths)
    return KubeconfigError("No kubeconfig was found", f"looked for {tried}", "set KUBECONFIG or use --kubeconfig FILE")


def in_cluster(environ: Mapping[str, str] = os.environ, directory: Path = SERVICE_ACCOUNT) -> Context | None:
    """The context of the pod we run in, by its service account; None outside of a cluster.

    Source: k8s.io/client-go/rest, InClusterConfig.
    """
    host, port = environ.get("KUBERNETES_SERVICE_HOST", ""), environ.get("KUBERNETES_SERVICE_PORT", "")
    token = directory / "token"
    if not host or not port or not token.exists():
        return None
    namespace = directory / "namespace"
    return Context(
        name="in-cluster",
        cluster_name="in-cluster",
        user_name="service account",
        namespace=namespace.read_text().strip() if namespace.exists() else "",
        server=f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}",
        tls=Tls(ca_file=str(directory / "ca.crt")),
        auth=AuthInfo(token_file=str(token)),
    )
