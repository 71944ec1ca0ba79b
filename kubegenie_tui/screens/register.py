"""A cluster described by hand: checked as it is typed, tried out step by step, then remembered."""

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

import msgspec
from textual import on, work
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from kubegenie_tui.agents.logging_in import CLIENT_SECRET, ID, REFRESH, has_browser, open_browser, token_of
from kubegenie_tui.agents.secrets import Secrets
from kubegenie_tui.domain.cluster import Registration, owner_of
from kubegenie_tui.domain.endpoint import SECRET_FIELDS, is_hidden, names_reference
from kubegenie_tui.domain.endpoint_form import (
    FIELDS_OF,
    LOGIN,
    OF_THE_CLUSTER,
    ONLY_SOMETIMES,
    ONLY_WITH,
    endpoint_fields,
    fields_anew,
)
from kubegenie_tui.domain.errors import KubeGenieError, UsageError
from kubegenie_tui.domain.form import TextField, Value
from kubegenie_tui.domain.plan import StepState
from kubegenie_tui.domain.text import plain
from kubegenie_tui.domain.traits import Traits, labels_of
from kubegenie_tui.keys import bindings
from kubegenie_tui.providers.anew import described_anew, needs_kept
from kubegenie_tui.providers.describing import Described, described, jump_of, login_of, reference_of, referred
from kubegenie_tui.screens.form import BEGUN, FormRow, FormScreen
from kubegenie_tui.screens.safe_control import open_safe
from kubegenie_tui.widgets.choice_entry import ChoiceEntry
from kubegenie_tui.widgets.hanging import Hanging, hanging
from kubegenie_tui.widgets.step_list import ShownStep, StepList
from kubegenie_tui.widgets.table_pane import error_words

if TYPE_CHECKING:
    from kubegenie_tui.domain.endpoint import Reference
    from kubegenie_tui.kube.auth.oidc_login import Prompt
    from kubegenie_tui.kube.probe import ProbeStep
    from kubegenie_tui.services import Services

JUMP_HOST = "jump host"
STEPS: tuple[str, ...] = ("name", "connection", "TLS", "version", "readiness", "identity", "rights")
BY_PROXY = ("proxy name", "proxy", "CONNECT", *STEPS[2:])
ASKING = STEPS[3:]
"""What needs to know who we are."""
WHO = {"as_user", "as_groups"}


