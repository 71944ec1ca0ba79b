"""A small OpenID Connect issuer over TLS that holds its clients to the letter: PKCE, redirects, codes, devices."""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from aiohttp import web
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.unit.kube.authority import Authority
from tests.unit.kube.loopback import serve

CLIENT = "kubernetes"


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _number(number: int) -> str:
    return _b64(number.to_bytes((number.bit_length() + 7) // 8))


class OidcServer:
    """Everybody who comes is Ada."""

    def __init__(self, directory: Path) -> None:
        self.authority = Authority(directory)
        self.url = ""
        self.secret = ""
        """Of the client, which has to say it when there is one."""
        self.lets_in = True
        self.gives_refresh = True
        self.calls_itself = ""
        self.scopes = ["openid", "email", "groups", "offline_access"]
        self.claims: dict[str, Any] = {}
        """On top of those of a token."""
        self.asked: list[dict[str, str]] = []
        self.approved = False
        """Whether the code of a device was typed."""
        self.slow = 0
        """How often a device is told to ask less often."""
        self.device_seconds = 60.0
        self.id_tokens: list[str] = []
        """All that it gave."""
        self._codes: dict[str, dict[str, str]] = {}
        self._devices: set[str] = set()
        self._refresh: set[str] = set()
        self._key = rsa.generate_private_key(65537, 2048)

    @property
    def refresh_tokens(self) -> set[str]:
        """Those that it takes now."""
        return self._refresh

    @property
    def issuer(self) -> str:
        return f"{self.url}/realm"

    async def answer(self, request: web.Request) -> web.StreamResponse:
        match request.method, request.path:
            case "GET", "/realm/.well-known/openid-configuration":
                return web.json_response(self._about())
            case "GET", "/realm/keys":
                numbers = self._key.public_key().public_numbers()
                key = {"kty": "RSA", "kid": "1", "use": "sig", "alg": "RS256"}
                return web.json_response({"keys": [{**key, "n": _number(numbers.n), "e": _number(numbers.e)}]})
            case "GET", "/authorize":
                return self._authorize(dict(request.query))
            case "POST", "/token":
                return self._token(request, {key: str(value) for key, value in (await request.post()).items()})
            case "POST", "/device":
                return self._device()
        return web.Response(status=404)

    def _about(self) -> dict[str, Any]:
        return {
            "issuer": self.calls_itself or self.issuer,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "device_authorization_endpoint": f"{self.url}/device",
            "jwks_uri": f"{self.url}/realm/keys",
            "scopes_supported": self.scopes,
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    def _authorize(self, asked: dict[str, str]) -> web.Response:
        """A person in a browser, who says yes or no at once."""
        self.asked.append(asked)
        there = urlsplit(asked["redirect_uri"])
        assert (there.scheme, there.hostname) == ("http", "localhost")
        assert (asked["response_type"], asked["client_id"]) == ("code", CLIENT)
        assert asked["code_challenge_method"] == "S256"
        if not self.lets_in:
            back = {"error": "access_denied", "error_description": "Ada said <no>", "state": asked["state"]}
        else:
            code = secrets.token_urlsafe(8)
            self._codes[code] = asked
            back = {"code": code, "state": asked["state"]}
        raise web.HTTPFound(f"{asked['redirect_uri']}?{urlencode(back)}")

    def _device(self) -> web.Response:
        code = secrets.token_urlsafe(8)
        self._devices.add(code)
        told: dict[str, Any] = {
            "device_code": code,
            "user_code": "WDJB-MJHT",
            "verification_uri": f"{self.url}/activate",
        }
        return web.json_response({**told, "expires_in": self.device_seconds, "interval": 0})

    def _token(self, request: web.Request, form: dict[str, str]) -> web.Response:
        self.asked.append(form)
        if self.secret:
            pair = base64.b64encode(f"{CLIENT}:{self.secret}".encode()).decode()
            if request.headers.get("Authorization") != f"Basic {pair}" and form.get("client_secret") != self.secret:
                return web.json_response({"error": "invalid_client"}, status=401)
        else:
            assert form["client_id"] == CLIENT
        kind = form["grant_type"].rpartition(":")[2]
        return {"authorization_code": self._by_code, "device_code": self._by_device, "refresh_token": self._anew}[kind](
            form
        )

    def _by_code(self, form: dict[str, str]) -> web.Response:
        asked = self._codes.pop(form["code"], None)
        verifier = _b64(hashlib.sha256(form["code_verifier"].encode()).digest())
        if asked is None or asked["redirect_uri"] != form["redirect_uri"] or asked["code_challenge"] != verifier:
            return web.json_response({"error": "invalid_grant"}, status=400)
        return self._given(nonce=asked["nonce"])

    def _by_device(self, form: dict[str, str]) -> web.Response:
        assert form["device_code"] in self._devices
        if not self.lets_in:
            return web.json_response({"error": "access_denied"}, status=400)
        if self.slow:
            self.slow -= 1
            return web.json_response({"error": "slow_down"}, status=400)
        if not self.approved:
            return web.json_response({"error": "authorization_pending"}, status=400)
        return self._given()

    def _anew(self, form: dict[str, str]) -> web.Response:
        if form["refresh_token"] not in self._refresh:
            return web.json_response({"error": "invalid_grant"}, status=400)
        self._refresh.discard(form["refresh_token"])
        return self._given()

    def _given(self, **more: str) -> web.Response:
        self.id_tokens.append(self._signed(more))
        told = {"id_token": self.id_tokens[-1], "access_token": "a", "token_type": "Bearer"}
        if self.gives_refresh:
            told["refresh_token"] = secrets.token_urlsafe(8)
            self._refresh.add(told["refresh_token"])
        return web.json_response(told)

    def _signed(self, more: dict[str, str]) -> str:
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "ada",
            "email": "ada@example.com",
            "groups": ["sre"],
        }
        claims |= {"iat": int(time.time()), "exp": int(time.time()) + 600, **more, **self.claims}
        head = {"alg": "RS256", "kid": "1"}
        text = ".".join(_b64(json.dumps(each).encode()) for each in (head, claims))
        signature = self._key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{text}.{_b64(signature)}"


@asynccontextmanager
async def oidc_server(directory: Path) -> AsyncIterator[OidcServer]:
    """The issuer, for as long as the block runs; its keys lie in the directory."""
    server = OidcServer(directory)
    async with serve(server.answer, certificate=server.authority.issue("issuer")) as url:
        server.url = url
        yield server
