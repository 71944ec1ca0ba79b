"""One session's redactor: stable placeholders, and the secrets that were read, to know them wherever they turn up."""

import asyncio
import hashlib
import re
import secrets
from collections.abc import Generator, Iterator, Mapping
from typing import Any

import msgspec

from kubegenie_tui.domain.credential_names import is_credential_name, is_open_value
from kubegenie_tui.domain.errors import ModelError
from kubegenie_tui.genie.redaction.objects import decoded, mask_object
from kubegenie_tui.genie.redaction.patterns import PLACEHOLDER, mask_text
from kubegenie_tui.genie.redaction.stretches import STRETCH
from kubegenie_tui.genie.redaction.told import secrets_proposed, values_told
from kubegenie_tui.kube.pace import finished

_SHORTEST_LEARNED = 6
_MOST_LEARNED = 5_000
"""The oldest are forgotten for others: what was read lately is what turns up in what is read next."""
_PAIR = re.compile(r"[\s-]*(?P<name>[\w.-]+)\s*(?::(?=\s|$)|=)\s*[\"']?(?P<value>[^\s\"']*)[\"']?\s*")
"""A line of a file in a Secret."""
_COMMON = frozenset({
    "apiversion", "kind", "name", "namespace", "type", "version", "context", "current-context", "cluster", "user",
    "port",
})  # fmt: skip
"""What such a line tells of that tells nothing of the Secret."""
_MOST_REMEMBERED = 500
_MOST_TIMES = 3
"""A text is masked anew, until nothing changes: what told a hash from a secret may have been masked."""


class Redactor:
    """Masks text and objects. Equal secrets get equal placeholders; a placeholder tells nothing of its secret."""

    def __init__(self) -> None:
        self._salt = secrets.token_bytes(16)
        self._learned: dict[str, str] = {}
        self._lessons = 0
        self._done: dict[str, str] = {}

    def mask(self, secret: str) -> str:
        """The placeholder of a secret: `[redacted-1f0c22ab]`."""
        if PLACEHOLDER.fullmatch(secret):
            return secret
        digest = hashlib.blake2s(secret.strip().encode(errors="replace"), key=self._salt, digest_size=4).hexdigest()
        return f"[redacted-{digest}]"

    def text(self, text: str) -> str:
        """`text` without credentials."""
        steps = self._steps(text)
        while True:
            try:
                next(steps)
            except StopIteration as end:
                return str(end.value)

    async def long_text(self, text: str) -> str:
        """`text` without credentials, with a turn for others every few milliseconds, however long it is."""
        return await finished(self._steps(text))

    def _steps(self, text: str) -> Generator[None, None, str]:
        for secret, placeholder in tuple(self._learned.items()):
            if secret in text:
                text = text.replace(secret, placeholder)
            if len(text) > STRETCH:
                yield
        return (yield from mask_text(text, self.mask))

    def object(self, manifest: Mapping[str, Any]) -> dict[str, Any]:
        """A copy of an object, or of a list of them, without credentials; what Secrets hold is learned."""
        self.learn_from(manifest)
        masked: dict[str, Any] = mask_object(manifest, self.mask, self.text)
        return masked

    def learn_from(self, manifest: Mapping[str, Any]) -> None:
        """Remember a Secret's values, in memory only, to know them in logs and elsewhere."""
        for item in manifest.get("items") or ():
            if isinstance(item, Mapping):
                self.learn_from({"kind": str(manifest.get("kind", "")).removesuffix("List"), **item})
        if manifest.get("kind") != "Secret":
            return
        for value in _values(manifest.get("stringData")):
            self._learn(value, value)
        for value in _values(manifest.get("data")):
            plain = decoded(value)
            self._learn(plain, plain)
            self._learn(value, plain)
            for inner in _credentials_in(plain):
                self._learn(inner, inner)

    def learn_told(self, text: str) -> None:
        """Remember what a person tells a Secret to hold."""
        for value in values_told(text):
            self._learn(value, value)

    def learn_proposed(self, arguments: str) -> None:
        """Remember what a proposal, a call's arguments, has Secrets hold."""
        for secret in secrets_proposed(arguments):
            self.learn_from(secret)

    async def sealed(self, messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Messages as they may leave; others have their turn meanwhile.

        Raises:
            ModelError: masking could not be done or did not hold: nothing is sent.
        """
        sealed: list[dict[str, Any]] = await self._sealed(messages)
        return sealed

    async def _sealed(self, value: Any) -> Any:
        if isinstance(value, str):
            return await self._sealed_text(value)
        if isinstance(value, list):
            return [await self._sealed(item) for item in value]
        if isinstance(value, dict):
            return {key: await self._sealed(item) for key, item in value.items()}
        return value

    async def _sealed_text(self, text: str) -> str:
        if self._done.get(text) == text:
            return text
        lessons = self._lessons
        try:
            sealed, again = text, await self.long_text(text)
            for _ in range(_MOST_TIMES):
                await asyncio.sleep(0)
                sealed, again = again, await self.long_text(again)
                if sealed == again:
                    break
        except (RecursionError, ValueError, TypeError) as error:
            raise _not_sent(type(error).__name__) from error
        if sealed != again:
            raise _not_sent("a masked text still looked like a secret")
        if len(self._done) >= _MOST_REMEMBERED:
            self._done.clear()
        if self._lessons == lessons:
            self._done[sealed] = sealed
        await asyncio.sleep(0)
        return sealed

    def _learn(self, secret: str, plain: str) -> None:
        for part in {secret, *_lines_of(secret)}:
            worth = len(part) >= _SHORTEST_LEARNED and not part.isalpha()
            if worth or len(part) >= 10:
                self._learned[part] = self._learned.pop(part, "") or self.mask(plain)
                self._lessons += 1
                self._done.clear()
        while len(self._learned) > _MOST_LEARNED:
            del self._learned[next(iter(self._learned))]


def _lines_of(secret: str) -> Iterator[str]:
    """The lines of a secret that tell something of it, and what stands in them under a credential's name."""
    lines = secret.splitlines()
    for line in lines if len(lines) > 1 else ():
        pair = _PAIR.fullmatch(line)
        if pair is not None and is_credential_name(pair["name"]) and not is_open_value(pair["value"]):
            yield pair["value"]
        common = pair is not None and (not pair["value"] or pair["name"].lower() in _COMMON)
        if not common and not line.startswith("-----"):
            yield line


def _not_sent(why: str) -> ModelError:
    return ModelError("The question was not sent: secrets could not be masked", why, "this is a bug; please report it")


def _credentials_in(text: str) -> Iterator[str]:
    """What a JSON document in a Secret holds under names of credentials: a login to a registry, a key of a cloud."""
    if not text.lstrip().startswith("{"):
        return
    try:
        found: list[Any] = [msgspec.json.decode(text)]
    except (msgspec.DecodeError, RecursionError):
        return
    while found:
        mapping = found.pop()
        for name, value in mapping.items() if isinstance(mapping, dict) else ():
            if isinstance(value, dict | list):
                found += value if isinstance(value, list) else [value]
            elif isinstance(value, str) and is_credential_name(name):
                yield value
                if name == "auth":  # user:password, as a registry takes it
                    yield decoded(value).partition(":")[2]


def _values(data: Any) -> list[str]:
    return [value for value in data.values() if isinstance(value, str)] if isinstance(data, Mapping) else []
