"""Every rule has a test that finds its fault and a control in which it keeps quiet; a new rule without them fails."""

from kubegenie_tui.diagnostics.rules import RULES
from tests.cluster.rule_cases import AT_NODES, CASES, ON_NODES, ONLY_IN_MEMORY
from tests.cluster.rule_cases_apart import APART
from tests.cluster.rule_cases_of_all import OF_ALL
from tests.unit.diagnostics import (
    test_calls_and_names,
    test_containers,
    test_custom_and_rights,
    test_custom_conditions,
    test_followed_roots,
    test_logged_errors,
    test_makers_and_callers,
    test_overlaps_and_extensions,
    test_placing,
    test_scrape_jobs,
    test_service_events,
    test_sidecars_and_sets,
    test_states,
    test_surroundings,
)

TABLES = (
    test_calls_and_names, test_containers, test_custom_and_rights, test_custom_conditions,
    test_followed_roots, test_logged_errors, test_makers_and_callers, test_overlaps_and_extensions, test_placing,
    test_scrape_jobs, test_service_events, test_sidecars_and_sets, test_states, test_surroundings,
)  # fmt: skip
ON_A_CONTROL_PLANE = {*CASES, *ON_NODES, *AT_NODES, *OF_ALL, *APART}


def test_each_rule_is_shown_on_a_control_plane_or_said_why_not() -> None:
    rules = {rule for group in RULES.values() for rule in group}
    assert rules == ON_A_CONTROL_PLANE | set(ONLY_IN_MEMORY)
    assert not ON_A_CONTROL_PLANE & set(ONLY_IN_MEMORY)
    assert all(ONLY_IN_MEMORY.values())


def test_what_no_control_plane_shows_is_shown_by_scenes() -> None:
    found = {case[1] for table in TABLES for case in table.FAULTS}
    quiet = {case[1] for table in TABLES for case in table.NEAR_MISSES}
    assert set(ONLY_IN_MEMORY) <= found
    assert set(ONLY_IN_MEMORY) <= quiet


def test_each_control_differs_from_its_fault() -> None:
    assert [rule for rule, case in (CASES | ON_NODES | APART).items() if case.broken == case.well] == []
