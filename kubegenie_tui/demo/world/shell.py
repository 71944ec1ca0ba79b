"""A tiny shell for exec: enough to look around in a container that does not exist."""

import shlex
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

from kubegenie_tui.demo.state.cluster import Cluster
from kubegenie_tui.demo.state.objects import Object, name_of
from kubegenie_tui.demo.world.environment import CannotStart, environment, mounted_files
from kubegenie_tui.demo.world.programs import repository


class Result(NamedTuple):
    """What a command leaves behind."""

    out: str
    error: str = ""
    code: int = 0


class Shell:
    """A shell in one container."""

    def __init__(self, cluster: Cluster, pod: Object, container: Object) -> None:
        self._clock = cluster.clock
        try:
            self.variables = environment(cluster, pod, container)
        except CannotStart:
            self.variables = {}
        self.directory = "/"
        self.over: int | None = None
        """The exit code once `exit` was called."""
        name, tag = repository(container["image"])
        self._files = {
            "/etc/hostname": f"{name_of(pod)}\n",
            "/etc/os-release": f'NAME="Demo Linux"\nPRETTY_NAME="Demo Linux ({name}:{tag})"\n',
            "/etc/resolv.conf": "search svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n",
            **mounted_files(cluster, pod, container),
        }
        self._commands: dict[str, Callable[[list[str]], Result]] = {
            "echo": lambda words: Result(" ".join(words) + "\n"),
            "env": lambda _: Result("".join(f"{key}={value}\n" for key, value in sorted(self.variables.items()))),
            "pwd": lambda _: Result(f"{self.directory}\n"),
            "hostname": lambda _: Result(f"{name_of(pod)}\n"),
            "date": lambda _: Result(f"{self._clock.stamp()}\n"),
            "id": lambda _: Result("uid=1000(app) gid=1000(app)\n"),
            "whoami": lambda _: Result("app\n"),
            "ps": lambda _: Result(f"PID   USER     COMMAND\n    1 app      {container['name']}\n   42 app      sh\n"),
            "true": lambda _: Result(""),
            "false": lambda _: Result("", code=1),
            "ls": self._ls,
            "cat": self._cat,
            "cd": self._cd,
            "exit": self._exit,
        }

    def command(self, words: list[str]) -> Result:
        """Run a command as exec names it."""
        if words[0].rpartition("/")[2] in ("sh", "bash", "ash"):
            return self.line(words[2]) if len(words) > 2 and words[1] in ("-c", "-lc") else Result("")
        found = self._commands.get(words[0].rpartition("/")[2])
        return found(words[1:]) if found else Result("", f"sh: {words[0]}: not found\n", 127)

    def line(self, text: str) -> Result:
        """Run a line: commands joined by `;` and `&&`."""
        out, error, code = "", "", 0
        for part in text.replace("&&", ";&").split(";"):
            conditional, part = part.startswith("&"), part.removeprefix("&").strip()
            if not part or (conditional and code):
                continue
            one = self._one(part)
            out, error, code = out + one.out, error + one.error, one.code
            if self.over is not None:
                break
        return Result(out, error, code)

    def _one(self, text: str) -> Result:
        text, redirected = (text[: -len(">&2")], True) if text.endswith(">&2") else (text, False)
        try:
            words = [self._expanded(word) for word in shlex.split(text)]
        except ValueError as problem:
            return Result("", f"sh: syntax error: {problem}\n", 2)
        result = self.command(words) if words else Result("")
        return Result("", result.out + result.error, result.code) if redirected else result

    def _expanded(self, word: str) -> str:
        return self.variables.get(word[1:].strip("{}"), "") if word.startswith("$") else word

    def _path(self, word: str) -> str:
        path = word if word.startswith("/") else f"{self.directory.rstrip('/')}/{word}"
        return "/" + path.strip("/")

    def _ls(self, words: list[str]) -> Result:
        names = [word for word in words if not word.startswith("-")]
        path = self._path(names[0]) if names else self.directory
        if path in self._files:
            return Result(f"{names[0]}\n")
        inside = f"{path.rstrip('/')}/"
        found = {each[len(inside) :].partition("/")[0] for each in self._files if each.startswith(inside)}
        if path == "/":
            found |= {"bin", "dev", "etc", "proc", "tmp", "usr", "var"}
        return Result("".join(f"{each}\n" for each in sorted(found))) if found else _missing("ls", path)

    def _cat(self, words: list[str]) -> Result:
        for word in words:
            if self._path(word) not in self._files:
                return _missing("cat", word)
        return Result("".join(self._files[self._path(word)] for word in words))

    def _cd(self, words: list[str]) -> Result:
        self.directory = self._path(words[0]) if words else "/"
        return Result("")

    def _exit(self, words: list[str]) -> Result:
        self.over = int(words[0]) if words and words[0].isdigit() else 0
        return Result("", code=self.over)


def _missing(command: str, path: str) -> Result:
    return Result("", f"{command}: can't open '{path}': No such file or directory\n", 1)
