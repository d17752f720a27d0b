"""One test a check of a layer: what will be checked is planned when tests are collected.

Planning builds the layer and runs its forward a few times; the check itself is made once in each
process, when the first of its tests runs, and is kept for the others. What is planned follows from
the layer's names and shapes alone, so that every worker collects the same tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pytest

from gradcheck import asserting, session
from gradcheck.contracts import contracts_of
from gradcheck.errors import UsageError
from gradcheck.records import Evidence, Oracle, Verdict, of_quantity
from gradcheck.render.message import failure_text, one_failure_text
from gradcheck.students.given import maker_of
from gradcheck.students.met import checked_layer, met_layer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from _pytest.mark import MarkDecorator, ParameterSet

    from gradcheck.records import Check, Result
    from gradcheck.students.met import Met

VALUE_ORACLES = (Oracle.FINITE_DIFFERENCE, Oracle.COMPLEX_STEP)
"""Who speaks of every gradient; the notes' formula does where there is one."""

REST = "rest"
"""Name of the test of all that no other test of a layer is of."""


class Case:
    """A layer that is checked once in this process, however many tests are of it."""

    def __init__(self, met: Met, regimes: str | Sequence[str], seed: int) -> None:
        self._met = met
        self._regimes = regimes
        self._seed = seed

    @cached_property
    def _checked(self) -> Result:
        return checked_layer(self._met, self._regimes, self._seed)

    @property
    def result(self) -> Result:
        """Return what is known of the layer; the session hears of it with each test."""
        known = "_checked" in self.__dict__
        result = self._checked
        return session.noted(result) if known else result


@dataclass(frozen=True, kw_only=True)
class LayerCheck:
    """What one oracle, or one contract, says of one quantity of a layer: call it.

    Attributes
    ----------
    name, quantity : str
    oracle : Oracle
    contract : str
        Empty for a value.
    planned : frozenset of (quantity, oracle, contract)
        What the tests of this layer are of; of all else is the one that is called "rest".
    """

    name: str
    quantity: str
    oracle: Oracle
    contract: str = ""
    planned: frozenset[tuple[str, Oracle, str]] = frozenset()
    case: Case

    @property
    def id(self) -> str:
        """Return "Dense-dW-symbolic", or "Dense-contract-purity"."""
        if self.quantity == REST:
            return f"{self.name}-{REST}"
        what = (self.oracle, self.contract) if self.contract else (self.quantity, self.oracle)
        return "-".join((self.name, *map(str, what)))

    def __repr__(self) -> str:
        return self.id

    def __call__(self) -> None:
        """Assert that it is a pass.

        Skips where this oracle cannot tell and another one can.

        Raises
        ------
        AssertionError
            Where it is no pass, or did not run.
        """
        __tracebackhide__ = True
        result = self.case.result
        mine = [check for check in result.checks if self._is_mine(check)]
        if self.quantity == REST:
            self._rest(result, mine)
            return
        if self.oracle is Oracle.SYMBOLIC and _left_aside(result, self.quantity):
            pytest.skip("the notes' formula is another function; the other oracles stand")
        verdict = Verdict.worst(check.verdict for check in mine)
        if verdict is Verdict.INCONCLUSIVE and self._settled(result):
            pytest.skip(f"the {self.oracle} oracle cannot tell, others can: {mine[0].reason}")
        if verdict is not Verdict.PASS or not self._proved(mine):
            raise AssertionError(one_failure_text(result, self.id, self.quantity, mine))

    def _is_mine(self, check: Check) -> bool:
        key = _key(check)
        if self.quantity == REST:
            return key not in self.planned
        return key == (self.quantity, self.oracle, self.contract)

    def _settled(self, result: Result) -> bool:
        """Say whether the quantity passes by another oracle; a proof that is needed settles it."""
        of_it = [check for check in result.checks if check.quantity == self.quantity]
        needed = self.oracle is Oracle.PROOF and session.proves()
        return of_quantity(of_it) is Verdict.PASS and not needed

    def _proved(self, mine: Sequence[Check]) -> bool:
        needed = self.oracle is Oracle.PROOF and session.proves()
        return not needed or all(check.evidence is Evidence.PROVED for check in mine)

    def _rest(self, result: Result, mine: Sequence[Check]) -> None:
        """Assert that nothing that was not planned is wrong, and that anything ran at all."""
        __tracebackhide__ = True
        spoilt = [check for check in mine if check.verdict is not Verdict.PASS]
        if [check for check in spoilt if not _told(result, check.quantity)] or not result.checks:
            raise AssertionError(failure_text(result, asserting.unproved(result)))


class Unmet:
    """A layer of which nothing could be planned: its one test says why."""

    def __init__(self, name: str, error: UsageError) -> None:
        self.id = name
        self._error = error

    def __repr__(self) -> str:
        return self.id

    def __call__(self) -> None:
        """Raise what planning raised."""
        __tracebackhide__ = True
        raise self._error


