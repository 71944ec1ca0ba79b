"""What is wished for beside what is not: `instead of scaling web restart it`, `restart web rather than deleting it`."""

from kubegenie_tui.genie.wishes.phrases import Phrases
from kubegenie_tui.genie.wishes.targets import TargetReader


def without_contrast(sentence: str, targets: TargetReader, language: Phrases) -> tuple[str, str]:
    """What is wished for, and the words for what is spoken of before it; the sentence as it is where nothing is not.

    What is not wished for must be about one target of which every word is understood: no condition hides in it.
    """
    match = next((found for each in language.contrasts if (found := each.fullmatch(sentence))), None)
    if match is None:
        return sentence, ""
    about = match["about"].strip()
    target = targets.read(about)
    if about and (not target.is_clear or target.unknown or target.too_much or target.lost_space):
        return sentence, ""
    return match["rest"], about if match.start("about") < match.start("rest") else ""
