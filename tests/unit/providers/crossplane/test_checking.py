"""Whatever is wrong with a Composition of one's own is told with its line, what, why and what next."""

from pathlib import Path

import pytest

from kubegenie_tui.domain.errors import SpecRefused
from kubegenie_tui.providers.crossplane.kept import all_kept, kept, require_usable
from tests.unit.providers.crossplane.own import SMALL, keep

pytestmark = pytest.mark.usefixtures("home")


def test_nothing_is_wrong_with_one_that_is_right() -> None:
    path = keep("mine")
    found = kept("mine")
    assert (found.name, found.path, found.faults) == ("mine", path, ())
    require_usable(found)


@pytest.mark.parametrize("cloud", ["aws", "gcp", "azure"])
def test_ours_would_pass_too(cloud: str) -> None:
    from kubegenie_tui.providers.crossplane.asked import composition_asked, composition_name, definition_asked
    from kubegenie_tui.providers.crossplane.checking import faults_of
    from kubegenie_tui.providers.crossplane.located import Located

    ours = Located(composition_asked(cloud, "compose", ""), {})
    assert faults_of(ours, composition_name(cloud), definition_asked("")) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("apiextensions.crossplane.io/v1", "apiextensions.crossplane.io/v2", 1,
         'apiVersion is "apiextensions.crossplane.io/v2" · it is the only version of Compositions · write apiextens'),
        ("kind: Composition\n", "kind: Compositon\n", 2, 'kind is "Compositon" · write Composition'),
        ("spec:\n  comp", "metadata: {name: other}\nspec:\n  comp", 3,
         'metadata.name is "other" · it is called after its file · leave it out'),
        ("kubegenie.io/v1alpha1", "example.org/v1", 4, 'compositeTypeRef.apiVersion is "example.org/v1"'),
        ("kind: KubernetesCluster", "kind: Shop", 4, 'compositeTypeRef.kind is "Shop" · write KubernetesCluster'),
        ("mode: Pipeline", "mode: Resources", 5, 'spec.mode is "Resources" · Crossplane 2 knows pipelines alone'),
        ("  mode: Pipeline", "  resources: []", 5, "spec.resources means nothing any more · Crossplane 2 knows"),
        ("step: compose", "stage: compose", 7, "It has no step · all have one · write step"),
        ("{name: function-patch-and-transform}", "{}", 7, "Step compose names no function · write functionRef.name"),
        ("function-patch-and-transform", "$function", 8, 'No function is called "$function"'),
        ("name: cluster\n", "title: cluster\n", 17, "It has no name"),
        ("              kind: Cluster\n", "", 18, "The base of cluster has no kind"),
        ("type: PatchSet,", "type: PatchSets,", 23, 'There is no patch "PatchSets" · did you mean PatchSet?'),
        ("patchSetName: place", "patchSetName: plaec", 23, 'There is no patch set "plaec" · did you mean place?'),
        ("spec.parameters.region", "spec.parameters.regoin", 15,
         "spec.parameters.regoin leads nowhere · a KubernetesCluster has no such field · did you mean region?"),
        ("spec.parameters.region", "'spec.parameters.network.subnets[0].name'", 15, "leads nowhere"),
        ("spec.parameters.region", "spec.parameters..region", 15, '"spec.parameters..region" is no path'),
        ("toFieldPath: spec.writeConnectionSecretToRef.name", "toFieldPath: spec.[name", 26, "is no path"),
        ("fromFieldPath: metadata.name\n                ", "", 24, "There is no fromFieldPath"),
        ("{type: string,", "{type: strng,", 28, 'There is no transform "strng" · did you mean string?'),
        ("{type: string, string:", "{type: string, map:", 28, "The transform string says nothing · there is no string"),
        ("type: FromCompositeFieldPath\n", "type: CombineFromComposite\n", 24, "CombineFromComposite combines nothing"),
        ("kind: Composition\n", "kind: Composition\nkind: Composition\n", 3, 'The key "kind" is there twice'),
        ("mode: Pipeline", "mode: [Pipeline", 6, "It is no YAML"),
        ("mode: Pipeline", "mode: &a [*a]", 5, "Something refers to itself"),
        ("kind: Composition\n", "kind: Composition\n---\n", 4, "There are 2 documents"),
    ],
)  # fmt: skip
def test_each_fault_has_its_line_and_its_remedy(old: str, new: str, line: int, words: str) -> None:
    assert old in SMALL
    keep("mine", SMALL.replace(old, new, 1))
    faults = kept("mine").faults
    assert [each for each in faults if each.line == line and words in each.words], faults


def test_a_resource_cannot_be_there_twice() -> None:
    twice = SMALL + SMALL[SMALL.index("          - name: cluster") :]
    keep("mine", twice)
    assert [each.words for each in kept("mine").faults] == ['Two are called "cluster" · names are unique · rename one']


def test_nothing_is_composed_by_nothing() -> None:
    keep("mine", SMALL[: SMALL.index("          - name: cluster")].replace("resources:", "resources: []"))
    assert [each.what for each in kept("mine").faults] == ["It composes nothing"]
    keep("mine", SMALL[: SMALL.index("    - step")].replace("pipeline:", "pipeline: []"))
    assert [(each.line, each.what) for each in kept("mine").faults] == [(6, "There is no spec.pipeline")]


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "There are no documents"), ("[]", "It is no Composition"), ("a" * 1_000_001, "larger than")],
)
def test_what_is_no_composition_at_all(text: str, words: str) -> None:
    keep("mine", text)
    [fault] = kept("mine").faults
    assert words in fault.words


@pytest.mark.parametrize("name", ["gcp", "Mine", "my_own"])
def test_a_file_is_called_as_an_object_can_be(name: str) -> None:
    keep(name)
    [fault] = kept(name).faults
    assert fault.what == f'The file cannot be called "{name}"'


def test_one_that_is_not_there_is_told_with_where_it_would_be(tmp_path: Path) -> None:
    assert all_kept() == []
    with pytest.raises(SpecRefused) as told:
        require_usable(kept("mine"))
    assert told.value.field == "composition"
    assert "config/compositions/mine.yaml" in str(told.value)
    elsewhere = tmp_path / "there.yaml"
    elsewhere.write_text(SMALL)
    assert kept(str(elsewhere)).faults == ()


def test_only_the_first_fault_is_told_where_one_is_chosen() -> None:
    keep("mine", SMALL.replace("kind: Composition", "kind: C").replace("mode: Pipeline", "mode: Resources"))
    with pytest.raises(SpecRefused) as told:
        require_usable(kept("mine"))
    assert 'mine.yaml:2: kind is "C"' in told.value.what
    assert told.value.next_step.endswith("`kubegenie compositions check mine` tells 1 more")