class RegisterScreen(FormScreen):
    """Gives back the cluster's name, under `name`, when it is remembered; None when the person leaves."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("register")

    def __init__(
        self, services: "Services", registration: Registration | None = None, *, draft: dict[str, str] | None = None
    ) -> None:
        """A form to describe a cluster, or one that is registered already anew: its secrets are not shown.

        Args:
            services: where it is registered.
            registration: what is described anew; None for a new one.
            draft: what was typed into a form for a new one that was left, without secrets, by field; it is followed.
        """
        draft = {} if draft is None else draft
        fields = endpoint_fields(draft) if registration is None else fields_anew(registration)
        title = "Register a cluster" if registration is None else f"How {registration.name} is reached"
        intro = BEGUN if draft.get("name") or draft.get("server") else ""
        super().__init__(title, fields, intro=intro, submit="register" if registration is None else "keep", eager=True)
        self._draft = draft
        self._services = services
        self._registration = registration
        self._steps = STEPS
        self._asks = True
        self._way = ""

    def below(self) -> Iterable[Widget]:
        """How far a test came, and what is wrong."""
        yield StepList(id="steps")
        yield Static(id="trouble", markup=False)

    def on_mount(self) -> None:
        """Ask for what the first way takes."""
        super().on_mount()
        self._ask()

    @on(ChoiceEntry.Chosen)
    @on(FormRow.Edited)
    def _ask(self) -> None:
        """Ask for what the way takes, and for what belongs to something that is given."""
        typed = {row.field.id: row.typed.strip() for row in self._rows}
        self._way = typed["way"]
        for row in self._rows:
            if isinstance(row.entry, Input):
                row.entry.password = is_hidden(row.field.id, row.typed)
            if row.field.id in ONLY_SOMETIMES:
                row.display = row.field.id in FIELDS_OF[self._way]
            elif row.field.id in ONLY_WITH:
                row.display = bool(typed[ONLY_WITH[row.field.id]])
        self._draft.update((id, text) for id, text in typed.items() if id not in SECRET_FIELDS)
        self.refresh_bindings()

    def _tell(self, words: Content | Hanging) -> None:
        """Below the fields, which may be out of view."""
        self.query_one("#trouble", Static).update(words)
        self.call_after_refresh(self.query_one(VerticalScroll).scroll_end, animate=False)

    # Keys

    def action_submit(self) -> None:
        """Remember the cluster when all is right."""
        values = self.values()
        if values is not None:
            self._register(values)

    def action_test_connection(self) -> None:
        """Connect step by step, with what is typed, and keep nothing; without asking while nobody says who we are."""
        lacking = _lacking(self.asked, self._registration)
        apart = OF_THE_CLUSTER | (WHO | set(FIELDS_OF[self._way]) if lacking else set())
        values = self.values_of([row for row in self.asked if row.field.id not in apart])
        if values is not None:
            self._try(values, lacking)
        else:  # what is shown, and is under way, is of something else
            self.workers.cancel_group(self, "register")
            self.query_one(StepList).show(())
            self.query_one("#trouble", Static).update(Content())

    def action_trust_shown(self) -> None:
        """Put in the fingerprint of what is shown: of a jump host's key, else of the server's certificate."""
        rows = {row.field.id: row for row in self._rows}
        ids = ("server", "proxy", "jump", "jump_key", "jump_host_key")
        if self.values_of([rows[id] for id in ids]) is not None:
            self._take_fingerprint(*(rows[id].typed.strip() for id in ids))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nobody logs in where no issuer is asked."""
        return self._way == LOGIN if action == "log_in" else True

    def action_log_in(self) -> None:
        """Log in at the issuer, and put the token that it gives into its field."""
        rows = {row.field.id: row for row in self._rows}
        if self.values_of([rows[id] for id in ("issuer", "issuer_ca", "client_id", CLIENT_SECRET)]) is not None:
            self._log_in({id: row.typed.strip() for id, row in rows.items()})

    @work(group="register", exclusive=True)
    async def _log_in(self, typed: dict[str, str]) -> None:
        self.query_one(StepList).show(())
        self._tell(Content("Asking the issuer …"))
        try:
            login = await asyncio.to_thread(login_of, typed["issuer"], typed["client_id"], typed["issuer_ca"])
            where = _where(typed[CLIENT_SECRET], self._registration)
            safe = self._services.store.safe
            if where and where.how == "safe" and not await open_safe(self.app, safe):
                raise UsageError("The credentials that are kept are locked", next_step="give others, or unlock them")
            owner = owner_of(self._registration.name) if self._registration else ""
            secret = await Secrets(safe).fetch(owner, CLIENT_SECRET, where) if where else typed[CLIENT_SECRET]
            gained = await token_of(login, secret, self._prompted, device=not has_browser())
        except KubeGenieError as error:
            self._tell(hanging(error_words(error)))
            return
        for row in self._rows:
            if row.field.id in (REFRESH, ID) and isinstance(row.entry, Input):
                row.entry.value = gained.token if row.field.id == gained.field else ""
        words = f"You are logged in{gained.words}: the {gained.field.replace('_', ' ')} is in its field"
        self._tell(Content.styled(words, "$success"))

    def show_fault(self, group: str, error: KubeGenieError) -> None:
        """In place of how far it is."""
        if group == "register":
            self.query_one(StepList).show(())
            self._tell(hanging(error_words(error)))

    def _prompted(self, prompt: "Prompt") -> None:
        code = f"\nThe code is {plain(prompt.code)}" if prompt.code else ""
        self._tell(Content(f"Log in there, this waits for it:\n{plain(prompt.url)}{code}"))
        self.run_worker(asyncio.to_thread(open_browser, prompt.url), group="browser")

    @work(group="register", exclusive=True)
    async def _register(self, values: dict[str, Value]) -> None:
        try:
            found = await self._described(values)
            if found.secrets and not await open_safe(self.app, self._services.store.safe):
                return
            name = str(values["name"]) if self._registration is None else self._registration.name
            registrar = self._services.manager.registrar
            if self._registration is None:
                await registrar.add(Registration(name, endpoint=found.endpoint), found.secrets, _traits(values))
            else:
                anew = msgspec.structs.replace(self._registration, endpoint=found.endpoint)
                await registrar.replace(anew, found.secrets)
        except KubeGenieError as error:
            self._tell(hanging(error_words(error)))
        else:
            self._draft.clear()
            self.dismiss({"name": name})

    async def _described(self, values: dict[str, Value]) -> Described:
        """What is typed; of one that is described anew with the secrets that were left as they are.

        Raises:
            KubeGenieError: it cannot be used, or a secret that is kept cannot be had.
        """
        values, references = referred(values)
        if self._registration is None:
            return await described(values, references)
        safe = self._services.store.safe
        if needs_kept(self._registration, values) and not await open_safe(self.app, safe):
            raise UsageError("The credentials that are kept are locked", next_step="give others, or unlock them")
        return await described_anew(self._registration, values, safe.reveal, references)

    @work(group="register", exclusive=True)
    async def _try(self, values: dict[str, Value], lacking: str) -> None:
        from kubegenie_tui.providers.endpoints import try_described

        self._steps = (JUMP_HOST, *STEPS[2:]) if values.get("jump") else BY_PROXY if values.get("proxy") else STEPS
        self._asks = not lacking
        taken: list[ProbeStep] = []
        self._tell(Content())
        self._show(taken)
        try:
            found, secrets = await self._described(values), Secrets(self._services.store.safe)
            async for step in try_described(*found, secrets.fetch, self._renewed, asks=self._asks):
                taken.append(step)
                self._show(taken)
        except KubeGenieError as error:
            self.show_fault("register", error)
        else:
            if lacking and taken[-1].ok:
                self._tell(Content(f"The server is reached. To go on, it has to know who you are: {lacking}."))

    async def _renewed(self, _: str, field: str, token: str) -> None:
        """An issuer gave another token for the one that the test used up: that one is to be kept."""
        entry = next(row.entry for row in self._rows if row.field.id == field)
        if self._registration and not entry.value:
            await Secrets(self._services.store.safe).keep(owner_of(self._registration.name), field, token)
        elif isinstance(entry, Input):
            entry.value = token

    @work(group="register", exclusive=True)
    async def _take_fingerprint(self, server: str, proxy: str, *jump: str) -> None:
        """Of the jump host's key first, while that is not known: nothing behind it can be looked at before."""
        from kubegenie_tui.providers.endpoints import look_at, strange_key

        self.query_one(StepList).show(())
        self._tell(Content("Looking at what is shown …"))
        try:
            through = jump_of(*jump)
            if through and (fingerprint := await strange_key(through)):
                self._take("jump_host_key", fingerprint, f"The jump host shows {fingerprint}")
                return
            shown = await look_at(server, through, proxy)
        except KubeGenieError as error:
            self._tell(hanging(error_words(error)))
            return
        self._take("authority", f"sha256:{shown.fingerprint}", f"The server shows {shown.in_words}")

    def _take(self, id: str, fingerprint: str, words: str) -> None:
        entry = next(row for row in self._rows if row.field.id == id).entry
        if isinstance(entry, Input):
            entry.value = fingerprint
        self._tell(Content.styled(f"{words}. Compare this with what the administrator says.", "$warning"))

    def _show(self, taken: "list[ProbeStep]") -> None:
        """The steps taken, and the next one as long as there is one."""
        lines = [ShownStep(StepState.DONE if step.ok else StepState.FAILED, step.name, step.detail) for step in taken]
        steps = BY_PROXY if taken and taken[0].name == BY_PROXY[0] else self._steps
        steps = steps if self._asks else tuple(each for each in steps if each not in ASKING)
        left = steps[steps.index(taken[-1].name) + 1 :] if taken and taken[-1].name in steps else steps
        if left and (not taken or taken[-1].ok):
            lines.append(ShownStep(StepState.RUNNING, left[0], "…"))
        self.query_one(StepList).show(lines)
        self.call_after_refresh(self.query_one(VerticalScroll).scroll_end, animate=False)


def _traits(values: dict[str, Value]) -> Traits:
    return Traits(labels=labels_of(str(values["labels"]).split()), read_only=bool(values["read_only"]))


def _lacking(rows: "list[FormRow]", registration: Registration | None) -> str:
    """What of the way that is chosen is not given yet, in words; empty for nothing."""
    typed = {row.field.id: row.typed.strip() for row in rows}
    fields = [row.field for row in rows if row.field.id in FIELDS_OF[typed["way"]]]
    empty = [each.label for each in fields if isinstance(each, TextField) and each.required and not typed[each.id]]
    if empty:
        return f"fill in {' and '.join(empty)}"
    kept = registration.endpoint.secrets if registration and registration.endpoint else {}
    is_login = typed["way"] == LOGIN and not any(typed[id] or id in kept for id in (REFRESH, ID))
    return "log in, or give a token of the issuer" if is_login else ""


def _where(typed: str, registration: Registration | None) -> "Reference | None":
    """Where the secret of a client lies: as it was typed, or that of one that is described anew and was left empty."""
    if names_reference(typed):
        return reference_of(f"{CLIENT_SECRET}={typed}")[1]
    before = registration.endpoint if registration and not typed else None
    return before.secrets.get(CLIENT_SECRET) if before else None
