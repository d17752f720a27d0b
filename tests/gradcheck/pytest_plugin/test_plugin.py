from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from suites import SUITE, installed, ran

from gradcheck.render.json import schema

if TYPE_CHECKING:
    from pathlib import Path

pytest_plugins = ["pytester"]

Pytester = pytest.Pytester
WRONG = ("symbolic", "finite-difference", "complex-step")


@pytest.fixture
def suite(pytester: Pytester, monkeypatch: pytest.MonkeyPatch) -> Pytester:
    installed(pytester, monkeypatch)
    pytester.makepyfile(test_suite=SUITE)
    return pytester


def report(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "report.json").read_text())
    jsonschema.validate(found, schema())
    return found


def untimed(found: dict[str, Any]) -> dict[str, Any]:
    for subject in found["subjects"]:
        for check in subject["checks"]:
            check["seconds"] = 0
    return found


def failed(result: Any) -> set[str]:
    lines = [line for line in result.outlines if line.startswith("FAILED ")]
    return {line.split("[")[1].split("]")[0] for line in lines}


def test_one_test_a_check(suite: Pytester) -> None:
    result = ran(suite, "-q", "--collect-only")
    names = [line.split("[")[1][:-1] for line in result.outlines if "[" in line]
    assert names[:10] == [
        "Dense-y-symbolic",
        *(f"Dense-{q}-{o}" for q in ("dx", "dW", "db") for o in WRONG),
    ]
    assert "Dense-contract-purity" in names
    # Nothing in the notes is a sine.
    assert [name for name in names if name.startswith("Sine-d")] == [
        "Sine-dx-finite-difference",
        "Sine-dx-complex-step",
    ]
    assert len(names) == len(set(names))


def test_only_what_is_wrong_fails(suite: Pytester) -> None:
    result = ran(suite, "--gradcheck-report", "made")
    assert failed(result) == {f"DoubledDense-dW-{oracle}" for oracle in WRONG}
    result.stdout.fnmatch_lines(
        ["gradcheck: 1 of 3 subjects wrong, 2 right; seed 0; reports in made"]
    )
    found = report(suite.path / "made")
    verdicts = {subject["name"]: subject["verdict"] for subject in found["subjects"]}
    assert verdicts == {"Dense": "pass", "DoubledDense": "fail", "Sine": "pass"}
    assert "DoubledDense" in (suite.path / "made" / "report.md").read_text()


@pytest.mark.slow
def test_workers_report_once_and_the_same(suite: Pytester) -> None:
    ran(suite, "--gradcheck-report", "alone")
    result = ran(suite, "-n", "2", "--gradcheck-report", "shared")
    assert failed(result) == {f"DoubledDense-dW-{oracle}" for oracle in WRONG}
    result.stdout.fnmatch_lines(["gradcheck: 1 of 3 subjects wrong, 2 right; *"])
    alone, shared = (untimed(report(suite.path / name)) for name in ("alone", "shared"))
    assert alone == shared


def test_k_selects_and_checks_no_other_layer(suite: Pytester) -> None:
    result = ran(suite, "-k", "Sine-dx-complex-step")
    result.assert_outcomes(passed=1, deselected=result.parseoutcomes()["deselected"])
    result.stdout.fnmatch_lines(["gradcheck: 1 of 1 subject right; seed 0"])


@pytest.mark.slow
def test_lf_runs_what_failed(suite: Pytester) -> None:
    suite.runpytest_subprocess()
    result = suite.runpytest_subprocess("--lf")
    assert failed(result) == {f"DoubledDense-dW-{oracle}" for oracle in WRONG}
    assert result.parseoutcomes().get("passed", 0) == 0


def test_where_hypothesis_is_missing(suite: Pytester) -> None:
    suite.makeconftest("import sys\nsys.modules['hypothesis'] = None\n")
    result = ran(suite, "-p", "no:hypothesispytest")
    assert failed(result) == {f"DoubledDense-dW-{oracle}" for oracle in WRONG}


def test_without_the_plugin_the_tests_are_the_same(suite: Pytester) -> None:
    result = ran(suite, "-p", "no:gradcheck")
    assert failed(result) == {f"DoubledDense-dW-{oracle}" for oracle in WRONG}
    assert "gradcheck:" not in result.stdout.str()


