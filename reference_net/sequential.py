"""The notes' sequential model: the output of one layer is the input of the next."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

from reference_net.layer import Layer

if TYPE_CHECKING:
    from reference_net.validation import Array


class Sequential(Layer):
    """Layers in a row, which together are a layer again.

    Parameters
    ----------
    layers : sequence of Layer
        The members, first to last; each object once.

    Attributes
    ----------
    layers : tuple of Layer
        The members.
    parameters, gradients : mutable mapping of str to array
        Views of the members' own, under the keys "W1", "b1", "W2", "b2", …, which number the
        members that have parameters. To assign to a key is to assign to the member.

    Raises
    ------
    TypeError
        If `layers` is not a sequence of layers, or one of them is a Sequential.
    ValueError
        If `layers` is empty, or has the same object twice.

    Notes
    -----
    Heading "Implementation Architecture": "Sequential Model: Output of one layer is input of the
    next".
    """

    def __init__(self, layers: Sequence[Layer]) -> None:
        super().__init__()
        _require_layers(layers)
        self.layers = tuple(layers)
        with_parameters = [layer for layer in self.layers if layer.parameters]
        places = {
            f"{name}{number}": (layer, name)
            for number, layer in enumerate(with_parameters, start=1)
            for name in layer.parameters
        }
        self.parameters = _MembersArrays("parameters", places)
        self.gradients = _MembersArrays("gradients", places)

    def __repr__(self) -> str:
        return f"Sequential([{', '.join(map(repr, self.layers))}])"

    def forward(self, X: Array) -> Array:
        """Pass X through the members, first to last.

        Parameters
        ----------
        X : (i, N) floating or complex
            N examples, one in each column; i is what the first member takes.

        Returns
        -------
        (j, N) array
            The output of the last member.

        Raises
        ------
        TypeError, ValueError, KeyError
            What a member raises, with a note of which member it was.

        Notes
        -----
        Heading "Implementation Architecture": "Forward propagation".
        """
        for k, layer in enumerate(self.layers):
            with _naming(k, layer):
                X = layer.forward(X)
        return X

    def backward(self, upstream: Array) -> Array:
        """Pass ∂L/∂Y back through the members, last to first.

        Parameters
        ----------
        upstream : (j, N) floating or complex
            ∂L/∂Y at the output of the last `forward`.

        Returns
        -------
        (i, N) array
            ∂L/∂X at the input of the first member.

        Raises
        ------
        RuntimeError, TypeError, ValueError, KeyError
            What a member raises, with a note of which member it was.

        Notes
        -----
        Heading "Implementation Architecture": "backward propagation". The ∂L/∂X of each member is
        "to pass back to previous input".
        """
        for k, layer in reversed(list(enumerate(self.layers))):
            with _naming(k, layer):
                upstream = layer.backward(upstream)
        return upstream


class _MembersArrays(MutableMapping[str, "Array"]):
    """The parameters, or gradients, of all members under numbered keys. Holds no arrays itself."""

    def __init__(
        self,
        kind: Literal["parameters", "gradients"],
        places: dict[str, tuple[Layer, str]],
    ) -> None:
        self._kind = kind
        self._places = places

    def _place(self, key: str) -> tuple[MutableMapping[str, Array], str]:
        if key not in self._places:
            known = ", ".join(self._places) or "none, for no member has parameters"
            raise KeyError(f"unknown name {key!r} in {self._kind}, must be one of: {known}")
        layer, name = self._places[key]
        return getattr(layer, self._kind), name

    def __getitem__(self, key: str) -> Array:
        arrays, name = self._place(key)
        if name not in arrays:
            raise KeyError(f"no {key!r} in {self._kind} yet, must be computed; call backward first")
        return arrays[name]

    def __setitem__(self, key: str, value: Array) -> None:
        arrays, name = self._place(key)
        arrays[name] = value

    def __delitem__(self, key: str) -> None:
        arrays, name = self._place(key)
        del arrays[name]

    def __iter__(self) -> Iterator[str]:
        for key in self._places:
            arrays, name = self._place(key)
            if name in arrays:
                yield key

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return repr(dict(self))


@contextmanager
def _naming(k: int, layer: Layer) -> Iterator[None]:
    try:
        yield
    except (KeyError, RuntimeError, TypeError, ValueError) as error:
        error.add_note(f"in layers[{k}], which is {layer!r}")
        raise


def _require_layers(layers: object) -> None:
    if not isinstance(layers, Sequence) or isinstance(layers, str):
        raise TypeError(
            f"layers is of type {type(layers).__name__}, must be a list of layers; "
            f"pass Sequential([Dense(...), ReLU(), ...])"
        )
    if not layers:
        raise ValueError("layers=[], must have at least one layer; pass Sequential([Dense(...)])")
    for k, layer in enumerate(layers):
        if not isinstance(layer, Layer):
            raise TypeError(
                f"layers[{k}] is of type {type(layer).__name__}, must be a Layer; "
                f"pass an object, such as ReLU()"
            )
        if isinstance(layer, Sequential):
            raise TypeError(
                f"layers[{k}] is a Sequential, must be a single layer; pass its layers instead"
            )
        first = next(m for m, other in enumerate(layers) if other is layer)
        if first != k:
            # Its second forward would overwrite what the backward of the first one needs.
            raise ValueError(
                f"layers[{k}] is the same object as layers[{first}], must be another; "
                f"make a new layer for each place"
            )
