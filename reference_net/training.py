"""The notes' steps in machine learning: ① model, ② distance, ③ adjust, → repeat."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reference_net.validation import (
    require_columns,
    require_count,
    require_generator,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reference_net.layer import Layer
    from reference_net.loss import MeanSquaredError
    from reference_net.optimizer import GradientDescent
    from reference_net.validation import Array


def train_step(
    model: Layer, loss: MeanSquaredError, optimizer: GradientDescent, X: Array, target: Array
) -> float:
    """Do the notes' three steps once.

    Parameters
    ----------
    model : Layer
        What is trained, most often a Sequential. Its parameters are replaced.
    loss : MeanSquaredError
        The cost function.
    optimizer : GradientDescent
        Changes the parameters.
    X : (i, N) floating
        N examples, one in each column.
    target : (j, N) floating
        Their desired outputs.

    Returns
    -------
    float
        The cost before the parameters were adjusted.

    Raises
    ------
    TypeError
        If X or `target` is not a floating or complex array.
    ValueError
        If a shape is wrong, or an entry, gradient or output is not finite.

    Notes
    -----
    Heading "Steps in Machine Learning", ① to ③.
    """
    # ① Data → Model
    Y = model.forward(X)
    # ② Compute the distance between desired and actual output
    cost = float(loss.forward(Y, target))
    # ③ Adjust parameters of model
    model.backward(loss.backward())
    optimizer.step(model)
    return cost


def train(
    model: Layer,
    loss: MeanSquaredError,
    optimizer: GradientDescent,
    X: Array,
    target: Array,
    *,
    epochs: int,
    batch_size: int | None = None,
    rng: np.random.Generator | None = None,
    on_epoch: Callable[[int, float], None] | None = None,
) -> list[float]:
    """Repeat the notes' three steps over all the data, `epochs` times.

    Parameters
    ----------
    model, loss, optimizer
        As in `train_step`.
    X : (i, N) floating
        N examples, one in each column.
    target : (j, N) floating
        Their desired outputs.
    epochs : int
        How often to go through the data.
    batch_size : int, optional
        How many columns a step sees; all of them if left out.
    rng : numpy.random.Generator, optional
        Shuffles the columns before each epoch; needed with `batch_size`, else not used.
    on_epoch : callable, optional
        Called after each epoch with its number, from 1 up, and its cost.

    Returns
    -------
    list of float
        The cost of each epoch: the mean over its columns, each at the parameters it met.

    Raises
    ------
    TypeError
        If X or `target` is not a floating or complex array, a count not an integer, or `rng`
        not a Generator when there is a `batch_size`.
    ValueError
        If a shape is wrong, X and `target` differ in N, a count is below 1, or an entry,
        gradient or output is not finite.

    Notes
    -----
    Heading "Steps in Machine Learning", "→ Repeat".
    """
    require_columns("X", X)
    require_columns("target", target)
    if X.shape[1] != target.shape[1]:
        raise ValueError(
            f"target has shape {target.shape}, must have the {X.shape[1]} columns of X; "
            f"pass one desired output for each example"
        )
    require_count("epochs", epochs)
    if batch_size is not None:
        require_count("batch_size", batch_size)
        require_generator("rng", rng)

    history = []
    for epoch in range(1, epochs + 1):
        total = 0.0
        for chosen in _batches(X.shape[1], batch_size, rng):
            cost = train_step(model, loss, optimizer, X[:, chosen], target[:, chosen])
            total += cost * chosen.size
        history.append(total / X.shape[1])
        if on_epoch is not None:
            on_epoch(epoch, history[-1])
    return history


def _batches(
    columns: int, batch_size: int | None, rng: np.random.Generator | None
) -> Iterator[Array]:
    if batch_size is None or rng is None:
        yield np.arange(columns)
        return
    order = rng.permutation(columns)
    for start in range(0, columns, batch_size):
        yield order[start : start + batch_size]
