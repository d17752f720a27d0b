"""Whatever foreign code does to the process, it is as before once it is done."""

from __future__ import annotations

import io
import random
import sys
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.exceptions import ComplexWarning

from gradcheck.isolation import isolated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

legacy: Any = np.random
"""numpy's legacy generator is global state, which is what these tests are about."""


def forget(*_: object) -> None:
    """Stand in for a hook or a trace function."""


def observed() -> dict[str, Any]:
    """Return all global state that `isolated` keeps."""
    name, key, position, *_ = legacy.get_state()
    return {
        "stdin": sys.stdin,
        "stdout": sys.stdout,
        "stderr": sys.stderr,
        "excepthook": sys.excepthook,
        "displayhook": sys.displayhook,
        "dont_write_bytecode": sys.dont_write_bytecode,
        "path": (id(sys.path), list(sys.path)),
        "argv": (id(sys.argv), list(sys.argv)),
        "recursion limit": sys.getrecursionlimit(),
        "trace": sys.gettrace(),
        "profile": sys.getprofile(),
        "random": random.getstate(),
        "legacy": (name, key.tolist(), position),
        "bit generator": id(legacy.get_bit_generator()),
        "errors": (np.geterr(), np.geterrcall()),
        "filters": (id(warnings.filters), list(warnings.filters), warnings.showwarning),
    }


def replace_streams() -> None:
    sys.stdin, sys.stdout, sys.stderr = io.StringIO(), io.StringIO(), io.StringIO()


def delete_streams() -> None:
    del sys.stdin, sys.stdout, sys.stderr


def replace_hooks() -> None:
    sys.excepthook = sys.displayhook = forget
    sys.dont_write_bytecode = not sys.dont_write_bytecode


def change_path() -> None:
    sys.path.insert(0, "elsewhere")
    sys.argv.append("--more")


def rebind_path() -> None:
    sys.path, sys.argv = ["elsewhere"], ["other.py"]


def change_then_rebind_path() -> None:
    change_path()
    rebind_path()


def delete_path() -> None:
    sys.path.clear()
    del sys.path, sys.argv


def reseed() -> None:
    random.seed(7)
    legacy.seed(7)


def draw() -> None:
    random.random()  # noqa: S311 - no secret
    legacy.standard_normal(3)


def replace_bit_generator() -> None:
    legacy.set_bit_generator(np.random.PCG64(1))


def set_errors() -> None:
    np.seterr(all="raise")
    np.seterrcall(forget)


def filter_warnings() -> None:
    warnings.simplefilter("always")
    warnings.showwarning = forget


def reset_warnings() -> None:
    warnings.resetwarnings()


def rebind_filters() -> None:
    warnings.filters = []


def raise_recursion_limit() -> None:
    sys.setrecursionlimit(sys.getrecursionlimit() + 1000)


def lower_recursion_limit() -> None:
    sys.setrecursionlimit(sys.getrecursionlimit() - 100)


def replace_trace() -> None:
    sys.settrace(forget)


def replace_profile() -> None:
    sys.setprofile(forget)


DAMAGES = [
    replace_streams,
    delete_streams,
    replace_hooks,
    change_path,
    rebind_path,
    change_then_rebind_path,
    delete_path,
    reseed,
    draw,
    replace_bit_generator,
    set_errors,
    filter_warnings,
    reset_warnings,
    rebind_filters,
    raise_recursion_limit,
    lower_recursion_limit,
    replace_trace,
    replace_profile,
]


@pytest.fixture(autouse=True)
def _generators() -> Iterator[None]:
    """Put both global generators at a place that is no seed's beginning, and give them back."""
    numbers, state = random.getstate(), legacy.get_state()
    random.seed(11)
    random.random()  # noqa: S311 - no secret
    legacy.seed(11)
    legacy.random_sample(5)
    yield
    random.setstate(numbers)
    legacy.set_state(state)


class TestRestores:
    @pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
    def test_after_the_body(self, damage: Callable[[], None]) -> None:
        before = observed()
        with isolated():
            damage()
        assert before == observed()

    @pytest.mark.parametrize("error", [ValueError, SystemExit, KeyboardInterrupt, GeneratorExit])
    @pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
    def test_after_the_body_raised(
        self, damage: Callable[[], None], error: type[BaseException]
    ) -> None:
        def body() -> None:
            with isolated():
                damage()
                raise error("foreign")

        before = observed()
        with pytest.raises(error, match="foreign"):
            body()
        assert before == observed()

    @pytest.mark.parametrize(
        "damage",
        [d for d in DAMAGES if d not in (reseed, draw, replace_bit_generator)],
        ids=lambda damage: damage.__name__,
    )
    def test_what_the_damage_is(self, damage: Callable[[], None]) -> None:
        """Without this a damage that does nothing would pass as restored."""
        with isolated():
            before = observed()
            try:
                damage()
                changed = before != observed()
            except AttributeError:
                changed = True
        assert changed

    def test_generators_go_on_where_they_were(self) -> None:
        numbers, state = random.getstate(), legacy.get_state()
        wanted = random.random(), legacy.random_sample()  # noqa: S311 - no secret
        random.setstate(numbers)
        legacy.set_state(state)
        with isolated():
            reseed()
            draw()
        assert wanted == (random.random(), legacy.random_sample())  # noqa: S311 - no secret

    def test_an_odd_number_of_normals_goes_on_where_it_was(self) -> None:
        legacy.seed(3)
        first, second = legacy.standard_normal(), legacy.standard_normal()
        legacy.seed(3)
        assert first == legacy.standard_normal()
        with isolated():
            pass
        assert second == legacy.standard_normal()

    def test_nested_blocks_restore_the_outer_one(self) -> None:
        with isolated():
            wanted = legacy.random_sample(2).tolist()
        with isolated():
            first = legacy.random_sample()
            with isolated():
                legacy.random_sample(7)
            second = legacy.random_sample()
        assert wanted == [first, second]

    def test_nested_blocks_restore_everything_after_both(self) -> None:
        before = observed()
        with isolated():
            draw()
            with isolated():
                reseed()
                set_errors()
            assert set(np.geterr().values()) == {"ignore"}
        assert before == observed()


class TestInside:
    def test_generators_start_from_a_fixed_seed(self) -> None:
        draws = []
        for seed in (1, 2):
            random.seed(seed)
            legacy.seed(seed)
            with isolated():
                numbers = random.random()  # noqa: S311 - no secret
                draws.append((numbers, legacy.random_sample(), legacy.standard_normal()))
        assert draws[0] == draws[1]

    def test_warnings_are_quiet(self) -> None:
        with isolated():
            warnings.warn("foreign", stacklevel=1)

    def test_floating_point_errors_are_quiet(self) -> None:
        with np.errstate(all="raise"), isolated():
            assert np.isinf(np.float64(1.0) / np.float64(0.0))
            assert np.isinf(np.exp(np.float64(1e4)))
            assert np.isnan(np.log(np.float64(-1.0)))

    def test_a_silent_loss_of_an_imaginary_part_is_an_error(self) -> None:
        with isolated(), pytest.raises(ComplexWarning):
            np.array([1j]).astype(np.float64)

    def test_setting_a_complex_entry_of_a_real_array_is_an_error(self) -> None:
        y = np.zeros(2)
        with isolated(), pytest.raises(ComplexWarning):
            y[:] = np.array([1j, 2j])
