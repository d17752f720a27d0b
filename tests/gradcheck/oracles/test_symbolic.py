"""The symbolic oracle against central differences at 40 digits, and against what it must refuse."""

import math
import subprocess
import sys
import threading
from fractions import Fraction
from functools import lru_cache

import mpmath
import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gradcheck.errors import OracleError
from gradcheck.notes.formulas import FORMULAS, Formula
from gradcheck.oracles.symbolic import _outward, _working, derive

SIZES = {
    "3-4-2-2": {"i": 3, "j": 4, "h": 4, "n": 2, "N": 2},
    "one-column": {"i": 2, "j": 3, "h": 3, "n": 3, "N": 1},
    "one-unit": {"i": 2, "j": 1, "h": 1, "n": 2, "N": 3},
    "all-one": {"i": 1, "j": 1, "h": 1, "n": 1, "N": 1},
}


def shapes_of(formula, sizes):
    return {
        name: tuple(sizes.get(letter, letter) for letter in letters)
        for name, letters in zip(formula.inputs, formula.shapes, strict=True)
    }


def draw(oracle, seed):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape) for shape in oracle.shapes], rng.normal(size=oracle.output)


@lru_cache
def mp_forward(formula, shapes):
    """Return the formula as an mpmath function of all entries, without the oracle's own code."""
    matrices = [
        sympy.Matrix(*shape, lambda i, k, name=name: sympy.Symbol(f"{name}{i}_{k}", real=True))
        for name, shape in zip(formula.inputs, shapes, strict=True)
    ]
    entries = [entry for matrix in matrices for entry in matrix]
    return sympy.lambdify(entries, list(formula.forward(*matrices)), "mpmath")


def central_differences(oracle, inputs, upstream):
    """Return the gradients to about 40 digits: step 1e-30 at 100 digits, error of order 1e-60."""
    function = mp_forward(oracle.formula, oracle.shapes)
    with mpmath.workdps(100):
        step = mpmath.mpf("1e-30")
        point = [mpmath.mpf(entry) for array in inputs for entry in array.ravel().tolist()]
        weights = [mpmath.mpf(g) for g in np.ravel(upstream).tolist()]

        def phi(k, by):
            moved = [*point[:k], point[k] + by, *point[k + 1 :]]
            return mpmath.fdot(weights, function(*moved))

        slopes = [(phi(k, step) - phi(k, -step)) / (2 * step) for k in range(len(point))]
    result, start = {}, 0
    for name, shape in zip(oracle.formula.inputs, oracle.shapes, strict=True):
        result[name] = slopes[start : start + math.prod(shape)]
        start += math.prod(shape)
    return [result[name] for name in oracle.formula.differentiable]


def assert_within_bound(estimate, numbers, slack=0.0):
    """Assert |value - truth| <= bound, in 100 digits; slack is the truth's own error."""
    assert estimate.reason == ""
    with mpmath.workdps(100):
        for value, bound, terms, number in zip(
            estimate.value.flat, estimate.bound.flat, estimate.terms.flat, numbers, strict=True
        ):
            assert abs(mpmath.mpf(float(value)) - number) <= float(bound) + slack
            assert bound <= np.spacing(abs(value)) + 2e-40 * terms + 1e-323
            assert terms >= abs(value)


def assert_agrees(oracle, inputs, upstream):
    estimates = oracle.gradients(inputs, upstream)
    differences = central_differences(oracle, inputs, upstream)
    for estimate, numbers in zip(estimates, differences, strict=True):
        assert_within_bound(estimate, numbers, slack=1e-45)
        assert estimate.lower is None
        assert estimate.upper is None
    with mpmath.workdps(100):
        point = [mpmath.mpf(entry) for array in inputs for entry in array.ravel().tolist()]
        assert_within_bound(
            oracle.forward(inputs), mp_forward(oracle.formula, oracle.shapes)(*point)
        )


