"""Stand-ins for modules that are not there, and for those that draw: inert, whatever is asked."""

from __future__ import annotations

from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DRAWING = frozenset({"matplotlib", "pylab", "seaborn", "plotly", "bokeh", "mpl_toolkits"})
"""What is replaced although it may be there: importing it takes a second, and it opens windows."""

_ARITHMETIC = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul")


class StubBase:
    """What a class inherits from that names a stub as its base."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__()


class Stub:
    """An object whose attributes, items and results are such objects again."""

    def __init__(self, name: str) -> None:
        self.__name__ = name

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return Stub(name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return another stub; of a single function or class, as a decorator does, itself."""
        if len(args) == 1 and not kwargs and isinstance(args[0], FunctionType | type):
            return args[0]
        return Stub(self.__name__)

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        """Let a class inherit from something plain instead."""
        return () if StubBase in bases else (StubBase,)

    def __getitem__(self, key: Any) -> Any:
        return Stub(self.__name__)

    def __setitem__(self, key: Any, value: Any) -> None:
        pass

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __bool__(self) -> bool:
        return False

    def __enter__(self) -> Any:
        return Stub(self.__name__)

    def __exit__(self, *args: object) -> None:
        pass

    def __repr__(self) -> str:
        return f"<stand-in for {self.__name__}>"


def _inert(self: Stub, _: Any) -> Any:
    return Stub(self.__name__)


for _name in _ARITHMETIC:
    setattr(Stub, f"__{_name}__", _inert)
    setattr(Stub, f"__r{_name}__", _inert)


class StubModule(ModuleType):
    """A module of stubs."""

    __all__: tuple[str, ...] = ()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return Stub(name)


def stand_in(name: str) -> ModuleType:
    """Return what stands for a module that is not there."""
    make = _SPECIAL.get(name.partition(".")[0], StubModule)
    return make(name)


def _cupy(name: str) -> ModuleType:
    """Return a module with numpy's names: it is what cupy does as well, elsewhere."""
    module = StubModule(name)
    parts: Any = np
    for part in name.split(".")[1:]:
        parts = getattr(parts, part, None)
    if parts is not None:
        public = {key: value for key, value in vars(parts).items() if not key.startswith("__")}
        module.__dict__.update(public)
        module.__dict__["asnumpy"] = np.asarray
    return module


def _tqdm(name: str) -> ModuleType:
    """Return a module whose progress bars show nothing, and hand on what they are given."""

    def bar(iterable: Any = (), *_: Any, **__: Any) -> Any:
        return iterable

    module = StubModule(name)
    module.__dict__.update(tqdm=bar, trange=range, tnrange=range, tqdm_notebook=bar)
    return module


_SPECIAL: dict[str, Callable[[str], ModuleType]] = {"cupy": _cupy, "tqdm": _tqdm}
