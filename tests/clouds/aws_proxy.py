"""AWS as tests meet it: moto's server behind a proxy that adds what moto lacks and makes things go wrong on demand."""

import http.client
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from tests.clouds.aws_eks import EKS_CALLS, Eks, Reply

_SERVICE = re.compile(r"/([a-z0-9]+)/aws4_request")
_HOP = {"connection", "transfer-encoding", "content-length", "server", "date"}


@dataclass
class Fault:
    """What happens to the next requests of a call."""

    call: str
    """`ec2:CreateVpc`."""
    code: str = ""
    status: int = 400
    message: str = "because the test says so"
    times: int = 1
    lost: bool = False
    """The request arrives, its answer does not."""
    retry_after: int = 0


@dataclass
class AwsProxy:
    """A loopback server that all clients of a test speak to."""

    moto: tuple[str, int]
    eks: Eks = field(default_factory=Eks)
    faults: list[Fault] = field(default_factory=list)
    denied: set[str] = field(default_factory=set)
    """Permissions that the caller has not."""
    calls: list[str] = field(default_factory=list)
    """Everything that was asked, in order."""
    heard: dict[str, Callable[[], object]] = field(default_factory=dict)
    """What is called when a request of a call has come."""
    done: Callable[[str], object] = bool
    """Told of each call when it has had its effect, before it is answered."""
    url: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)
    gate: threading.Event = field(default_factory=threading.Event)

    def hold(self, call: str, held: Callable[[], object]) -> None:
        """Let the requests of a call wait, each until `go_on`; `held` hears of them."""
        self.gate.clear()

        def wait() -> None:
            held()
            self.gate.wait()

        self.heard[call] = wait

    def go_on(self) -> None:
        """Answer what waits, and everything after it at once."""
        self.heard.clear()
        self.gate.set()

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Reply | None:
        """The answer to one request; None for none at all."""
        call = _call(method, path, headers, body)
        with self.lock:
            self.calls.append(call)
            fault = self._fault(call)
        self.heard.get(call, bool)()
        if fault and not fault.lost:
            return _error(call, fault)
        with self.lock:
            reply = self._real(call, method, path, headers, body)
        self.done(call)
        return None if fault else reply

    def _fault(self, call: str) -> Fault | None:
        for fault in self.faults:
            if fault.call == call and fault.times > 0:
                fault.times -= 1
                return fault
        return None

    def _real(self, call: str, method: str, path: str, headers: dict[str, str], body: bytes) -> Reply:
        if call == "iam:SimulatePrincipalPolicy":
            return self._simulated(body)
        if call.startswith("eks:"):
            return self.eks.answer(call, path, body, lambda: self._forward(method, path, headers, body))
        return self._forward(method, path, headers, body)

    def _forward(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Reply:
        connection = http.client.HTTPConnection(*self.moto, timeout=60)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            kept = {key: value for key, value in answer.getheaders() if key.lower() not in _HOP}
            return Reply(answer.status, answer.read(), kept)
        finally:
            connection.close()

    def _simulated(self, body: bytes) -> Reply:
        asked = [value[0] for key, value in parse_qs(body.decode()).items() if key.startswith("ActionNames.member")]
        members = "".join(
            f"<member><EvalActionName>{each}</EvalActionName>"
            f"<EvalDecision>{'implicitDeny' if each in self.denied else 'allowed'}</EvalDecision></member>"
            for each in asked
        )
        results = f"<EvaluationResults>{members}</EvaluationResults><IsTruncated>false</IsTruncated>"
        name = "SimulatePrincipalPolicy"
        text = f"<{name}Response><{name}Result>{results}</{name}Result></{name}Response>"
        return Reply(200, text.encode(), {"Content-Type": "text/xml"})


def _call(method: str, path: str, headers: dict[str, str], body: bytes) -> str:
    service = _SERVICE.search(headers.get("Authorization", ""))
    name = service[1] if service else ""
    if name == "eks":
        known = (call for verb, shape, call in EKS_CALLS if verb == method and shape.fullmatch(path.partition("?")[0]))
        return f"eks:{next(known, '')}"
    return f"{name}:{parse_qs(body.decode()).get('Action', [''])[0]}"


def _error(call: str, fault: Fault) -> Reply:
    headers = {"Retry-After": str(fault.retry_after)} if fault.retry_after else {}
    if call.startswith("eks:"):
        return Reply.error(fault.status, fault.code, fault.message, headers)
    told = f"<Error><Code>{fault.code}</Code><Message>{escape(fault.message)}</Message></Error>"
    if call.startswith("ec2:"):
        text = f"<Response><Errors>{told}</Errors><RequestID>1</RequestID></Response>"
    else:
        text = f"<ErrorResponse>{told}<RequestId>1</RequestId></ErrorResponse>"
    return Reply(fault.status, text.encode(), {"Content-Type": "text/xml", **headers})


@contextmanager
def serving(moto: tuple[str, int]) -> Iterator[AwsProxy]:
    """A proxy that is up."""
    proxy = AwsProxy(moto)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            reply = proxy.answer(self.command, self.path, dict(self.headers.items()), body)
            if reply is None:
                self.close_connection = True
                return
            self.send_response(reply.status)
            for key, value in reply.headers.items():
                self.send_header(key, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        do_GET = do_POST = do_DELETE = do_PUT = handle_one  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            """Be silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    proxy.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
