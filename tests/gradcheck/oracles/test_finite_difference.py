"""The step study against known derivatives: its bound holds, and is small where it can be."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcheck.errors import SubjectError
from gradcheck.oracles.finite_difference import derivative

EPS = {np.float64: 2.0**-52, np.float32: 2.0**-23}

SMOOTH = {
    "exp": (np.exp, np.exp, -3, 3),
    "exp-steep": (np.exp, np.exp, 20, 60),
    "sin-0.3": (np.sin, np.cos, 0.2, 0.4),
    "sin-30": (np.sin, np.cos, 20, 40),
    "sin-1000": (np.sin, np.cos, 900, 1100),
    "sin-50x": (lambda x: np.sin(50 * x), lambda x: 50 * np.cos(50 * x), -2, 2),
    "tanh": (np.tanh, lambda x: 1 / np.cosh(x) ** 2, -3, 3),
    "tanh-flat": (np.tanh, lambda x: 1 / np.cosh(x) ** 2, 8, 18),
    "sigmoid": (lambda x: 1 / (1 + np.exp(-x)), lambda x: 0.25 / np.cosh(x / 2) ** 2, -6, 6),
    "cube-large": (lambda x: x**3, lambda x: 3 * x**2, 1e8, 2e8),
    "cube-small": (lambda x: x**3, lambda x: 3 * x**2, 1e-8, 2e-8),
    "reciprocal": (lambda x: 1 / x, lambda x: -1 / x**2, 0.1, 10),
    "log": (np.log, lambda x: 1 / x, 1e-3, 3),
    "sqrt": (np.sqrt, lambda x: 0.5 / np.sqrt(x), 1e-3, 1e-2),
    "polynomial": (lambda x: x**4 - 3 * x**2 + x, lambda x: 4 * x**3 - 6 * x + 1, -2, 2),
}
WELL_SCALED = ["exp", "sin-0.3", "tanh", "cube-large", "cube-small", "sqrt", "log"]


def slope_of(f, *, dtype=np.float64, **options):
    """Return the derivative of f(s), whose y is computed in dtype."""
    with np.errstate(all="ignore"):
        return derivative(lambda s: np.asarray(f(s)), np.asarray(f(0.0)), eps=EPS[dtype], **options)


def draw(name, seed, dtype, n=8):
    """Return f(s), dy/ds and y for entries of x moved by powers of two about their own size."""
    f, df, low, high = SMOOTH[name]
    rng = np.random.default_rng(seed)
    x = rng.uniform(low, high, size=n).astype(dtype)
    v = (rng.choice([-1, 1], size=n) * 2.0 ** np.floor(np.log2(np.abs(x)))).astype(dtype)
    exact = x.astype(np.float64)
    return lambda s: f(x + dtype(s) * v), df(exact) * v, f(exact)


def residual(slope, truth):
    """Return max |value - truth| / bound with NaN, "cannot tell", as no error."""
    error = np.abs(slope.value - truth)
    return np.max(np.where(np.isnan(slope.value), 0.0, error / slope.bound))


@pytest.mark.parametrize("dtype", EPS)
@pytest.mark.parametrize("name", SMOOTH)
def test_bound_holds(name, dtype):
    @settings(deadline=None, max_examples=60)
    @given(st.integers(0, 2**32 - 1))
    def check(seed):
        f, truth, _ = draw(name, seed, dtype)
        slope = slope_of(f, dtype=dtype)
        assert residual(slope, truth) <= 1
        assert not slope.kink.any()

    check()


@pytest.mark.parametrize("name", SMOOTH)
def test_bound_is_useful_in_float64(name):
    for seed in range(20):
        f, truth, y = draw(name, seed, np.float64)
        slope = slope_of(f)
        limit = 1e-9 if name in WELL_SCALED else 2e-7
        assert np.max(slope.bound / (np.abs(truth) + np.abs(y))) <= limit
        assert residual(slope, truth * 1.001 + 1e-6 * np.abs(y)) > 1


@pytest.mark.parametrize("name", WELL_SCALED)
def test_bound_is_useful_in_float32(name):
    for seed in range(20):
        f, truth, y = draw(name, seed, np.float32)
        slope = slope_of(f, dtype=np.float32)
        assert np.max(slope.bound / (np.abs(truth) + np.abs(y))) <= 1e-2
        assert residual(slope, truth * 1.1 + 0.1 * np.abs(y)) > 1


def softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum()


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 2**32 - 1), st.floats(0.1, 20), st.integers(1, 200))
def test_bound_holds_for_a_network_along_a_random_direction(seed, scale, size):
    rng = np.random.default_rng(seed)
    x, v = rng.normal(size=(2, size))
    W = rng.normal(size=(5, size)) * scale / np.sqrt(size)
    z, dz = W @ x, W @ v
    noise = 4 * EPS[np.float64] * size**0.5 * (np.abs(W) @ np.abs(x)).max()
    p = softmax(z)
    slope = slope_of(lambda s: softmax(W @ (x + s * v)), noise=np.full(5, noise))
    assert residual(slope, p * (dz - p @ dz)) <= 1
    assert not slope.kink.any()


def joints(a, b, kind):
    """Return a function of s with slope a left and b right of 0, and a smooth part."""
    return {
        "pure": lambda s: np.where(s > 0, b, a) * s,
        "offset": lambda s: 1.5 + np.where(s > 0, b, a) * s,
        "curved": lambda s: np.sin(s + 1) - np.sin(1) - np.cos(1) * s + np.where(s > 0, b, a) * s,
    }[kind]


@pytest.mark.parametrize("dtype", EPS)
@pytest.mark.parametrize("kind", ["pure", "offset", "curved"])
def test_exact_kinks_give_both_sides(kind, dtype):
    @settings(deadline=None, max_examples=60)
    @given(st.integers(0, 2**32 - 1))
    def check(seed):
        a, b = np.random.default_rng(seed).normal(size=(2, 4))
        b[0], b[1] = 0.0, -a[1]
        f = joints(a, b, kind)
        slope = slope_of(lambda s: f(s).astype(dtype), dtype=dtype)
        limit = 1e-6 if dtype is np.float64 else 1e-2
        clear = np.abs(a - b) > 10 * limit
        np.testing.assert_array_equal(slope.kink[clear], np.ones(clear.sum(), dtype=bool))
        assert np.all(np.abs(slope.minus - a)[clear] <= slope.side_bound[clear])
        assert np.all(np.abs(slope.plus - b)[clear] <= slope.side_bound[clear])
        assert np.max(slope.side_bound[clear], initial=0.0) <= limit
        assert residual(slope, a) <= 1 + 1e-12
        assert residual(slope, b) <= 1 + 1e-12

    check()


@pytest.mark.parametrize("kind", ["pure", "offset", "curved"])
def test_a_kink_near_the_point_is_told_from_one_at_it(kind):
    @settings(deadline=None, max_examples=150)
    @given(st.integers(0, 2**32 - 1), st.floats(-9, -3), st.sampled_from([-1, 1]))
    def check(seed, exponent, sign):
        a, b = np.random.default_rng(seed).normal(size=(2, 4))
        distance = sign * 10.0**exponent
        f = joints(a, b, kind)
        noise = np.full(4, 4 * EPS[np.float64]) if kind == "curved" else None
        slope = slope_of(lambda s: f(s + distance), noise=noise)
        side = b if sign > 0 else a
        if kind == "curved":
            side = side + np.cos(distance + 1) - np.cos(1)
        assert residual(slope, side) <= 1
        assert not slope.kink.any()
        if exponent > -6:
            assert np.max(slope.bound) <= 1e-3

    check()


@settings(deadline=None, max_examples=150)
@given(st.floats(-17, -9), st.sampled_from([-1, 1]), st.sampled_from([0.0, 1.0]))
def test_a_kink_too_near_to_tell_is_covered(exponent, sign, offset):
    distance = sign * 10.0**exponent
    slope = slope_of(lambda s: offset + 2 * s + np.maximum(s + distance, 0) * np.ones(1))
    truth = np.array([3.0 if sign > 0 else 2.0])
    assert residual(slope, truth) <= 1 + 1e-9
    if slope.kink.any():
        assert slope.minus - slope.side_bound <= truth <= slope.plus + slope.side_bound


def test_ties_of_a_maximum_and_an_absolute_value():
    x, v = np.array([1.0, 1.0, 0.5]), np.array([1.0, -1.0, 1.0])
    slope = slope_of(lambda s: np.array([np.max(x + s * v), np.abs(s), np.abs(x[2] + s)]))
    assert slope.kink.tolist() == [True, True, False]
    np.testing.assert_allclose(slope.minus, [-1, -1, 1], atol=1e-9)
    np.testing.assert_allclose(slope.plus, [1, 1, 1], atol=1e-9)


def test_once_but_not_twice_differentiable_is_no_kink():
    slope = slope_of(lambda s: np.array([s * abs(s), 1 + s * abs(s)]))
    assert not slope.kink.any()
    assert np.all(np.abs(slope.value) <= slope.bound)
    assert np.max(slope.bound) <= 1e-6


UNTOLD = {
    "step": lambda s: 1.0 * (s >= 0),
    "step-on-a-line": lambda s: 2 + 3 * s + 0.01 * (s > 0),
    "cube-root": np.cbrt,
    "root-of-size": lambda s: np.sqrt(np.abs(s)),
    "root-of-size-offset": lambda s: 1000 + np.sqrt(np.abs(s)),
    "nearly-a-kink": lambda s: np.abs(s) ** 0.9,
}


@pytest.mark.parametrize("f", UNTOLD.values(), ids=UNTOLD)
def test_jumps_and_infinite_slopes_cannot_be_told(f):
    slope = slope_of(lambda s: f(np.array([s])))
    assert np.isnan([slope.value, slope.minus, slope.plus]).all()
    assert np.isinf([slope.bound, slope.side_bound]).all()
    assert not slope.kink.any()
    assert (
        slope.reason == "the slope does not settle as the step shrinks: a jump or an infinite slope"
    )


def test_what_can_be_told_is_told_beside_what_cannot():
    slope = slope_of(lambda s: np.array([[np.cbrt(s), np.sin(1 + s)]]))
    assert slope.value.shape == (1, 2)
    assert np.isnan(slope.value).tolist() == [[True, False]]
    assert abs(slope.value[0, 1] - np.cos(1)) <= slope.bound[0, 1] <= 1e-9
    assert slope.reason == ""


def test_not_finite_on_one_side_is_not_a_kink():
    slope = slope_of(lambda s: np.sqrt(np.array([s])))
    assert slope.reason == "forward is not finite at s=-1.5e-11"
    assert not slope.kink.any()
    slope = slope_of(lambda s: np.array([np.nan]))
    assert slope.reason == "forward is not finite at the point"


@pytest.mark.parametrize("edge", [0.5, 1e-1, 1e-2, 1e-3, 1e-5])
def test_not_finite_at_large_steps_takes_smaller_ones(edge):
    def f(s):
        if s <= -edge:
            raise SubjectError("outside")
        return np.log(np.array([1 + s / edge]))

    for reach in ((1.0, 1.0), (edge, 1.0), (edge, np.inf)):
        slope = slope_of(f, reach=reach)
        assert abs(slope.value - 1 / edge) <= slope.bound <= 1e-5 / edge


@pytest.mark.parametrize("reach", [(1e-3, 1.0), (1.0, 3e-7), (0.3, 0.2), (1.0, 1.0)])
def test_steps_stay_within_reach(reach):
    steps = []
    slope = slope_of(lambda s: steps.append(s) or np.array([np.exp(s)]), reach=reach)
    assert -reach[0] <= min(steps)
    assert max(steps) <= reach[1]
    assert abs(slope.value - 1) <= slope.bound
    assert len(steps) == slope.evaluations + 1


def test_the_edge_of_the_domain_cannot_be_told():
    slope = slope_of(lambda s: np.array([s]), reach=(0.0, 1.0))
    assert slope.reason == "the point is on the edge of its domain"
    assert slope.evaluations == 0


@settings(deadline=None, max_examples=100)
@given(st.floats(0.5, 8), st.floats(-3, 3))
def test_noise_given_by_the_caller_is_in_the_bound(x, exponent):
    big = 1e6 * 10**exponent
    noise = np.array([2 * np.spacing(big)])
    slope = slope_of(lambda s: (np.array([x * (1 + s)]) + big) - big, noise=noise)
    assert abs(slope.value - x) <= slope.bound


@settings(deadline=None, max_examples=100)
@given(st.floats(0.2, 3))
def test_float32_inside_float64_is_found_out(x):
    weights = np.array([1.0, np.pi])

    def f(s):
        y = np.tanh(np.array([x * (1 + s), x + s])).astype(np.float32)
        return weights * y.astype(np.float64)

    slope = slope_of(f)
    truth = weights * np.array([x, 1]) / np.cosh(x) ** 2
    assert residual(slope, truth) <= 1
    assert not slope.kink.any()


def test_a_constant_and_flat_points_are_exactly_zero():
    slope = slope_of(lambda s: np.array([0.0, s * s, s**3, 7.0]))
    assert slope.value.tolist() == [0, 0, 0, 0]
    assert np.max(slope.bound) <= 1e-10
    assert slope.evaluations == 9


@pytest.mark.parametrize("shape", [(), (3,), (2, 0), (2, 3, 1)])
def test_every_attribute_has_the_shape_of_y(shape):
    for f in (np.exp, np.abs, np.cbrt):
        slope = slope_of(lambda s, f=f: f(np.full(shape, s)))
        for name in ("value", "bound", "minus", "plus", "kink", "side_bound"):
            assert getattr(slope, name).shape == shape


def test_nine_evaluations_are_enough_for_a_smooth_function():
    assert slope_of(lambda s: np.tanh(np.linspace(-2, 2, 50) * (1 + s))).evaluations == 9
