"""A survey for tests of the wall: every class of a file with a forward, and one input x."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.students.adapter import Description, Input
from gradcheck.students.load import load
from gradcheck.students.output import at

if TYPE_CHECKING:
    from pathlib import Path

SHAPE = (3, 4)


class ClassAdapter:
    def __init__(self, name: str, kind: Any, file: str) -> None:
        self.description = Description(
            name=name,
            role="other",
            file=file,
            line=1,
            inputs=(Input(name="x", shape=SHAPE),),
            steps=hasattr(kind, "step"),
        )
        self._kind = kind

    def make(self, rate: float = 1.0) -> Any:
        return Wrapped(self._kind(), rate)


class Wrapped:
    def __init__(self, layer: Any, rate: float) -> None:
        self.layer, self.rate = layer, rate

    @property
    def inner_forwards(self) -> Any:
        return getattr(self.layer, "calls", 0)

    def forward(self, *inputs: Any) -> Any:
        return self.layer.forward(*inputs)

    def backward(self, upstream: Any) -> tuple[Any, ...]:
        gradient = self.layer.backward(upstream)
        return gradient if isinstance(gradient, tuple) else (gradient,)

    def step(self) -> tuple[Any, ...]:
        return tuple(self.layer.step(self.rate))


def survey(path: Path, settings: dict[str, Any]) -> Any:
    loaded = load(path, seconds=settings.get("seconds", 0.3))
    adapters = []
    for name, kind in list(loaded.namespace.items()):
        if isinstance(kind, type) and hasattr(kind, "forward"):
            adapters.append(ClassAdapter(name, kind, loaded.name))
            if settings.get("look") and name not in settings["lost"]:
                at(name)
                kind().forward(np.ones(SHAPE))
    return SimpleNamespace(adapters=adapters, notes=loaded.notes, output=loaded.output)
