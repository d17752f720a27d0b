"""What people call: check a pair of functions, assert that it is right, check any subject."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck import asserting, samples, session
from gradcheck.isolation import isolated
from gradcheck.run import Run
from gradcheck.subject import from_functions

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcheck.proof.checks import Proving
    from gradcheck.records import Array, Result
    from gradcheck.subject import Domain, Subject

__all__ = ["assert_gradients", "check_functions", "check_subject"]


def check_functions(
    forward: Callable[..., Any],
    backward: Callable[..., Any],
    inputs: Sequence[Any] | Array,
    names: Sequence[str] | None = None,
    domain: Domain | None = None,
    regimes: str | Sequence[str] = "all",
    seed: int | None = None,
    name: str | None = None,
) -> Result:
    """Check a backward function against its forward function.

    Parameters
    ----------
    forward : callable
        forward(*inputs) → y, an array of any shape or a number.
    backward : callable
        backward(upstream, *inputs) → one gradient, or a tuple with one for each input.
        `upstream` has y's shape.
    inputs : sequence of arrays, or one array
        Floating arrays get a gradient; integer and boolean ones are constants. Regimes vary the
        values, never the shapes.
    names : sequence of str, optional
        One an input; by default forward's parameter names, else x (x0, x1, ...).
    domain : mapping of str to (low, high), optional
        Open interval of an input, outside which nothing is sampled.
    regimes : "all", "point" or a list of names
        "point" looks at the given inputs only: every entry, contracts included. The names are those
        of `gradcheck.samples.REGIMES`.
    seed : int, optional
        Of all that is drawn; by default that of the test session, else 0.
    name : str, optional
        By default forward's name.

    Returns
    -------
    Result
        Never an exception because of what the code under test does.

    Raises
    ------
    UsageError
        Where an argument is not what it must be.
    """
    subject = from_functions(forward, backward, inputs, names=names, domain=domain, name=name)
    seed = session.seed_of(seed)
    call = f"gradcheck.check_functions({subject.name}, ..., regimes={regimes!r}, seed={seed})"
    subject = replace(subject, reproduce=call)
    result = check_subject(
        subject,
        regimes=regimes,
        seed=seed,
        proving=asserting.proving(),
        pictured=session.pictured(),
    )
    return session.noted(result)


def assert_gradients(
    forward: Callable[..., Any],
    backward: Callable[..., Any],
    inputs: Sequence[Any] | Array,
    names: Sequence[str] | None = None,
    domain: Domain | None = None,
    regimes: str | Sequence[str] = "all",
    seed: int | None = None,
    name: str | None = None,
) -> None:
    """Raise unless `check_functions` with the same arguments passes.

    Raises
    ------
    AssertionError
        Where the verdict is not `pass`; its text says of each quantity what is wrong.
    UsageError
        As `check_functions`.
    """
    __tracebackhide__ = True
    asserting.settle(check_functions(forward, backward, inputs, names, domain, regimes, seed, name))


def check_subject(
    subject: Subject,
    *,
    regimes: str | Sequence[str] = "all",
    seed: int = 0,
    formula: str | None = None,
    proving: Proving | None = None,
    pictured: bool = False,
) -> Result:
    """Check one subject.

    Parameters
    ----------
    subject : Subject
    regimes, seed :
        As in `check_functions`.
    formula : str, optional
        Key of `gradcheck.notes.formulas.FORMULAS`: y and every gradient are compared with it too.
    proving : Proving, optional
        How the code is run on symbols too, to decide exactly; not at all if left out.
    pictured : bool
        Gather what the pictures of a report are drawn from too: some calls more.

    Raises
    ------
    UsageError
        Where `regimes` holds an unknown name.
    """
    wanted = samples.regime_names(regimes)
    with np.errstate(all="ignore") if subject.remote else isolated():
        run = Run(subject, seed, formula, thorough=len(wanted) > 1, pictured=pictured)
        result = run.result(wanted)
        if proving is None:
            return result
        from gradcheck.proof.checks import with_proof

        return with_proof(result, subject, formula, proving, seed)
