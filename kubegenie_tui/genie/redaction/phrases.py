"""Where in a text a credential stands: behind `Authorization:`, in an address, in a statement, in what people write."""

import re
from collections.abc import Callable

from kubegenie_tui.domain.credential_names import is_credential_name
from kubegenie_tui.genie.redaction.said import is_mixed, is_reference, is_word, looks_secret

Rule = tuple[tuple[str, ...], re.Pattern[str], Callable[[re.Match[str]], bool]]
"""Words in lower case one of which is on the line; where the credential (`v`, else `w`) stands; whether it is one."""

_OF_PASSWORDS = r"(?:pass(?:wor[dt]|wd|phrase|code)|kennwort|contraseña)"
_SCHEME = r"(?:bearer|basic|token|negotiate|ntlm|api-?key|hawk|ssws|oauth|key|splunk|jwt|googlelogin|privatetoken)"
_KEY = r"(?:api|access|secret|private|unseal|recovery|encryption|signing|master|account|shared|license|root|admin)"
_HOST_BEHIND = r"(?=[\w.-]{1,253}(?::\d+)?(?:[/?#,;\s\"'\\)\]]|$))"
_WORD = r"(?P<v>[^\s\"',;\\]{3,300}[^\s\"',;\\.:)\]])"
_PASS_HINTS = ("passw", "passphrase", "passcode", "kennwort", "contrase")
_SET_TO = r"(?:(?:is|was|now|set|changed|reset|to|->|>|is:)[ \t]+){0,3}"
_NAME = re.compile(r"[a-z]+(?:-[a-z0-9]+)+")
"""As objects of a cluster are called."""
_SIGN = r"\\?[\"']?\s*[:=]\s*[\\\"'\[]{0,4}"
_NO_PAIR = r"(?![\w-]+=[\"'\\])"
_COOKIE = r"[\w.%-]+=[^;\n\"'\\]+"


def _always(match: re.Match[str]) -> bool:
    return True


def _no_talk(match: re.Match[str]) -> bool:
    return not is_word(match["v"])


def _secret(match: re.Match[str]) -> bool:
    return looks_secret(match["v"])


def _mixed(match: re.Match[str]) -> bool:
    return is_mixed(match["v"]) and not is_reference(match["v"]) and not _NAME.fullmatch(match["v"])


def _named(match: re.Match[str]) -> bool:
    return is_credential_name(match["n"])


def _no_address(match: re.Match[str]) -> bool:
    return not re.fullmatch(r"[0-9a-fA-F:]+", match[0]) and not match["v"].isdigit()


def _no_numbers(match: re.Match[str]) -> bool:
    return not (match["user"].isdigit() and match["v"].isdigit())


