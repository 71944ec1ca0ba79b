"""The door to Azure's retail prices: plain HTTP without a login, page by page, its errors in our words."""

import asyncio
import http.client
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import msgspec

from kubegenie_tui.domain.errors import KubeGenieError, ProviderError, TryLater

WHAT = "Azure's prices cannot be fetched"
ANSWER_SECONDS = 30.0
TRIES = 3
WAIT_SECONDS, LONGEST_WAIT_SECONDS = 2.0, 60.0
"""Before another try, when the server does not say how long, and at most."""
_MOST_BYTES = 32 * 1024 * 1024
_PORTS = {"https": 443, "http": 80}


class Rate(msgspec.Struct, frozen=True):
    """One meter's price, with the API's own names."""

    armSkuName: str = ""  # noqa: N815
    productName: str = ""  # noqa: N815
    meterName: str = ""  # noqa: N815
    retailPrice: float = 0.0  # noqa: N815
    currencyCode: str = ""  # noqa: N815
    unitOfMeasure: str = ""  # noqa: N815
    type: str = ""
    isPrimaryMeterRegion: bool = False  # noqa: N815


class Page(msgspec.Struct, frozen=True):
    """Some of a list, and where it goes on."""

    Items: list[Rate]
    NextPageLink: str | None = None


class _Stay(HTTPRedirectHandler):
    """Goes nowhere else: an answer that sends us on is an error."""

    def redirect_request(self, *_: Any) -> None:
        return None


async def turned(url: str) -> Page:
    """A page; when the server is busy it is asked again.

    Raises:
        ProviderError: it does not answer, or not with prices.
    """
    for _ in range(TRIES - 1):
        try:
            return await asyncio.to_thread(_page, url)
        except TryLater as error:
            await asyncio.sleep(min(error.retry_after, LONGEST_WAIT_SECONDS))
    return await asyncio.to_thread(_page, url)


def same_server(url: str, other: str) -> bool:
    """Whether two addresses lead to one server, in the same way."""
    return _server(url) == _server(other)


def _server(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)


def _page(url: str) -> Page:
    try:
        with build_opener(_Stay).open(Request(url), timeout=ANSWER_SECONDS) as answer:  # noqa: S310  # checked by callers
            return _decoded(answer)
    except HTTPError as error:
        with error:
            raise _refused(error) from None
    except (URLError, http.client.HTTPException, OSError) as error:
        why = str(getattr(error, "reason", "") or error or type(error).__name__)
        raise ProviderError(WHAT, why, "see that the address can be reached from here") from error


def _decoded(answer: IO[bytes]) -> Page:
    text = answer.read(_MOST_BYTES)
    try:
        return msgspec.json.decode(text, type=Page)
    except msgspec.MsgspecError as error:
        raise ProviderError(WHAT, f"what came are no prices: {error}", "is there a proxy in between?") from error


def _refused(error: HTTPError) -> KubeGenieError:
    why = f"HTTP {error.code} {error.reason}"
    if error.code == 429 or error.code >= 500:
        after = error.headers.get("Retry-After", "")
        return TryLater(WHAT, why, "wait a while", retry_after=float(after) if after.isdigit() else WAIT_SECONDS)
    return ProviderError(WHAT, why, "see that the region and the address are right")
