"""The demo: `python -m reference_net` learns XOR, `--data digits` learns handwritten digits."""

from __future__ import annotations

import argparse
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from reference_net import (
    Dense,
    GradientDescent,
    MeanSquaredError,
    ReLU,
    Sequential,
    Sigmoid,
    Softmax,
    Tanh,
    train,
)
from reference_net.datasets import Digits, load_digits, xor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rich.console import Console

_EPOCHS = {"xor": 1000, "digits": 60}
_LEARNING_RATES = {"xor": 2.0, "digits": 5.0}
_BATCH_SIZE = 32


def main(argv: Sequence[str] | None = None) -> int:
    """Run the demo.

    Parameters
    ----------
    argv : sequence of str, optional
        The command line; that of the process if left out.

    Returns
    -------
    int
        0, or 2 if the digits demo lacks a package.

    Raises
    ------
    SystemExit
        With code 2 if the command line is wrong, with 0 after `--help`.
    """
    parser = argparse.ArgumentParser(prog="python -m reference_net", description=__doc__)
    parser.add_argument("--data", choices=sorted(_EPOCHS), default="xor", help="default: xor")
    parser.add_argument(
        "--epochs", type=_at_least(1), help="times through the data (xor 1000, digits 60)"
    )
    parser.add_argument("--seed", type=_at_least(0), default=0, help="of the one Generator")
    parser.add_argument(
        "--output", type=Path, default=Path("reports"), help="folder for the digits' pictures"
    )
    options = parser.parse_args(argv)

    from rich.console import Console

    console = Console(highlight=False, markup=False, soft_wrap=True)
    epochs = options.epochs or _EPOCHS[options.data]
    rng = np.random.default_rng(options.seed)
    if options.data == "xor":
        _learn_xor(console, epochs, rng)
        return 0
    try:
        _learn_digits(console, epochs, rng, options.output)
    except ModuleNotFoundError as error:
        sys.stderr.write(
            f"error: --data digits needs {error.name}, which is not installed; "
            f"run: pip install 'gradcheck[demo]'\n"
        )
        return 2
    return 0


def _learn_xor(console: Console, epochs: int, rng: np.random.Generator) -> None:
    X, target = xor()
    model = Sequential([Dense(2, 8, rng), Tanh(), Dense(8, 1, rng), Sigmoid()])
    optimizer = GradientDescent(_LEARNING_RATES["xor"])
    console.print(f"XOR, {model}")
    with _progress(console, epochs) as report:
        train(model, MeanSquaredError(), optimizer, X, target, epochs=epochs, on_epoch=report)
    Y = model.forward(X)
    for (first, second), wanted, got in zip(X.T, target[0], Y[0], strict=True):
        console.print(f"{first:.0f} xor {second:.0f} = {wanted:.0f}, predicted {got:.3f}")


def _learn_digits(console: Console, epochs: int, rng: np.random.Generator, output: Path) -> None:
    from reference_net.figures import draw_confusion, draw_losses, draw_samples

    digits = load_digits()
    output.mkdir(parents=True, exist_ok=True)
    _show_data(console, digits)
    draw_samples(output / "digits_samples.png", digits)

    for_training, for_test = digits.split(rng)
    X, target = for_training.columns()
    test_X, test_target = for_test.columns()
    model = Sequential([Dense(64, 64, rng), ReLU(), Dense(64, 10, rng), Softmax()])
    console.print(f"{model}, {X.shape[1]} pictures to train, {test_X.shape[1]} to test")

    train_losses: list[float] = []
    test_losses: list[float] = []
    with _progress(console, epochs) as report:

        def measure(epoch: int, _: float) -> None:
            cost = MeanSquaredError()
            train_losses.append(float(cost.forward(model.forward(X), target)))
            test_losses.append(float(cost.forward(model.forward(test_X), test_target)))
            report(epoch, train_losses[-1])

        train(
            model,
            MeanSquaredError(),
            GradientDescent(_LEARNING_RATES["digits"]),
            X,
            target,
            epochs=epochs,
            batch_size=_BATCH_SIZE,
            rng=rng,
            on_epoch=measure,
        )
    predicted = model.forward(test_X).argmax(axis=0)
    right = int((predicted == for_test.labels).sum())
    console.print(f"test accuracy {right / predicted.size:.1%}, {right} of {predicted.size}")
    draw_losses(output / "digits_loss.png", train_losses, test_losses)
    draw_confusion(output / "digits_confusion.png", for_test.labels, predicted)
    for name in ("samples", "loss", "confusion"):
        console.print(f"wrote {output / f'digits_{name}.png'}")


def _show_data(console: Console, digits: Digits) -> None:
    images = digits.images
    counts = np.bincount(digits.labels, minlength=10)
    console.print(f"handwritten digits: {images.shape[0]} pictures of 8 x 8 pixels")
    console.print(f"values from {images.min():.0f} to {images.max():.0f}, mean {images.mean():.1f}")
    console.print("of each digit: " + ", ".join(f"{d}: {n}" for d, n in enumerate(counts)))
    console.print(digits.preview())


@contextmanager
def _progress(console: Console, epochs: int) -> Iterator[Callable[[int, float], None]]:
    """Give a callback that moves the bar, and prints the loss ten times on the way."""
    from rich.progress import Progress

    every = max(1, epochs // 10)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("training", total=epochs)

        def report(epoch: int, loss: float) -> None:
            bar.update(task, advance=1)
            if epoch == 1 or epoch % every == 0 or epoch == epochs:
                console.print(f"epoch {epoch:5d}  loss {loss:.5f}")

        yield report


def _at_least(smallest: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not text.isdecimal() or int(text) < smallest:
            raise argparse.ArgumentTypeError(f"{text!r} must be a whole number from {smallest} up")
        return int(text)

    return parse


if __name__ == "__main__":
    sys.exit(main())
