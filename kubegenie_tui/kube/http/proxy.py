"""Which proxy leads to an API server: the kubeconfig's own, else the environment's, as kubectl does it."""

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from kubegenie_tui.domain.errors import KubeconfigError
from kubegenie_tui.kube.context import Context


def proxy_for(context: Context, environ: Mapping[str, str]) -> str:
    """URL of the proxy to use, empty for none.

    Raises:
        KubeconfigError: the proxy is of a kind we cannot speak with.
    """
    url = context.proxy_url or proxy_from_environment(context.server, environ)
    wrong = url and _wrong(url, "proxy-url" if context.file else "its URL")
    if wrong:
        raise KubeconfigError(f'The proxy of context "{context.name}" cannot be used', *wrong, file=context.file)
    return url


def _wrong(url: str, named: str) -> tuple[str, str] | None:
    """Why it leads nowhere, and what to do where it is named; None when nothing is wrong."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        return f"its URL is none: {error}", f"check {named} or HTTPS_PROXY"
    if parts.scheme in ("http", "https"):
        return None
    why = f"{parts.scheme or 'no scheme'} is not supported, only http and https"
    return why, "run an HTTP proxy in front of it, or use a VPN"


def proxy_from_environment(url: str, environ: Mapping[str, str]) -> str:
    """URL of the proxy that HTTPS_PROXY, HTTP_PROXY and NO_PROXY name for `url`, empty for none.

    Source: golang.org/x/net/http/httpproxy, the rules kubectl follows.
    """
    parts = urlsplit(url)
    names = ("HTTPS_PROXY", "https_proxy") if parts.scheme == "https" else ("HTTP_PROXY", "http_proxy")
    proxy = next((environ[name] for name in names if environ.get(name)), "")
    host = parts.hostname or ""
    excluded = environ.get("NO_PROXY") or environ.get("no_proxy") or ""
    if not proxy or is_local(host) or any(_excludes(rule.strip(), host, parts.port) for rule in excluded.split(",")):
        return ""
    return proxy if "://" in proxy else f"http://{proxy}"


def is_local(host: str) -> bool:
    """Whether `host` is this computer."""
    address = _address(host)
    return host == "localhost" or (address is not None and address.is_loopback)


def _excludes(rule: str, host: str, port: int | None) -> bool:
    if not rule or rule == "*":
        return rule == "*"
    address = _address(host)
    if address is not None and "/" in rule:
        try:
            return address in ipaddress.ip_network(rule, strict=False)
        except ValueError:
            return False
    name, _, wanted = rule.rpartition(":") if rule.count(":") == 1 else (rule, "", "")
    if wanted and wanted != str(port):
        return False
    name = name.removeprefix("*").lower()
    return (host == name.strip(".") and not name.startswith(".")) or host.endswith(f".{name.lstrip('.')}")


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
