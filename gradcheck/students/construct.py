"""What to hand to a constructor, from the names of its arguments."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from gradcheck.students.arguments import Argument, arguments_of, takes_varargs
from gradcheck.students.images import CHANNELS, FILTERS, is_padding
from gradcheck.students.naming import has, like_function, plain, words
from gradcheck.students.particular import Asked, particular
from gradcheck.students.vocabulary import HIDDEN, INSIZE, OUTSIZE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from gradcheck.students.images import Picture
    from gradcheck.students.stock import Sizes, Stock

Proposal = tuple[tuple[Any, ...], dict[str, Any]]


def proposals(
    constructor: Callable[..., Any],
    sizes: Sizes,
    stock: Stock,
    given: Mapping[str, Any] | None = None,
    *,
    picture: Picture | None = None,
) -> Iterator[Callable[[], Proposal]]:
    """Yield ways to fill a constructor's arguments, the likeliest first.

    Each is a function, for what it hands in must be fresh for every instance.

    Parameters
    ----------
    constructor : callable
    sizes : Sizes
    stock : Stock
    given : mapping, optional
        Arguments that a configuration names.
    picture : Picture, optional
        The images that it is tried with: arrays and shapes are those of images then.
    """
    if given:
        yield lambda: ((), dict(given))
        return
    needed = needed_arguments(constructor, stock, images=picture is not None)
    if needed is None:
        yield lambda: ((), {})
        return
    many = takes_varargs(constructor)
    if not needed:
        if many and stock.layers is not None and _like_layers(many):
            layers = stock.layers
            yield lambda: (tuple(layers(sizes)), {})
            yield lambda: ((sizes.inputs, sizes.hidden, sizes.outputs), {})
        yield lambda: ((), {})
        return
    readings = ("names", "swapped", "square", "tuple", "lists")
    for reading in readings if picture is None else ("image",):
        chosen = _fill(needed, sizes, stock, reading, picture)

        def made(chosen: dict[str, Callable[[], Any]] = chosen) -> Proposal:
            return (), {name: make() for name, make in chosen.items()}

        yield made


def needed_arguments(
    constructor: Callable[..., Any], stock: Stock, *, images: bool = False
) -> list[Argument] | None:
    """Return the arguments of a constructor that are given; None where they cannot be read.

    Of images the padding is given too, where it is 0 unless it is: a backward may forget it.
    """
    arguments = arguments_of(constructor)
    if arguments is None:
        return None
    needed = [a for a in arguments if a.required or _wanted(a, stock)]
    if not any(a.required for a in needed):
        needed += [a for a in arguments if type(a.default) is int and _is_size(a.name)]
    if images:
        needed += [a for a in arguments if type(a.default) is int and is_padding(a.name)]
    return needed


def _wanted(argument: Argument, stock: Stock) -> bool:
    """Say whether an argument with a default of None had better be given."""
    if argument.default is not None or argument.required:
        return False
    # What draws its own numbers draws the same ones in every instance.
    seed = plain(argument.name) in ("seed", "randomstate", "rng", "generator")
    return seed or (argument.kind == "optimizer" and bool(stock.optimizers))


def _like_layers(name: str) -> bool:
    return bool(set(words(name)) & {"layers", "modules", "layer", "blocks", "args", "steps"})


def _fill(
    needed: Sequence[Argument],
    sizes: Sizes,
    stock: Stock,
    reading: str,
    picture: Picture | None,
) -> dict[str, Callable[[], Any]]:
    """Return a maker for each argument."""
    values: dict[str, Callable[[], Any]] = {}
    unknown = []
    pairs = [a for a in needed if like_function(a.name)]
    for argument in needed:
        asked = Asked(
            argument=argument,
            sizes=sizes,
            stock=stock,
            reading=reading,
            functions=pairs,
            alone=len(needed) == 1,
            picture=picture,
        )
        make = particular(asked)
        if make is not None:
            values[argument.name] = make
        else:
            unknown.append(argument)
    outs = [a.name for a in unknown if _is_out(a.name) and not _is_in(a.name)]
    for name, number in _numbers(unknown, sizes, reading).items():
        listed = {"list", "sizes", "dims", "layers"} & set(words(name)) or (
            reading == "lists" and has(name, HIDDEN | {"neurons", "units", "nodes"})
        )
        shaped = "shape" in words(name) or reading == "tuple"
        last = [] if [other for other in outs if other != name] else [sizes.outputs]
        value: Any = (number,) if shaped else number
        values[name] = partial(list, [sizes.hidden, *last]) if listed else partial(_same, value)
    return values


def _same(value: Any) -> Any:
    return value


def _numbers(unknown: Sequence[Argument], sizes: Sizes, reading: str) -> dict[str, int]:
    """Return a size for each argument that nothing else is known of."""
    ins = [a for a in unknown if _is_in(a.name)]
    outs = [a for a in unknown if _is_out(a.name) and a not in ins]
    hidden = [a for a in unknown if has(a.name, HIDDEN) and a not in ins and a not in outs]
    rest = [a for a in unknown if a not in ins and a not in outs and a not in hidden]
    if reading == "image":
        return {a.name: CHANNELS if a in ins else FILTERS for a in unknown}
    if reading == "square":
        return {a.name: sizes.outputs for a in unknown}
    first, last = sizes.inputs, sizes.outputs
    if reading == "swapped":
        first, last = last, first
    numbers = {a.name: first for a in ins} | {a.name: last for a in outs}
    numbers |= {a.name: sizes.hidden for a in hidden}
    free = [s for s, taken in ((first, ins), (last, outs)) if not taken]
    if len(rest) == 1 and not ins and not outs:
        free = [sizes.outputs if reading == "names" else sizes.inputs]
    for k, argument in enumerate(rest):
        numbers[argument.name] = free[k] if k < len(free) else sizes.hidden
    return numbers


def _is_in(name: str) -> bool:
    tokens = set(words(name))
    return bool(tokens & INSIZE or plain(name) in INSIZE) and not tokens & {"out", "output"}


def _is_size(name: str) -> bool:
    return _is_in(name) or _is_out(name)


def _is_out(name: str) -> bool:
    return has(name, OUTSIZE)


def build_at(
    constructor: Callable[..., Any],
    sizes: Sizes,
    stock: Stock,
    reading: int,
    given: Mapping[str, Any] | None = None,
) -> Any:
    """Return an object of other sizes, by the same reading of its constructor's arguments.

    Raises
    ------
    Exception
        What the constructor raises.
    """
    ways = list(proposals(constructor, sizes, stock, given))
    positional, keywords = ways[min(reading, len(ways) - 1)]()
    return constructor(*positional, **keywords)
