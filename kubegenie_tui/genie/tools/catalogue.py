"""Every tool with its arguments and what it does."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import cache
from typing import Any

import msgspec

from kubegenie_tui.domain.conversation import ShowRequested
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Plan, Preview
from kubegenie_tui.domain.text import plain
from kubegenie_tui.genie.asking import ASK_USER, question_to_person
from kubegenie_tui.genie.context.recalling import recall
from kubegenie_tui.genie.proposing import planning, telling
from kubegenie_tui.genie.proposing.expectations import expectation
from kubegenie_tui.genie.proposing.forbidden import require_proposable
from kubegenie_tui.genie.proposing.own_words import UNASKED
from kubegenie_tui.genie.proposing.sighting import Touched, require_sighted
from kubegenie_tui.genie.reading import (
    changes,
    composed,
    diagnosing,
    events,
    executing,
    lacking,
    listing,
    logs,
    meanings,
    objects,
    overview,
    policies,
    related,
    releases,
    rights,
    rollouts,
    searching,
    usage,
    uses,
)  # fmt: skip
from kubegenie_tui.genie.reading.kind_meant import kind_meant
from kubegenie_tui.genie.reading.resolving import resolve
from kubegenie_tui.genie.reading.scope import Result, Scope, where
from kubegenie_tui.genie.reading.selecting import Selected
from kubegenie_tui.genie.todo import TODO, listed
from kubegenie_tui.genie.tools import arguments as given
from kubegenie_tui.genie.tools import proposals
from kubegenie_tui.genie.tools.taking import Arguments
from kubegenie_tui.genie.wishes import wish as wishes

_LONGEST_SAID = 400
"""Characters of why a model proposes a change, and of what it expects."""
_MAKES = frozenset({"create", "apply"})
"""What may be proposed of objects that are not there yet."""
_PROPOSED = (
    "It is only proposed: nothing has changed. The person looks at it and decides; tell them in a sentence what you "
    "propose and why. Propose nothing more in this turn."
)


class Tool(msgspec.Struct, frozen=True):
    """One tool."""

    name: str
    arguments: type[Arguments]
    run: Callable[[Scope, Any], Awaitable[Result]]

    def schema(self) -> dict[str, Any]:
        """The tool as the chat completions API wants it; the same at each call, and not to be changed."""
        return _schema(self.name, self.arguments)


@cache
def _schema(name: str, arguments: type[Arguments]) -> dict[str, Any]:
    parameters = arguments.model_json_schema()
    description = parameters.pop("description", "")
    parameters.pop("title", None)
    for field in parameters.get("properties", {}).values():
        field.pop("title", None)
    function = {"name": name, "description": description, "parameters": parameters}
    return {"type": "function", "function": function}


async def _list(scope: Scope, args: given.ListArguments) -> Result:
    return await listing.list_rows(
        scope,
        args.kind,
        args.namespace,
        filter_text=args.filter.strip(),
        sort=args.sort,
        descending=args.descending,
        limit=args.limit,
        selected=Selected(args.label_selector, args.field_selector),
        columns=args.columns,
        cursor=args.cursor,
    )


async def _count(scope: Scope, args: given.CountArguments) -> Result:
    return await listing.count_rows(
        scope,
        args.kind,
        args.namespace,
        filter_text=args.filter.strip(),
        group_by=args.group_by,
        selected=Selected(args.label_selector, args.field_selector),
    )


async def _get(scope: Scope, args: given.GetArguments) -> Result:
    if args.view == "summary":
        if args.part or args.fields:
            raise UsageError("A summary is of the whole object", next_step="leave part and fields out, or view")
        return await objects.short_facts(scope, args.kind, args.name, args.namespace)
    return await objects.get_object(
        scope, args.kind, args.name, args.namespace, part=args.part or args.view, fields=args.fields
    )


async def _describe(scope: Scope, args: given.DescribeArguments) -> Result:
    return await objects.describe(scope, args.kind, args.name, args.namespace)


async def _diagnose(scope: Scope, args: given.DiagnoseArguments) -> Result:
    if args.name:
        kind = args.kind or (await kind_meant(scope, args.name, args.namespace)).id
        return await diagnosing.diagnose_object(scope, kind, args.name, args.namespace, analyzers=args.analyzers)
    return await diagnosing.diagnose_scope(scope, args.namespace, analyzers=args.analyzers)


async def _logs(scope: Scope, args: given.LogsArguments) -> Result:
    request = logs.LogRequest(args.container, args.previous, args.tail, args.since_seconds, args.grep, args.context)
    return await logs.read_logs(scope, args.kind, args.name, args.namespace, request)


async def _events(scope: Scope, args: given.EventsArguments) -> Result:
    return await events.read_events(
        scope,
        args.namespace,
        kind_name=args.kind,
        name=args.name,
        warnings_only=args.warnings_only,
        since_seconds=args.since_seconds,
        limit=args.limit,
    )


async def _top(scope: Scope, args: given.TopArguments) -> Result:
    return await usage.top(scope, args.kind, args.namespace, sort=args.sort, limit=args.limit)


async def _overview(scope: Scope, args: given.OverviewArguments) -> Result:
    return await overview.overview(scope, args.namespace)


async def _exec(scope: Scope, args: proposals.ExecArguments) -> Result:
    return await executing.execute(scope, args.pod, args.namespace, args.container, args.command, args.why)


async def _propose(scope: Scope, args: proposals.ProposeArguments) -> Result:
    planning.require_writable(scope)
    refs = [None if step.operation in _MAKES else await _target(scope, step) for step in args.steps]
    plans = [await _planned(scope, step, ref) for step, ref in zip(args.steps, refs, strict=True)]
    plan, command = planning.joined(plans)
    expects = [await expectation(scope, plan, each.what, each.value, each.of) for each in args.expects]
    said = {"why": _said(scope, args.why), "expect": _said(scope, args.expect)}
    plan = msgspec.structs.replace(
        plan, **said, expects=tuple(expects), unasked=await _unasked(scope, args.steps, refs)
    )
    result = await telling.propose_plan(scope, plan, command)
    require_proposable(result.data.preview)
    written = [plan for (plan, _), ref in zip(plans, refs, strict=True) if ref is None]
    await require_sighted(scope, [*_named(args.steps, refs), *_written(written, result.data.preview)])
    expect = f"\nwhen it is made, look whether this holds: {args.expect}" if args.expect else ""
    return msgspec.structs.replace(result, text=f"{result.text}\n{_PROPOSED}{expect}", data=result.data.event)


async def _unasked(scope: Scope, steps: Sequence[proposals.ProposedStep], refs: Sequence[ObjectRef | None]) -> str:
    """Why no yes that was given before covers it; empty where the person's own text asks for just this."""
    if scope.own_words is None or len(steps) != 1 or refs[0] is None or steps[0].operation in wishes.WRITTEN:
        return UNASKED
    wish = planning.Wish(planning.proposable(steps[0].operation).id, (refs[0],), steps[0].given)
    return "" if await scope.own_words.ask_for(wish, scope.reader.name) else UNASKED


