"""How much a model can be told: its context in tokens, and what a text takes of it."""

from kubegenie_tui.domain.errors import ModelError
from kubegenie_tui.domain.model_settings import Profile

ASSUMED_TOKENS = 48_000
"""The context of a model that does not say."""
FILLED = 0.75
"""The part of the context that is used; the rest is for the answer, and for what was estimated too low."""
_USUAL_CHARACTERS = 4.0
"""A token, until the server has counted: the usual figure for English."""
_FEWEST_CHARACTERS, _MOST_CHARACTERS = 1.5, 6.0


class Window:
    """The window of one model in one conversation, learning from what the server counts."""

    def __init__(self) -> None:
        self.tokens = 0
        """The context; 0 while it is unknown."""
        self._characters = _USUAL_CHARACTERS
        self._part = 1.0

    @property
    def narrowed(self) -> float:
        """The part of it that is still used: 1 until a server has refused a request for its length."""
        return self._part

    def counted(self, characters: int, tokens: int) -> None:
        """The server counted so many tokens in a request of so many characters."""
        if tokens > 0:
            self._characters = min(_MOST_CHARACTERS, max(_FEWEST_CHARACTERS, characters / tokens))

    def tokens_of(self, characters: int) -> int:
        """About how many tokens so many characters are."""
        return int(characters / self._characters)

    def require(self, characters: int, profile: Profile) -> None:
        """Refuse here what the server would refuse however much is left out.

        Args:
            characters: of the rules, the tools and the question.
            profile: in which the tools are told.

        Raises:
            ModelError: they do not fit a context that is known.
        """
        if not 0 < self.tokens <= (needed := self.tokens_of(characters)):
            return
        raise ModelError(
            f"The model's context of {self.tokens:,} tokens is too small",
            f"the rules, the tools and the question alone are about {needed:,}",
            "start the server with a larger one (Ollama: `OLLAMA_CONTEXT_LENGTH`), and check `context` of the model"
            + (', or set `profile = "small"`' if profile == "full" else ""),
        )

    def narrow(self) -> None:
        """A request was too long: from now on a quarter is used."""
        self._part /= 4

    @property
    def characters(self) -> int:
        """How many characters a request may have."""
        return int((self.tokens or ASSUMED_TOKENS) * FILLED * self._characters * self._part)
