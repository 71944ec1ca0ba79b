"""One turn of the command line, the same for each provider: plan, create, status, delete, and what comes between."""

import re
import signal
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

import msgspec
import yaml
from pydantic import BaseModel

from kubegenie_tui.domain.creation import StepState, Work, WorkState
from tests.clouds.command_line import CommandLine, Said
from tests.control_plane import ROOT
from tests.unit.provision.test_process import workers

PRICED = r"\$[\d,.]+ a month, by prices of 20\d\d-\d\d-\d\d \(.+\)"
GUIDE = ROOT / "docs/guide"
CONFIRM = ("--confirm", "shop")


@dataclass
class Cloud:
    """What a turn needs of a provider. The cluster is called shop."""

    provider: str
    config: dict[str, Any]
    cluster: dict[str, Any]
    inventory: Callable[[], Collection[str]]
    """What is there since the test began, looked at from behind."""
    on_record: Callable[[Work], Collection[str]]
    """What a work says is there, in the words of the inventory."""
    calls: tuple[str, ...]
    """That the plan names."""
    hold: Callable[[], object]
    """From now on nothing that is begun comes to its end."""
    let_go: Callable[[], object]
    held: str
    """What is told of a step meanwhile."""
    lay: Callable[[], str]
    """Let the cluster make something by itself; what is told of that before the removal."""
    cost: str = PRICED
    reads: tuple[str, ...] = ("get", "pods", "-A")
    """What reads something of the cluster."""
    row: str = ""
    """Part of what that prints."""
    more: dict[str, Any] = field(default_factory=dict)


