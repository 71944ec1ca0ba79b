"""What an answer rests on is offered as places to jump to: by findings, look-ups and the names that it says."""

from kubegenie_tui.demo.model_script import Call, Turn, in_order
from kubegenie_tui.domain.conversation import Focus, Link, LinksOffered, ShowRequested, ToolFinished
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.genie.links import MOST, each_once, links_of
from kubegenie_tui.genie.offline.engine import answer
from kubegenie_tui.genie.reading.diagnosing import diagnose_object
from kubegenie_tui.genie.reading.listing import list_rows
from kubegenie_tui.genie.reading.logs import Log, read_logs
from kubegenie_tui.genie.reading.scope import Result, Scope
from tests.unit.genie.model_and_cluster import talk


async def test_a_diagnosis_leads_to_the_root_and_to_the_line_of_the_log(prod: Scope) -> None:
    events = [event async for event in answer(prod, "why is checkout failing?")]
    [offered] = [event for event in events if isinstance(event, LinksOffered)]
    root, *others = offered.links
    assert root.words == "secret shop/checkout-db  data.url"
    assert root.show == ShowRequested("secrets", "shop", "", "checkout-db", "detail", root.show.cluster)
    [log] = [link for link in others if link.show.view == "logs"]
    assert log.show.container == "checkout"
    assert log.show.filter == "FATAL config: environment variable DATABASE_URL is not set"
    assert log.words.startswith("log of pod shop/checkout-")


async def test_only_what_the_answer_names_is_offered_and_each_place_once(prod: Scope) -> None:
    results = [
        await list_rows(prod, "pods", "data", limit=50),
        await read_logs(prod, "pods", "kafka-0", "data"),
        await diagnose_object(prod, "deployments", "checkout", "shop"),
    ]
    assert links_of(results, "All is well.") == ()
    assert links_of(results, "my-kafka-0 and kafka-0-canary are other things, as is kafka-01.") == ()
    assert links_of(results, "It calls kafka-0.kafka.data.svc, and www.kafka-0.") == ()
    assert [link.words for link in links_of(results, "kafka-0 writes well.")] == [
        "pod data/kafka-0",
        "log of pod data/kafka-0",
    ]
    assert links_of(results, "The Secret checkout-db lacks a key.")[0].words == "secret shop/checkout-db  data.url"
    everything = " ".join(result.text for result in results)
    assert len(links_of(results, everything)) > 20


async def test_a_model_s_answer_offers_what_was_looked_up(prod: Scope) -> None:
    script = in_order(Turn(calls=(Call("list", {"kind": "pods"}),)), Turn("Look at pod-1."))
    async with talk(script, focus=Focus("prod", "shop")) as made:
        [offered] = [event for event in await made.ask() if isinstance(event, LinksOffered)]
        assert [link.words for link in offered.links] == ["pod shop/pod-1"]


async def test_a_line_that_an_answer_quotes_is_led_to_in_the_log_of_its_container(prod: Scope) -> None:
    log = await read_logs(prod, "pods", "kafka-0", "data")
    line = log.data.lines[-1].strip()
    [link] = links_of([log], f"kafka-0 says `{line}`.")
    assert (link.show.view, link.show.filter, link.show.container) == ("logs", line, log.data.container)


async def test_what_a_line_hides_is_not_looked_for(prod: Scope) -> None:
    pod = ObjectRef("pods", "web-0", "shop")
    lines = ["login with token [redacted-0123abcd] was refused by the server", "a long line that goes on… (cut)"]
    log = Result("", "", Log(pod, "app", lines, previous=True))
    first, second = links_of([log], f"web-0: {' '.join(lines)}")
    assert (first.show.filter, second.show.filter) == ("was refused by the server", "a long line that goes on")
    assert first.show.previous


async def test_every_problem_that_is_told_of_can_be_reached(prod: Scope) -> None:
    for question in ("what is wrong in the cluster?", "how is everything?"):
        events = [event async for event in answer(prod, question)]
        [verdict] = [event.findings for event in events if isinstance(event, ToolFinished) and event.findings]
        [offered] = [event for event in events if isinstance(event, LinksOffered)]
        assert len(verdict) > 5
        assert {each.root.name for each in verdict[:8]} <= {link.show.name for link in offered.links}


def test_only_so_many_places_are_kept() -> None:
    links = [Link(str(number), ShowRequested("pods", name=str(number))) for number in range(99)]
    assert len(each_once([*links, *links])) == MOST
