from __future__ import annotations

import re
import runpy
import sys

import pytest
import rich.console

from reference_net.__main__ import main

PICTURES = ["digits_confusion.png", "digits_loss.png", "digits_samples.png"]


def _accuracy(text):
    return float(re.search(r"test accuracy ([\d.]+)%", text)[1])


def test_xor_is_learnt(capsys):
    assert main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "XOR, Sequential([Dense(2, 8), Tanh(), Dense(8, 1), Sigmoid()])"
    losses = [float(line.split()[-1]) for line in lines if line.startswith("epoch")]
    assert len(losses) == 11
    assert losses == sorted(losses, reverse=True)
    for line, wanted in zip(lines[-4:], [0, 1, 1, 0], strict=True):
        assert f"= {wanted}, predicted" in line
        assert float(line.split()[-1]) == pytest.approx(wanted, abs=0.05)


def test_the_same_seed_prints_the_same(capsys):
    outputs = []
    for seed in ("1", "1", "2"):
        main(["--epochs", "3", "--seed", seed])
        outputs.append(capsys.readouterr().out)
    assert outputs[0] == outputs[1] != outputs[2]


def test_the_bar_is_for_terminals(capsys, monkeypatch):
    main(["--epochs", "3"])
    assert "\x1b" not in capsys.readouterr().out
    monkeypatch.setattr(rich.console.Console, "is_terminal", property(lambda _: True))
    main(["--epochs", "3"])
    shown = capsys.readouterr().out
    assert "training" in shown
    assert "epoch     3  loss" in shown


def test_digits_show_the_data_first_and_write_the_pictures(capsys, tmp_path):
    output = tmp_path / "new" / "folder"
    assert main(["--data", "digits", "--epochs", "2", "--output", str(output)]) == 0
    text = capsys.readouterr().out
    lines = text.splitlines()
    assert lines[0] == "handwritten digits: 1797 pictures of 8 x 8 pixels"
    assert lines[1] == "values from 0 to 16, mean 4.9"
    assert lines[2].startswith("of each digit: 0: 178, 1: 182, ")
    assert lines[11].endswith("1438 pictures to train, 359 to test")
    assert _accuracy(text) > 60
    assert sorted(path.name for path in output.iterdir()) == PICTURES


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_digits_are_learnt(capsys, tmp_path, seed):
    assert main(["--data", "digits", "--seed", str(seed), "--output", str(tmp_path)]) == 0
    assert _accuracy(capsys.readouterr().out) >= 95


@pytest.mark.parametrize(
    ("module", "named"),
    [("matplotlib.backends.backend_agg", "matplotlib"), ("sklearn", "sklearn")],
    ids=["matplotlib", "sklearn"],
)
def test_a_missing_package_is_named_with_the_fix(module, named, capsys, monkeypatch, tmp_path):
    for name in [name for name in sys.modules if name.startswith(("sklearn.datasets", module))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(sys.modules, "reference_net.figures", raising=False)
    monkeypatch.setitem(sys.modules, module, None)
    output = tmp_path / "reports"
    assert main(["--data", "digits", "--output", str(output)]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"error: --data digits needs {named}")
    assert error.endswith("which is not installed; run: pip install 'gradcheck[demo]'\n")
    assert not output.exists()


@pytest.mark.parametrize(
    ("argv", "text"),
    [
        pytest.param(["--epochs", "0"], "'0' must be a whole number from 1 up", id="epochs"),
        pytest.param(["--seed", "-1"], "'-1' must be a whole number from 0 up", id="seed"),
        pytest.param(["--data", "faces"], "invalid choice: 'faces'", id="data"),
    ],
)
def test_a_wrong_command_line_is_refused(argv, text, capsys):
    with pytest.raises(SystemExit) as caught:
        main(argv)
    assert caught.value.code == 2
    assert text in capsys.readouterr().err


def test_python_dash_m_runs_it(capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["reference_net", "--epochs", "1"])
    monkeypatch.delitem(sys.modules, "reference_net.__main__")
    with pytest.raises(SystemExit) as caught:
        runpy.run_module("reference_net", run_name="__main__")
    assert caught.value.code == 0
    assert "1 xor 1 = 0, predicted" in capsys.readouterr().out
