"""A plan on the command line: what it would do, a person's yes, and how it goes. The same gate as everywhere."""

import argparse
import sys
from typing import TYPE_CHECKING, Any

from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.cli.output import write_json
from kubegenie_tui.cli.typed_line import typed_line
from kubegenie_tui.domain.errors import Conflict, KubeGenieError, UsageError
from kubegenie_tui.domain.plan import Plan, Preview, Progress, StepState, Tier
from kubegenie_tui.domain.text import plain

if TYPE_CHECKING:
    from kubegenie_tui.agents.cluster_agent import ClusterAgent
    from kubegenie_tui.changes.gate import Gate
    from kubegenie_tui.services import Services

_DRY, _REFUSED = "dry run", "refused"


async def change(services: "Services", agent: "ClusterAgent", plan: Plan, arguments: argparse.Namespace) -> Exit:
    """Show a plan, let a person decide unless that was said beforehand, and carry it out.

    When an object changed after it was shown, nothing is done: a person who was asked is shown the plan anew.

    Raises:
        UsageError: nobody can be asked, or the answer was not the word to type.
        KubeGenieError: the plan is refused.
        StoreError: it cannot be put on record.
    """
    gate = (await services.changes()).gate
    while True:
        preview = await gate.preview(agent, plan)
        if arguments.output == "json":
            return await _in_json(gate, agent, preview, arguments)
        try:
            return await _in_words(gate, agent, preview, arguments)
        except _NothingDoneError as error:
            if arguments.yes:
                raise error.changed from None
            sys.stderr.write(f"Nothing was done: {plain(str(error.changed))}\nThis is how it would be now:\n\n")
            sys.stderr.flush()


class _NothingDoneError(Exception):
    """An object was not as it was shown any more."""

    def __init__(self, changed: Conflict) -> None:
        super().__init__(changed)
        self.changed = changed


async def _in_words(gate: "Gate", agent: "ClusterAgent", preview: Preview, arguments: argparse.Namespace) -> Exit:
    _write_preview(preview)
    if preview.refusal is not None:
        raise preview.refusal
    if arguments.dry_run:
        return Exit.OK
    how, typed = _decide(preview, yes=arguments.yes)
    if not how:
        sys.stderr.write("Nothing was changed.\n")
        return Exit.FAILED
    return await _carry_out(gate, agent, preview, how, typed)


def _decide(preview: Preview, *, yes: bool) -> tuple[str, str]:
    """How the yes was said and what was typed for it; two empty texts for a no."""
    if yes:
        if preview.tier is Tier.DESTRUCTIVE:
            why = f"it is {preview.tier.words}: {'; '.join(preview.reasons)}"
            raise UsageError("--yes is not enough for this", why, "run it at a terminal and type the name")
        return "--yes", ""
    if not sys.stdin.isatty():
        raise UsageError("Nobody can be asked: this is no terminal", next_step="say --yes, or --dry-run to look only")
    if preview.tier is Tier.DESTRUCTIVE:
        typed = typed_line(f"Type {plain(preview.confirm)} to go on: ")
        return (f"typed {typed}", typed) if typed else ("", "")
    return ("answered y", "") if typed_line("Go on? [y/N] ").lower() in ("y", "yes") else ("", "")


async def _carry_out(gate: "Gate", agent: "ClusterAgent", preview: Preview, how: str, typed: str) -> Exit:
    approval = gate.approve(preview, how, typed)
    failure: KubeGenieError | None = None
    is_begun = False
    async for news in gate.carry_out(agent, preview, approval):
        is_begun |= news.step >= 0 and news.state is StepState.DONE
        if news.step < 0:
            failure = news.error
        else:
            sys.stdout.write(f"{_progress(preview, news)}\n")
            sys.stdout.flush()
    if isinstance(failure, Conflict) and not is_begun:
        raise _NothingDoneError(failure)
    if failure is not None:
        raise failure
    return Exit.OK


def _progress(preview: Preview, news: Progress) -> str:
    """`✔ deployments.apps shop/web: 3 of 3 pods ready`."""
    said = plain(news.text or (str(news.error) if news.error else news.state.value))
    return f"{news.state.health.glyph} {plain(str(preview.steps[news.step].step.ref))}: {said}"


def _write_preview(preview: Preview) -> None:
    lines = [plain(preview.plan.title), f"on {plain(preview.plan.cluster)}"]
    if preview.identity:
        lines[1] += f" as {plain(preview.identity)}"
    for shown in preview.steps:
        lines.append(f"\n{plain(shown.step.words)}")
        lines += [f"  {line.sign} {plain(line.text)}" for line in shown.diff] or ["  nothing would change"]
    notes = [*preview.checks, *preview.impact]
    lines += ["", *(f"{note.health.glyph} {plain(note.text)}" for note in notes)] if notes else []
    if preview.refusal is None:
        why = f": {plain('; '.join(preview.reasons))}" if preview.reasons else ""
        lines.append(f"\n{preview.tier.words}{why}")
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


async def _in_json(gate: "Gate", agent: "ClusterAgent", preview: Preview, arguments: argparse.Namespace) -> Exit:
    told = _told(preview)
    failure = preview.refusal
    if failure is not None:
        told["outcome"] = _REFUSED
    elif arguments.dry_run:
        told["outcome"] = _DRY
    else:
        if not arguments.yes:
            raise UsageError("With -o json nobody is asked", next_step="say --yes, or --dry-run to look only")
        approval = gate.approve(preview, _decide(preview, yes=True)[0])
        async for news in gate.carry_out(agent, preview, approval):
            if news.step < 0:
                failure, told["outcome"] = news.error, news.state.value
            elif news.state is not StepState.RUNNING:
                told["steps"][news.step] |= {"outcome": news.state.value, "text": news.text}
    if failure is not None:
        told["error"] = {"what": failure.what, "why": failure.why, "next_step": failure.next_step}
    write_json(told)
    return Exit.OK if failure is None else Exit.of(failure)


def _told(preview: Preview) -> dict[str, Any]:
    return {
        "title": preview.plan.title,
        "cluster": preview.plan.cluster,
        "identity": preview.identity,
        "tier": f"W{preview.tier.value}",
        "reasons": preview.reasons,
        "checks": [note.text for note in preview.checks],
        "impact": [note.text for note in preview.impact],
        "steps": [
            {
                "verb": shown.step.verb.value,
                "kind": shown.step.ref.kind,
                "namespace": shown.step.ref.namespace,
                "name": shown.step.ref.name,
                "subresource": shown.step.subresource,
                "awaits": shown.awaits,
                "diff": [f"{line.sign}{line.text}" for line in shown.diff],
            }
            for shown in preview.steps
        ],
    }
