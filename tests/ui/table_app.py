"""An app with nothing but a table pane, and rows to fill it with."""

from textual.app import App, ComposeResult

from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.live import LiveRows, LiveState, Phase
from kubegenie_tui.domain.row import Column, Measure, Row
from kubegenie_tui.theme import DARK
from kubegenie_tui.widgets.resource_table import ResourceTable
from kubegenie_tui.widgets.table_pane import TablePane

PODS = Kind("", "v1", "pods", "Pod")
COLUMNS = (
    Column("READY", Measure.RATIO, priority=0),
    Column("STATUS", Measure.STATUS, priority=0),
    Column("RESTARTS", Measure.COUNT),
    Column("NODE", priority=2),
)


def pod(name: str, status: str = "Running", restarts: int = 0, *, namespace: str = "shop", uid: str = "") -> Row:
    bad = status not in ("Running", "Completed")
    cells = ("0/1" if bad else "1/1", status, restarts, "node-1")
    health = Health.BAD if bad else Health.OK
    return Row(uid or f"{namespace}/{name}", namespace, name, 1_000, "1", cells, health, {"app": name[:3]})


def live_rows(*rows: Row, phase: Phase = Phase.LIVE) -> LiveRows:
    live = LiveRows(COLUMNS)
    for row in rows:
        live.put(row)
    live.set_state(LiveState(phase))
    live.publish()
    return live


class TableApp(App[None]):
    """Shows these rows."""

    def __init__(self, live: LiveRows, *, emphasise: bool = False) -> None:
        super().__init__()
        self.live = live
        self._emphasise = emphasise

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return DARK.variables

    def compose(self) -> ComposeResult:
        yield TablePane(emphasise=self._emphasise)

    def on_mount(self) -> None:
        self.register_theme(DARK)
        self.theme = DARK.name
        self.pane.show(PODS, "", self.live)
        self.table.focus()

    @property
    def pane(self) -> TablePane:
        return self.query_one(TablePane)

    @property
    def table(self) -> ResourceTable:
        return self.query_one(ResourceTable)

    def lines(self) -> list[str]:
        """What stands on the screen, one text a line."""
        return [
            "".join(segment.text for segment in strip).rstrip() for strip in self.screen._compositor.render_strips()
        ]

    def names(self) -> list[str]:
        """The NAME column of the lines in view, the pods being in a namespace without digits."""
        lines = (line.replace("▌", " ").replace("•", " ").split() for line in self.lines()[2:])
        return [words[1] for words in lines if len(words) > 2]