@pytest.mark.parametrize("sizes", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("name", FORMULAS)
def test_agrees_with_central_differences(name, sizes):
    formula = FORMULAS[name]
    oracle = derive(formula, shapes_of(formula, sizes))
    for seed in range(2):
        inputs, upstream = draw(oracle, seed)
        assert_agrees(oracle, inputs, upstream)
        assert oracle.forward(inputs).value.shape == oracle.output
        estimates = oracle.gradients(inputs, upstream)
        for field in ("value", "bound", "terms"):
            assert [getattr(e, field).shape for e in estimates] == [
                shape
                for name, shape in zip(formula.inputs, oracle.shapes, strict=True)
                if name in formula.differentiable
            ]


# The differences cannot see past a kink, so no entry comes nearer to 0 than their step.
ENTRIES = st.floats(-20, 20).filter(lambda x: abs(x) > 1e-6)


@pytest.mark.parametrize("name", ["dense", "sigmoid", "tanh", "relu", "softmax", "mse"])
@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_agrees_with_central_differences_anywhere(name, data):
    sizes = {letter: data.draw(st.integers(1, 2), label=letter) for letter in "ijhnN"}
    oracle = derive(name, shapes_of(FORMULAS[name], sizes))
    inputs = [data.draw(arrays(np.float64, shape, elements=ENTRIES)) for shape in oracle.shapes]
    upstream = data.draw(arrays(np.float64, oracle.output, elements=st.floats(-1e3, 1e3)))
    assert_agrees(oracle, inputs, upstream)


@given(seed=st.integers(0, 2**32), scale=st.sampled_from([1e-3, 1.0, 3.0]))
@settings(max_examples=15, deadline=None)
def test_sequential_agrees_with_central_differences_anywhere(seed, scale):
    oracle = derive("sequential", shapes_of(FORMULAS["sequential"], SIZES["one-unit"]))
    inputs, upstream = draw(oracle, seed)
    assert_agrees(oracle, [scale * array for array in inputs], upstream)


def test_chain_rule_equals_the_direct_derivative():
    formula = FORMULAS["sequential"]
    oracle = derive(formula, shapes_of(formula, SIZES["one-column"] | {"h": 2, "n": 2}))
    matrices = [
        sympy.Matrix(*shape, lambda i, k, name=name: sympy.Symbol(f"{name}{i}_{k}", real=True))
        for name, shape in zip(formula.inputs, oracle.shapes, strict=True)
    ]
    (loss,) = formula.forward(*matrices)
    entries = [entry for matrix in matrices for entry in matrix]
    direct = [sympy.diff(loss, entry) for matrix in matrices[:-1] for entry in matrix]
    function = sympy.lambdify(entries, direct, "mpmath", cse=True)
    for seed in range(3):
        inputs, _ = draw(oracle, seed)
        with mpmath.workdps(100):
            numbers = function(*[mpmath.mpf(e) for a in inputs for e in a.ravel().tolist()])
        start = 0
        for estimate in oracle.gradients(inputs, 1.0):
            assert_within_bound(estimate, numbers[start : start + estimate.value.size])
            start += estimate.value.size
        assert start == len(numbers)


def test_a_wrong_hand_gradient_differs():
    oracle = derive("dense", {"x": (3, 2), "W": (4, 3), "b": (4, 1)})
    (x, W, b), g = draw(oracle, 0)
    dx, dW, db = oracle.gradients([x, W, b], g)

    def residual(got, estimate):
        return np.max(np.abs(got - estimate.value) / (estimate.bound + 1e-15 * estimate.terms))

    assert residual(W.T @ g, dx) <= 1
    assert residual(g @ x.T, dW) <= 1
    assert residual(g.sum(axis=1, keepdims=True), db) <= 1
    assert residual(1.001 * (W.T @ g), dx) > 1e9
    assert residual(g @ x.T / 2, dW) > 1e9
    assert residual(g.mean(axis=1, keepdims=True), db) > 1e9


def test_relu_at_the_kink_gives_the_convention_and_both_sides():
    oracle = derive("relu", {"x": (3, 2)})
    x = np.array([[0.0, -0.0], [2.0, 0.0], [-5e-324, 5e-324]])
    g = np.array([[0.3, -0.7], [1.1, 0.0], [1.0, 1.0]])
    (dx,) = oracle.gradients([x], g)
    expected = np.array([[0.0, 0.0], [1.1, 0.0], [0.0, 1.0]])
    np.testing.assert_array_equal(dx.value, expected)
    np.testing.assert_array_equal(dx.lower, [[0.0, -0.7], [1.1, 0.0], [0.0, 1.0]])
    np.testing.assert_array_equal(dx.upper, [[0.3, 0.0], [1.1, 0.0], [0.0, 1.0]])
    np.testing.assert_array_equal(dx.terms, np.abs(g) * [[1, 1], [1, 1], [0, 1]])
    y = oracle.forward([x])
    np.testing.assert_array_equal(y.value, np.maximum(x, 0))
    assert y.lower is None


def sequential_at_kinks():
    """Return an oracle and a point where hidden units 0 and 2 are exactly on the kink."""
    oracle = derive(
        "sequential", shapes_of(FORMULAS["sequential"], {"i": 2, "h": 3, "n": 2, "N": 1})
    )
    x = np.array([[1.0], [3.0]])
    W1 = np.array([[0.75, -0.25], [0.5, 0.7], [3.0, -1.0]])
    b1 = np.array([[0.0], [0.2], [0.0]])
    W2 = np.array([[1.0, -0.4, -2.0], [0.3, 0.6, 0.1]])
    b2 = np.array([[0.1], [-0.2]])
    t = np.array([[1.0], [0.0]])
    return oracle, [x, W1, b1, W2, b2, t]


def test_sequential_at_a_kink_spans_every_choice_of_sides():
    oracle, inputs = sequential_at_kinks()
    x, W1, b1, W2, b2, t = inputs
    z = W1 @ x + b1
    assert [entry == 0 for entry in z[:, 0]] == [True, False, True]
    u = W2 @ np.maximum(z, 0) + b2
    y = np.exp(u) / np.exp(u).sum()
    dy = y - t
    delta = W2.T @ (y * (dy - (y * dy).sum()))
    choices = []
    for first in (0.0, 1.0):
        for third in (0.0, 1.0):
            dz = delta * np.array([[first], [1.0], [third]])
            choices.append([W1.T @ dz, dz @ x.T, dz])
    estimates = oracle.gradients(inputs, 1.0)
    for k, estimate in enumerate(estimates[:3]):
        every = np.array([choice[k] for choice in choices])
        np.testing.assert_allclose(estimate.value, choices[0][k], rtol=1e-13)
        np.testing.assert_allclose(estimate.lower, every.min(axis=0), rtol=1e-13)
        np.testing.assert_allclose(estimate.upper, every.max(axis=0), rtol=1e-13)
        assert (estimate.lower <= estimate.value).all()
        assert (estimate.value <= estimate.upper).all()
        assert (estimate.lower < estimate.upper).any()
    for estimate in estimates[3:]:
        np.testing.assert_array_equal(estimate.lower, estimate.value)
        np.testing.assert_array_equal(estimate.upper, estimate.value)
    smooth = estimates[1].value[1], estimates[1].lower[1], estimates[1].upper[1]
    np.testing.assert_array_equal(smooth[0], smooth[1])
    np.testing.assert_array_equal(smooth[0], smooth[2])


@pytest.mark.parametrize("sign", [-1, 1])
def test_sides_at_a_kink_are_the_one_sided_slopes(sign):
    """Each unit on a kink may leave it on its own side: x moves one up and the other down."""
    oracle, inputs = sequential_at_kinks()
    inputs[1][2] = [-3.0, 1.0]
    dx = oracle.gradients(inputs, 1.0)[0]
    function = mp_forward(oracle.formula, oracle.shapes)
    with mpmath.workdps(100):
        point = [mpmath.mpf(e) for a in inputs for e in a.ravel().tolist()]
        step = mpmath.mpf("1e-40") * sign
        for k in range(2):
            moved = [*point[:k], point[k] + step, *point[k + 1 :]]
            slope = float((function(*moved)[0] - function(*point)[0]) / step)
            assert dx.lower[k, 0] - 1e-15 <= slope <= dx.upper[k, 0] + 1e-15


def test_kinks_are_decided_exactly():
    oracle = derive("sequential", shapes_of(FORMULAS["sequential"], SIZES["all-one"] | {"n": 2}))
    x, W1, b1, W2, b2, t = (np.full(shape, 0.5) for shape in oracle.shapes)
    t[0] = 1.0
    W2[0] = -1.0
    tenth = np.array([[0.1]])
    product = np.array([[-0.1 * 0.1]])
    assert Fraction(0.1) * Fraction(0.1) + Fraction(product[0, 0]) != 0
    assert oracle.gradients([tenth, tenth, product, W2, b2, t], 1.0)[0].lower is None
    assert oracle.gradients([x, W1, -x * W1, W2, b2, t], 1.0)[0].lower is not None
    nearly = np.nextafter(-x * W1, 0)
    assert oracle.gradients([x, W1, nearly, W2, b2, t], 1.0)[0].lower is None
    assert oracle.gradients([x, 0 * W1, b1 * 1e-323, W2, b2, t], 1.0)[0].lower is None


def test_interval_ends_are_rounded_outward():
    oracle = derive("sequential", shapes_of(FORMULAS["sequential"], SIZES["all-one"] | {"n": 2}))
    x, W1, b1, W2, b2, t = (np.ones(shape) for shape in oracle.shapes)
    W2[0], t[0] = -1.0, 0.3
    for upstream in (1.0, -1.0, 1e-320, -1e-320):
        turned = oracle.gradients([x, W1, -b1, W2, b2, t], upstream)[2]
        near = oracle.gradients([x, W1, np.nextafter(-b1, 0), W2, b2, t], upstream)[2]
        end = turned.lower if near.value[0, 0] < 0 else turned.upper
        assert abs(end) >= abs(turned.value)
        assert np.abs(end - near.value) <= 4 * near.bound
        assert min(abs(turned.lower), abs(turned.upper)) == 0


def test_outward_rounding_encloses_and_keeps_the_value_itself():
    with mpmath.workdps(50):
        exact = [mpmath.mpf(n) / 3 for n in (-2, -1, 1, 2, 3)]
        low = _outward(exact, [0] * 5, -math.inf)
        high = _outward(exact, [0] * 5, math.inf)
        for below, number, above in zip(low, exact, high, strict=True):
            assert float(below) <= number <= float(above)
            assert above - below == (0 if number == 1 else np.spacing(abs(float(number))))
        nearest = [float(number) for number in exact]
        for direction in (-math.inf, math.inf):
            np.testing.assert_array_equal(_outward(exact, exact, direction), nearest)


def made_of(forward):
    return Formula(
        name="custom",
        heading="none",
        equation="none",
        inputs=("x",),
        shapes=(("n", "N"),),
        output=("n", "N"),
        forward=lambda x: x.applyfunc(forward),
    )


def test_conditions_may_be_joined_and_nested():
    def forward(v):
        ramp = sympy.Piecewise((0, v <= 0), (v, True))
        return sympy.Piecewise((-1, sympy.And(ramp < 1, 2 * v < 1)), (v, True))

    oracle = derive(made_of(forward), {"x": (4, 1)})
    x = np.array([[-1.0], [0.25], [0.75], [2.0]])
    np.testing.assert_array_equal(oracle.forward([x]).value, [[-1], [-1], [0.75], [2]])
    (dx,) = oracle.gradients([x], np.ones((4, 1)))
    np.testing.assert_array_equal(dx.value, [[0], [0], [1], [1]])
    assert dx.lower is None


def test_a_condition_used_twice_is_one_kink():
    def forward(v):
        return sympy.Piecewise((0, v <= 0), (v, True)) + sympy.Piecewise((v, v <= 0), (3 * v, True))

    oracle = derive(made_of(forward), {"x": (3, 1)})
    (dx,) = oracle.gradients([np.array([[-1.0], [0.0], [1.0]])], np.ones((3, 1)))
    np.testing.assert_array_equal(dx.value, [[1], [1], [4]])
    np.testing.assert_array_equal(dx.lower, [[1], [1], [4]])
    np.testing.assert_array_equal(dx.upper, [[1], [4], [4]])


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "softmax", "relu"])
def test_nothing_overflows_at_a_thousand(name):
    oracle = derive(name, {"x": (3, 1)})
    x = np.array([[1000.0], [-1000.0], [999.0]])
    y, (dx,) = oracle.forward([x]), oracle.gradients([x], np.array([[1.0], [2.0], [-1.0]]))
    top = 1 / (1 + math.exp(-1))
    expected = {
        "sigmoid": ([1, 0, 1], [0, 0, 0]),
        "tanh": ([1, -1, 1], [0, 0, 0]),
        "softmax": ([top, 0, 1 - top], [2 * top * (1 - top), 0, -2 * top * (1 - top)]),
        "relu": ([1000, 0, 999], [1, 0, -1]),
    }
    np.testing.assert_allclose(y.value[:, 0], expected[name][0], rtol=1e-14)
    np.testing.assert_allclose(dx.value[:, 0], expected[name][1], rtol=1e-14, atol=1e-40)
    assert np.isfinite([y.bound, y.terms, dx.bound, dx.terms]).all()


