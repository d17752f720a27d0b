"""Decide, for every gradient of a subject, whether it is its forward's derivative: exactly."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any

from gradcheck.proof import kinks
from gradcheck.proof.derivative import gradients
from gradcheck.proof.expression import reached, written
from gradcheck.proof.graph import UPSTREAM
from gradcheck.proof.identity import Identity, decide
from gradcheck.proof.limits import Budget, GivenUp
from gradcheck.proof.normal_form import NormalForms
from gradcheck.proof.points import Points
from gradcheck.proof.refute import Refuter, residual_at, up_to_guards
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
from gradcheck.records import Evidence

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gradcheck.proof.expression import Expression
    from gradcheck.proof.graph import Graph
    from gradcheck.records import Array
    from gradcheck.subject import Subject

    Tracer = Callable[[Sequence[Array], Array, bool, Budget], Graph]
    """tracer(inputs, upstream, merging, budget) → the graph of one run on symbols."""

POINTS = 3
"""At which a graph is compared with the code."""

TRIED = 8
"""Points at which a refutation is looked for."""

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
        self._refuter = Refuter(self._points)

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
        forms = NormalForms(self._budget, PART[self._subject.composite])
        for node, decided in graph.conditions:
            forms.assume(node, decided=decided)
        found: dict[str, Statement] = {}
        for identity in self._identities(graph):
            quantity, claim = identity.quantity, identity.claim
            before = found.get(quantity)
            if before is not None and before.evidence is None:
                continue  # what is wrong by itself need not be held against the notes
            if claim == NOTES_BACKWARD and not _as_in_notes(found):
                continue  # it is the backward of another function
            now = self._statement(graph, identity, forms, evidence, first)
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

    def _identities(self, graph: Graph) -> list[Identity]:
        """Return what is to be decided: of y, then of each gradient."""
        subject, pool = self._subject, graph.pool
        names = [name for name in subject.names if name in graph.variables]
        wrt = [pool.variable(one) for name in names for one in graph.variables[name]]
        truth = iter(gradients(graph.y, graph.upstream(), wrt))
        true = {name: [next(truth) for _ in graph.variables[name]] for name in names}
        own = dict(zip(subject.names, graph.gradients, strict=True))

        def of_gradients(claim: str, must: Mapping[str, Sequence[Expression]]) -> list[Identity]:
            return [
                Identity(quantity=f"d{name}", claim=claim, own=entries, true=must[name])
                for name in names
                if name in must and (entries := own[name]) is not None
            ]

        variable = {name: true[name] for name in names if name not in subject.constants}
        mine = of_gradients(DERIVATIVE, variable)
        notes = self._notes(graph)
        if notes is None:
            return mine
        primal = "y" if graph.shapes[UPSTREAM] else "loss"
        forward = Identity(quantity=primal, claim=NOTES_FORWARD, own=graph.y, true=notes.y)
        return [forward, *mine, *of_gradients(NOTES_BACKWARD, notes.gradients)]

    def _notes(self, graph: Graph) -> Any:
        if self._formula is None:
            return None
        from gradcheck.proof.notes_graph import AgainstNotes

        try:
            return AgainstNotes(self._subject, self._formula, graph)
        except GivenUp:
            return None

    def _statement(
        self,
        graph: Graph,
        identity: Identity,
        forms: NormalForms,
        evidence: Evidence,
        first: int,
    ) -> Statement:
        """Return what is found of one identity; the graph was run at the point `first`."""
        own, true = identity.own, identity.true
        statement = Statement(
            quantity=identity.quantity,
            claims=(identity.claim,),
            literals=_literals(graph, [*own, *true]),
        )
        differences = identity.differences()
        found = self._refuter.certificate(graph, identity, [first, *range(POINTS)])
        if found is not None:
            guarded = up_to_guards(graph, identity, forms)
            if guarded:
                return replace(statement, reason=guarded)
            text = ""
            if identity.claim != NOTES_BACKWARD:
                text = residual_at(graph, identity, found, forms)
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
                exceptions=kinks.exceptions_at(
                    graph,
                    identity.quantity,
                    own,
                    true,
                    forms,
                    derived=identity.claim == DERIVATIVE,
                ),
            )
        guarded = up_to_guards(graph, identity, forms)
        if guarded:
            return replace(statement, reason=guarded)
        further = () if graph.conditions else self._points.beside([*own, *true], graph)
        points = chain(range(POINTS, TRIED), further)
        found = self._refuter.certificate(graph, identity, points)
        return replace(statement, certificate=found, reason="" if found else UNDECIDED)


def _as_in_notes(found: Mapping[str, Statement]) -> bool:
    return any(NOTES_FORWARD in one.claims and one.evidence for one in found.values())


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