def _said(scope: Scope, words: str) -> str:
    """What a model says of its proposal, as a person may read it."""
    text = scope.redactor.text(plain(words)).strip()
    return text if len(text) <= _LONGEST_SAID else f"{text[: _LONGEST_SAID - 1]}…"


async def _target(scope: Scope, step: proposals.ProposedStep) -> ObjectRef:
    return await resolve(scope, scope.kind(step.kind), step.name, step.namespace)


async def _planned(scope: Scope, step: proposals.ProposedStep, ref: ObjectRef | None) -> tuple[Plan, str]:
    """The plan of one step, and its command; `ref` is None for an object that is written out."""
    if ref is None:
        return planning.applied(scope, step.manifest, step.namespace), ""
    if step.operation == "patch":
        if not step.manifest:
            raise UsageError("A patch of nothing", next_step="say in manifest what is to be merged into it")
        return planning.written_plan(scope, [wishes.Step("patch", ref, {}, step.manifest)]), ""
    return await planning.planned(scope, planning.Wish(step.operation, (ref,), step.given))


def _named(steps: Sequence[proposals.ProposedStep], refs: Sequence[ObjectRef | None]) -> Iterator[Touched]:
    for step, ref in zip(steps, refs, strict=True):
        if ref is not None:
            told = step.namespace or ""
            yield Touched(ref, namespace=told if told == ref.namespace else "")


def _written(plans: Sequence[Plan], preview: Preview) -> Iterator[Touched]:
    """What is written out, and whether it lives already."""
    live = {step.step.ref for step in preview.steps if step.before is not None}
    yield from (Touched(step.ref, step.ref in live, step.ref.namespace) for plan in plans for step in plan.steps)


async def _search(scope: Scope, args: given.SearchArguments) -> Result:
    return await searching.search(scope, args.text, args.kinds, args.namespace)


async def _related(scope: Scope, args: given.RelatedArguments) -> Result:
    return await related.related(scope, args.kind, args.name, args.namespace, depth=args.depth)


async def _rollout(scope: Scope, args: given.RolloutArguments) -> Result:
    if args.action == "status":
        return await rollouts.rollout_status(scope, args.kind, args.name, args.namespace)
    return await rollouts.rollout_history(scope, args.kind, args.name, args.namespace, args.revision)