def test_terms_of_a_saturated_derivative_are_those_that_cancel():
    """1 - tanh² and y(1 - y) are right to an ulp of their terms, however small they are."""
    for name in ("tanh", "sigmoid", "softmax"):
        oracle = derive(name, {"x": (2, 1)})
        (dx,) = oracle.gradients([np.array([[40.0], [0.0]])], np.ones((2, 1)))
        assert 1 <= dx.terms[0, 0] <= 4
        assert abs(dx.value[0, 0]) < 1e-16


def test_a_softmax_of_one_entry_is_constant_and_keeps_its_terms():
    oracle = derive("softmax", {"x": (1, 1)})
    x = np.array([[1e300]])
    assert oracle.forward([x]).value == 1.0
    (dx,) = oracle.gradients([x], np.array([[3.0]]))
    assert abs(dx.value) <= dx.bound <= 1e-38
    assert dx.terms == 6.0


def test_bound_is_zero_only_where_every_term_is():
    (dx,) = derive("relu", {"x": (1, 2)}).gradients([np.array([[-1.0, 1.0]])], np.ones((1, 2)))
    assert dx.bound[0, 0] == dx.terms[0, 0] == 0
    assert dx.bound[0, 1] > 0
    y = derive("sigmoid", {"x": (1, 1)}).forward([np.array([[-1000.0]])])
    assert y.value == 0
    assert y.bound == 5e-324


