"""Every rule has a test that finds its fault and a control in which it keeps quiet; a new rule without them fails."""

from kubegenie_tui.diagnostics.pack.audit import OWN
from kubegenie_tui.diagnostics.rules import RULES
from tests.cluster.listed_conditions import EACH
from tests.cluster.operator_conditions import CONDITIONS
from tests.cluster.rule_cases import AT_NODES, CASES, ON_NODES, ONLY_IN_MEMORY
from tests.cluster.rule_cases_apart import APART
from tests.cluster.rule_cases_of_all import OF_ALL
from tests.cluster.rule_cases_of_calls import CALLS
from tests.cluster.rule_cases_of_conditions import LISTED
from tests.cluster.rule_cases_of_settings import SETTINGS
from tests.unit.diagnostics import (
    test_calls_and_names,
    test_containers,
    test_custom_and_rights,
    test_custom_conditions,
    test_followed_roots,
    test_held_and_replaced,
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
    test_calls_and_names, test_containers, test_custom_and_rights, test_custom_conditions, test_followed_roots,
    test_held_and_replaced, test_logged_errors, test_makers_and_callers, test_overlaps_and_extensions, test_placing,
    test_scrape_jobs, test_service_events, test_sidecars_and_sets, test_states, test_surroundings,
)  # fmt: skip
ON_A_CONTROL_PLANE = {*CASES, *ON_NODES, *AT_NODES, *OF_ALL, *(case.rule or rule for rule, case in APART.items())}


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
    cases = CASES | ON_NODES | APART | CALLS | SETTINGS | LISTED
    assert [rule for rule, case in cases.items() if case.broken == case.well] == []
    told = {name: (case.well_spec or case.spec) == case.spec and case.broken == case.well
            for name, case in CONDITIONS.items()}  # fmt: skip
    assert [name for name, is_same in told.items() if is_same] == []


def test_each_condition_that_k8sgpt_looks_for_is_shown_with_its_control() -> None:
    shown = {*ON_A_CONTROL_PLANE, *ONLY_IN_MEMORY, *APART, *CALLS, *SETTINGS, *LISTED, *CONDITIONS, *OWN}
    assert {condition: name for condition, name in EACH.items() if name not in shown} == {}


def test_each_case_of_a_condition_is_one_of_the_list() -> None:
    assert {*LISTED, *CONDITIONS} <= set(EACH.values())


def test_each_case_is_of_a_rule() -> None:
    rules = {rule for group in RULES.values() for rule in group}
    assert {case.rule for case in (CALLS | SETTINGS | LISTED).values()} <= rules
    assert {case.rule for case in CONDITIONS.values()} <= rules
