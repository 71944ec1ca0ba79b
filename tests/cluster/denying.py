"""An admission webhook on loopback that refuses what has no label `team`."""

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.cluster.faults import Object, manifest
from tests.cluster.rule_parts import pair

HOST, WHY = "localhost", "every pod needs a label team"


class _Answers(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["request"]
        allowed = "team" in request["object"]["metadata"].get("labels", {})
        response = {"uid": request["uid"], "allowed": allowed, **({} if allowed else {"status": {"message": WHY}})}
        review = {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": response}
        body = json.dumps(review).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@contextmanager
def denying(directory: Path) -> Iterator[str]:
    """The address of a server that answers until the end; files are left in the directory."""
    certificate, key = pair(30, HOST)
    place = directory / "webhook.pem"
    place.write_text(certificate + key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(place)
    with ThreadingHTTPServer(("127.0.0.1", 0), _Answers) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"https://{HOST}:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def asked_about_pods(url: str, bundle: str, *namespaces: str) -> Object:
    """The configuration that has the pods of some namespaces looked at."""
    where = {"key": "kubernetes.io/metadata.name", "operator": "In", "values": list(namespaces)}
    rule = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}
    hook = {
        "name": "teams.example.com", "clientConfig": {"url": url, "caBundle": bundle}, "rules": [rule],
        "failurePolicy": "Fail", "sideEffects": "None", "admissionReviewVersions": ["v1"],
        "namespaceSelector": {"matchExpressions": [where]},
    }  # fmt: skip
    return manifest("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", "teams", webhooks=[hook])
