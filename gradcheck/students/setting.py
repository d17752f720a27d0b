"""How a file lays out its data: examples as rows, as columns, or one at a time."""

from __future__ import annotations

from dataclasses import dataclass, field

from gradcheck.students.stock import Sizes

ORIENTATIONS = ("batch_features", "features_batch", "row", "column", "1d")

_LAYOUTS = {
    "batch_features": "rows",
    "row": "rows",
    "features_batch": "columns",
    "column": "columns",
    "1d": "vector",
}
_SINGLE = {"batch_features": "row", "features_batch": "column", "1d": "1d"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """The layout of data in a file.

    Attributes
    ----------
    orientation : str
        One of `ORIENTATIONS`.
    reason : str
        Why, in words.
    sizes : Sizes
    """

    orientation: str
    reason: str = ""
    sizes: Sizes = field(default_factory=Sizes)

    @property
    def single(self) -> bool:
        """Return whether the code is written for one example at a time."""
        return self.orientation in ("row", "column", "1d")

    @property
    def batch(self) -> int:
        """Return N."""
        return 1 if self.single else self.sizes.batch

    @property
    def layout(self) -> str:
        """Return the layout of x and y, one of `gradcheck.layout.LAYOUTS`."""
        return _LAYOUTS[self.orientation]

    @property
    def feature_axis(self) -> int:
        """Return the axis along which the features of one example lie."""
        return 0 if self.layout in ("columns", "vector") else 1

    def shape(self, features: int) -> tuple[int, ...]:
        """Return the shape of data with so many features."""
        if self.layout == "vector":
            return (features,)
        return (features, self.batch) if self.layout == "columns" else (self.batch, features)

    def as_single(self, reason: str) -> Setting:
        """Return the same layout for one example."""
        orientation = _SINGLE.get(self.orientation, self.orientation)
        return Setting(orientation=orientation, reason=reason, sizes=self.sizes)
