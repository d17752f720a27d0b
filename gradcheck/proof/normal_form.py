"""Expressions as rational functions of generators: an expression is 0 where its numerator is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcheck.proof.generators import Generators
from gradcheck.proof.limits import Budget, GivenUp
from gradcheck.proof.polynomial import exact
from gradcheck.proof.rational import Rational, Rationals
from gradcheck.proof.transcendental import Functions

if TYPE_CHECKING:
    from gradcheck.proof.expression import Expression
    from gradcheck.proof.finite_field import FieldPoints
    from gradcheck.proof.polynomial import Number


class Share(Budget):
    """A part of the time of a budget, and all else of it."""

    def __init__(self, whole: Budget, part: float) -> None:
        super().__init__(seconds=whole.seconds * part, nodes=whole.nodes, terms=whole.terms)
        self._whole = whole

    def look(self) -> None:
        """Raise GivenUp where the part, or the whole, is over."""
        super().look()
        self._whole.look()


class NormalForms:
    """The normal forms of a pool's expressions, each made once.

    Parameters
    ----------
    budget : Budget
        What all of them together may cost.
    part : float
        Of its time, from now on.

    Attributes
    ----------
    assumed : list of (Expression, bool)
        The conditions of a region, as they were given.
    points : FieldPoints or None
        Where `identity.decide` evaluates the same expressions if they have no normal form.
    """

    def __init__(self, budget: Budget, part: float = 0.5) -> None:
        self.budget = Share(budget, part)
        self.assumed: list[tuple[Expression, bool]] = []
        self.points: FieldPoints | None = None
        self.generators = Generators(self.budget)
        self.rationals = Rationals(self.generators)
        self.functions = Functions(self.rationals)
        self._made: dict[int, Rational | GivenUp] = {}

    def of(self, node: Expression) -> Rational:
        """Return the normal form of an expression.

        Raises
        ------
        GivenUp
            Where it is too large, takes too long, or divides by 0.
        """
        missing, uses = self._missing(node)
        for one in missing:
            if not self._absorbed(one, node, uses):
                try:
                    self._made[one.number] = self._form(one)
                except GivenUp as reason:
                    self._made[one.number] = reason
                    raise
        return self._known(node)

    def is_zero(self, node: Expression) -> bool:
        """Say whether an expression is 0 wherever it has a value, off the kinks.

        False is no refutation.

        Raises
        ------
        GivenUp
            As `of` does.
        """
        numerator = self.of(node).numerator
        return not numerator or not self.functions.signs.without_maxima(numerator)

    def assume(self, indicator: Expression, decided: bool) -> None:  # noqa: FBT001 - it is data
        """Take an indicator to be 1, or 0, in what is made from now on: a condition of a region."""
        self.assumed.append((indicator, decided))
        self.functions.signs.assume(self.of(indicator).numerator, decided=decided)
        self._made[indicator.number] = self.rationals.constant(int(decided))

    def _known(self, node: Expression) -> Rational:
        made = self._made[node.number]
        if isinstance(made, GivenUp):
            raise made
        return made

    def _missing(self, root: Expression) -> tuple[list[Expression], dict[int, list[Expression]]]:
        """Return what is not made yet, arguments first, and of each node what uses it."""
        found: dict[int, Expression] = {}
        uses: dict[int, list[Expression]] = {}
        waiting = [root]
        while waiting:
            node = waiting.pop()
            made = self._made.get(node.number)
            if isinstance(made, GivenUp):
                raise made
            if made is None and node.number not in found:
                found[node.number] = node
                for argument in node.arguments:
                    uses.setdefault(argument.number, []).append(node)
                waiting.extend(node.arguments)
        return [found[number] for number in sorted(found)], uses

    def _absorbed(
        self, node: Expression, root: Expression, uses: dict[int, list[Expression]]
    ) -> bool:
        """Say whether a sum is only a part of one larger sum, which takes its terms by itself."""
        if node is root or not _linear(node):
            return False
        [*users] = uses[node.number]
        return len(users) == 1 and _linear(users[0])

    def _form(self, node: Expression) -> Rational:
        operation, arguments = node.operation, node.arguments
        if operation == "constant":
            return self.rationals.constant(exact(node.value))
        if operation == "variable":
            number = self.generators.number("variable", node.value, node.value)
            return self.rationals.of_generator(number)
        if _linear(node):
            return self.rationals.total(self._terms(node))
        known = [self._known(argument) for argument in arguments]
        if operation == "mul":
            return self.rationals.product(*known)
        if operation == "power":
            return self.functions.power(known[0], node.value)
        if operation == "maximum":
            return self.functions.maximum(known)
        return self.functions.apply(operation, known[0])

    def _terms(self, node: Expression) -> list[tuple[Number, Rational]]:
        """Return the terms of a sum, those of the sums that it takes in among them."""
        terms: list[tuple[Number, Rational]] = []
        waiting: list[tuple[Expression, Number]] = [(node, 1)]
        while waiting:
            one, factor = waiting.pop()
            if one is not node and one.number in self._made:
                terms.append((factor, self._known(one)))
            elif one.operation == "add":
                waiting.extend((argument, factor) for argument in one.arguments)
            else:
                constant, argument = one.arguments
                waiting.append((argument, factor * exact(constant.value)))
        return terms


def _linear(node: Expression) -> bool:
    return node.operation == "add" or (
        node.operation == "mul" and node.arguments[0].operation == "constant"
    )
