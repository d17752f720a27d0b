"""Bugs that one shape hides or blurs: a size that stands in backward as a number."""

from __future__ import annotations

from submissions.case import Wrong, wrong

FILE = "sizes_from_arrays.py"
CODE = "size-hard-coded"


def fixed(subject: str, quantity: str, note: str, old: str, new: str) -> Wrong:
    """Return a size that a number takes the place of."""
    return wrong(FILE, subject, {quantity: CODE}, (old, new), note=note)


WRONG = (
    # The number is that of the first shape: nothing is wrong there.
    fixed("Dense", "backward", "hidden-reshape",
          "reshape(self.X.shape)", "reshape(3, 2)"),
    fixed("Softmax", "backward", "hidden-eye", "np.eye(len(y))", "np.eye(5)"),
    fixed("Softsign", "dx", "hidden-loop", "range(dY.shape[0])", "range(3)"),
    fixed("MSE", "dy", "hidden-count", "/ self.Y.size", "/ 15"),
    fixed("quartic_loss", "dy", "hidden-batch", "** 3 / len(y)", "** 3 / 3"),
    # It is another one: a factor at each shape, and no factor that is a bug of its own.
    fixed("MSE", "dy", "count", "/ self.Y.size", "/ 10"),
    fixed("quartic_loss", "dy", "batch", "** 3 / len(y)", "** 3 / 32"),
    wrong("attributes_batch.py", "CrossEntropyLoss", {"dy": CODE},
          ("-self.target / self.pred / len(self.pred)", "-self.target / self.pred / 10")),
    # It is another one, and nothing can be computed at the first shape.
    fixed("Dense", "backward", "reshape", "reshape(self.X.shape)", "reshape(8, 7)"),
    fixed("Softmax", "backward", "eye", "np.eye(len(y))", "np.eye(10)"),
    fixed("Softsign", "dx", "loop", "range(dY.shape[1])", "range(4)"),
    # A number that is no size: at another shape what is wrong may not show at the first point.
    wrong(FILE, "Softsign", "dx: region",
          ("(1 + abs(self.X[i, j])) ** 2",
           "(1 + abs(self.X[i, j])) ** 2 * (abs(self.X[i, j]) < 4)")),
)  # fmt: skip