class Turn:
    """Each part goes on where the one before ended."""

    def __init__(self, shell: CommandLine, cloud: Cloud) -> None:
        self.shell = shell
        self.cloud = cloud
        self.describe()

    def describe(self, **other: Any) -> None:
        """The file, with other values of the cluster."""
        self.shell.describe(self.cloud.provider, self.cloud.config, {**self.cloud.cluster, **other})

    async def whole(self) -> None:
        await self.planned()
        await self.wrong()
        await self.interrupted_and_killed()
        await self.made()
        await self.there_already()
        await self.removed()
        await self.gone_already()

    async def planned(self) -> None:
        said = well(await self.shell.provision("plan"))
        for words in (*self.cloud.calls, "not cleaned up with it"):
            assert words in said.out
        assert re.search(self.cloud.cost, said.out), said.out
        told = well(await self.shell.provision("plan", "-o", "json")).json
        assert {each["call"] for each in told["steps"]} >= set(self.cloud.calls)
        assert told["leaves"]
        assert told["identity"]["who"]
        assert told["estimate"]["as_of"] or told["estimate"]["monthly"] is None
        assert not self.cloud.inventory()

    async def wrong(self) -> None:
        """Each fault is told with its field, whether anybody was asked for yes or not."""
        cluster = {key: value for key, value in self.cloud.cluster.items() if key != "name"}
        self.shell.describe(self.cloud.provider, {**self.cloud.config, "projet": "x"}, {**cluster, "nmae": "shop"})
        for verb in ("plan", "create"):
            said = await self.shell.provision(verb, "-o", "json")
            assert (said.status, said.out) == (1, "")
            assert said.err.splitlines() == [
                "kubegenie: config.projet: there is no such field",
                "kubegenie: cluster.nmae: there is no such field",
                "kubegenie: cluster.name: it is needed",
            ]
        self.describe()

    async def interrupted_and_killed(self) -> None:
        """Whoever watches may go; whoever works may be killed: what is there is on record."""
        said = await self.shell.provision("create")
        assert (said.status, said.out, "give --confirm shop" in said.err) == (2, "", True)
        assert not self.cloud.inventory()
        self.cloud.hold()
        for number, status, first in ((signal.SIGINT, 130, ""), (signal.SIGTERM, 143, "shop is being created already")):
            command = await self.shell.begin("provision", "create", "-f", str(self.shell.file), *CONFIRM, "-o", "json")
            await command.says(first)
            await command.says(self.cloud.held)
            said = await command.told(number)
            assert (said.status, said.out) == (status, "")
            assert "shop goes on without this command" in said.err
        told = well(await self.shell.provision("status", "-o", "json")).json
        assert (told["state"], told["worked_on"]) == ("running", True)
        said = await self.shell.provision("delete", *CONFIRM)
        assert (said.status, "a process works on it" in said.err) == (2, True)
        [worker] = workers(told["id"])
        worker.kill()
        worker.wait()
        said = well(await self.shell.provision("status"))
        assert "shop (" in said.out
        assert "broken off" in said.out
        assert self.cloud.held in said.out
        work = msgspec.convert(well(await self.shell.provision("status", "-o", "json")).json, Work)
        assert set(self.cloud.inventory()) == set(self.cloud.on_record(work))
        self.cloud.let_go()

    async def made(self) -> None:
        """By the same command again: the yes is on record, so nobody is asked for it."""
        said = well(await self.shell.provision("create", "-o", "json"))
        told, work = said.json, msgspec.convert(said.json, Work)
        assert (told["name"], told["provider"], told["state"]) == ("shop", self.cloud.provider, "done")
        assert "shop was begun before, and is broken off: it goes on" in said.err
        assert "● " in said.err
        assert {each.state for each in work.steps} == {StepState.DONE}
        assert set(self.cloud.inventory()) == set(self.cloud.on_record(work)) > set()
        said = well(await self.shell.run(*self.cloud.reads, "--context", "shop"))
        assert self.cloud.row in said.out

    async def there_already(self) -> None:
        """The same description again makes nothing, and another one of the same name neither."""
        before = (await self.shell.provision("status", "-o", "json")).json
        said = well(await self.shell.provision("create"))
        assert "shop is there already: nothing is done." in said.err
        assert said.out == f"● shop ({self.cloud.provider}, create): done\n"
        told = well(await self.shell.provision("plan", "-o", "json")).json
        assert told["steps"] == []
        self.describe(version="1.2.3" if self.cloud.provider == "cluster-api" else "1.30")
        said = await self.shell.provision("create", *CONFIRM)
        assert (said.status, said.out) == (1, "")
        assert "shop was begun of another description before · other than then: cluster.version ·" in said.err
        self.describe()
        assert (await self.shell.provision("status", "-o", "json")).json == before
        assert set(self.cloud.inventory()) == set(self.cloud.on_record(msgspec.convert(before, Work)))
        said = well(await self.shell.provision("status"))
        assert said.out.startswith(f"● shop ({self.cloud.provider}, create): done\n  ● ")

    async def removed(self) -> None:
        """After what the cluster made itself was shown."""
        left = self.cloud.lay()
        said = await self.shell.provision("delete")
        assert (said.status, said.out) == (2, "")
        assert left in said.err
        assert "give --confirm shop" in said.err
        self.shell.describe("toy", self.cloud.config, self.cloud.cluster)
        said = await self.shell.provision("delete", *CONFIRM)
        assert (said.status, f"shop was made by {self.cloud.provider}, and not by toy" in said.err) == (2, True)
        self.describe()
        said = well(await self.shell.provision("delete", *CONFIRM, "-o", "json"))
        assert left in said.err
        assert (said.json["state"], said.json["worked_on"]) == ("removed", False)
        assert any(left in each for each in said.json["removal"]["leaves"] + said.json["removal"]["warnings"])
        assert not self.cloud.inventory()

    async def gone_already(self) -> None:
        said = well(await self.shell.provision("delete", *CONFIRM))
        assert "Nothing is there of shop: nothing is done." in said.err
        said = well(await self.shell.provision("status"))
        assert said.out.startswith(f"○ shop ({self.cloud.provider}, create): removed")
        said = await self.shell.run(*self.cloud.reads, "--context", "shop")
        assert (said.status, "No kubeconfig was found" in said.err) == (1, True)

    async def example(self, page: str, config: type[BaseModel]) -> Any:
        """What the example of a page of the guide comes to, with what leads here in place of its own `config`."""
        example = re.search(r"```yaml[^\n]*\n(provider: .*?)```", (GUIDE / page).read_text(encoding="utf-8"), re.DOTALL)
        assert example is not None
        tree = yaml.safe_load(example[1])
        config.model_validate(tree["config"])
        self.shell.describe(tree["provider"], self.cloud.config, tree["cluster"])
        told = well(await self.shell.provision("plan", "-o", "json")).json
        assert (told["provider"], told["name"]) == (self.cloud.provider, "shop")
        assert told["estimate"]["prices"] or told["estimate"]["unpriced"]
        return told

    async def refused_at_once(self, *words: str, status: int = 1) -> None:
        """Before anything is on record, with and without a yes."""
        for verb in (("plan",), ("create", *CONFIRM)):
            said = await self.shell.provision(*verb)
            assert (said.status, said.out) == (status, "")
            for each in words:
                assert each in said.err, said.err
        assert well(await self.shell.run("provision", "status", "-o", "json")).json == []

    async def refused_in_a_step(self, *words: str) -> Work:
        """What was made until then is on record."""
        said = await self.shell.provision("create", *CONFIRM, "-o", "json")
        assert (said.status, said.json["state"]) == (1, "failed")
        work = msgspec.convert(said.json, Work)
        for each in words:
            assert each in work.message
            assert each in said.err
        assert set(self.cloud.inventory()) == set(self.cloud.on_record(work))
        return work

    async def cleaned_up(self) -> None:
        said = well(await self.shell.provision("delete", *CONFIRM, "-o", "json"))
        assert said.json["state"] == WorkState.REMOVED.value
        assert not self.cloud.inventory()


def well(said: Said) -> Said:
    assert said.status == 0, said
    return said
