"""Calls are counted; whatever the code under test raises becomes a SubjectError."""

from __future__ import annotations

import types
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gradcheck.errors import SubjectError
from gradcheck.execution import Runner, described, place
from gradcheck.subject import Subject

if TYPE_CHECKING:
    from collections.abc import Callable

Array = Any
X = np.array([1.0, -2.0])


class Square:
    """y = x²; it remembers x, and how often it was called."""

    def __init__(self) -> None:
        self.seen: list[Array] = []

    def forward(self, x: Array) -> Array:
        self.seen.append(x)
        self.x = x
        return x**2

    def backward(self, upstream: Array) -> tuple[Any, ...]:
        return (2 * self.x * upstream,)


def raising(error: BaseException) -> Callable[..., Any]:
    def function(*_: Any) -> Any:
        raise error

    return function


def runner(make: Callable[[], Any] = Square) -> Runner:
    return Runner(Subject(name="Square", names=("x",), inputs=(X,), make=make))


def instance(**methods: Callable[..., Any]) -> Any:
    return types.SimpleNamespace(**methods)


ERRORS = [ValueError("bad"), SystemExit(3), GeneratorExit("bad"), MemoryError("bad")]


class TestRunner:
    def test_results(self) -> None:
        run = runner()
        y, (dx,) = run.vjp([X], np.array([1.0, 10.0]))
        assert y.tolist() == [1.0, 4.0]
        assert dx.tolist() == [2.0, -40.0]
        assert run.forward([X]).tolist() == [1.0, 4.0]

    def test_counts(self) -> None:
        run = runner()
        assert (run.forwards, run.backwards) == (0, 0)
        run.forward([X])
        run.vjp([X], X)
        run.call_forward(run.make(), [X])
        assert (run.forwards, run.backwards) == (3, 1)

    def test_calls_that_raise_count(self) -> None:
        run = runner(lambda: instance(forward=raising(ValueError()), backward=raising(OSError())))
        for call in (
            lambda: run.forward([X]),
            lambda: run.vjp([X], X),
            lambda: run.call_backward(run.make(), X),
        ):
            with pytest.raises(SubjectError):
                call()
        assert (run.forwards, run.backwards) == (2, 1)

    def test_every_call_has_a_fresh_instance(self) -> None:
        made: list[Square] = []

        def make() -> Square:
            made.append(Square())
            return made[-1]

        run = runner(make)
        run.forward([X])
        run.vjp([X], X)
        assert [len(each.seen) for each in made] == [1, 1]

    @pytest.mark.parametrize("copies", [False, True])
    def test_forward_hands_out_copies_where_it_must(self, *, copies: bool) -> None:
        made = Square()
        run = runner(lambda: made)
        run.copies = copies
        run.forward([X])
        assert np.shares_memory(made.seen[0], X) is not copies
        assert made.seen[0].tolist() == X.tolist()

    def test_vjp_protects_all_arrays(self) -> None:
        def spoil(*arrays: Array) -> Any:
            for array in arrays:
                array[...] = 0
            return (arrays[0],)

        class Spoiler:
            def forward(self, x: Array) -> Array:
                self.y = 2 * x
                spoil(x)
                return self.y

            def backward(self, upstream: Array) -> Any:
                return spoil(upstream, self.y)

        x, upstream = X.copy(), X.copy()
        y, _ = runner(Spoiler).vjp([x], upstream)
        assert y.tolist() == [2.0, -4.0]
        assert x.tolist() == upstream.tolist() == X.tolist()

    def test_subclasses_are_kept(self) -> None:
        class Kept(np.ndarray):
            pass

        made = Square()
        run = runner(lambda: made)
        run.copies = True
        run.forward([X.view(Kept)])
        run.vjp([X.view(Kept)], X.view(Kept))
        assert [type(x) for x in made.seen] == [Kept, Kept]

    def test_backward_may_return_a_list(self) -> None:
        run = runner()
        gradients = run.call_backward(instance(backward=lambda g: [g, None]), X)
        assert isinstance(gradients, tuple)
        assert gradients[0] is X
        assert gradients[1] is None

    def test_backward_that_returns_none(self) -> None:
        with pytest.raises(SubjectError, match=r"^backward raised TypeError: 'NoneType' object"):
            runner().call_backward(instance(backward=lambda g: None), X)

    def test_forward_that_returns_text(self) -> None:
        run = runner(lambda: instance(forward=lambda x: "y"))
        message = r"^forward returned str of dtype <U1, must be numbers$"
        with pytest.raises(SubjectError, match=message):
            run.forward([X])
        with pytest.raises(SubjectError, match=message):
            run.call_forward(run.make(), [X])


