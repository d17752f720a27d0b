"""Do what a recipe says: build the object, put parameters in, call it, and read what comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gradcheck.students.arrays import get, put
from gradcheck.students.chance import built, one_entropy, start_again
from gradcheck.students.inner import calls_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from gradcheck.records import Array
    from gradcheck.students.arrays import Place
    from gradcheck.students.recipe import Call, Recipe, Slot, Source


class RecipeInstance:
    """An Instance that follows a recipe.

    Parameters
    ----------
    recipe : Recipe
    rate : float
        The part of the usual learning rate that it uses.

    Attributes
    ----------
    root : object
        What the recipe built.
    forwarded, backwarded : object
        What forward and backward returned last.
    inner_forwards : int
        How often the first backward called the code's own forward.
    """

    inner_forwards = 0

    def __init__(self, recipe: Recipe, rate: float = 1.0) -> None:
        self.recipe = recipe
        self.rate = rate * recipe.usual_rate
        self.root, self._chances = built(recipe.build, recipe.forward.function)
        self.forwarded: Any = None
        self.backwarded: Any = None
        self._inputs: tuple[Array, ...] = ()
        self._y: Any = None
        self._own: tuple[Array, ...] | None = None
        self._looked = False
        self._before: dict[int, Array] = {}
        for place in recipe.rates:
            put(self.root, place, self.rate)
        if recipe.warm is not None:
            with one_entropy():
                self.call(recipe.forward, recipe.warm)

    def forward(self, *inputs: Array) -> Any:
        """Put the parameters into the object, run its forward on the others, and return y."""
        recipe = self.recipe
        self._inputs = inputs
        if not self._keeps(inputs):
            self._own = None
            self.install(inputs)
        start_again(self._chances)
        self.forwarded = self.call(recipe.forward, inputs)
        y = self._read(recipe.output)
        if recipe.averaged:
            y = np.mean(y)
        self._y = y
        self._tell(inputs)
        return y

    def backward(self, upstream: Array) -> tuple[Any, ...]:
        """Run the code's backward, and return one gradient an input."""
        recipe, inputs = self.recipe, self._inputs
        if not self._keeps(inputs):
            self.install(inputs)
        for place in recipe.zeroed:
            _zero(self.root, place)
        before = {
            k: np.array(get(self.root, places[0]), subok=True)
            for k, places in recipe.parameters.items()
        }
        self._before = before
        if recipe.backward is not None:
            # The first one of an instance tells: it is not slowed down again.
            forward = None if self._looked else recipe.forward.function(self.root)
            with calls_of(forward, but=recipe.backward.function(self.root)) as calls:
                self.backwarded = self.call(recipe.backward, inputs, upstream)
            self._looked, self.inner_forwards = True, calls.number
        gradients = tuple(
            None if source is None else self._gradient(k, source, upstream, before)
            for k, source in enumerate(recipe.gradients)
        )
        gradients = self._as_used(before, gradients)
        self._tell(inputs, but=self._updated(before, gradients))
        return gradients

    def _as_used(self, before: Mapping[int, Array], gradients: tuple[Any, ...]) -> tuple[Any, ...]:
        """Reshape a gradient that the code's own update reshapes before it takes it off."""
        used = list(gradients)
        for k, old in before.items():
            got = gradients[k]
            if type(got) is not np.ndarray or got.shape == old.shape or got.size != old.size:
                continue
            new = get(self.root, self.recipe.parameters[k][0])
            if type(old) is np.ndarray and np.shape(new) == old.shape:
                change, reshaped = old - new, got.reshape(old.shape)
                if change.any() and _multiple_of(change, reshaped):
                    used[k] = reshaped
        return tuple(used)

    def _updated(self, before: Mapping[int, Array], gradients: tuple[Any, ...]) -> frozenset[int]:
        """Return the parameters that backward updated: by a multiple of their gradient."""
        updated = set()
        for k, old in before.items():
            source = self.recipe.gradients[k]
            if source is not None and source.kind == "update":
                updated.add(k)
                continue
            new = get(self.root, self.recipe.parameters[k][0])
            if type(old) is not np.ndarray or np.shape(new) != old.shape or gradients[k] is None:
                continue
            if _multiple_of(old - new, np.asarray(gradients[k])):
                updated.add(k)
        return frozenset(updated)

    def step(self) -> tuple[Array, ...]:
        """Update the parameters as the code does; return all inputs as they are after it."""
        if self.recipe.step is None:
            raise TypeError("the code has no step of its own")
        places = self.recipe.parameters
        before = self._before
        self.recipe.step(self.root, self.rate)
        after = list(self._inputs)
        for k, group in places.items():
            values = [np.array(get(self.root, place)) for place in group]
            moved = [v for v in values if v.tobytes() != before[k].tobytes()]
            after[k] = (moved or values)[0]
        self._own = tuple(after)
        return self._own

    def _keeps(self, inputs: tuple[Array, ...]) -> bool:
        """Say whether these are the inputs that `step` returned: the object has them itself."""
        own = self._own
        return own is not None and all(
            inputs[k].tobytes() == own[k].tobytes() for k in self.recipe.parameters
        )

    def install(self, inputs: tuple[Array, ...]) -> None:
        """Put the parameters among the inputs into the object, at each of their places."""
        for k, places in self.recipe.parameters.items():
            array = inputs[k]
            old = get(self.root, places[0])
            if self.recipe.coarse and isinstance(old, np.ndarray) and array.dtype == np.float64:
                array = array.astype(old.dtype)
            if _fits(old, array):
                old[...] = array
                continue
            fresh = np.array(array, subok=True)
            value = fresh if isinstance(old, np.ndarray) else fresh[()]
            for place in places:
                put(self.root, place, value)

    def _tell(self, inputs: tuple[Array, ...], but: frozenset[int] = frozenset()) -> None:
        """Change the caller's array of a parameter that the code changed without an update."""
        if self._own is not None or self.recipe.updates:
            return
        for k, places in self.recipe.parameters.items():
            array = inputs[k]
            if k in but or type(array) is not np.ndarray or not array.flags.writeable:
                continue
            now = get(self.root, places[0])
            if (
                isinstance(now, np.ndarray)
                and now.shape == array.shape
                and now.dtype == array.dtype
                and now.tobytes() != array.tobytes()
            ):
                array[...] = now

    def call(self, call: Call, inputs: tuple[Array, ...], upstream: Any = None) -> Any:
        """Return what a call returns, with these inputs in the places of its arguments."""
        fill: dict[str, Callable[[Any], Any]] = {
            "upstream": lambda _: upstream,
            "rate": lambda _: self.rate,
            "y": lambda _: self._y,
            "cache": lambda place: get(self.forwarded, place),
            "state": lambda place: get(self.root, place),
            "value": lambda value: value,
        }

        def filled(slot: Slot) -> Any:
            kind, detail = slot
            return inputs[detail] if kind == "input" else fill[kind](detail)

        return call.function(self.root)(
            *map(filled, call.arguments),
            **{name: filled(slot) for name, slot in call.keywords.items()},
        )

    def _read(self, source: Source) -> Any:
        root = {"forward": self.forwarded, "backward": self.backwarded, "state": self.root}
        return get(root[source.kind], source.place)

    def _gradient(
        self, k: int, source: Source, upstream: Array, before: Mapping[int, Array]
    ) -> Any:
        try:
            if source.kind == "update":
                value = (before[k] - get(self.root, source.place)) / self.rate
            else:
                value = self._read(source)
        except (LookupError, AttributeError, TypeError):
            return None
        if value is None:
            return None
        if k in self.recipe.parameters:
            value = _reshaped(value, before[k].shape)
        if self.recipe.scaled or self.recipe.local:
            return upstream * value
        return value


