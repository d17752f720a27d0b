"""Every argument that cannot be used is refused, with the value, the rule and the fix."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pytest

from gradcheck.errors import SubjectError, UsageError
from gradcheck.subject import FunctionPair, Subject, as_output, from_functions

Array = Any
X = np.array([1.0, 2.0])


def forward(x: Array) -> Array:
    return x**2


def backward(upstream: Array, x: Array) -> Array:
    return 2 * x * upstream


def dense(x: Array, W: Array, b: Array) -> Array:
    return W @ x + b


def dense_backward(upstream: Array, x: Array, W: Array, b: Array) -> tuple[Array, ...]:
    return W.T @ upstream, np.outer(upstream, x), upstream


def subject(inputs: Any = X, **more: Any) -> Subject:
    return from_functions(forward, backward, inputs, **more)


class Unreadable:
    """An object that raises when NumPy reads it."""

    def __array__(self, *_: Any, **__: Any) -> Array:
        raise RuntimeError("no array")


class TestAsOutput:
    @pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128])
    def test_usual_arrays_are_returned_themselves(self, dtype: type) -> None:
        y = np.ones((2, 3), dtype)
        assert as_output(y) is y

    @pytest.mark.parametrize("dtype", [np.float16, np.longdouble, np.complex64])
    def test_unusual_precisions_are_kept(self, dtype: type) -> None:
        y = np.ones(2, dtype)
        assert as_output(y).dtype == dtype

    @pytest.mark.parametrize("dtype", [bool, np.int8, np.uint16, np.int64])
    def test_integers_become_float64(self, dtype: type) -> None:
        y = as_output(np.ones(2, dtype))
        assert (y.dtype, y.tolist()) == (np.float64, [1.0, 1.0])

    @pytest.mark.parametrize(
        ("y", "shape", "dtype"),
        [
            (2.5, (), np.float64),
            (3, (), np.float64),
            (1j, (), np.complex128),
            (np.float32(1), (), np.float32),
            ([1, 2], (2,), np.float64),
            ([[1.0], [2.0]], (2, 1), np.float64),
        ],
        ids=str,
    )
    def test_numbers_and_lists_become_arrays(
        self, y: Any, shape: tuple[int, ...], dtype: type
    ) -> None:
        array = as_output(y)
        assert type(array) is np.ndarray
        assert (array.shape, array.dtype) == (shape, dtype)

    def test_subclasses_become_plain_arrays(self) -> None:
        class Own(np.ndarray):
            pass

        assert type(as_output(X.view(Own))) is np.ndarray

    @pytest.mark.parametrize(
        ("y", "message"),
        [
            (None, "forward returned NoneType of dtype object, must be numbers"),
            ("text", "forward returned str of dtype <U4, must be numbers"),
            (np.array([None]), "forward returned ndarray of dtype object, must be numbers"),
            (np.array([b"a"]), "forward returned ndarray of dtype |S1, must be numbers"),
            (Unreadable(), "forward returned Unreadable, not an array: no array"),
        ],
        ids=["None", "text", "objects", "bytes", "unreadable"],
    )
    def test_what_holds_no_numbers(self, y: Any, message: str) -> None:
        with pytest.raises(SubjectError) as caught:
            as_output(y)
        assert str(caught.value) == message

    def test_ragged_lists(self) -> None:
        with pytest.raises(SubjectError, match=r"^forward returned list, not an array: setting an"):
            as_output([[1.0], [2.0, 3.0]])


class TestFunctionPair:
    def test_forward_and_backward(self) -> None:
        pair = FunctionPair(forward, backward, 1)
        assert pair.forward(X).tolist() == [1.0, 4.0]
        (dx,) = pair.backward(np.ones(2))
        assert dx.tolist() == [2.0, 4.0]

    def test_backward_gets_the_inputs_of_the_last_forward(self) -> None:
        seen: list[tuple[Any, ...]] = []
        pair = FunctionPair(lambda *x: x[0], lambda *a: seen.append(a), 2)
        pair.forward("x1", "x2")
        pair.forward("x3", "x4")
        assert pair.backward("g") == (None,)
        assert seen == [("g", "x3", "x4")]

    @pytest.mark.parametrize(
        ("returned", "number", "wanted"),
        [
            ((1, 2), 2, (1, 2)),
            ((1,), 2, (1,)),
            ([1, 2], 2, (1, 2)),
            ([1, 2], 1, ([1, 2],)),
            ((1, 2), 1, (1, 2)),
            (None, 1, (None,)),
            (1.5, 2, (1.5,)),
        ],
        ids=str,
    )
    def test_one_gradient_an_input(
        self, returned: Any, number: int, wanted: tuple[Any, ...]
    ) -> None:
        pair = FunctionPair(forward, lambda *_: returned, number)
        assert wanted == pair.backward(X)


class TestSubject:
    def test_of_one_function(self) -> None:
        it = subject()
        assert (it.name, it.role, it.names) == ("forward", "other", ("x",))
        assert (it.constants, it.parameters, it.separate) == (frozenset(), frozenset(), False)
        assert it.inputs[0].tolist() == X.tolist()
        assert it.inputs[0] is not X
        assert not np.shares_memory(it.inputs[0], X)
        assert (it.file, it.line) == (__file__, backward.__code__.co_firstlineno)

    def test_every_instance_is_fresh(self) -> None:
        it = subject()
        first, second = it.make(), it.make()
        assert first is not second
        first.forward(X)
        second.forward(2 * X)
        assert first.backward(np.ones(2))[0].tolist() == [2.0, 4.0]

    def test_of_several_inputs(self) -> None:
        W, b = np.ones((3, 2)), np.zeros(3)
        it = from_functions(dense, dense_backward, [X, W, b])
        assert it.names == ("x", "W", "b")
        made = it.make()
        made.forward(*it.inputs)
        assert [g.shape for g in made.backward(np.ones(3))] == [(2,), (3, 2), (3,)]

    @pytest.mark.parametrize(
        "x", [1.5, np.float64(1.5), np.array(1.5)], ids=["float", "scalar", "array"]
    )
    def test_one_number_is_one_input(self, x: Any) -> None:
        (array,) = subject(x).inputs
        assert (array.shape, array.dtype, float(array)) == ((), np.float64, 1.5)

    def test_a_list_holds_one_input_an_entry(self) -> None:
        it = from_functions(lambda a, b: a * b, lambda g, a, b: (g * b, g * a), [1.0, 2.0])
        assert [array.shape for array in it.inputs] == [(), ()]

    @pytest.mark.parametrize("inputs", [None, 1j, np.complex128(1), np.array], ids=str)
    def test_inputs_that_are_no_sequence(self, inputs: Any) -> None:
        with pytest.raises(UsageError):
            subject(inputs)

    @pytest.mark.parametrize("dtype", [np.float16, np.float32])
    def test_one_number_in_another_precision(self, dtype: type) -> None:
        assert subject(dtype(1.5)).inputs[0].dtype == dtype

    @pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
    def test_precisions_are_kept(self, dtype: type) -> None:
        assert subject(X.astype(dtype)).inputs[0].dtype == dtype

    @pytest.mark.parametrize("dtype", [bool, np.int64, np.uint8])
    def test_integers_are_constants(self, dtype: type) -> None:
        it = from_functions(lambda x, labels: x, backward, [X, np.ones(2, dtype)])
        assert it.constants == {"labels"}
        assert it.inputs[1].dtype == dtype

    @pytest.mark.parametrize(
        ("function", "name"),
        [
            (forward, "forward"),
            (lambda x: x, "forward"),
            (functools.partial(forward), "partial"),
            (np.tanh, "tanh"),
        ],
        ids=["function", "lambda", "partial", "ufunc"],
    )
    def test_name_of_the_function(self, function: Any, name: str) -> None:
        assert name == from_functions(function, backward, X).name

    def test_name_given(self) -> None:
        assert subject(name="square").name == "square"

    def test_place_of_a_decorated_backward(self) -> None:
        @functools.wraps(backward)
        def wrapped(*arguments: Any) -> Any:
            return backward(*arguments)

        it = from_functions(forward, wrapped, X)
        assert (it.file, it.line) == (__file__, backward.__code__.co_firstlineno)

    def test_place_of_what_has_no_code(self) -> None:
        it = from_functions(forward, functools.partial(backward), X)
        assert (it.file, it.line) == ("", 0)


class Unsigned:
    """A callable whose signature cannot be read."""

    __signature__ = "none"

    def __call__(self, *inputs: Array) -> Array:
        return inputs[0]


class TestNames:
    @pytest.mark.parametrize(
        ("function", "number", "names"),
        [
            (lambda x: x, 1, ("x",)),
            (lambda x, W, b: x, 2, ("x", "W")),
            (lambda x, /, W: x, 2, ("x", "W")),
            (lambda *x: x[0], 1, ("x",)),
            (lambda *x: x[0], 2, ("x0", "x1")),
            (lambda x, *more: x, 1, ("x",)),
            (lambda a, *more: a, 1, ("x",)),
            (lambda a, *more: a, 2, ("x0", "x1")),
            (lambda a, *, b=1: a, 2, ("x0", "x1")),
            (Unsigned(), 1, ("x",)),
            (Unsigned(), 3, ("x0", "x1", "x2")),
        ],
    )
    def test_from_the_signature(self, function: Any, number: int, names: tuple[str, ...]) -> None:
        assert names == from_functions(function, backward, [X] * number).names

    @pytest.mark.parametrize(("names", "wanted"), [("x", "x"), ("W1", "W1"), (["b"], "b")])
    def test_given(self, names: Any, wanted: str) -> None:
        assert (wanted,) == subject(names=names).names

    @pytest.mark.parametrize(
        ("names", "shown"),
        [
            (["x"], "('x',)"),
            (["x", "y", "z"], "('x', 'y', 'z')"),
            (["x", "x"], "('x', 'x')"),
            ("xy", "('xy',)"),
            ([], "()"),
        ],
    )
    def test_wrong(self, names: Any, shown: str) -> None:
        with pytest.raises(UsageError) as caught:
            from_functions(lambda a, b: a, backward, [X, X], names=names)
        assert str(caught.value) == (
            f"names={shown}, must be 2 different names, one for each of the inputs"
        )


DTYPES = (
    "must be float16, float32 or float64 (or integer or bool for an input without a gradient); "
    "convert it with .astype(float)"
)
EMPTY = "which is empty; a gradient cannot be seen on no entries: pass at least one example"
CONSTANT = "at least one must be floating; write np.array([1.0, 2.0]) or use .astype(float)"


class TestInputs:
    @pytest.mark.parametrize(
        ("inputs", "message"),
        [
            ((), "inputs=() is empty, must hold one array for each argument of forward"),
            ([X + 1j], f"inputs[0] has dtype complex128, {DTYPES}"),
            ([X, "text"], f"inputs[1] has dtype <U4, {DTYPES}"),
            ([None], f"inputs[0] has dtype object, {DTYPES}"),
            ([X.astype(np.longdouble)], f"inputs[0] has dtype {np.dtype(np.longdouble)}, {DTYPES}"),
            ([X, np.zeros((0, 3))], f"inputs[1] has shape (0, 3), {EMPTY}"),
            ([[]], f"inputs[0] has shape (0,), {EMPTY}"),
            (
                [np.array([1.0, -np.inf, np.nan])],
                "inputs[0] holds -inf, must be finite; replace NaN and infinity by numbers",
            ),
            (
                np.array(np.nan),
                "inputs[0] holds nan, must be finite; replace NaN and infinity by numbers",
            ),
            ([Unreadable()], "inputs[0] is not an array: no array; pass a NumPy array"),
            ([np.array([1, 2])], f"inputs have dtypes ['int64'], {CONSTANT}"),
            ([1, True], f"inputs have dtypes ['int64', 'bool'], {CONSTANT}"),
        ],
        ids=[
            "none",
            "complex",
            "text",
            "object",
            "longdouble",
            "empty",
            "empty list",
            "infinite",
            "nan",
            "unreadable",
            "integers",
            "integers and truths",
        ],
    )
    def test_wrong(self, inputs: Any, message: str) -> None:
        with pytest.raises(UsageError) as caught:
            subject(inputs)
        assert str(caught.value) == message

    def test_ragged(self) -> None:
        with pytest.raises(UsageError, match=r"^inputs\[0\] is not an array: setting an array"):
            subject([[[1.0], [2.0, 3.0]]])

    @pytest.mark.parametrize("role", ["forward", "backward"])
    @pytest.mark.parametrize("value", [None, 1.5, X])
    def test_not_callable(self, role: str, value: Any) -> None:
        functions = {"forward": forward, "backward": backward} | {role: value}
        with pytest.raises(UsageError) as caught:
            from_functions(**functions, inputs=X)
        assert str(caught.value) == (
            f"{role}={value!r} is not callable; pass the function itself, without calling it"
        )


PAIR = "must be a pair (low, high) of numbers; write (0, float('inf')) for the positive numbers"


class TestDomain:
    def test_kept_as_floats(self) -> None:
        it = subject(domain={"x": (0, float("inf"))})
        assert it.domain == {"x": (0.0, float("inf"))}
        assert [type(end) for end in it.domain["x"]] == [float, float]

    def test_absent(self) -> None:
        assert subject().domain == {}
        assert subject(domain={}).domain == {}

    @pytest.mark.parametrize(
        ("domain", "message"),
        [
            ({"z": (0, 1)}, "domain names 'z', must be one of x"),
            ({"x": 3}, f"domain['x']=3, {PAIR}"),
            ({"x": (0, 1, 2)}, f"domain['x']=(0, 1, 2), {PAIR}"),
            ({"x": (0, None)}, f"domain['x']=(0, None), {PAIR}"),
            ({"x": (0, "high")}, f"domain['x']=(0, 'high'), {PAIR}"),
            ({"x": (3, 3)}, "domain['x']=(3, 3), low must be less than high"),
            ({"x": (3, 0)}, "domain['x']=(3, 0), low must be less than high"),
            ({"x": (0, float("nan"))}, "domain['x']=(0, nan), low must be less than high"),
            ({"x": (1, 5)}, "input 'x' holds 1.0, must lie inside its domain (1.0, 5.0)"),
            ({"x": (0, 2)}, "input 'x' holds 2.0, must lie inside its domain (0.0, 2.0)"),
            ({"x": (5, 9)}, "input 'x' holds 1.0, must lie inside its domain (5.0, 9.0)"),
        ],
    )
    def test_wrong(self, domain: Any, message: str) -> None:
        with pytest.raises(UsageError) as caught:
            subject(domain=domain)
        assert str(caught.value) == message

    def test_unknown_name_lists_all(self) -> None:
        with pytest.raises(UsageError, match=r"^domain names 'y', must be one of x, W, b$"):
            from_functions(
                dense, dense_backward, [X, np.ones((3, 2)), np.zeros(3)], domain={"y": (0, 1)}
            )

    def test_of_a_number(self) -> None:
        assert subject(1.5, domain={"x": (1, 2)}).domain == {"x": (1.0, 2.0)}
        with pytest.raises(UsageError, match=r"^input 'x' holds 1\.5, must lie inside"):
            subject(1.5, domain={"x": (2, 3)})
