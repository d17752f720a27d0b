"""The search for a point at which an identity is wrong, and what there is to say of a wrong one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcheck.proof import faithful, guards, residual
from gradcheck.proof.certificate import candidate, certified, neighbours
from gradcheck.proof.evaluation import FloatValues
from gradcheck.proof.graph import UPSTREAM
from gradcheck.proof.known_terms import known_terms, multiple_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gradcheck.proof.certificate import Certificate
    from gradcheck.proof.expression import Expression
    from gradcheck.proof.graph import Graph
    from gradcheck.proof.identity import Identity
    from gradcheck.proof.normal_form import NormalForms
    from gradcheck.proof.points import Points


class Refuter:
    """Holds identities against their values at the points of one subject.

    Parameters
    ----------
    points : Points
    """

    def __init__(self, points: Points) -> None:
        self._points = points
        self._valued: Graph | None = None
        self._values: dict[int, FloatValues] = {}

    def certificate(
        self, graph: Graph, identity: Identity, numbers: Iterable[int]
    ) -> Certificate | None:
        """Return the certificate that an identity is wrong at one of these points, if it is.

        Parameters
        ----------
        graph : Graph
        identity : Identity
            Of the graph's pool.
        numbers : iterable of int
            Which points.
        """
        own, true = identity.own, identity.true
        for k in numbers:
            values = self._values_at(k, graph)
            if not faithful.inside(graph, values):
                continue
            entry = candidate(own, true, values)
            if entry is None:
                continue
            replayed = self._points.replayed(k, identity.quantity, entry)
            if replayed is None:
                continue
            found = certified(own[entry], true[entry], entry, values.point, replayed)
            if found and _differ_beside(graph, own[entry], true[entry], values.point):
                return found
        return None

    def _values_at(self, k: int, graph: Graph) -> FloatValues:
        """Return the values of a graph at a point; those of the last graph are kept."""
        if self._valued is not graph:
            self._valued, self._values = graph, {}
        if k not in self._values:
            self._values[k] = FloatValues(self._points.values(k, graph))
        return self._values[k]


def _differ_beside(
    graph: Graph, own: Expression, true: Expression, point: Mapping[str, float]
) -> bool:
    """Say that two values differ beside a point of a region too: at a kink alone they may."""
    beside = map(FloatValues, neighbours(point))
    return any(
        candidate([own], [true], values) is not None
        for values in beside
        if faithful.inside(graph, values)
    )


def up_to_guards(graph: Graph, identity: Identity, forms: NormalForms) -> str:
    """Return that a gradient is exact once forward's guards are read as 0; empty if not so."""
    names = graph.variables.get(identity.quantity[1:])
    if names is None:
        return ""
    variables = [graph.pool.variable(one) for one in names]
    known = guards.exact_up_to(graph.y, graph.upstream(), variables, identity.own, forms)
    if not known:
        return ""
    told = ", ".join(f"{float(value):g}" for value in known)
    return f"exact up to {told}, which forward adds as a guard and backward leaves out"


def residual_at(graph: Graph, identity: Identity, found: Certificate, forms: NormalForms) -> str:
    """Return what is wrong, in symbols: a factor of all, or the difference of one entry.

    Parameters
    ----------
    graph : Graph
    identity : Identity
    found : Certificate
        Whose entry is told, and at whose point numbers are guessed.
    forms : NormalForms

    Returns
    -------
    str
        Empty where it is too long to explain anything.
    """
    own, true, quantity = identity.own, identity.true, identity.quantity
    point = {name: float(value) for name, value in found.point.items()}
    factor = residual.quotient(own, true, point, forms)
    if factor is not None:
        return f"{quantity} = {factor} · true"
    name = quantity.removeprefix("d")
    place = (
        residual.symbol(graph.variables[name][found.entry], graph.shapes)
        if name in graph.variables
        else name
    )
    difference = graph.pool.subtract(own[found.entry], true[found.entry])
    text = ""
    if name in graph.variables and graph.shapes[name] == graph.shapes[UPSTREAM]:
        terms = known_terms(graph.y, graph.upstream(), graph.shapes[name], found.entry)
        text = multiple_of(difference, terms, FloatValues(point), forms)
    text = text or residual.text_of(difference, forms, graph.shapes)
    return f"d{place} − true = {text}" if text and name != quantity else text