def _fits(old: Any, array: Array) -> bool:
    """Say whether an array can be written into the old one, keeping every alias and view of it."""
    return (
        type(old) is np.ndarray
        and type(array) is np.ndarray
        and old.dtype == array.dtype
        and old.shape == array.shape
        and old.flags.writeable
    )


def _reshaped(gradient: Any, shape: tuple[int, ...]) -> Any:
    """Return a gradient in its parameter's shape where only dimensions of 1 in front are missing.

    NumPy subtracts a db of shape (n,) from a b of shape (1, n) as it is meant.
    """
    own = np.shape(gradient)
    if len(own) < len(shape) and shape == (1,) * (len(shape) - len(own)) + own:
        return (
            np.asarray(gradient).reshape(shape)
            if not isinstance(gradient, np.ndarray)
            else gradient.reshape(shape)
        )
    return gradient


def _multiple_of(change: Array, gradient: Array) -> bool:
    """Say whether a change is some positive number times the gradient, up to rounding."""
    if change.shape != gradient.shape or gradient.dtype.kind not in "fiu":
        return False
    square = float((gradient * gradient).sum())
    if not np.isfinite(square) or square == 0:
        return not change.any()
    factor = float((change * gradient).sum()) / square
    size = float(np.abs(change).max(initial=0.0))
    return factor > 0 and bool(np.all(np.abs(change - factor * gradient) <= 1e-6 * size))


def _zero(root: Any, place: Place) -> None:
    try:
        value = get(root, place)
    except (LookupError, AttributeError, TypeError):
        return
    if isinstance(value, np.ndarray) and value.flags.writeable:
        value[...] = 0
    elif value is not None:
        put(root, place, np.zeros_like(value))