async def _can_i(scope: Scope, args: given.CanArguments) -> Result:
    return await rights.may(scope, args.verb, args.kind, args.namespace, args.name, args.subject)


async def _who_can(scope: Scope, args: given.WhoCanArguments) -> Result:
    return await rights.who_can(scope, args.verb, args.kind, args.namespace, args.name)


async def _whoami(scope: Scope, _: given.WhoamiArguments) -> Result:
    return await rights.whoami(scope)


async def _explain(scope: Scope, args: given.ExplainArguments) -> Result:
    return await meanings.explain(scope, args.kind, args.path)


async def _kinds(scope: Scope, args: given.KindsArguments) -> Result:
    return await meanings.api_resources(scope, args.filter)


async def _lacking(scope: Scope, args: given.LackingArguments) -> Result:
    return await lacking.lacking(scope, args.kind, args.what, args.namespace)


async def _audit_policy(scope: Scope, args: given.AuditPolicyArguments) -> Result:
    return await policies.audit_policies(scope, args.namespace, args.checks, args.given)


async def _changes(scope: Scope, args: given.ChangesArguments) -> Result:
    return await changes.read_changes(scope, args.namespace, since_seconds=args.since_seconds, name=args.name)


async def _helm(scope: Scope, args: given.HelmArguments) -> Result:
    if not args.name:
        return await releases.list_releases(scope, args.namespace)
    return await releases.read_one(scope, args.name, args.namespace, args.view, args.revision)


async def _crossplane(scope: Scope, args: given.CrossplaneArguments) -> Result:
    return await composed.read_crossplane(scope, args.what, args.namespace, args.limit)


async def _users(scope: Scope, args: given.UsersArguments) -> Result:
    return await uses.users_of(scope, args.kind, args.name, args.namespace)


async def _show(scope: Scope, args: given.ShowArguments) -> Result:
    kind = scope.kind(args.kind)
    space, name = await scope.known_namespace(args.namespace, kind), ""
    if args.name:
        ref = await resolve(scope, kind, args.name, args.namespace)
        space, name = ref.namespace, ref.name
    view = args.view if name or args.view == "table" else "table"
    show = ShowRequested(kind.id, space, args.filter, name, view)
    summary = f"showing {kind.plural}{f' {name}' if name else ''}{where(kind, space)}"
    return Result(summary, summary, None, show)


async def _recall(scope: Scope, args: given.RecallArguments) -> Result:
    return await recall(scope, args.result, args.grep, args.start, args.lines, args.path)


async def _ask(_: Scope, args: given.AskArguments) -> Result:
    return question_to_person(args.question, args.options)


async def _todo(scope: Scope, args: given.TodoArguments) -> Result:
    return listed([(scope.redactor.text(item.text), item.state) for item in args.items])


TOOLS: dict[str, Tool] = {
    tool.name: tool
    for tool in (
        Tool("list", given.ListArguments, _list),
        Tool("count", given.CountArguments, _count),
        Tool("search", given.SearchArguments, _search),
        Tool("get", given.GetArguments, _get),
        Tool("describe", given.DescribeArguments, _describe),
        Tool("diagnose", given.DiagnoseArguments, _diagnose),
        Tool("logs", given.LogsArguments, _logs),
        Tool("events", given.EventsArguments, _events),
        Tool("top", given.TopArguments, _top),
        Tool("overview", given.OverviewArguments, _overview),
        Tool("show", given.ShowArguments, _show),
        Tool("related", given.RelatedArguments, _related),
        Tool("used_by", given.UsersArguments, _users),
        Tool("rollout", given.RolloutArguments, _rollout),
        Tool("changes", given.ChangesArguments, _changes),
        Tool("can_i", given.CanArguments, _can_i),
        Tool("who_can", given.WhoCanArguments, _who_can),
        Tool("whoami", given.WhoamiArguments, _whoami),
        Tool("explain", given.ExplainArguments, _explain),
        Tool("api_resources", given.KindsArguments, _kinds),
        Tool("lacking", given.LackingArguments, _lacking),
        Tool("audit_policy", given.AuditPolicyArguments, _audit_policy),
        Tool("helm", given.HelmArguments, _helm),
        Tool("crossplane", given.CrossplaneArguments, _crossplane),
        Tool("recall", given.RecallArguments, _recall),
        Tool(TODO, given.TodoArguments, _todo),
        Tool(ASK_USER, given.AskArguments, _ask),
        Tool("exec", proposals.ExecArguments, _exec),
        Tool("propose", proposals.ProposeArguments, _propose),
    )
}
