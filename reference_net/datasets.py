"""The two data sets of the demo, with examples as columns: XOR and handwritten digits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reference_net.validation import require_generator

if TYPE_CHECKING:
    from reference_net.validation import Array

_TEST_SHARE = 0.2
_SHADES = " .:-=+*#%@"


def xor() -> tuple[Array, Array]:
    """Give the four rows of the truth table of exclusive or.

    Returns
    -------
    X : (2, 4) float64
        The inputs, one case in each column.
    target : (1, 4) float64
        1 where exactly one of the inputs is 1.

    Notes
    -----
    No linear combination of the inputs gives XOR, which is why the notes, under the heading
    "Activation Layer", need a nonlinear activation function.
    """
    X = np.array([[0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 1.0]])
    return X, (X.sum(axis=0, keepdims=True) == 1).astype(float)


@dataclass(frozen=True, slots=True, kw_only=True)
class Digits:
    """Pictures of handwritten digits and what they show.

    Attributes
    ----------
    images : (N, 8, 8) float64
        Ink from 0 to 16.
    labels : (N,) int64
        The digit that each picture shows.
    """

    images: Array
    labels: Array

    def columns(self) -> tuple[Array, Array]:
        """Give the pictures as the network takes them.

        Returns
        -------
        X : (64, N) float64
            Ink from 0 to 1, one picture in each column.
        target : (10, N) float64
            1 in the row of the picture's digit, else 0.
        """
        X: Array = self.images.reshape(len(self.images), -1).T / 16.0
        return X, np.eye(10)[:, self.labels]

    def split(self, rng: np.random.Generator) -> tuple[Digits, Digits]:
        """Set a fifth of each class aside for the test, at random.

        Parameters
        ----------
        rng : numpy.random.Generator
            Chooses them.

        Returns
        -------
        train, test : Digits
            Two parts with no picture in common.

        Raises
        ------
        TypeError
            If `rng` is not a Generator.
        """
        require_generator("rng", rng)
        for_test = np.zeros(len(self.labels), dtype=bool)
        for digit in range(10):
            places = rng.permutation(np.flatnonzero(self.labels == digit))
            for_test[places[: round(_TEST_SHARE * len(places))]] = True
        return (
            Digits(images=self.images[~for_test], labels=self.labels[~for_test]),
            Digits(images=self.images[for_test], labels=self.labels[for_test]),
        )

    def preview(self, count: int = 4) -> str:
        """Draw the first pictures with characters, side by side, more ink for a darker one.

        Parameters
        ----------
        count : int, default 4
            How many pictures; each is 16 characters wide.

        Returns
        -------
        str
            Eight lines.
        """
        shades = np.array(list(_SHADES))
        ink = (self.images[:count] / 16.0 * (len(_SHADES) - 1)).round().astype(int)
        lines = []
        for row in shades[ink].swapaxes(0, 1):
            pictures = ("".join(np.repeat(pixels, 2)) for pixels in row)
            lines.append("  ".join(pictures).rstrip())
        return "\n".join(lines)


def load_digits() -> Digits:
    """Read the 1797 pictures that scikit-learn bundles.

    Returns
    -------
    Digits
        All of them.

    Raises
    ------
    ModuleNotFoundError
        If scikit-learn is not installed.

    Notes
    -----
    Alpaydin and Kaynak 1998, "Optical Recognition of Handwritten Digits", UCI Machine Learning
    Repository; its test part.
    """
    from sklearn import datasets

    bunch = datasets.load_digits()
    return Digits(images=bunch.images, labels=bunch.target)
