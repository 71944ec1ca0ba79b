"""Helm releases as helm keeps them: a Secret for each revision."""

import base64
import gzip
import json

from kubegenie_tui.demo.state.objects import Object, meta
from kubegenie_tui.demo.story.manifests import manifest


def revision(name: str, number: int, chart: str, values: Object, *objects: Object, status: str, at: float) -> Object:
    """The Secret of one revision.

    Args:
        name: of the release.
        number: of the revision.
        chart: name, version and version of the app: `fluent-bit 0.48.9 4.2.0`.
        values: what was set.
        objects: what it made; at least one, which tells the namespace.
        status: `deployed` or `superseded`.
        at: when, seconds since the epoch.
    """
    namespace = meta(objects[0])["namespace"]
    title, version, app_version = chart.split()
    record = {
        "name": name,
        "namespace": namespace,
        "version": number,
        "info": {"status": status, "description": "Install complete" if number == 1 else "Upgrade complete"},
        "chart": {"metadata": {"name": title, "version": version, "appVersion": app_version}, "values": {}},
        "config": values,
        "manifest": "".join(f"---\n# Source: {title}/templates\n{json.dumps(_written(each))}\n" for each in objects),
        "hooks": [],
    }
    packed = base64.b64encode(gzip.compress(json.dumps(record).encode(), mtime=0))
    labels = {"owner": "helm", "name": name, "version": str(number), "status": status, "modifiedAt": str(int(at))}
    made = manifest(
        "v1",
        "Secret",
        f"sh.helm.release.v1.{name}.v{number}",
        namespace,
        labels=labels,
        data={"release": base64.b64encode(packed).decode()},
        type="helm.sh/release.v1",
    )
    return made


def _written(obj: Object) -> Object:
    """An object as a chart writes it: what the server adds is not there."""
    kept = {key: value for key, value in obj.items() if key != "status"}
    return {**kept, "metadata": {key: meta(obj)[key] for key in ("name", "namespace", "labels") if key in meta(obj)}}
