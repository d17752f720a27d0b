from __future__ import annotations

import numpy as np
import pytest

from reference_net import Dense, ReLU, Sequential, Softmax


@pytest.fixture
def net(rng):
    return Sequential([Dense(3, 4, rng), ReLU(), Dense(4, 2, rng), Softmax()])


def test_forward_and_backward_pass_through_the_members(net, rng):
    X = rng.standard_normal((3, 5))
    upstream = rng.standard_normal((2, 5))
    first, relu, second, softmax = net.layers
    Y = softmax.forward(second.forward(relu.forward(first.forward(X))))
    np.testing.assert_array_equal(net.forward(X), Y)
    dX = first.backward(relu.backward(second.backward(softmax.backward(upstream))))
    np.testing.assert_array_equal(net.backward(upstream), dX)


def test_parameters_are_numbered_and_reach_the_members(net):
    assert list(net.parameters) == ["W1", "b1", "W2", "b2"]
    assert len(net.parameters) == 4
    assert net.parameters["W2"] is net.layers[2].parameters["W"]
    replacement = np.zeros((4, 3), dtype=complex)
    net.parameters["W1"] = replacement
    assert net.layers[0].parameters["W"] is replacement
    assert net.forward(np.ones((3, 1))).dtype == complex


def test_gradients_appear_after_backward(net):
    assert dict(net.gradients) == {}
    net.forward(np.ones((3, 1)))
    net.backward(np.ones((2, 1)))
    assert list(net.gradients) == ["W1", "b1", "W2", "b2"]
    assert net.gradients["b1"] is net.layers[0].gradients["b"]
    del net.gradients["b1"]
    assert list(net.gradients) == ["W1", "W2", "b2"]


def test_repr_shows_what_is_inside(net):
    assert repr(net) == "Sequential([Dense(3, 4), ReLU(), Dense(4, 2), Softmax()])"
    assert repr(net.gradients) == "{}"


@pytest.mark.parametrize(
    "use",
    [
        lambda arrays: arrays["W3"],
        lambda arrays: arrays.update(W3=np.ones((1, 1))),
        lambda arrays: arrays.pop("W3"),
        lambda arrays: arrays.__delitem__("W3"),
    ],
    ids=["get", "update", "pop", "delete"],
)
def test_an_unknown_name_is_refused(net, use):
    with pytest.raises(KeyError) as caught:
        use(net.parameters)
    assert caught.value.args == ("unknown name 'W3' in parameters, must be one of: W1, b1, W2, b2",)


def test_no_name_is_known_without_parameters():
    with pytest.raises(KeyError) as caught:
        Sequential([ReLU()]).gradients["W1"]
    assert caught.value.args == (
        "unknown name 'W1' in gradients, must be one of: none, for no member has parameters",
    )


def test_a_gradient_before_backward_is_refused(net):
    with pytest.raises(KeyError) as caught:
        net.gradients["W1"]
    assert caught.value.args == ("no 'W1' in gradients yet, must be computed; call backward first",)


def test_an_error_names_the_member(rng):
    net = Sequential([Dense(3, 4, rng), ReLU(), Dense(5, 2, rng)])
    with pytest.raises(ValueError, match="X has shape") as caught:
        net.forward(np.ones((3, 1)))
    assert caught.value.__notes__ == ["in layers[2], which is Dense(5, 2)"]


def test_backward_before_forward_is_refused(net):
    with pytest.raises(RuntimeError) as caught:
        net.backward(np.ones((2, 1)))
    assert str(caught.value).startswith("Softmax.backward was called before forward")
    assert caught.value.__notes__ == ["in layers[3], which is Softmax()"]


_SAME = ReLU()


@pytest.mark.parametrize(
    ("layers", "error", "text"),
    [
        pytest.param(
            ReLU(),
            TypeError,
            "layers is of type ReLU, must be a list of layers; "
            "pass Sequential([Dense(...), ReLU(), ...])",
            id="one-layer",
        ),
        pytest.param("ReLU", TypeError, "layers is of type str, must be a list", id="string"),
        pytest.param([], ValueError, "layers=[], must have at least one layer; pass", id="empty"),
        pytest.param(
            [ReLU(), ReLU],
            TypeError,
            "layers[1] is of type ABCMeta, must be a Layer; pass an object, such as ReLU()",
            id="class",
        ),
        pytest.param(
            [Sequential([ReLU()])],
            TypeError,
            "layers[0] is a Sequential, must be a single layer; pass its layers instead",
            id="nested",
        ),
        pytest.param(
            [_SAME, Softmax(), _SAME],
            ValueError,
            "layers[2] is the same object as layers[0], must be another; "
            "make a new layer for each place",
            id="twice",
        ),
    ],
)
def test_bad_layers_are_refused(layers, error, text):
    with pytest.raises(error) as caught:
        Sequential(layers)
    assert str(caught.value).startswith(text)