_RULES = (
    (
        ("://",),
        rf"://(?P<v>[^\s:/@'\"<>]{{0,200}}:(?!\d+(?:[/?#,;)]|$))(?:(?!://)[^\s'\"<>]){{1,512}})@{_HOST_BEHIND}",
        _always,
    ),
    (("://",), r"://(?P<v>[^\s/'\"?#<>]{1,512})@", _always),
    (("://",), r"://(?P<v>[^\s:/@'\"]{0,200}:(?!\d+[/?#])[^\s'\"<>@]{1,512})@", _always),
    (("authorization",), rf"\bauthorization{_SIGN}{_SCHEME}\s+{_NO_PAIR}(?P<v>[^\s\"',;\\]+)", _no_talk),
    (
        ("bearer", "basic", "token"),
        r"\b(?:bearer|basic|token)(?:\s+|(?<=bearer):\s{0,4})[\\\"'(\[<]{0,2}"
        rf"{_NO_PAIR}(?P<v>[A-Za-z0-9._~+/=-]{{6,}})",
        _mixed,
    ),
    (("cookie",), rf"(?<![\w-])cookie{_SIGN}(?P<v>{_COOKIE}(?:;\s*{_COOKIE})*)", _always),
    (("cookie",), rf"\bset-cookie{_SIGN}(?P<v>{_COOKIE})", _always),
    (("sig=", "signature="), r"(?<![^\W_])sig(?:nature)?=[\\\"']{0,2}(?P<v>[^\s&\"',;<>\\]{8,})", _secret),
    (("code=",), r"(?<=[?&]code=)(?P<v>[\w/%.-]{10,})", _secret),
    (
        ("-u", "-user"),
        r"(?:^|[\s\"',\[])(?:-u|--(?:proxy-)?user)[\s=\"',]{1,4}(?P<user>[^\s:\"',]{1,100}):(?!//)(?P<v>[^\s\"'\\]+)",
        _no_numbers,
    ),
    ((*_PASS_HINTS, "pw "), rf"(?<![A-Za-z0-9.-])(?:{_OF_PASSWORDS}|pw)[ \t]+{_SET_TO}{_WORD}", _secret),
    (_PASS_HINTS, rf"\b{_OF_PASSWORDS}(?:[ \t]+|[ \t]*\([ \t]*)'(?P<v>[^'\n]{{1,300}})'", _always),
    (_PASS_HINTS, rf"\b{_OF_PASSWORDS}[ \t]+{_SET_TO}\\?\"(?P<v>[^\"\n\\]{{1,300}})", _secret),
    (
        _PASS_HINTS,
        rf"\b{_OF_PASSWORDS}\s(?:is\s)?(?:generated\s)?(?:for|of)\s[^\n:]{{1,60}}(?::|\sis)\s{{1,4}}{_WORD}",
        _secret,
    ),
    (_PASS_HINTS, rf"\blogin\s+[^\s:]{{1,200}}\s+password\s+{_WORD}", _no_talk),
    (("cred",), rf"\bcred(?:ential)?s?:?[ \t]+(?:for[ \t]+)?[\w.@-]{{1,60}}(?::| / ){_WORD}", _secret),
    (("</",), r"<(?P<n>[\w:.-]{1,100})>(?P<v>[^<\n]{1,300})</", _named),
    (
        ("value",),
        r"\b(?:name|key)\s?=\s?\\?[\"'](?P<n>[\w:.-]{1,253})\\?[\"']\s+value\s?=\s?\\?[\"'](?P<v>[^\"'\n\\]{1,300})",
        _named,
    ),
    (
        ("requirepass", "masterauth", "primaryauth"),
        rf"(?<![\w.-])(?:requirepass|masterauth|primaryauth)\\?\"?[ \t]+(?!<)\\?[\"']?{_WORD}",
        _no_talk,
    ),
    (("auth-pass",), rf"\bauth-pass\s+\S{{1,100}}\s+{_WORD}", _always),
    (("auth ",), rf"(?<![\w.-])(?-i:AUTH)[ \t]+{_WORD}", _secret),
    (("auth",), r"\"auth\\?\"\s+(?:\\?\"[^\"\n\\]{1,100}\\?\"\s+)?\\?\"(?P<v>[^\"\n\\]{1,300})", _always),
    (
        ("identified",),
        r"\bidentified\s+(?:with\s+\S{1,60}\s+)?(?:by|as)\s+(?:password\s+)?\\?[\"'](?P<v>[^\"'\n\\]{1,300})",
        _always,
    ),
    (("on >", "off >"), r"\b(?:on|off)\s>(?P<v>[^\s\"'\\]+)", _always),
    ((" key",), rf"(?<![\w-]){_KEY}\s(?:access\s)?key(?:\s\d{{1,2}})?\s{{0,3}}[:=]\s{{0,3}}{_WORD}", _secret),
    (
        (":*:", "5432:", "5433:", "5439:", "6432:"),
        r"(?<![\w.:/-])[\w.*-]+:(?:\d{4,5}|\*):[\w*-]+:[\w*.-]+:(?P<v>[^\s\"'\\]{3,})",
        _no_address,
    ),
    (
        ("@",),
        r"(?<![\w.:/@-])[\w.-]{1,60}:(?P<v>[^\s\"'/@:,]{4,200})@(?!sha\d)[\w.-]{1,253}(?::\d{2,5}|/\w)",
        _secret,
    ),
    (("@tcp(", "@unix("), r"(?<![\w.-])[\w.-]{1,100}:(?P<v>[^\s\"'/]{1,300})@(?:tcp|unix)\(", _always),
    (("thin:",), r"\bthin:[^\s/@:]{1,100}/(?P<v>[^\s@\"']{1,300})@", _always),
)
PHRASES: tuple[Rule, ...] = tuple(
    (hints, re.compile(pattern, re.IGNORECASE), is_secret) for hints, pattern, is_secret in _RULES
)
