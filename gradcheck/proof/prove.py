"""Decide, for every gradient of a subject, whether it is its forward's derivative: exactly."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any

from gradcheck.proof import faithful, guards, kinks, residual
from gradcheck.proof.certificate import candidate, certified, neighbours
from gradcheck.proof.derivative import gradients
from gradcheck.proof.evaluation import FloatValues
from gradcheck.proof.expression import reached
from gradcheck.proof.graph import UPSTREAM
from gradcheck.proof.identity import decide
from gradcheck.proof.known_terms import known_terms, multiple_of
from gradcheck.proof.limits import Budget, GivenUp
from gradcheck.proof.normal_form import NormalForms
from gradcheck.proof.points import Points
from gradcheck.proof.statement import (
    DERIVATIVE,
    MISSING,
    NOTES_BACKWARD,
    NOTES_FORWARD,
    UNDECIDED,
    Statement,
    together,
    weaker,
)
from gradcheck.proof.writing import written
from gradcheck.records import Evidence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from gradcheck.proof.certificate import Certificate
    from gradcheck.proof.expression import Expression
    from gradcheck.proof.graph import Graph
    from gradcheck.records import Array
    from gradcheck.subject import Subject

    Tracer = Callable[[Sequence[Array], Array, bool, Budget], Graph]
    """tracer(inputs, upstream, merging, budget) → the graph of one run on symbols."""

    Identities = Sequence[tuple[str, str, Sequence[Expression], Sequence[Expression]]]
    """(quantity, claim, entries that were got, entries that are true)"""

POINTS = 3
"""At which a graph is compared with the code."""

TRIED = 8
"""Points at which a refutation is looked for."""

COMPOSITES = ("sequential", "network")

PART = (0.5, 0.125)
"""Of the time, what normal forms may take before the finite field is tried: of a single layer, and
of several together, whose normal forms swell."""

REGIONS = 12
"""Points at which regions are looked for, where all at once is not possible."""


class Prover:
    """The proof of one subject at its shapes.

    Parameters
    ----------
    subject : Subject
    tracer : callable
        Runs the subject on symbols, here or in its own process.
    formula : str or None
        Key of `gradcheck.notes.formulas.FORMULAS` that it should be.
    budget : Budget
    seed : int
    """

    def __init__(
        self, subject: Subject, tracer: Tracer, formula: str | None, budget: Budget, seed: int
    ) -> None:
        self._subject = subject
        self._tracer = tracer
        self._formula = formula
        self._budget = budget
        self._points = Points(subject, seed)
        self._valued: Graph | None = None
        self._values: dict[int, FloatValues] = {}

    def statements(self) -> list[Statement]:
        """Return one statement for each gradient, and for y where there is a formula.

        Raises
        ------
        SubjectError
            Where the subject does not run at its own inputs.
        """
        self._points.given()
        try:
            found = self._all_at_once()
        except GivenUp as error:
            found = {
                name: Statement(quantity=name, reason=str(error)) for name in self._gradients()
            }
        if any(one.unsettled for one in found.values()):
            found = self._by_regions(found)
        return list(found.values())

    def _gradients(self) -> list[str]:
        subject = self._subject
        return [f"d{name}" for name in subject.names if name not in subject.constants]

    def _all_at_once(self) -> dict[str, Statement]:
        graph = self._tracer(*self._points.at(0), True, self._budget)  # noqa: FBT003 - merging
        if graph.conditions:
            raise GivenUp("a run of all regions speaks of one")
        self._points.compare(graph, POINTS)
        return self._decided(graph, Evidence.PROVED, 0)

    def _by_regions(self, found: dict[str, Statement]) -> dict[str, Statement]:
        """Decide what is open for one region after another.

        A region that no usual point is in counts where something is refuted there.
        """
        parts: dict[str, list[Statement]] = {name: [] for name in found}
        graphs: list[Graph] = []
        try:
            for k in range(REGIONS):
                for name, one in self._in_region(k, graphs).items():
                    parts.setdefault(name, []).append(one)
            roots = [node for node, _ in graphs[0].conditions] if graphs else []
            for k in self._points.beside(roots, graphs[0]) if roots else ():
                for name, one in self._in_region(k, graphs).items():
                    if one.certificate is not None:
                        parts.setdefault(name, []).append(one)
        except GivenUp as error:
            if not any(parts.values()):
                return {
                    name: replace(one, certificate=None, reason=one.reason or str(error))
                    if one.unsettled
                    else one
                    for name, one in found.items()
                }
        joined = {name: together(found.get(name), several) for name, several in parts.items()}
        return {name: one for name, one in joined.items() if one is not None}

    def _in_region(self, k: int, graphs: list[Graph]) -> dict[str, Statement]:
        """Return the statements for the region of a point; none where it was looked at before."""
        inputs, upstream = self._points.at(k)
        graph = self._tracer(inputs, upstream, False, self._budget)  # noqa: FBT003 - not merging
        conditions = _said(graph)
        if any(conditions == _said(one) for one in graphs):
            return {}
        graphs.append(graph)
        if not self._points.compare_at(k, graph):
            return {}
        found = self._decided(graph, Evidence.PROVED_ON_REGIONS, k)
        return {name: replace(one, conditions=conditions) for name, one in found.items()}

    def _decided(self, graph: Graph, evidence: Evidence, first: int) -> dict[str, Statement]:
        """Return the statements of one graph; it was run at the point `first`."""
        forms = NormalForms(self._budget, PART[self._subject.role in COMPOSITES])
        for node, decided in graph.conditions:
            forms.assume(node, decided=decided)
        found: dict[str, Statement] = {}
        for quantity, claim, own, true in self._identities(graph):
            before = found.get(quantity)
            if before is not None and before.evidence is None:
                continue  # what is wrong by itself need not be held against the notes
            if claim == NOTES_BACKWARD and not _as_in_notes(found):
                continue  # it is the backward of another function
            now = self._one(graph, quantity, claim, own, true, forms, evidence, first)
            if now.open and before is not None:
                continue  # it is the derivative of its own forward, whatever the notes say
            if before is not None and now.evidence is not None:
                now = replace(
                    before,
                    evidence=weaker(before.evidence, now.evidence),
                    claims=before.claims + now.claims,
                    literals={**before.literals, **now.literals},
                    exceptions=tuple(dict.fromkeys((*before.exceptions, *now.exceptions))),
                )
            found[quantity] = now
        for quantity in self._gradients():
            found.setdefault(quantity, Statement(quantity=quantity, reason=MISSING))
        return found

    def _identities(self, graph: Graph) -> Identities:
        """Return what is to be decided: of y, then of each gradient."""
        subject, pool = self._subject, graph.pool
        names = [name for name in subject.names if name in graph.variables]
        wrt = [pool.variable(one) for name in names for one in graph.variables[name]]
        upstream = [pool.variable(one) for one in graph.variables[UPSTREAM]]
        truth = iter(gradients(graph.y, upstream, wrt))
        true = {name: [next(truth) for _ in graph.variables[name]] for name in names}
        own = dict(zip(subject.names, graph.gradients, strict=True))
        mine = [
            (f"d{name}", DERIVATIVE, entries, true[name])
            for name in names
            if name not in subject.constants and (entries := own[name]) is not None
        ]
        notes = self._notes(graph)
        if notes is None:
            return mine
        primal = "y" if graph.shapes[UPSTREAM] else "loss"
        theirs = [
            (f"d{name}", NOTES_BACKWARD, entries, notes.gradients[name])
            for name in names
            if name in notes.gradients and (entries := own[name]) is not None
        ]
        return [(primal, NOTES_FORWARD, graph.y, notes.y), *mine, *theirs]

    def _notes(self, graph: Graph) -> Any:
        if self._formula is None:
            return None
        from gradcheck.proof.notes_graph import AgainstNotes

        try:
            return AgainstNotes(self._subject, self._formula, graph)
        except GivenUp:
            return None

    def _one(
        self,
        graph: Graph,
        quantity: str,
        claim: str,
        own: Sequence[Expression],
        true: Sequence[Expression],
        forms: NormalForms,
        evidence: Evidence,
        first: int,
    ) -> Statement:
        statement = Statement(
            quantity=quantity,
            claims=(claim,),
            literals=_literals(graph, [*own, *true]),
        )
        pool = graph.pool
        differences = [pool.subtract(a, b) for a, b in zip(own, true, strict=True)]
        found = self._certificate(graph, quantity, own, true, [first, *range(POINTS)])
        if found is not None:
            guarded = self._up_to_guards(graph, quantity, own, forms)
            if guarded:
                return replace(statement, reason=guarded)
            text = ""
            if claim != NOTES_BACKWARD:
                text = self._residual(graph, quantity, own, true, found, forms)
            return replace(statement, certificate=found, residual=text)
        try:
            standing = {decide(one, forms, self._budget) for one in differences}
        except GivenUp as error:
            return replace(statement, reason=str(error))
        if "nonzero" not in standing:
            tested = "zero-by-field" in standing
            return replace(
                statement,
                evidence=Evidence.IDENTITY_TESTED if tested else evidence,
                exceptions=kinks.exceptions_at(graph, statement.quantity, own, true, forms),
            )
        guarded = self._up_to_guards(graph, quantity, own, forms)
        if guarded:
            return replace(statement, reason=guarded)
        further = () if graph.conditions else self._points.beside([*own, *true], graph)
        points = chain(range(POINTS, TRIED), further)
        found = self._certificate(graph, quantity, own, true, points)
        return replace(statement, certificate=found, reason="" if found else UNDECIDED)

    def _up_to_guards(
        self, graph: Graph, quantity: str, own: Sequence[Expression], forms: NormalForms
    ) -> str:
        """Return that a gradient is exact once forward's guards are read as 0; empty if not so."""
        names = graph.variables.get(quantity[1:])
        if names is None:
            return ""
        pool = graph.pool
        upstream = [pool.variable(one) for one in graph.variables[UPSTREAM]]
        variables = [pool.variable(one) for one in names]
        known = guards.exact_up_to(graph.y, upstream, variables, own, forms)
        if not known:
            return ""
        told = ", ".join(f"{float(value):g}" for value in known)
        return f"exact up to {told}, which forward adds as a guard and backward leaves out"

    def _certificate(
        self,
        graph: Graph,
        quantity: str,
        own: Sequence[Expression],
        true: Sequence[Expression],
        points: Iterable[int],
    ) -> Certificate | None:
        """Return the certificate of a gradient that is wrong at one of these points."""
        for k in points:
            values = self._values_at(k, graph)
            if not faithful.inside(graph, values):
                continue
            point = values.point
            entry = candidate(own, true, values)
            replayed = None if entry is None else self._points.replayed(k, quantity, entry)
            if entry is not None and replayed is not None:
                found = certified(own[entry], true[entry], entry, point, replayed)
                if found is not None and _differ_beside(graph, own[entry], true[entry], point):
                    return found
        return None

    def _values_at(self, k: int, graph: Graph) -> FloatValues:
        """Return the values of a graph at a point; those of the last graph are kept."""
        if self._valued is not graph:
            self._valued, self._values = graph, {}
        if k not in self._values:
            self._values[k] = FloatValues(self._points.values(k, graph))
        return self._values[k]

    def _residual(
        self,
        graph: Graph,
        quantity: str,
        own: Sequence[Expression],
        true: Sequence[Expression],
        found: Certificate,
        forms: NormalForms,
    ) -> str:
        """Return what is wrong, in symbols: a factor of all, or the difference of one entry."""
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
            upstream = [graph.pool.variable(one) for one in graph.variables[UPSTREAM]]
            terms = known_terms(graph.y, upstream, graph.shapes[name], found.entry)
            text = multiple_of(difference, terms, FloatValues(point), forms)
        text = text or residual.told(difference, forms, graph.shapes)
        return f"d{place} − true = {text}" if text and name != quantity else text