def test_a_suite_that_checks_nothing_hears_nothing(suite: Pytester) -> None:
    suite.makepyfile(test_suite="def test_one(): pass")
    result = ran(suite)
    result.assert_outcomes(passed=1)
    assert "gradcheck:" not in result.stdout.str()


def test_a_report_of_nothing_is_no_success(suite: Pytester) -> None:
    suite.makepyfile(test_suite="def test_one(): pass")
    result = ran(suite, "--gradcheck-report", "made")
    result.stdout.fnmatch_lines(["gradcheck: nothing was checked; seed 0; reports in made"])
    assert report(suite.path / "made")["counts"]["ran"] == 0


def test_properties_stand_in_junit(suite: Pytester) -> None:
    ran(suite, "--junitxml=junit.xml", "-k", "dW-symbolic")
    cases = ET.parse(suite.path / "junit.xml").iter("testcase")  # noqa: S314 - our own
    found = {
        case.get("name"): {(p.get("name"), p.get("value")) for p in case.iter("property")}
        for case in cases
    }
    right, wrong = (found[f"test_layers[{name}-dW-symbolic]"] for name in ("Dense", "DoubledDense"))
    assert ("gradcheck.verdict", "Dense: pass") in right
    assert ("gradcheck.evidence", "Dense: tested") in right
    assert not [value for name, value in right if name == "gradcheck.findings"]
    assert ("gradcheck.verdict", "DoubledDense: fail") in wrong
    assert ("gradcheck.findings", "DoubledDense: dW factor") in wrong
    assert ("gradcheck.seed", "0") in wrong


