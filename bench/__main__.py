"""Runs the benchmarks, each in a process of its own, prints the figures, keeps them as JSON and fails over budget.

`python -m bench [NAME ...]` runs those named; by default all but `endurance`, which takes ten minutes by itself. A
benchmark is a module of this package that, run as a program, calls `bench.figure.report`.
"""

import argparse
import compileall
import platform
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from bench.figure import Figure
from kubegenie_tui import __version__

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"
NOT_BENCHMARKS = {"__init__", "__main__", "canned", "figure", "measure", "servers", "terminal"}
WHEN_NAMED = {"endurance"}


def main() -> int:
    known = sorted(path.stem for path in HERE.glob("*.py") if path.stem not in NOT_BENCHMARKS)
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(known)}")
    names = parser.parse_args().names or [name for name in known if name not in WHEN_NAMED]
    if unknown := set(names) - set(known):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}: there are {', '.join(known)}")
    compile_ours()
    results: dict[str, list[Figure]] = {}
    failed = [name for name in names if not run(name, results.setdefault(name, []))]
    over = [figure.name for figures in results.values() for figure in figures if not figure.kept]
    print(f"\nkept in {save(results)}")
    for name in failed:
        print(f"the benchmark {name} did not end well")
    if over:
        print(f"over budget: {', '.join(over)}")
    return 1 if failed or over else 0


def compile_ours() -> None:
    """Compile the package as its installation does: where nobody may write bytecode, each start would do it again."""
    compileall.compile_dir(HERE.parent / "kubegenie_tui", quiet=1)


def run(name: str, figures: list[Figure]) -> bool:
    """Run one benchmark, print its figures as they come and add them to `figures`; whether it ended well."""
    print(f"\n{name}")
    command = [sys.executable, "-m", f"bench.{name}"]
    with subprocess.Popen(command, cwd=HERE.parent, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for line in process.stdout:
            figure = msgspec.json.decode(line, type=Figure)
            figures.append(figure)
            print(f"  {'ok  ' if figure.kept else 'OVER'} {figure.name:<60} {told(figure)}")
    return process.returncode == 0 and bool(figures)


def told(figure: Figure) -> str:
    """`0.49 CPU-s   at most 0.6`."""
    limit = "" if figure.budget is None else f"   {'at least' if figure.at_least else 'at most'} {figure.budget:g}"
    value = f"{figure.value:,.0f}" if figure.value >= 1000 else f"{figure.value:.3g}"
    return f"{value:>10} {figure.unit}{limit}"


def save(results: dict[str, list[Figure]]) -> Path:
    """Write the figures with what they were measured on."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / time.strftime("%Y-%m-%dT%H%M%S.json")
    machine = dict(machine_facts())
    path.write_bytes(msgspec.json.format(msgspec.json.encode({"machine": machine, "figures": results})))
    return path


def machine_facts() -> Iterator[tuple[str, str]]:
    """What the figures depend on."""
    import os
    from importlib.metadata import version

    yield "kubegenie", __version__
    yield "python", platform.python_version()
    yield "textual", version("textual")
    yield "system", platform.platform()
    yield "cores", str(os.cpu_count())


if __name__ == "__main__":
    sys.exit(main())