def checks_for(
    layer: Any,
    x: Any = None,
    *,
    name: str | None = None,
    role: str | None = None,
    orientation: str | None = None,
    regimes: str | Sequence[str] = "all",
    seed: int | None = None,
) -> list[ParameterSet]:
    """Return what ``pytest.mark.parametrize("check", ...)`` takes: one parameter a check.

    Parameters
    ----------
    layer, x, role, orientation, regimes, seed :
        As in `gradcheck.check_layer`.
    name : str, optional
        What the tests' names begin with; the layer's class if left out.

    Returns
    -------
    list of pytest.param
        With names such as ``Dense-dW-symbolic`` and ``Dense-contract-purity``. Each is called
        without arguments, and raises AssertionError where it is no pass.
    """
    asked = session.seed_of(seed)
    try:
        met = met_layer(layer, x, role, orientation, asked)
    except UsageError as error:
        unmet = Unmet(name or _name(layer), error)
        return [pytest.param(unmet, id=unmet.id)]
    case = Case(met, regimes, asked)
    keys = planned(met)
    called = name or met.subject.name
    checks = [
        LayerCheck(name=called, quantity=q, oracle=oracle, contract=contract, case=case)
        for q, oracle, contract in keys
    ]
    known = frozenset(keys)
    checks.append(
        LayerCheck(name=called, quantity=REST, oracle=Oracle.CONTRACT, planned=known, case=case)
    )
    return [pytest.param(check, id=check.id) for check in checks]


def parametrize_layers(layers: Iterable[Any] | Mapping[str, Any], **more: Any) -> MarkDecorator:
    """Return a decorator of a test that takes `check`: one test a check of each layer.

    Parameters
    ----------
    layers : iterable, or mapping of str to layer
        Layers, or what makes them, or pairs (layer, x); the names of a mapping are the tests'.
        Where several have the same name they are numbered.
    more :
        Of all layers, as in `checks_for`.

    Examples
    --------
    >>> @gradcheck.parametrize_layers([Dense(4, 3), Tanh, Softmax])  # doctest: +SKIP
    ... def test_layers(check):
    ...     check()
    """
    given = layers.items() if isinstance(layers, Mapping) else [("", one) for one in layers]
    pairs = [(name, *_with_data(one)) for name, one in given]
    names = [name or _name(layer) for name, layer, _ in pairs]
    found: list[ParameterSet] = []
    for k, (name, (_, layer, x)) in enumerate(zip(names, pairs, strict=True)):
        number = names[: k + 1].count(name)
        unique = f"{name}{number}" if names.count(name) > 1 else name
        found += checks_for(layer, x, name=unique, **more)
    if not found:
        raise UsageError(
            "layers is empty, must hold at least one; name a layer, or remove the test"
        )
    return pytest.mark.parametrize("check", found)


def planned(met: Met) -> list[tuple[str, Oracle, str]]:
    """Return the (quantity, oracle, contract) triples that a layer is checked by."""
    subject = met.subject
    gradients = [f"d{name}" for name in subject.names if name not in subject.constants]
    formula = (Oracle.SYMBOLIC,) if met.formula else ()
    proof = (Oracle.PROOF,) if session.proves() else ()
    return [
        *(("y", oracle, "") for oracle in formula),
        *((q, oracle, "") for q in gradients for oracle in (*formula, *VALUE_ORACLES, *proof)),
        *(("backward", Oracle.CONTRACT, contract) for contract in contracts_of(subject)),
    ]


def _key(check: Check) -> tuple[str, Oracle, str]:
    return ("backward" if check.contract else check.quantity, check.oracle, check.contract)


def _told(result: Result, quantity: str) -> bool:
    """Say whether some oracle settles a quantity."""
    return of_quantity(c for c in result.checks if c.quantity == quantity) is Verdict.PASS


def _left_aside(result: Result, quantity: str) -> bool:
    """Say whether the notes' formula was not used: it has other inputs, or differs harmlessly."""
    spoken = {check.oracle for check in result.checks} - {Oracle.CONTRACT}
    if Oracle.SYMBOLIC in spoken or not spoken:
        return False
    return quantity == "y" or _told(result, quantity)


def _with_data(one: Any) -> tuple[Any, Any]:
    """Return a layer and its data, None where it has none."""
    return (one[0], one[1]) if isinstance(one, tuple) and len(one) == 2 else (one, None)


def _name(layer: Any) -> str:
    """Return the name of a layer's class; what a factory makes is asked for it."""
    if isinstance(layer, type):
        return layer.__name__
    try:
        made = maker_of(layer)()
    except Exception:  # noqa: BLE001 - met_layer says what making it raises
        made = layer
    return str(getattr(made, "__name__", type(made).__name__))
