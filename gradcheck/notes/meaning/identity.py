"""Whether two things are equal for all numbers, and the smallest numbers at which they are not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcheck.notes.meaning.values import Between

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gradcheck.notes.equation import Case, Expression

LARGEST = 3
"""Numbers are sought among 0, 1, -1, …, up to this size."""

NOTHING = 1e-20
"""What is smaller is 0, where 30 digits are evaluated."""

TRIES = 500
"""So many of them: a polynomial that is not 0 is not 0 at one of the first few."""


def holds(case: Case) -> bool:
    """Say whether a case is an identity: equal for all values of its symbols.

    SymPy expands the difference; where that is not 0 at once it brings it to one fraction, and its
    numerator, a polynomial, is the zero polynomial or is not.
    """
    printed, oracle = case.printed, case.oracle
    if isinstance(oracle, Between):
        return bool(oracle.low <= printed) and bool(printed <= oracle.high)
    if printed == oracle or not _expressions(printed, oracle):
        return bool(printed == oracle)
    return _zero(printed - oracle)


def _expressions(*values: Any) -> bool:
    return all(hasattr(value, "free_symbols") and not isinstance(value, bool) for value in values)


def _zero(difference: Expression) -> bool:
    from sympy import Add, Symbol, expand, fraction, together

    algebraic = _algebraic(difference)
    sums = sorted((part for part in algebraic.atoms(Add) if _sum_of_powers(part)), key=_size)
    if sums:
        # The sum of all exponentials as one symbol: most identities do not care what it is.
        short = algebraic.xreplace({sums[-1]: Symbol("S", positive=True)})
        if expand(short) == 0:
            return True
    if expand(algebraic) == 0:
        return True
    return bool(expand(fraction(together(algebraic))[0]) == 0)


def _sum_of_powers(part: Expression) -> bool:
    return all(term.is_Symbol and term.is_positive for term in part.args)


def _size(part: Expression) -> int:
    return len(part.args)


def _algebraic(expression: Expression) -> Expression:
    """Return the expression with a positive symbol for each exponential: e^{2x} is its square."""
    from sympy import exp

    return expression.replace(lambda part: isinstance(part, exp), _power)


def _power(part: Expression) -> Expression:
    from sympy import Add, Mul, Symbol

    factors = []
    for term in Add.make_args(part.args[0]):
        count, symbol = term.as_coeff_Mul()
        if not symbol.is_Symbol:
            return part
        factors.append(Symbol(f"e^{symbol.name}", positive=True) ** count)
    return Mul(*factors)


def numbers(case: Case) -> dict[str, Expression] | None:
    """Return the smallest numbers at which the two sides differ; None where none was found.

    A function of which nothing is known is given its values: F(x_1), F'(x_1).
    """
    if not _expressions(case.printed, case.oracle):
        return {}
    printed, oracle = (_plain(_algebraic(value)) for value in (case.printed, case.oracle))
    symbols = sorted((printed - oracle).free_symbols, key=lambda symbol: symbol.name)
    shown = sorted(printed.free_symbols | oracle.free_symbols, key=lambda symbol: symbol.name)
    for values in _small(symbols):
        point = {symbol: values.get(symbol, 1 if symbol.is_positive else 0) for symbol in shown}
        difference = (printed - oracle).subs(point)
        if _differs(difference):
            return {symbol.name: value for symbol, value in point.items()}
    return None


def _differs(difference: Expression) -> bool:
    """Say whether a number is not 0: one that SymPy does not simplify is evaluated."""
    if not difference.is_finite:
        return False
    return bool(difference != 0 if difference.is_Rational else abs(difference.evalf(30)) > NOTHING)


def at(expression: Expression, point: Mapping[str, Expression]) -> Expression:
    """Return the value of one side at the numbers of a counterexample."""
    if not _expressions(expression):
        return expression
    plain = _plain(_algebraic(expression))
    return plain.subs({symbol: point[symbol.name] for symbol in plain.free_symbols})


def _plain(expression: Expression) -> Expression:
    """Return the expression with a symbol for each value of a function that may be any."""
    from sympy import Derivative, Symbol
    from sympy.core.function import AppliedUndef

    slopes = {d: Symbol(f"F'({d.expr.args[0]})") for d in expression.atoms(Derivative)}
    plain = expression.xreplace(slopes)
    values = {f: Symbol(str(f)) for f in plain.atoms(AppliedUndef)}
    return plain.xreplace(values)


def _small(symbols: Sequence[Expression]) -> Iterator[dict[Expression, int]]:
    """Yield assignments: one symbol is not like the others, then two, then more of them."""
    from itertools import islice

    yield from islice(_few(symbols), TRIES)
    # Where no few of them do: all of them, each another.
    for start in range(2, 6):
        yield {symbol: start + k for k, symbol in enumerate(symbols)}


def _few(symbols: Sequence[Expression]) -> Iterator[dict[Expression, int]]:
    from itertools import combinations, product

    sizes = range(1, LARGEST + 1)
    for several in range(min(len(symbols), 4) + 1):
        for chosen in combinations(symbols, several):
            ranges = [
                (2, 3) if s.is_positive else [v for k in sizes for v in (k, -k)] for s in chosen
            ]
            for values in product(*ranges):
                yield dict(zip(chosen, values, strict=True))