def _as_in_notes(found: Mapping[str, Statement]) -> bool:
    return any(NOTES_FORWARD in one.claims and one.evidence for one in found.values())


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


def _said(graph: Graph) -> tuple[str, ...]:
    return tuple(
        f"{written(node)}" if decided else f"not {written(node)}"
        for node, decided in graph.conditions
    )


def _literals(graph: Graph, roots: Sequence[Expression]) -> dict[str, str]:
    """Return the literals that an identity rests on, and as which number each was read."""
    constants = {abs(node.value) for node in reached(roots) if node.operation == "constant"}
    return {text: str(v) for text, v in graph.literals.items() if abs(v) in constants}


def numbers_of(subject: Subject) -> frozenset[str]:
    """Return the inputs that stay the numbers that they are: integers, and one-hot targets."""
    return frozenset(
        name
        for name, array in zip(subject.names, subject.inputs, strict=True)
        if name in subject.fixed or array.dtype.kind != "f"
    )


def in_process(subject: Subject) -> Tracer:
    """Return the tracer of a subject in this process."""
    from gradcheck.proof.tracing import traced

    numbers = numbers_of(subject)

    def tracer(inputs: Sequence[Array], upstream: Array, merging: bool, budget: Budget) -> Graph:  # noqa: FBT001
        return traced(
            subject.make, subject.names, inputs, numbers, upstream, budget, merging=merging
        )

    return tracer
