"""A setting at sizes: the components of its arrays and their derivatives, as SymPy derives them.

At given sizes the outputs are those of `formulas.FORMULAS`, from which the symbolic oracle is
derived too; at sizes that are letters they are sums over indexed symbols.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcheck.errors import NotesError
from gradcheck.notes.formulas import FORMULAS
from gradcheck.notes.meaning.sums import collapsed, indexed_sum

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gradcheck.notes.equation import Expression
    from gradcheck.notes.meaning.settings import Setting

Size = Any
"""A number, or a SymPy symbol that stands for all of them."""


class TooSmall(Exception):  # noqa: N818 - no error: at these sizes the equation says nothing
    """A component that is named by numbers does not exist at these sizes."""


_NAMES = {"C": "C", "L": "C", "X": "x", "Y": "y", "W": "w"}


def canonical(name: str, *, starred: bool = False) -> str:
    """Return the one name of a letter that the notes write in several ways: W and w, L and C."""
    return _NAMES.get(name, name) + ("*" if starred else "")


class World:
    """A setting at sizes: the components of its arrays, and their derivatives.

    Parameters
    ----------
    setting : Setting
    sizes : mapping of str to int or SymPy symbol
    """

    def __init__(self, setting: Setting, sizes: Mapping[str, Size]) -> None:
        self.setting = setting
        self.sizes = dict(sizes)
        self.concrete = all(isinstance(size, int) for size in sizes.values())
        self._outputs: list[Expression] | None = None
        self._slopes: dict[tuple[Any, ...], Expression] = {}

    def shape(self, name: str) -> tuple[Size, Size]:
        """Return rows and columns of an array."""
        if name not in self.setting.arrays:
            raise NotesError(f"{name} is no array in the setting {self.setting.name!r}")
        rows, columns = self.setting.arrays[name]
        return self.sizes[rows], columns if columns == 1 else self.sizes[columns]

    def symbol(self, name: str, row: Any, column: Any) -> Expression:
        """Return the symbol of an entry."""
        from sympy import IndexedBase, Symbol

        vector = self.setting.arrays[name][1] == 1
        index = (row,) if vector else (row, column)
        if not self.concrete:
            return IndexedBase(name)[index]
        letter, star = (name[0], "^*") if name.endswith("*") else (name, "")
        below = ",".join(map(str, index)) if max(index) > 9 else "".join(map(str, index))
        return Symbol(f"{letter}_{below}{star}")

    def total(self, term: Callable[[Any], Expression], size: Size, first: int = 1) -> Expression:
        """Return the sum of the terms from the first to `size`."""
        from sympy import Add

        if isinstance(size, int):
            return Add(*(term(k) for k in range(first, size + 1)))
        return indexed_sum(term, size, first)

    def entry(self, name: str, row: Any, column: Any) -> Expression:
        """Return an entry of an array; an output as an expression of the inputs."""
        if name == "y" and "y" not in self.setting.variables:
            return self._output(row)
        return self.symbol(name, row, column)

    def upstream(self, k: Any) -> Expression:
        """Return ∂C/∂y_k: any number, or what SymPy derives where C is known."""
        from sympy import IndexedBase, Symbol

        if self.setting.formula == "mse":
            return self._cost_slope(k)
        return Symbol(f"∂C/∂y_{k}") if self.concrete else IndexedBase("g")[k]

    def slope(self, k: Any, name: str, row: Any, column: Any) -> Expression:
        """Return ∂y_k / ∂(entry of an array), as SymPy derives it."""
        key = (k, name, row, column)
        if key not in self._slopes:
            self._slopes[key] = self._derived(*key)
        return self._slopes[key]

    def cost_slope(self, name: str, row: Any, column: Any) -> Expression:
        """Return ∂C / ∂(entry of an array), by the chain rule over all outputs."""
        if name == "y":
            return self.upstream(row)
        outputs = self.shape("y")[0]
        return self.total(lambda k: self.upstream(k) * self.slope(k, name, row, column), outputs)

    def cost(self) -> Expression:
        """Return C where the notes say what it is."""
        from sympy import Matrix

        if self.setting.formula != "mse":
            raise NotesError("C is any function here")
        if not self.concrete:
            size = self.sizes["n"]
            square = indexed_sum(
                lambda k: (self.symbol("y*", k, 1) - self.symbol("y", k, 1)) ** 2, size, 1
            )
            return square / size
        arrays = [self._matrix(name) for name in ("y", "y*")]
        return Matrix(FORMULAS["mse"].forward(*arrays))[0, 0]

    def relu(self, argument: Expression) -> Expression:
        """Return the notes' g of a number whose sign is known."""
        from sympy import Matrix

        return FORMULAS[self.setting.formula].forward(Matrix([[argument]]))[0]

    def sides(self, argument: Expression) -> tuple[Expression, Expression]:
        """Return the derivatives of g from the left and from the right."""
        from sympy import Symbol, limit

        if argument == 0:
            h = Symbol("h", positive=True)
            quotients = [(self.relu(step) - self.relu(argument)) / step for step in (-h, h)]
            return limit(quotients[0], h, 0), limit(quotients[1], h, 0)
        v = Symbol("v", real=True)
        slope = self.relu(v).diff(v).subs(v, argument)
        return slope, slope

    def _cost_slope(self, k: Any) -> Expression:
        slope = self.cost().diff(self.symbol("y", k, 1))
        return slope if self.concrete else collapsed(slope)

    def _matrix(self, name: str) -> Expression:
        from sympy import Matrix

        rows, columns = self.shape(name)
        return Matrix(rows, columns, lambda r, c: self.symbol(name, r + 1, c + 1))

    def _output(self, k: Any) -> Expression:
        from sympy import IndexedBase, Symbol

        if self.setting.general is None:
            return Symbol(f"y_{k}") if self.concrete else IndexedBase("y")[k]
        if not self.concrete:
            return self.setting.general(self, k)
        if self._outputs is None:
            if self.setting.formula:
                arrays = [self._matrix(name) for name in self.setting.variables]
                forward = FORMULAS[self.setting.formula].forward
                # The softmax's quotient is kept unevaluated for the oracle's sake.
                self._outputs = [entry.doit() for entry in forward(*arrays)]
            else:
                rows, _ = self.shape("y")
                self._outputs = [self.setting.general(self, row + 1) for row in range(rows)]
        return self._outputs[k - 1]

    def _derived(self, k: Any, name: str, row: Any, column: Any) -> Expression:
        from sympy import IndexedBase, Symbol

        if self.setting.general is None:
            if self.concrete:
                return Symbol(f"∂y_{k}/∂x_{row}")
            return IndexedBase("J")[k, row]
        slope = self._output(k).diff(self.symbol(name, row, column))
        if self.concrete:
            return slope.doit()
        return collapsed(slope)