def test_terms_of_a_square_are_those_of_its_base():
    y, t = np.array([[3.0]]), np.array([[2.0]])
    loss = derive("mse", {"y": (1, 1), "t": (1, 1)}).forward([y, t])
    assert (loss.value, loss.terms) == (1.0, 25.0)


def test_a_negative_number_underflows_to_plain_zero():
    (dx,) = derive("sigmoid", {"x": (1, 1)}).gradients([np.array([[-1e3]])], np.array([[-1.0]]))
    assert dx.value == 0
    assert not np.signbit(dx.value)


def test_a_large_cancellation_is_exact():
    oracle = derive("dense", {"x": (3, 1), "W": (1, 3), "b": (1, 1)})
    x = np.array([[1e200], [1e-200], [1e200]])
    W = np.array([[1e100, 1.0, -1e100]])
    y = oracle.forward([x, W, np.zeros((1, 1))])
    assert y.reason == ""
    assert y.value == 1e-200
    assert y.terms == pytest.approx(2e300)
    assert y.bound >= 1e-40 * y.terms


def test_overflow_of_float64_cannot_be_told():
    oracle = derive("dense", {"x": (1, 1), "W": (1, 1), "b": (1, 1)})
    big = np.array([[1e300]])
    y = oracle.forward([big, big, big])
    assert y.reason == "y[0, 0] or one of its terms overflows float64"
    assert np.isnan([y.value, y.bound, y.terms]).all()
    dx, dW, db = oracle.gradients([big, big, big], big)
    assert dx.reason == "dx[0, 0] or one of its terms overflows float64"
    assert dW.reason == "dW[0, 0] or one of its terms overflows float64"
    assert db.reason == ""
    assert db.value == 1e300
    loss = derive("mse", {"y": (1, 1), "t": (1, 1)}).forward([big, -big])
    assert loss.reason == "y or one of its terms overflows float64"
    assert loss.value.shape == ()


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_refuses_what_is_not_finite(bad):
    oracle = derive("relu", {"x": (2, 1)})
    x, worse = np.ones((2, 1)), np.array([[1.0], [bad]])
    message = rf"{{}}\[1, 0\]={bad}, must be finite; choose another point"
    with pytest.raises(OracleError, match=message.format("x")):
        oracle.forward([worse])
    with pytest.raises(OracleError, match=message.format("upstream")):
        oracle.gradients([x], worse)
    loss = derive("mse", {"y": (2, 1), "t": (2, 1)})
    with pytest.raises(OracleError, match=f"upstream={bad}, must be finite"):
        loss.gradients([x, x], bad)


