"""Checks planned, called in this process; what pytest makes of them is in `pytest_plugin`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import gradcheck
from gradcheck import session
from gradcheck.errors import UsageError
from gradcheck.fixture import checker_of
from gradcheck.layer_checks import LayerCheck, checks_for, parametrize_layers
from gradcheck.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator


class Dense:
    calls = 0

    def __init__(self) -> None:
        self.W, self.b = np.eye(5, 4), np.ones((5, 1))

    def forward(self, X: Any) -> Any:
        Dense.calls += 1
        self.X = X
        return self.W @ X + self.b

    def backward(self, dY: Any) -> Any:
        self.dW, self.db = dY @ self.X.T, dY.sum(axis=1, keepdims=True)
        return self.W.T @ dY


class NoBias(Dense):
    def backward(self, dY: Any) -> Any:
        dX = super().backward(dY)
        self.db = 0 * self.db
        return dX


class Size:
    def forward(self, X: Any) -> Any:
        self.X = X
        return np.abs(X)

    def backward(self, dY: Any) -> Any:
        return dY * np.sign(self.X)


class Broken(Size):
    def backward(self, dY: Any) -> Any:
        raise RuntimeError("no idea")


class Impure(Size):
    def backward(self, dY: Any) -> Any:
        dY *= np.sign(self.X)
        return dY


@pytest.fixture
def heard() -> Iterator[Session]:
    own = Session()
    session.begin(own)
    yield own
    session.end(own)


def planned(layer: Any, **more: Any) -> dict[str, LayerCheck]:
    return {str(one.id): one.values[0] for one in checks_for(layer, **more)}  # type: ignore[misc]


def failed(checks: dict[str, LayerCheck]) -> set[str]:
    found = set()
    for name, check in checks.items():
        try:
            check()
        except AssertionError:
            found.add(name)
        except pytest.skip.Exception:
            continue
    return found


def test_nothing_is_checked_until_one_is_called() -> None:
    before = Dense.calls
    checks = planned(Dense)
    assert Dense.calls - before < 40
    between = Dense.calls
    checks["Dense-dW-symbolic"]()
    assert Dense.calls - between > 50
    after = Dense.calls
    checks["Dense-contract-purity"]()
    assert Dense.calls == after


def test_names_are_the_same_each_time() -> None:
    names = list(planned(Dense))
    assert names == list(planned(Dense()))
    assert names[0] == "Dense-y-symbolic"
    assert names[-1] == "Dense-rest"
    assert len(names) == len(set(names))


def test_every_check_that_was_made_has_a_test() -> None:
    checks = planned(Dense)
    result = checks["Dense-rest"].case.result
    tests = {(one.quantity, one.oracle, one.contract) for one in checks.values()}
    assert {(c.quantity if not c.contract else "backward", c.oracle, c.contract)
            for c in result.checks} <= tests  # fmt: skip
    assert failed(checks) == set()


def test_only_what_is_wrong_fails() -> None:
    wrong = {f"NoBias-db-{oracle}" for oracle in ("finite-difference", "complex-step")}
    assert failed(planned(NoBias)) == wrong


def test_a_contract_that_is_broken_has_its_reason() -> None:
    checks = planned(Impure)
    assert "Impure-contract-purity" in failed(checks)
    with pytest.raises(AssertionError, match=r"FAIL Impure-contract-purity(.|\n)*upstream"):
        checks["Impure-contract-purity"]()


def test_an_oracle_that_cannot_tell_is_skipped() -> None:
    with pytest.raises(pytest.skip.Exception, match="complex-step oracle cannot tell, others can"):
        planned(Size)["Size-dx-complex-step"]()


def test_a_formula_with_other_inputs_is_left_aside() -> None:
    class ScaledDense(Dense):
        def __init__(self) -> None:
            super().__init__()
            self.s = np.full((5, 1), 2.0)

        def forward(self, X: Any) -> Any:
            self.Z = self.W @ X + self.b
            self.X = X
            return self.s * self.Z

        def backward(self, dY: Any) -> Any:
            self.ds = (dY * self.Z).sum(axis=1, keepdims=True)
            return super().backward(dY * self.s)

    checks = planned(ScaledDense)
    assert "ScaledDense-dW-symbolic" in checks
    assert failed(checks) == set()
    for name in ("ScaledDense-y-symbolic", "ScaledDense-ds-symbolic"):
        with pytest.raises(pytest.skip.Exception, match="the notes' formula is another function"):
            checks[name]()


def test_what_did_not_run_is_no_success() -> None:
    checks = planned(Broken)
    assert {"Broken-dx-finite-difference", "Broken-dx-complex-step", "Broken-rest"} <= failed(
        checks
    )
    with pytest.raises(AssertionError, match="RuntimeError: no idea"):
        checks["Broken-rest"]()


def test_a_layer_that_cannot_be_met() -> None:
    (one,) = checks_for(object())
    assert one.id == "object"
    with pytest.raises(UsageError, match="layer=object has no forward and backward"):
        one.values[0]()  # type: ignore[operator]


def test_names_of_several() -> None:
    mark = parametrize_layers([Dense, Dense(), (Size, np.ones((2, 2)))], regimes="point").mark
    starts = dict.fromkeys(str(one.id).split("-")[0] for one in mark.args[1])
    assert list(starts) == ["Dense1", "Dense2", "Size"]
    named = parametrize_layers({"first": Dense}).mark
    assert str(named.args[1][0].id).startswith("first-")


def test_no_layers() -> None:
    with pytest.raises(UsageError, match="layers is empty"):
        parametrize_layers([])


def test_the_session_hears_of_it_with_each_test(heard: Session) -> None:
    checks = planned(Size)
    checks["Size-dx-finite-difference"]()
    checks["Size-contract-purity"]()
    one, two = heard.take()
    assert one is two


class TestProof:
    @pytest.fixture(autouse=True)
    def proved(self, heard: Session) -> None:
        heard.evidence = session.PROVED

    def test_each_gradient_has_one(self) -> None:
        checks = planned(Dense)
        proofs = [name for name in checks if name.endswith("-proof")]
        assert proofs == ["Dense-dx-proof", "Dense-dW-proof", "Dense-db-proof"]
        assert failed(checks) == set()

    def test_one_that_is_wanted_and_missing_fails(self) -> None:
        class Rounded(Size):
            def forward(self, X: Any) -> Any:
                self.X = X
                return np.array([[float(f"{v:.17g}") ** 2 for v in row] for row in X])

            def backward(self, dY: Any) -> Any:
                return 2 * dY * self.X

        assert failed(planned(Rounded)) >= {"Rounded-dx-proof"}


class TestFixture:
    def test_its_numbers_hang_on_the_test_alone(self) -> None:
        one, again, other = (checker_of(name).rng.random() for name in ("a", "a", "b"))
        assert one == again
        assert one != other

    def test_it_asserts(self, tmp_path: Any) -> None:
        checker = checker_of("a")
        checker.layer(Dense)
        checker.gradients(np.sin, lambda g, x: g * np.cos(x), np.ones(2), regimes="point")
        checker.loss(
            lambda y, t: np.sum((y - t) ** 2), lambda y, t: 2 * (y - t), np.ones((2, 2)), np.eye(2)
        )
        with pytest.raises(AssertionError, match="FAIL NoBias: db is wrong"):
            checker.layer(NoBias)
        with pytest.raises(AssertionError, match="FAIL sin: dX is wrong"):
            checker.gradients(np.sin, lambda g, x: g, np.ones(2), regimes="point")
        with pytest.raises(AssertionError, match="dY is wrong"):
            checker.loss(
                lambda y, t: np.sum((y - t) ** 2), lambda y, t: y - t, np.ones(2), np.eye(2)[0]
            )
        (tmp_path / "nothing.py").write_text("")
        with pytest.raises(AssertionError, match="nothing"):
            checker.file(tmp_path / "nothing.py", in_process=True)


def test_public() -> None:
    assert gradcheck.checks_for is checks_for
