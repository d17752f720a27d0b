"""The fixture `gradcheck`: what a test asserts with, and numbers that are the same in every run."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck import session

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Checker:
    """Asserts that backward passes are right.

    Attributes
    ----------
    seed : int
        Of the session: ``--gradcheck-seed``.
    rng : Generator
        Seeded by it and by the name of the test.
    """

    def __init__(self, seed: int, name: str) -> None:
        self.seed = seed
        self.rng = np.random.default_rng([seed, zlib.crc32(name.encode())])

    def gradients(
        self, forward: Callable[..., Any], backward: Callable[..., Any], inputs: Any, **more: Any
    ) -> None:
        """Assert as `gradcheck.assert_gradients`."""
        __tracebackhide__ = True
        from gradcheck.check import assert_gradients

        assert_gradients(forward, backward, inputs, **more)

    def layer(self, layer: Any, x: Any = None, **more: Any) -> None:
        """Assert as `gradcheck.assert_layer`; x is drawn where it is left out."""
        __tracebackhide__ = True
        from gradcheck.students.interface import assert_layer

        assert_layer(layer, x, **more)

    def loss(
        self, loss: Callable[..., Any], gradient: Callable[..., Any], *data: Any, **more: Any
    ) -> None:
        """Assert as `gradcheck.assert_loss`."""
        __tracebackhide__ = True
        from gradcheck.students.interface import assert_loss

        assert_loss(loss, gradient, *data, **more)

    def file(self, path: str | Path, **more: Any) -> None:
        """Assert as `gradcheck.assert_file`."""
        __tracebackhide__ = True
        from gradcheck.students.interface import assert_file

        assert_file(path, **more)


def checker_of(name: str) -> Checker:
    """Return the fixture's value for a test of this name."""
    return Checker(session.seed_of(None), name)