def test_refuses_other_shapes_numbers_and_types():
    oracle = derive("relu", {"x": (2, 1)})
    x = np.ones((2, 1))
    with pytest.raises(OracleError, match=r"x has shape \(2,\), must be \(2, 1\); reshape it"):
        oracle.forward([np.ones(2)])
    with pytest.raises(OracleError, match=r"upstream has shape \(\), must be \(2, 1\)"):
        oracle.gradients([x], 1.0)
    with pytest.raises(OracleError, match="relu was given 2 inputs, must be 1; give x"):
        oracle.forward([x, x])
    with pytest.raises(OracleError, match="x has dtype complex128, must fit float64"):
        oracle.forward([x.astype(complex)])


@pytest.mark.parametrize("dtype", [np.float32, np.float16, np.int64])
def test_takes_narrower_numbers_at_their_exact_value(dtype):
    oracle = derive("dense", {"x": (1, 1), "W": (1, 1), "b": (1, 1)})
    third = np.array([[10 / 3]], dtype=dtype)
    y = oracle.forward([third, third, third])
    assert y.value == pytest.approx(float(third[0, 0]) ** 2 + float(third[0, 0]), rel=1e-15)
    assert y.value.dtype == np.float64


@pytest.mark.parametrize(
    ("name", "shapes", "message"),
    [
        ("gelu", {}, "formula='gelu' has no entry, must be one of dense, sigmoid"),
        ("dense", {"x": (3, 2)}, r"shapes=\['x'\] of dense, must name its inputs \(x, W, b\)"),
        (
            "dense",
            {"x": (3, 2), "W": (4, 2), "b": (4, 1)},
            r"W has shape \(4, 2\) in dense, must be \(j, i\) with i=3; make the sizes agree",
        ),
        (
            "dense",
            {"x": (3, 2), "W": (4, 3), "b": (4, 2)},
            r"b has shape \(4, 2\) in dense, must be \(j, 1\) with 1=1",
        ),
        ("relu", {"x": (3,)}, r"x has shape \(3,\) in relu, must be \(n, N\), each at least 1"),
        ("relu", {"x": (0, 2)}, r"x has shape \(0, 2\) in relu, must be \(n, N\), each at least 1"),
    ],
    ids=["no-entry", "missing-input", "sizes-differ", "fixed-size", "vector", "empty"],
)
def test_refuses_to_derive(name, shapes, message):
    with pytest.raises(OracleError, match=message):
        derive(name, shapes)


def test_derives_once():
    shapes = {"x": (3, 2)}
    oracle = derive("tanh", shapes)
    assert derive(FORMULAS["tanh"], {"x": [3, 2]}) is oracle
    assert derive("sigmoid", shapes) is not oracle


def test_leaves_its_inputs_and_mpmath_alone():
    oracle = derive("sequential", shapes_of(FORMULAS["sequential"], SIZES["one-column"]))
    inputs, upstream = draw(oracle, 3)
    copies = [array.copy() for array in inputs]
    before = mpmath.mp.prec
    oracle.forward(inputs)
    oracle.gradients(inputs, upstream)
    assert mpmath.mp.prec == before
    for array, copy in zip(inputs, copies, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_import_does_not_load_sympy():
    code = (
        "import sys, gradcheck.oracles.symbolic;"
        "sys.exit('sympy' in sys.modules or 'mpmath' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_thread_waits_until_another_has_evaluated() -> None:
    done = threading.Event()

    def other() -> None:
        with _working(80):
            done.wait(10)

    thread = threading.Thread(target=other)
    with _working(60):
        thread.start()
        thread.join(0.2)
        assert mpmath.mp.dps == 60
        done.set()
    thread.join(10)
    assert not thread.is_alive()
