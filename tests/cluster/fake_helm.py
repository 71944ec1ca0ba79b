"""A small helm, for machines that have none: it packs, fetches, renders and writes as much as the tests' charts need.

It takes the flags that KubeGenie gives, writes releases as helm's Secret driver does, and fails as helm fails: with
`Error: ` on its standard error and a status of 1. With FAKE_HELM=4 new releases are made by server-side apply, and its
dry run says nothing of conflicts, as that of helm 4. Templates know `.Release.Name`, `.Values.KEY` and `quote`.
"""

import argparse
import base64
import gzip
import io
import json
import os
import re
import shutil
import ssl
import sys
import tarfile
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import yaml

Object = dict[str, Any]
ORDER = ("Namespace", "Secret", "ConfigMap", "Service", "Deployment")
"""What helm makes first."""
OWNED = {"app.kubernetes.io/managed-by": "Helm"}


class Failure(Exception):
    """What helm says before it gives up."""


class Refusal(Failure):
    """What the server says."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class Chart:
    """A packed chart."""

    def __init__(self, archive: bytes) -> None:
        with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
            names = [name for name in packed.getnames() if not packed.getmember(name).isdir()]
            files = {name.partition("/")[2]: self._read(packed, name) for name in names}
        self.metadata: Object = yaml.safe_load(files["Chart.yaml"])
        self.values_text = files.get("values.yaml", "")
        self.definitions = {name: text for name, text in files.items() if name.startswith("crds/")}
        self.templates = {name: text for name, text in files.items() if name.startswith("templates/")}

    def _read(self, packed: tarfile.TarFile, name: str) -> str:
        found = packed.extractfile(name)
        assert found is not None
        return found.read().decode()

    def render(self, release: str, values: Object) -> tuple[str, list[Object]]:
        """The manifest, and the hooks."""
        everything = {**(yaml.safe_load(self.values_text) or {}), **values}
        objects, hooks = [], []
        for name, template in sorted(self.templates.items()):
            text = _filled(template, release, everything)
            if not text.strip():
                continue
            found = yaml.safe_load(text)
            events = (found["metadata"].get("annotations") or {}).get("helm.sh/hook")
            if events:
                hook = {"name": found["metadata"]["name"], "kind": found["kind"], "manifest": text}
                hooks.append({**hook, "path": f"{self.metadata['name']}/{name}", "events": events.split(",")})
            else:
                objects.append((ORDER.index(found["kind"]), name, text))
        parts = [f"---\n# Source: {self.metadata['name']}/{name}\n{text}" for _, name, text in sorted(objects)]
        return "".join(parts), hooks


def _filled(template: str, release: str, values: Object) -> str:
    def one(match: re.Match[str]) -> str:
        name, quoted = match["name"], bool(match["quote"])
        value = release if name == ".Release.Name" else values.get(name.removeprefix(".Values."), "")
        return json.dumps(str(value)) if quoted else str(value)

    when = re.compile(r"\{\{- if (?P<name>\S+) \}\}\n(?P<body>.*?)\{\{- end \}\}\n", re.DOTALL)
    text = when.sub(lambda match: match["body"] if values.get(match["name"].removeprefix(".Values.")) else "", template)
    return re.sub(r"\{\{ (?P<name>\S+)(?P<quote> \| quote)? \}\}", one, text)


class Cluster:
    """The cluster that the flags name, by its kubeconfig with certificates or a token."""

    def __init__(self, context: str, namespace: str) -> None:
        config = yaml.safe_load(Path(os.environ["KUBECONFIG"]).read_text())
        named = {part: {each["name"]: each for each in config[part]} for part in ("contexts", "clusters", "users")}
        if context not in named["contexts"]:
            raise Failure(f'Kubernetes cluster unreachable: context "{context}" does not exist')
        chosen = named["contexts"][context]["context"]
        cluster, self._user = named["clusters"][chosen["cluster"]]["cluster"], named["users"][chosen["user"]]["user"]
        self._server = cluster["server"]
        self._tls = ssl.create_default_context(cadata=_held(cluster, "certificate-authority"))
        if certificate := _held(self._user, "client-certificate"):
            with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
                file.write(certificate + _held(self._user, "client-key"))
                file.flush()
                self._tls.load_cert_chain(file.name)
        self.namespace = namespace

    def ask(self, method: str, path: str, body: Object | None = None, kind: str = "") -> Object:
        """One request; what the server refuses is a failure in its words, with its status in front."""
        kind = kind or ("application/merge-patch+json" if method == "PATCH" else "application/json")
        headers = {"Content-Type": kind, "Authorization": f"Bearer {self._user.get('token', '')}"}
        headers |= {"Impersonate-User": self._user["as"]} if "as" in self._user else {}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._server + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, context=self._tls) as answer:
                found: Object = json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                raise Refusal(error.code, json.load(error)["message"]) from error
        return found

    def path(self, manifest: Object, *, named: bool = True) -> str:
        """Where an object is, or where one is made."""
        group = "api" if manifest["apiVersion"] == "v1" else "apis"
        place = manifest["metadata"].get("namespace", self.namespace)
        scope = "" if manifest["kind"] in ("Namespace", "CustomResourceDefinition") else f"/namespaces/{place}"
        name = f"/{manifest['metadata']['name']}" if named else ""
        return f"/{group}/{manifest['apiVersion']}{scope}/{manifest['kind'].lower()}s{name}"

    def create(self, manifest: Object) -> None:
        self.ask("POST", self.path(manifest, named=False), manifest)

    def apply(self, manifest: Object, *, force: bool) -> None:
        """As helm 4 does it by itself."""
        params = f"?fieldManager=helm&force={str(force).lower()}"
        self.ask("PATCH", self.path(manifest) + params, manifest, "application/apply-patch+yaml")

    def delete(self, manifest: Object) -> None:
        self.ask("DELETE", self.path(manifest))

    def is_there(self, manifest: Object) -> bool:
        try:
            self.ask("GET", self.path(manifest))
        except Refusal as error:
            if error.code == 404:
                return False
            raise
        return True

    def history(self, release: str) -> list[Object]:
        """Every revision that is kept."""
        selector = urllib.parse.quote(f"owner=helm,name={release}")
        found = self.ask("GET", f"/api/v1/namespaces/{self.namespace}/secrets?labelSelector={selector}")["items"]
        return sorted((_unpacked(secret["data"]["release"]) for secret in found), key=lambda each: each["version"])

    def keep(self, record: Object, *, new: bool) -> None:
        """Write a revision down."""
        name, number = f"sh.helm.release.v1.{record['name']}.v{record['version']}", str(record["version"])
        labels = {"owner": "helm", "name": record["name"], "version": number, "status": record["info"]["status"]}
        inner = base64.b64encode(gzip.compress(json.dumps(record).encode()))
        data = {"release": base64.b64encode(inner).decode()}
        secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "labels": labels}}
        body = {**secret, "type": "helm.sh/release.v1", "data": data}
        self.ask(*(("POST", self.path(secret, named=False)) if new else ("PATCH", self.path(secret))), body)


def _held(entry: Object, name: str) -> str:
    """What a kubeconfig holds by itself, or in a file."""
    if f"{name}-data" in entry:
        return base64.b64decode(entry[f"{name}-data"]).decode()
    return Path(entry[name]).read_text() if name in entry else ""


def _unpacked(data: str) -> Object:
    found: Object = json.loads(gzip.decompress(base64.b64decode(base64.b64decode(data))))
    return found


def write(wanted: argparse.Namespace) -> None:
    """Install or upgrade, or say what that would make."""
    chart = Chart(Path(wanted.chart).read_bytes())
    values = yaml.safe_load(sys.stdin.read()) or {}
    cluster = Cluster(wanted.kube_context, wanted.namespace)
    history = cluster.history(wanted.name)
    if wanted.verb == "install" and history and not wanted.dry_run:
        raise Failure("cannot re-use a name that is still in use")
    if wanted.verb == "upgrade" and not history:
        raise Failure(f'"{wanted.name}" has no deployed releases')
    manifest, hooks = chart.render(wanted.name, values)
    record = {
        "name": wanted.name,
        "namespace": wanted.namespace,
        "version": history[-1]["version"] + 1 if history else 1,
        "info": {"status": "pending", "description": "Dry run complete"},
        "chart": {"metadata": chart.metadata, "values": yaml.safe_load(chart.values_text)},
        "config": values,
        "manifest": manifest,
        "hooks": hooks,
    }
    by_server = history[-1].get("apply_method") == "ssa" if history else os.environ.get("FAKE_HELM") == "4"
    if os.environ.get("FAKE_HELM") == "4":
        record["apply_method"] = "ssa" if by_server else "csa"
    if not wanted.dry_run:
        _carry_out(cluster, wanted, chart, record, history)
    json.dump(record, sys.stdout)


def _carry_out(
    cluster: Cluster, wanted: argparse.Namespace, chart: Chart, record: Object, history: list[Object]
) -> None:
    if wanted.create_namespace:
        metadata = {"name": wanted.namespace, "labels": {"name": wanted.namespace}}
        _made(cluster, {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})
        for text in chart.definitions.values():
            _made(cluster, yaml.safe_load(text))
    cluster.keep(record, new=True)
    try:
        _apply(cluster, wanted, record, history)
    except Failure as error:
        record["info"] = {"status": "failed", "description": str(error)}
        cluster.keep(record, new=False)
        raise
    record["info"] = {"status": "deployed", "description": f"{wanted.verb.capitalize()} complete"}
    cluster.keep(record, new=False)
    for old in (old for old in history if old["info"]["status"] == "deployed"):
        old["info"]["status"] = "superseded"
        cluster.keep(old, new=False)


def _made(cluster: Cluster, manifest: Object) -> None:
    if not cluster.is_there(manifest):
        cluster.create(manifest)


def _apply(cluster: Cluster, wanted: argparse.Namespace, record: Object, history: list[Object]) -> None:
    for hook in record["hooks"]:
        if f"pre-{wanted.verb}" in hook["events"]:
            _again(cluster, yaml.safe_load(hook["manifest"]))
    old = _by_name(history[-1]["manifest"]) if history else {}
    new = _by_name(record["manifest"])
    for key, manifest in new.items():
        marks = {
            "labels": {**(manifest["metadata"].get("labels") or {}), **OWNED},
            "annotations": {
                "meta.helm.sh/release-name": wanted.name,
                "meta.helm.sh/release-namespace": wanted.namespace,
            },
        }
        marked = {**manifest, "metadata": {**manifest["metadata"], **marks}}
        if record.get("apply_method") == "ssa":
            cluster.apply(marked, force=wanted.force_conflicts)
        elif cluster.is_there(manifest):
            cluster.ask("PATCH", cluster.path(manifest), _with_nulls(old.get(key, {}), marked))
        else:
            cluster.create(marked)
    for key in old.keys() - new.keys():
        cluster.delete(old[key])


def _again(cluster: Cluster, manifest: Object) -> None:
    if cluster.is_there(manifest):
        cluster.delete(manifest)
    cluster.create(manifest)


def _by_name(manifest: str) -> dict[tuple[str, str], Object]:
    found = [each for each in yaml.safe_load_all(manifest) if each]
    return {(each["kind"], each["metadata"]["name"]): each for each in found}


def _with_nulls(old: Any, new: Any) -> Any:
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return new
    return {**{key: None for key in old if key not in new}, **{key: _with_nulls(old.get(key), new[key]) for key in new}}


def package(wanted: argparse.Namespace) -> None:
    """A directory as an archive."""
    source = Path(wanted.name)
    if not (source / "Chart.yaml").is_file():
        raise Failure("Chart.yaml file is missing")
    metadata = yaml.safe_load((source / "Chart.yaml").read_text())
    target = Path(wanted.destination, f"{metadata['name']}-{metadata['version']}.tgz")
    with tarfile.open(target, "w:gz") as packed:
        packed.add(source, arcname=metadata["name"])


def pull(wanted: argparse.Namespace) -> None:
    """A chart of a repository."""
    if not wanted.repo:
        raise Failure(f"repo {wanted.name.partition('/')[0]} not found")
    with urllib.request.urlopen(f"{wanted.repo}/index.yaml") as answer:
        entries = yaml.safe_load(answer.read())["entries"].get(wanted.name, [])
    found = next((each for each in entries if wanted.version in ("", each["version"])), None)
    if found is None:
        raise Failure(f'chart "{wanted.name}" version "{wanted.version}" not found in {wanted.repo} repository')
    address = urllib.parse.urljoin(f"{wanted.repo}/", found["urls"][0])
    with urllib.request.urlopen(address) as answer, Path(wanted.destination, Path(address).name).open("wb") as file:
        shutil.copyfileobj(answer, file)


def show(wanted: argparse.Namespace) -> None:
    """Parts of a chart."""
    chart = Chart(Path(wanted.chart).read_bytes())
    definitions = "".join(f"---\n{text}" for text in chart.definitions.values())
    sys.stdout.write(definitions if wanted.name == "crds" else chart.values_text)


def main() -> int:
    """Do what is asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("verb", choices=("install", "upgrade", "package", "pull", "show"))
    for flag in ("kube-context", "namespace", "destination", "version", "repo", "values", "output", "dry-run"):
        parser.add_argument(f"--{flag}", default="")
    for flag in ("create-namespace", "reset-values", "force-conflicts"):
        parser.add_argument(f"--{flag}", action="store_true")
    parser.add_argument("--history-max", type=int, default=10)
    parser.add_argument("name")
    parser.add_argument("chart", nargs="?")
    words = [word for word in sys.argv[1:] if word != "--"]
    wanted = parser.parse_args(words)
    doing = {"package": package, "pull": pull, "show": show}.get(wanted.verb, write)
    prefix = {"install": "INSTALLATION FAILED: ", "upgrade": "UPGRADE FAILED: "}.get(wanted.verb, "")
    try:
        doing(wanted)
    except Failure as error:
        sys.stderr.write(f"Error: {prefix}{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
