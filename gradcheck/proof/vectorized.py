"""np.vectorize on symbols: the function entry by entry."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcheck.proof import creation
from gradcheck.proof.array import entries, finished
from gradcheck.proof.kinds import FLOAT, kind_of
from gradcheck.proof.limits import Unmodelled


class Vectorized:
    """What stands for np.vectorize.

    The first result decides the dtype of all, unless `otypes` does.
    """

    def __init__(self, pyfunc: Any, otypes: Any = None) -> None:
        self._function = pyfunc
        self._plain = np.vectorize(pyfunc, otypes=otypes)
        self._otypes = otypes

    def __call__(self, *args: Any) -> Any:
        """Return the results, entry by entry.

        Raises
        ------
        Unmodelled
            Where they may be no floats.
        """
        if not any(map(creation.holds_symbols, args)):
            return self._plain(*args)
        function = np.frompyfunc(self._function, len(args), 1)
        result = function(*[np.asarray(one, dtype=object) for one in args])
        given = self._otypes or [float if kind_of(np.ravel(result)[0]) == FLOAT else object]
        if len(given) != 1 or np.dtype(given[0]).kind != "f":
            raise Unmodelled("np.vectorize of what may give no floats")
        return finished(entries(result))


numpys_own = np.vectorize.__call__


def call(self: np.vectorize, *args: Any, **keywords: Any) -> Any:
    """Call what np.vectorize gave before the run: nothing says where it is kept.

    Raises
    ------
    Unmodelled
        Where it has arguments that symbols have no meaning for.
    """
    if not any(map(creation.holds_symbols, (*args, *keywords.values()))):
        return numpys_own(self, *args, **keywords)
    if keywords or self.excluded or self.signature is not None or self.cache:
        raise Unmodelled("np.vectorize with these arguments")
    return Vectorized(self.pyfunc, self.otypes)(*args)