@pytest.mark.slow
def test_a_runner_of_github_gets_annotations(
    suite: Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    lines = [line for line in ran(suite).outlines if line.startswith("::")]
    assert len(lines) == 1
    assert lines[0].startswith("::error file=test_suite.py,title=DoubledDense::FAIL DoubledDense")
    assert "%0A  dW (5, 4) float64: worst [" in lines[0]
    monkeypatch.setenv("GITHUB_ACTIONS", "false")
    assert not [line for line in ran(suite).outlines if line.startswith("::")]


class TestOptions:
    def test_seed(self, suite: Pytester) -> None:
        result = ran(suite, "--gradcheck-seed", "7", "-k", "dW-symbolic")
        result.stdout.fnmatch_lines(["*check_layer(DoubledDense, ..., seed=7)"])
        result.stdout.fnmatch_lines(["gradcheck: 1 of 2 subjects wrong, 1 right; seed 7"])

    def test_a_seed_below_nought(self, suite: Pytester) -> None:
        result = ran(suite, "--gradcheck-seed", "-1")
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        result.stderr.fnmatch_lines(["*--gradcheck-seed -1: must be at least 0*"])

    def test_a_file_in_place_of_the_folder(self, suite: Pytester) -> None:
        (suite.path / "made").write_text("")
        result = ran(suite, "--gradcheck-report", "made")
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        result.stderr.fnmatch_lines(["*--gradcheck-report made: a file stands in its place*"])

    def test_evidence(self, suite: Pytester) -> None:
        suite.makepyfile(
            test_suite="""
            import numpy as np
            from layers import Dense

            def rounded(x):
                return np.tanh(np.float64(np.format_float_scientific(x.sum())))

            def slope(g, x):
                return np.full_like(x, g * (1 - rounded(x) ** 2))

            def test_proved(gradcheck):
                gradcheck.layer(Dense)

            def test_tested(gradcheck):
                gradcheck.gradients(rounded, slope, np.array([0.25, 0.5]))
            """
        )
        ran(suite, "--gradcheck-evidence", "tested").assert_outcomes(passed=2)
        result = ran(suite, "--gradcheck-evidence", "proved")
        result.assert_outcomes(passed=1, failed=1)
        result.stdout.fnmatch_lines(
            ["*NOT PROVED rounded: dX only tested, must be proved", "*dX: *"]
        )
        result.stdout.fnmatch_lines(["gradcheck: 2 of 2 subjects right; seed 0; *needs a proof"])

    def test_evidence_of_each_gradient(self, suite: Pytester) -> None:
        result = ran(suite, "--gradcheck-evidence", "proved", "-k", "proof")
        assert failed(result) == {"DoubledDense-dW-proof"}
        assert result.parseoutcomes()["passed"] == 6


def test_its_own_frames_are_hidden(suite: Pytester) -> None:
    suite.makepyfile(
        test_suite="""
        import numpy as np
        import gradcheck as g
        from layers import DoubledDense

        def test_pair():
            g.assert_gradients(np.sin, lambda up, x: up * np.sin(x), np.ones(3))

        def test_layer():
            g.assert_layer(DoubledDense)

        def test_loss():
            g.assert_loss(
                lambda y, t: np.mean((y - t) ** 2), lambda y, t: y - t, np.eye(3), np.ones((3, 3))
            )

        def test_file(tmp_path):
            (tmp_path / "mine.py").write_text(open("layers.py").read())
            g.assert_file(tmp_path / "mine.py", in_process=True)

        def test_fixture(gradcheck):
            gradcheck.layer(DoubledDense)
        """
    )
    result = ran(suite, "--tb=long")
    result.assert_outcomes(failed=5)
    text = result.stdout.str()
    assert "asserting.py" not in text
    assert "interface.py" not in text
    assert "array([" not in text
    assert text.count("is wrong") >= 5


class TestCollection:
    def test_a_layer_that_cannot_be_met_is_one_test_that_says_why(self, suite: Pytester) -> None:
        suite.makepyfile(
            test_suite="""
            import gradcheck
            from layers import Dense

            class Nothing: pass

            @gradcheck.parametrize_layers([Nothing, Dense])
            def test_layers(check):
                check()
            """
        )
        result = ran(suite)
        assert failed(result) == {"Nothing"}
        result.stdout.fnmatch_lines(["*layer=Nothing has no forward and backward that are known*"])

    def test_names_data_and_checks_for(self, suite: Pytester) -> None:
        suite.makepyfile(
            test_suite="""
            import numpy as np
            import pytest
            import gradcheck
            from layers import Dense, Sine

            @gradcheck.parametrize_layers([Dense, Dense, (Sine, np.ones((2, 2)))])
            def test_numbered(check):
                check()

            @gradcheck.parametrize_layers({"first": Dense()}, regimes="point")
            def test_named(check):
                check()

            @pytest.mark.parametrize("check", gradcheck.checks_for(Sine(), name="wave"))
            def test_one(check):
                check()
            """
        )
        result = ran(suite, "-v")
        assert result.ret == 0
        for name in ("Dense1-dx", "Dense2-dx", "Sine-dx", "first-dW", "wave-dx"):
            result.stdout.fnmatch_lines([f"*[[]{name}-complex-step[]] PASSED*"])

    def test_a_backward_that_raises_fails_every_value(self, suite: Pytester) -> None:
        suite.makepyfile(
            test_suite="""
            import gradcheck
            from layers import Sine

            class Broken(Sine):
                def backward(self, dY):
                    raise RuntimeError("no idea")

            @gradcheck.parametrize_layers([Broken])
            def test_layers(check):
                check()
            """
        )
        result = ran(suite)
        assert {"Broken-dx-complex-step", "Broken-dx-finite-difference", "Broken-rest"} <= failed(
            result
        )
        result.stdout.fnmatch_lines(["*RuntimeError: no idea*"])

    def test_an_oracle_that_cannot_tell_is_skipped_where_another_can(self, suite: Pytester) -> None:
        suite.makepyfile(
            test_suite="""
            import numpy as np
            import gradcheck

            class Size:
                def forward(self, X):
                    self.X = X
                    return np.abs(X)
                def backward(self, dY):
                    return dY * np.sign(self.X)

            @gradcheck.parametrize_layers([Size])
            def test_layers(check):
                check()
            """
        )
        result = ran(suite, "-rs")
        assert result.ret == 0
        assert result.parseoutcomes()["skipped"] == 1
        result.stdout.fnmatch_lines(["SKIPPED*the complex-step oracle cannot tell, others can: *"])