class TestErrors:
    @pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
    def test_making(self, error: BaseException) -> None:
        with pytest.raises(SubjectError) as caught:
            runner(raising(error)).make()
        assert str(caught.value) == f"making an instance raised {described(error)}"
        assert caught.value.__cause__ is error

    @pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
    def test_forward(self, error: BaseException) -> None:
        run = runner(lambda: instance(forward=raising(error)))
        for call in (
            lambda: run.forward([X]),
            lambda: run.call_forward(run.make(), [X]),
            lambda: run.vjp([X], X),
        ):
            with pytest.raises(SubjectError) as caught:
                call()
            assert str(caught.value) == f"forward raised {described(error)}"
            assert caught.value.__cause__ is error

    @pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
    def test_backward(self, error: BaseException) -> None:
        run = runner(lambda: instance(forward=lambda x: x, backward=raising(error)))
        with pytest.raises(SubjectError) as caught:
            run.vjp([X], X)
        assert str(caught.value) == f"backward raised {described(error)}"
        assert caught.value.__cause__ is error

    def test_the_user_may_interrupt(self) -> None:
        stop = raising(KeyboardInterrupt())
        run = runner(lambda: instance(forward=stop, backward=stop))
        for call in (
            runner(stop).make,
            lambda: run.forward([X]),
            lambda: run.call_forward(run.make(), [X]),
            lambda: run.call_backward(run.make(), X),
        ):
            with pytest.raises(KeyboardInterrupt):
                call()

    def test_a_result_that_exits_when_it_is_read(self) -> None:
        class Exiting:
            __array__ = raising(SystemExit(0))

        with pytest.raises(SubjectError):
            runner(lambda: instance(forward=lambda x: Exiting())).forward([X])


class TestDescribed:
    @pytest.mark.parametrize(
        ("error", "text"),
        [
            (ValueError("bad"), "ValueError: bad"),
            (ValueError(), "ValueError"),
            (ValueError(" \n "), "ValueError"),
            (ValueError("\n first \nsecond"), "ValueError: first "),
            (ValueError("x" * 200), "ValueError: " + "x" * 200),
            (ValueError("x" * 201), "ValueError: " + "x" * 197 + "..."),
            (SystemExit(3), "SystemExit: 3"),
        ],
    )
    def test_first_line_shortened(self, error: BaseException, text: str) -> None:
        assert text == described(error)

    def test_a_text_that_raises(self) -> None:
        class Hostile(Exception):  # noqa: N818 - its name is its text
            def __str__(self) -> str:
                raise RuntimeError("no text")

        assert described(Hostile()) == "Hostile"

    def test_a_text_that_exits(self) -> None:
        class Hostile(Exception):  # noqa: N818 - its name is its text
            def __str__(self) -> str:
                raise SystemExit(0)

        run = runner(lambda: instance(forward=raising(Hostile())))
        with pytest.raises(SubjectError):
            run.forward([X])


def outer(inner: Callable[[], None]) -> None:
    inner()


def broken() -> None:
    raise ValueError


def in_module(function: Callable[..., None], name: str) -> Callable[..., None]:
    """Return the function as if it stood in a module of that name."""
    return types.FunctionType(function.__code__, {"__name__": name, "ValueError": ValueError})


def caught(function: Callable[[], Any]) -> SubjectError:
    with pytest.raises(SubjectError) as info:
        runner(function).make()
    return info.value


class TestPlace:
    line_outer = outer.__code__.co_firstlineno + 1
    line_broken = broken.__code__.co_firstlineno + 1

    def test_the_innermost_frame(self) -> None:
        error = caught(lambda: outer(broken))
        assert (__file__, self.line_broken) == place(error)

    @pytest.mark.parametrize("name", ["numpy", "numpy.linalg", "gradcheck.noisy"])
    def test_frames_that_are_not_foreign_are_left_out(self, name: str) -> None:
        inner = in_module(broken, name)
        assert (__file__, self.line_outer) == place(caught(lambda: outer(inner)))

    def test_nothing_is_found(self) -> None:
        assert place(SubjectError("returned text")) == ("", 0)

    def test_without_a_cause_the_error_itself_counts(self) -> None:
        with pytest.raises(ValueError) as info:  # noqa: PT011 - its place is what matters
            broken()
        assert (__file__, self.line_broken) == place(info.value)

    def test_frames_without_a_module(self) -> None:
        function = types.FunctionType(broken.__code__, {"ValueError": ValueError})
        assert (__file__, self.line_broken) == place(caught(function))

    @pytest.mark.parametrize("name", ["numpy_layers", "numpynet.dense"])
    def test_foreign_modules_whose_names_begin_alike(self, name: str) -> None:
        inner = in_module(broken, name)
        assert (__file__, self.line_broken) == place(caught(lambda: outer(inner)))
