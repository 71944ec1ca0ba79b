from hypothesis import given
from hypothesis import strategies as st
from textual.content import Content

from kubegenie_tui.widgets.answer_blocks import LONGEST_PARAGRAPH, MOST_ROWS, Blocks

PARTS = (
    "# Cause\n", "The key `url` is *missing* in **two** pods.\n", "and goes on\n", "\n", "- checkout\n",
    "  - its pod\n",
    "1. first\n", "2. second\n", "> a quote\n", "```yaml\n", "kind: Pod\n", "```\n", "| a | b |\n", "|---|---|\n",
    "| 1 | 2 |\n", "---\n", "===\n", "    far in\n", "<b>no markup</b> ",
    "https://kubernetes.io ", "[docs](https://k8s.io)\n",
)  # fmt: skip


def lines(*pieces: str, width: int = 40) -> list[str]:
    return [line.plain.rstrip() for line in drawn(*pieces, width=width)]


def drawn(*pieces: str, width: int = 40) -> list[Content]:
    return blocks(*pieces).lines(width)


def blocks(*pieces: str) -> Blocks:
    text = Blocks()
    for piece in pieces:
        text.take(piece)
    text.end()
    return text


def inks(line: Content) -> dict[str, str]:
    return {line.plain[span.start : span.end]: str(span.style) for span in line.spans}


def test_words_wrap_with_the_indent_of_their_item() -> None:
    text = "1. the first of the items is long\n   - inside it another one that wraps\n2. the second\n"
    assert lines(text, width=24) == [
        "1. the first of the",
        "   items is long",
        "   ◦ inside it another",
        "     one that wraps",
        "2. the second",
    ]


def test_numbers_go_on_where_they_begin_and_stand_below_each_other() -> None:
    assert lines("9. nine\n10. ten\n") == [" 9. nine", "10. ten"]


def test_blocks_are_parted_by_a_blank_line() -> None:
    assert lines("# Cause\nText.\n\n> said\n\n---\n", width=8) == ["Cause", "", "Text.", "", "▏ said", "", "────────"]


def test_inks_of_words() -> None:
    [line] = drawn("**bold** *slanted* ~~gone~~ `code`")
    assert inks(line) == {"bold": "bold", "slanted": "italic", "gone": "strike", "code": "$accent"}


def test_of_a_link_the_address_is_shown_and_nothing_is_markup() -> None:
    assert lines("[docs](https://k8s.io) <https://k8s.io>", width=80) == ["docs (https://k8s.io) https://k8s.io"]
    assert lines("node <none> [/b] [red]x[/red]", width=80) == ["node <none> [/b] [red]x[/red]"]


def test_brackets_without_end_are_no_links() -> None:
    assert lines("x[" * 101, width=300) == ["x[" * 101]
    assert lines("[a](http://k8s.io) " + "x[" * 101, width=300)[0].startswith("[a](http://k8s.io) x[x[")


def test_code_is_folded_and_coloured_when_it_is_whole() -> None:
    assert lines("```\n0123456789\n```\n", width=10) == [" 01234567", " 89"]
    growing = Blocks()
    growing.take("```yaml\nkind: Pod\n")
    assert set(inks(growing.lines(40)[0]).values()) == {"on $panel"}
    growing.take("```\n\nDone.\n")
    assert "kind" in inks(growing.lines(40)[0])


def test_a_table_grows_by_rows() -> None:
    assert lines("| pod | ready |\n|---|---|\n| a-1 ", "| 0/1 |\n| b | 1/1 |\n") == [
        "pod  ready",
        "a-1  0/1",
        "b    1/1",
    ]


@given(st.lists(st.sampled_from(PARTS), max_size=12), st.integers(1, 9), st.integers(10, 60))
def test_it_does_not_matter_in_what_pieces_it_comes(parts: list[str], size: int, width: int) -> None:
    text = "".join(parts)
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    assert lines(*pieces, width=width) == lines(text, width=width)


@given(st.lists(st.sampled_from(PARTS), max_size=12), st.integers(30, 60))
def test_no_line_is_wider_than_the_room(parts: list[str], width: int) -> None:
    assert max((line.cell_length for line in drawn("".join(parts), width=width)), default=0) <= width


def test_a_paragraph_without_end_is_read_in_parts_and_loses_no_word() -> None:
    words = [f"word{number}" for number in range(2_000)]
    text = blocks(" ".join(words))
    assert len(text.all) > len(" ".join(words)) / LONGEST_PARAGRAPH - 1
    assert " ".join(line.plain for line in text.lines(80)).split() == words


def test_a_list_without_end_stays_one_list() -> None:
    items = [f"- item {number}\n  - of it {number}\n" for number in range(300)]
    expected = [line for number in range(300) for line in (f"• item {number}", f"  ◦ of it {number}")]
    assert lines("".join(items)) == expected


def test_code_without_end_stays_one_piece_of_code() -> None:
    code = [f"key{number}: value" for number in range(400)]
    assert lines("```yaml\n" + "\n".join(code) + "\n```\n\nDone.\n") == [*(f" {line}" for line in code), "", "Done."]


def test_a_table_without_end_repeats_its_head() -> None:
    rows = [f"| row {number} | {number} |\n" for number in range(600)]
    text = lines("| name | count |\n|---|---|\n" + "".join(rows))
    heads = text.count(text[0])
    assert heads == 600 // MOST_ROWS
    assert [line.split()[1] for line in text if line != text[0]] == [str(number) for number in range(600)]


def test_text_without_a_blank_is_cut_where_it_must_be() -> None:
    assert "".join(lines("x" * 9_000)) == "x" * 9_000


def test_a_head_as_long_as_a_block_is_not_repeated() -> None:
    assert "".join(lines("|" + "h" * 3_000 + "|\n|---|\n" + "| a |\n" * 300)).count("h") == 3_000
    assert "".join(lines("```" + "y" * 3_000 + "\nkind: Pod\n```\n")).count("kind: Pod") == 1
