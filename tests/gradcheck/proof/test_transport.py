"""Graphs as bytes: equal after the way there and back, and nothing else is believed."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcheck.proof import transport
from gradcheck.proof.evaluation import FloatValues
from gradcheck.proof.expression import OPERATIONS, Pool, written
from gradcheck.proof.graph import UPSTREAM, Graph, variables_of
from gradcheck.proof.limits import Budget, GivenUp
from gradcheck.proof.transport import packed, unpacked

SHAPES: dict[str, tuple[int, ...]] = {"x": (2,), "t": (), UPSTREAM: (2,)}
CONSTANTS = frozenset({"t"})
CODE = {name: k for k, name in enumerate(OPERATIONS)}


def graph() -> Graph:
    pool = Pool()
    x, y = map(pool.variable, variables_of("x", (2,)))
    g, h = map(pool.variable, variables_of(UPSTREAM, (2,)))
    every = [
        pool.call(name, pool.power(x, 2)) for name in ("exp", "sqrt", "sin", "cos", "atan", "erf")
    ]
    total = pool.call("log", pool.add(pool.variable("pi"), pool.maximum([x, y, pool.one])))
    for one in every:
        total = pool.add(total, pool.mul(one, pool.constant(Fraction(-2, 7))))
    return Graph(
        pool=pool,
        y=(total, pool.mul(pool.positive(x), pool.variable("unwritten3"))),
        gradients=((pool.mul(g, pool.power(y, -3)), pool.mul(h, pool.nonnegative(y))), None),
        variables={"x": variables_of("x", (2,)), UPSTREAM: variables_of(UPSTREAM, (2,))},
        shapes=SHAPES,
        literals={"0.1": Fraction(1, 10)},
        conditions=((pool.positive(y), True), (pool.positive(x), False)),
    )


def read(data: bytes, budget: Budget | None = None) -> Graph:
    return unpacked(data, ("x", "t"), SHAPES, CONSTANTS, budget or Budget(10))


def test_there_and_back() -> None:
    before = graph()
    after = read(packed(before))
    assert [written(node) for node in after.y] == [written(node) for node in before.y]
    assert after.gradients[1] is None
    assert [*map(written, after.gradients[0] or ())] == [*map(written, before.gradients[0] or ())]
    assert after.literals == before.literals
    assert [(written(node), decided) for node, decided in after.conditions] == [
        (written(node), decided) for node, decided in before.conditions
    ]
    assert after.variables == before.variables
    assert after.shapes == before.shapes
    point = {"x[0]": 0.5, "x[1]": 2.0, f"{UPSTREAM}[0]": 1.0, f"{UPSTREAM}[1]": 3.0}
    own, other = FloatValues(point), FloatValues(point)
    for one, two in zip(before.y, after.y, strict=True):
        assert own.of(one) == other.of(two)
    assert packed(after) == packed(before)


def test_what_is_too_large_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "LARGEST", 100)
    with pytest.raises(GivenUp, match="bytes"):
        packed(graph())


def data() -> dict[str, Any]:
    """Return a graph of a few nodes, as it is sent."""
    return {
        "nodes": [
            [CODE["variable"], "x[0]"],
            [CODE["variable"], "x[1]"],
            [CODE["constant"], "1/3"],
            [CODE["mul"], None, 0, 2],
            [CODE["power"], 2, 3],
        ],
        "y": [3, 4],
        "gradients": [[0, 1], None],
        "literals": {"0.3333333333333333": "1/3"},
        "conditions": [[0, True]],
    }


def sent(**changed: Any) -> bytes:
    return json.dumps({**data(), **changed}).encode()


def with_nodes(*more: Any) -> bytes:
    """Return the graph with more nodes, of which the last are the output."""
    nodes = [*data()["nodes"], *more]
    return sent(nodes=nodes, y=[len(nodes) - 1] * 2)


def test_the_graph_itself_is_read() -> None:
    assert written(read(sent()).y[0]) == "(1/3)·x[0]"
    assert read(with_nodes([CODE["exp"], None, 0])).y[0].operation == "exp"


LONG = "1" + "0" * 3_000

HOSTILE = {
    "nothing": b"",
    "no JSON": b"{",
    "no text": b"\xff\xfe\x00",
    "null": b"null",
    "a list": b"[]",
    "a number": b"7",
    "NaN": b"NaN",
    "deep": b"[" * 100_000,
    "deep and closed": b"[" * 50_000 + b"]" * 50_000,
    "deep in a node": b'{"nodes":[' + b"[" * 3_000 + b"]" * 3_000 + b"]}",
    "no nodes": sent(nodes=None),
    "nodes as text": sent(nodes="abc"),
    "nodes as mapping": sent(nodes={"a": 1}),
    "nodes as number": sent(nodes=3),
    "an empty node": with_nodes([]),
    "a node of one": with_nodes([3]),
    "a node that is a number": with_nodes(3),
    "a node that is null": with_nodes(None),
    "unknown operation": with_nodes([len(OPERATIONS), None, 0]),
    "negative operation": with_nodes([-1, None, 0]),
    "operation by name": with_nodes(["exp", None, 0]),
    "operation as float": with_nodes([float(CODE["exp"]), None, 0]),
    "operation true": with_nodes([True, "x[0]"]),
    "itself": with_nodes([CODE["exp"], None, 5]),
    "forward": with_nodes([CODE["exp"], None, 6], [CODE["exp"], None, 0]),
    "backward": with_nodes([CODE["exp"], None, -1]),
    "argument as float": with_nodes([CODE["exp"], None, 0.0]),
    "argument as NaN": with_nodes([CODE["exp"], None, math.nan]),
    "argument as text": with_nodes([CODE["exp"], None, "0"]),
    "argument as truth": with_nodes([CODE["exp"], None, True]),
    "argument as list": with_nodes([CODE["exp"], None, [0]]),
    "exp of two": with_nodes([CODE["exp"], None, 0, 1]),
    "exp of none": with_nodes([CODE["exp"], None]),
    "exp with a value": with_nodes([CODE["exp"], 3, 0]),
    "add of one": with_nodes([CODE["add"], None, 0]),
    "add of three": with_nodes([CODE["add"], None, 0, 0, 0]),
    "maximum of none": with_nodes([CODE["maximum"], None]),
    "unknown variable": with_nodes([CODE["variable"], "x[2]"]),
    "variable of a constant": with_nodes([CODE["variable"], "t"]),
    "variable without place": with_nodes([CODE["variable"], "x"]),
    "variable as list": with_nodes([CODE["variable"], ["x[0]"]]),
    "variable as number": with_nodes([CODE["variable"], 0]),
    "variable with arguments": with_nodes([CODE["variable"], "x[0]", 0]),
    "unwritten what": with_nodes([CODE["variable"], "unwrittenx"]),
    "constant with arguments": with_nodes([CODE["constant"], "1", 0]),
    "constant as number": with_nodes([CODE["constant"], 1]),
    "constant as float": with_nodes([CODE["constant"], 0.5]),
    "constant NaN": with_nodes([CODE["constant"], "nan"]),
    "constant infinity": with_nodes([CODE["constant"], "inf"]),
    "constant with an exponent": with_nodes([CODE["constant"], "1e999999999"]),
    "constant with a point": with_nodes([CODE["constant"], "0.5"]),
    "constant by zero": with_nodes([CODE["constant"], "1/0"]),
    "constant by 00": with_nodes([CODE["constant"], "1/00"]),
    "constant with spaces": with_nodes([CODE["constant"], " 1 "]),
    "constant in other digits": with_nodes([CODE["constant"], "٣"]),
    "constant with a line": with_nodes([CODE["constant"], "1\n"]),
    "constant of a list": with_nodes([CODE["constant"], ["1"]]),
    "constant too long": with_nodes([CODE["constant"], "1" * 5_000]),
    "constant of too many bits": with_nodes([CODE["constant"], LONG]),
    "product of large constants": with_nodes(
        [CODE["constant"], "9" * 2_000], [CODE["mul"], None, 5, 5]
    ),
    "power of a large constant": with_nodes(
        [CODE["constant"], "9" * 2_000], [CODE["power"], 1024, 5]
    ),
    "power as text": with_nodes([CODE["power"], "2", 0]),
    "power as float": with_nodes([CODE["power"], 2.0, 0]),
    "power of truth": with_nodes([CODE["power"], True, 0]),
    "huge power": with_nodes([CODE["power"], 10**30, 0]),
    "power of powers": with_nodes([CODE["power"], 1000, 0], [CODE["power"], 1000, 5]),
    "reciprocal of zero": with_nodes([CODE["constant"], "0"], [CODE["power"], -1, 5]),
    "root of a negative number": with_nodes([CODE["constant"], "-2"], [CODE["sqrt"], None, 5]),
    "logarithm of zero": with_nodes([CODE["constant"], "0"], [CODE["log"], None, 5]),
    "y too short": sent(y=[3]),
    "y too long": sent(y=[3, 3, 3]),
    "y beyond": sent(y=[3, 5]),
    "y negative": sent(y=[3, -1]),
    "y as text": sent(y="34"),
    "y as mapping": sent(y={"3": 1, "4": 2}),
    "y null": sent(y=None),
    "gradients too few": sent(gradients=[[0, 1]]),
    "gradients too many": sent(gradients=[[0, 1], None, None]),
    "gradients too short": sent(gradients=[[0], None]),
    "gradients as number": sent(gradients=3),
    "gradient as text": sent(gradients=["01", None]),
    "literals as list": sent(literals=["0.1"]),
    "literals with an exponent": sent(literals={"0.1": "1e999999999"}),
    "literals as float": sent(literals={"0.1": 0.1}),
    "literals of text": sent(literals={"[bold]": "1/3"}),
    "literals not finite": sent(literals={"nan": "1/3"}),
    "literals too long": sent(literals={"0" * 40: "1/3"}),
    "conditions as number": sent(conditions=3),
    "conditions beyond": sent(conditions=[[9, True]]),
    "conditions of numbers": sent(conditions=[[0, 1]]),
    "conditions of three": sent(conditions=[[0, True, True]]),
    "too large": b" " * (transport.LARGEST + 1),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_graph_is_given_up(name: str) -> None:
    with pytest.raises(GivenUp):
        read(HOSTILE[name])


@pytest.mark.parametrize("key", sorted(data()))
def test_a_missing_part_is_given_up(key: str) -> None:
    given_data = data()
    del given_data[key]
    with pytest.raises(GivenUp):
        read(json.dumps(given_data).encode())


@pytest.mark.parametrize("name", ["pi", "dY", "unwritten1"])
def test_inputs_are_not_called_as_our_own_variables(name: str) -> None:
    with pytest.raises(GivenUp, match="called"):
        unpacked(b"{}", (name,), {name: (), UPSTREAM: ()}, frozenset(), Budget(1))


def test_many_nodes_are_given_up() -> None:
    nodes = [[CODE["add"], None, k, k] for k in range(4, 300)]
    with pytest.raises(GivenUp, match="nodes"):
        read(with_nodes(*nodes), Budget(10, nodes=100))


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
    | st.sampled_from(["1/2", "x[0]", "nodes", "y"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner,
    max_size=3),
    max_leaves=12,
)  # fmt: skip


@given(part=st.sampled_from(sorted(data())), value=ANYTHING)
@settings(max_examples=200, deadline=None)
def test_anything_is_a_graph_or_given_up(part: str, value: Any) -> None:
    try:
        found = read(json.dumps({**data(), part: value}).encode())
    except GivenUp:
        return
    assert len(found.y) == 2


@given(
    places=st.lists(
        st.tuples(
            st.integers(-1, len(OPERATIONS)), ANYTHING, st.lists(st.integers(-1, 8), max_size=3)
        ),
        max_size=4,
    )
)
@settings(max_examples=200, deadline=None)
def test_any_nodes_are_a_graph_or_given_up(places: Any) -> None:
    try:
        read(with_nodes(*[[kind, value, *arguments] for kind, value, arguments in places]))
    except GivenUp:
        return


@given(at=st.integers(0, 400), byte=st.integers(0, 255))
@settings(max_examples=200, deadline=None)
def test_a_changed_byte_is_a_graph_or_given_up(at: int, byte: int) -> None:
    bytes_of = bytearray(packed(graph()))
    bytes_of[at % len(bytes_of)] = byte
    try:
        read(bytes(bytes_of))
    except GivenUp:
        return
