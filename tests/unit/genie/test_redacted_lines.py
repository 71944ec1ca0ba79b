"""Forms of credentials as people and programs print them, and lines of real formats that hold none."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kubegenie_tui.genie.redaction.redactor import Redactor

MARKED = re.compile("«(.*?)»", re.DOTALL)
DATA = Path(__file__).parent


def lines(name: str) -> Iterator[str]:
    for line in (DATA / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("# "):
            yield line.replace("¦", "").replace("⏎", "\n")


FORMS = list(lines("credentials_in_text.txt"))
OPEN = list(lines("open_lines.txt"))


def masked(form: str, redactor: Redactor) -> str:
    return MARKED.sub(lambda found: redactor.mask(found[1]), form)


def bare(form: str) -> str:
    return form.replace("«", "").replace("»", "")


@pytest.mark.parametrize("form", FORMS)
def test_what_is_secret_of_a_form_is_masked_and_the_rest_stays(form: str) -> None:
    redactor = Redactor()
    assert redactor.text(bare(form)) == masked(form, redactor)


@pytest.mark.parametrize("form", FORMS)
async def test_a_form_is_sent_masked(form: str) -> None:
    redactor = Redactor()
    [sent] = await redactor.sealed([{"role": "user", "content": bare(form)}])
    assert sent["content"] == masked(form, redactor)


@pytest.mark.parametrize("line", OPEN)
def test_a_line_without_a_secret_stays(line: str) -> None:
    assert Redactor().text(line) == line


def test_all_forms_among_all_lines_are_told_apart() -> None:
    redactor = Redactor()
    text = [each for pair in zip(FORMS, OPEN * 2, strict=False) for each in pair]
    assert redactor.text("\n".join(map(bare, text))) == "\n".join(masked(each, redactor) for each in text)


@pytest.mark.parametrize("line", FORMS)
def test_a_form_in_a_string_of_json_is_masked(line: str) -> None:
    """As a log in JSON has it: what was secret is not there, whatever else is masked with it."""
    text = bare(line).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    told = Redactor().text(f'{{"level":"info","msg":"{text}"}}')
    for secret in MARKED.findall(line):
        assert secret.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") not in told
