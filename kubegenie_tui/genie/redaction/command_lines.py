"""Passwords on command lines, where a client takes them by a short flag or as a word of their own."""

import re

from kubegenie_tui.genie.redaction.phrases import Rule
from kubegenie_tui.genie.redaction.said import is_word

_WORDS = r"[^\n;|&]{0,300}?"
"""What stands between a program and its flag."""
_GAP = r"(?:\s+|\\?[\"'],\s*)"
"""What stands between two words, in a shell or in a list."""
_VALUE = r"(?:(?P<q>\\?[\"'])(?P<v>(?:(?!(?P=q))[^\n]){1,300})(?P=q)|(?P<w>[^\s\"',;|&\\\]]+))"
_FLAG = r"(?<=[\s\"',])"
_END = r"(?![\w./-])"
_MYSQL = r"(?:mysql(?:dump|admin|import|check|show|binlog|pump|sh|slap)?|mariadb(?:-\w+)?)"
_LOGIN = r"(?:docker|podman|nerdctl|buildah|skopeo|crane|oras|helm|helm\s+registry|az|az\s+acr|oc|argocd|rancher|cf)"
_USER = r"[^\s\"',:%]{1,100}"
_PIPED = r"[^\n|]{0,80}(?:--password-stdin|sudo\s+-S|chpasswd|--stdin)"
_COMMANDS = (
    (("mysql", "mariadb"), rf"{_MYSQL}{_END}{_WORDS}{_FLAG}-p(?!(?:ath|ort|rint|rune|erm)\b){_VALUE}"),
    (("-cli",), rf"(?:redis|valkey|keydb)-cli{_END}{_WORDS}{_FLAG}(?:-a|--pass){_GAP}{_VALUE}"),
    (("sshpass",), rf"sshpass{_END}{_WORDS}{_FLAG}-p\s*{_VALUE}"),
    (
        ("curl",),
        rf"curl{_END}[^\n|]{{0,300}}?{_FLAG}(?:-[a-zA-Z]{{0,4}}[uU]|--(?:proxy-)?user)[\s,=\"'\\]{{0,4}}?"
        rf"(?:(?P<q>\\?[\"']){_USER}:(?P<v>(?:(?!(?P=q))[^\n]){{1,300}})(?P=q)|{_USER}:(?P<w>[^\s\"',;|&\\]+))",
    ),
    (("login",), rf"{_LOGIN}\s+login{_END}{_WORDS}{_FLAG}-p{_GAP}{_VALUE}"),
    (("creds",), rf"--(?:src-|dest-)?creds[\s=\"',]+{_USER}:{_VALUE}"),
    (("mongo",), rf"mongo(?:sh|dump|restore|export|import|stat|top)?{_END}{_WORDS}{_FLAG}-p{_GAP}{_VALUE}"),
    (("ldap",), rf"ldap(?:search|modify|add|delete|passwd|whoami|compare){_END}{_WORDS}{_FLAG}-w{_GAP}{_VALUE}"),
    (("sqlcmd", "bcp", "isql", "osql"), rf"(?:sqlcmd|bcp|isql|osql){_END}{_WORDS}{_FLAG}-P\s*{_VALUE}"),
    (("cqlsh",), rf"cqlsh{_END}{_WORDS}{_FLAG}-p{_GAP}{_VALUE}"),
    (("smbclient", "rpcclient"), rf"(?:smbclient|rpcclient){_END}{_WORDS}{_FLAG}-U\s*[\"']?{_USER}%{_VALUE}"),
    (("rabbitmqctl",), rf"rabbitmqctl{_END}{_WORDS}(?:add_user|change_password){_GAP}{_USER}{_GAP}{_VALUE}"),
    (("htpasswd",), rf"htpasswd\s+-\w*b\w*{_GAP}(?:{_USER}{_GAP})?{_USER}{_GAP}{_VALUE}(?=\s*(?:[\"'\\;|&\]]|$))"),
    (("zip",), rf"(?:un)?zip{_END}{_WORDS}{_FLAG}-P\s*{_VALUE}"),
    (("7z",), rf"7z[ar]?{_END}{_WORDS}{_FLAG}-p{_VALUE}"),
    (("openssl",), rf"openssl{_END}{_WORDS}pass:{_VALUE}"),
    (("vault",), rf"vault\s+login\s+(?!-){_VALUE}"),
    (
        ("echo", "printf"),
        rf"(?:echo|printf)\s+(?:-n\s+)?(?P<q>(?:\\?[\"'])?)(?:root:)?(?:(?P<w>(?!))|(?P<v>[^\s\"'|\\]+))(?P=q)\s*\|{_PIPED}",
    ),
)


def _is_password(match: re.Match[str]) -> bool:
    return not is_word(match["v"] or match["w"])


COMMANDS: tuple[Rule, ...] = tuple(
    (hints, re.compile(rf"(?:(?<![\w./-])|(?<=bin/)){pattern}", re.MULTILINE), _is_password)
    for hints, pattern in _COMMANDS
)
