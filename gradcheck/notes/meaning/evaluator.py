"""What the parts of an evaluation ask of the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from gradcheck.notes.equation import Case, Reading
    from gradcheck.notes.latex.nodes import Index, Node
    from gradcheck.notes.meaning.world import World


class Evaluator(Protocol):
    """Gives the value of a tree in a world, and notes what is claimed on the way."""

    world: World
    reading: Reading
    cases: list[Case]

    def value(self, node: Node) -> Any:
        """Return the value of a tree."""
        ...

    def index(self, index: Index) -> Any:
        """Return what an index is: a number, or a symbol that stands for all of them."""
        ...

    def claim(self, where: str, printed: Any, oracle: Any) -> None:
        """Note that two things are claimed to be equal."""
        ...
