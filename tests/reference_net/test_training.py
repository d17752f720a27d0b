from __future__ import annotations

from itertools import chain

import numpy as np
import pytest

from reference_net import (
    Dense,
    GradientDescent,
    MeanSquaredError,
    Sequential,
    Tanh,
    train,
    train_step,
)

X = np.array([[0.0, 1.0, 2.0, 3.0, 4.0]])
TARGET = 2 * X - 1


def _parts(rate=0.05):
    model = Dense(1, 1, np.random.default_rng(3))
    return model, MeanSquaredError(), GradientDescent(rate)


def test_a_step_is_the_notes_three_steps():
    model, loss, optimizer = _parts()
    model.parameters["W"] = np.array([[1.0]])
    cost = train_step(model, loss, optimizer, X, TARGET)
    error = X - TARGET
    assert cost == np.mean(error**2)
    assert type(cost) is float
    assert model.parameters["W"].item() == pytest.approx(1 - 0.05 * 2 * np.mean(error * X))
    assert model.parameters["b"].item() == pytest.approx(-0.05 * 2 * np.mean(error))


def test_training_finds_the_line():
    model, loss, optimizer = _parts()
    history = train(model, loss, optimizer, X, TARGET, epochs=500)
    assert len(history) == 500
    assert history == sorted(history, reverse=True)
    assert model.parameters["W"].item() == pytest.approx(2.0, abs=1e-3)
    assert model.parameters["b"].item() == pytest.approx(-1.0, abs=1e-3)


def test_on_epoch_sees_the_history():
    seen = []
    history = train(
        *_parts(), X, TARGET, epochs=3, on_epoch=lambda epoch, loss: seen.append((epoch, loss))
    )
    assert seen == list(enumerate(history, start=1))


def test_batches_go_through_all_columns_once_an_epoch():
    class Recorder(Dense):
        def forward(self, X):
            batches.append(X[0].tolist())
            return super().forward(X)

    batches = []
    rng = np.random.default_rng(1)
    model = Recorder(1, 1, rng)
    parts = (MeanSquaredError(), GradientDescent(0.01))
    train(model, *parts, X, TARGET, epochs=2, batch_size=2, rng=rng)
    assert [len(batch) for batch in batches] == [2, 2, 1, 2, 2, 1]
    first, second = (list(chain(*batches[k : k + 3])) for k in (0, 3))
    assert sorted(first) == sorted(second) == X[0].tolist()
    assert first != second


def test_the_cost_of_an_epoch_is_the_mean_over_its_columns():
    model, loss, optimizer = _parts(rate=1e-300)
    rng = np.random.default_rng(0)
    history = train(model, loss, optimizer, X, TARGET, epochs=1, batch_size=2, rng=rng)
    assert history == pytest.approx([loss.forward(model.forward(X), TARGET)])


def test_the_same_seed_gives_the_same_run():
    def run():
        rng = np.random.default_rng(8)
        net = Sequential([Dense(1, 3, rng), Tanh(), Dense(3, 1, rng)])
        parts = (MeanSquaredError(), GradientDescent(0.01))
        return train(net, *parts, X, TARGET, epochs=4, batch_size=2, rng=rng)

    assert run() == run()


@pytest.mark.parametrize(
    ("X_", "target", "options", "error", "text"),
    [
        pytest.param(
            X,
            TARGET[:, :4],
            {},
            ValueError,
            "target has shape (1, 4), must have the 5 columns of X; "
            "pass one desired output for each example",
            id="columns",
        ),
        pytest.param(X[0], TARGET, {}, ValueError, "X has shape (5,), must be", id="X"),
        pytest.param(X, TARGET[0], {}, ValueError, "target has shape (5,), must", id="target"),
        pytest.param(X, TARGET, {"epochs": 0}, ValueError, "epochs=0, must be at", id="epochs"),
        pytest.param(
            X,
            TARGET,
            {"batch_size": 0.5},
            TypeError,
            "batch_size=0.5, must be an integer",
            id="batch-size",
        ),
        pytest.param(
            X,
            TARGET,
            {"batch_size": 2},
            TypeError,
            "rng is of type NoneType, must be a numpy.random.Generator",
            id="rng",
        ),
    ],
)
def test_bad_arguments_are_refused(X_, target, options, error, text):
    with pytest.raises(error) as caught:
        train(*_parts(), X_, target, **{"epochs": 1, **options})
    assert str(caught.value).startswith(text)


def test_divergence_is_reported_and_not_carried_on():
    model, loss, optimizer = _parts(rate=1e200)
    with (
        np.errstate(over="ignore", invalid="ignore"),
        pytest.raises(ValueError, match="lower the learning rate if training diverged"),
    ):
        train(model, loss, optimizer, X, TARGET, epochs=10)
