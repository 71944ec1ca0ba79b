"""Completion scripts for bash, zsh and fish, made from the parser: they need nothing but the shell."""

import argparse
import sys
from collections.abc import Iterable, Iterator

from kubegenie_tui.cli.command_tree import Command, commands
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.cli.parser import build_parser


def run(arguments: argparse.Namespace) -> int:
    """`kubegenie completion SHELL`."""
    write = {"bash": bash_script, "zsh": zsh_script, "fish": fish_script}[arguments.shell]
    sys.stdout.write(write(list(commands(build_parser()))))
    return Exit.OK


def bash_script(known: list[Command]) -> str:
    """For `source <(kubegenie completion bash)`."""
    cases = "\n".join(f'        "{_path(command)}") words="{" ".join(_words(command))}" ;;' for command in known)
    return f"""# bash completion for kubegenie
_kubegenie() {{
    local current="${{COMP_WORDS[COMP_CWORD]}}" previous="${{COMP_WORDS[COMP_CWORD-1]}}" path="" words="" word
    for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
        case "$path $word" in
            {_verb_paths(known)}) path="$path $word" ;;
        esac
    done
    case "$previous" in
        {"|".join(_options_of_files(known))}) COMPREPLY=($(compgen -f -- "$current")); return ;;
        {_bash_choices(known)}
    esac
    case "$path" in
{cases}
    esac
    COMPREPLY=($(compgen -W "$words" -- "$current"))
}}
complete -F _kubegenie kubegenie
"""


def zsh_script(known: list[Command]) -> str:
    """For `source <(kubegenie completion zsh)`."""
    cases = "\n".join(f"        {_quoted(_path(command))}) choices=({_described(command)}) ;;" for command in known)
    return f"""#compdef kubegenie
_kubegenie() {{
    local path_so_far="" word
    local -a choices
    for word in "${{(@)words[2,CURRENT-1]}}"; do
        case "$path_so_far $word" in
            {_verb_paths(known)}) path_so_far="$path_so_far $word" ;;
        esac
    done
    case "$words[CURRENT-1]" in
        {"|".join(_options_of_files(known))}) _files; return ;;
        {_zsh_choices(known)}
    esac
    case "$path_so_far" in
{cases}
    esac
    _describe 'kubegenie' choices
}}
compdef _kubegenie kubegenie
"""


def fish_script(known: list[Command]) -> str:
    """For `kubegenie completion fish | source`."""
    return "\n".join(["# fish completion for kubegenie", "complete -c kubegenie -f", *_fish_lines(known)]) + "\n"


def _fish_lines(known: list[Command]) -> Iterator[str]:
    for command in known:
        here = _fish_condition(command)
        for verb, summary in command.verbs.items():
            yield f"complete -c kubegenie -n {_quoted(here)} -a {verb} -d {_quoted(summary)}"
        for option in command.options:
            yield f"complete -c kubegenie -n {_quoted(here)} {_fish_option(option)} -d {_quoted(option.help or '')}"
        if values := _argument_values(command):
            yield f"complete -c kubegenie -n {_quoted(here)} -a {_quoted(' '.join(values))}"


def _fish_condition(command: Command) -> str:
    seen = "; and ".join(f"__fish_seen_subcommand_from {verb}" for verb in command.path)
    not_yet = f"not __fish_seen_subcommand_from {' '.join(command.verbs)}" if command.verbs else ""
    return "; and ".join(part for part in (seen, not_yet) if part)


def _fish_option(option: argparse.Action) -> str:
    names = [f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in option.option_strings]
    if option.choices:
        names.append(f"-x -a {_quoted(' '.join(option.choices))}")
    elif option.nargs != 0:
        names.append("-r -F" if option.metavar == "FILE" else "-x")
    return " ".join(names)


def _path(command: Command) -> str:
    return "".join(f" {verb}" for verb in command.path)


def _verb_paths(known: list[Command]) -> str:
    return "|".join(f'"{_path(command)}"' for command in known if command.path)


def _words(command: Command) -> list[str]:
    names = [name for option in command.options for name in option.option_strings]
    return [*command.verbs, *_argument_values(command), *names]


def _argument_values(command: Command) -> list[str]:
    from kubegenie_tui.domain.builtin_kinds import BUILTIN_KINDS

    if command.path == ("get",):
        return [kind.plural for kind in BUILTIN_KINDS]
    return [str(choice) for argument in command.arguments for choice in argument.choices or ()]


def _options_of_files(known: Iterable[Command]) -> list[str]:
    named = (option for command in known for option in command.options if option.metavar == "FILE")
    return list(dict.fromkeys(name for option in named for name in option.option_strings))


def _choices(known: Iterable[Command]) -> dict[str, str]:
    """The values of options that have a fixed set of them, by the option's names as a shell pattern."""
    options = (option for command in known for option in command.options if option.choices)
    return {"|".join(option.option_strings): " ".join(option.choices or ()) for option in options}


def _bash_choices(known: Iterable[Command]) -> str:
    return "\n        ".join(
        f'{names}) COMPREPLY=($(compgen -W "{values}" -- "$current")); return ;;'
        for names, values in _choices(known).items()
    )


def _zsh_choices(known: Iterable[Command]) -> str:
    return "\n        ".join(f"{names}) compadd {values}; return ;;" for names, values in _choices(known).items())


def _described(command: Command) -> str:
    entries = [f"{verb}:{summary}" for verb, summary in command.verbs.items()]
    entries += _argument_values(command)
    entries += [f"{name}:{option.help or ''}" for option in command.options for name in option.option_strings]
    return " ".join(_quoted(entry) for entry in entries)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", r"'\''") + "'"
