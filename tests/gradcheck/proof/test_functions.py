"""NumPy's functions on symbols, held against NumPy itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from symbols import agree, coded, tracing

from gradcheck.proof.functions import NEUTRAL, STRUCTURAL, _handlers
from gradcheck.proof.limits import Unmodelled

if TYPE_CHECKING:
    from collections.abc import Sequence

RNG = np.random.default_rng(3)
X = RNG.uniform(0.2, 2.0, (2, 3)) * RNG.choice([-1, 1], (2, 3))
Y = RNG.uniform(0.2, 2.0, (2, 3))
Z = RNG.uniform(-2.0, 2.0, (2, 3, 4))

AXES = ("", ", axis=0", ", axis=1", ", axis=-1", ", axis=(0, 1)", ", axis=0, keepdims=True",
        ", axis=-2, keepdims=True", ", keepdims=True")  # fmt: skip


def over_axes(name: str, *more: str) -> list[str]:
    given = [f"{axes}{one}" for axes in AXES for one in ("", *more)]
    return [f"np.{name}(x{one})" for one in given]


CASES: dict[Any, Sequence[str]] = {
    np.sum: [*over_axes("sum"), "np.sum(z, (0, 2))", "np.sum(x, 1, None, None, True)",
             "np.sum(x, axis=())", "np.sum(x, dtype=float)", "np.sum([x[0], y[1]], axis=0)",
             "np.sum(x > 0, axis=1) * 1.0", "np.sum(x[0, 0])"],
    np.prod: over_axes("prod"),
    np.mean: [*over_axes("mean"), "np.mean(x > 0) * 1.0", "np.mean(z, axis=(0, -1))"],
    np.var: [*over_axes("var", ", ddof=1"), "np.var(x, 0, None, None, 1)"],
    np.std: over_axes("std", ", ddof=1"),
    np.average: ["np.average(x)", "np.average(x, axis=1)", "np.average(x, 0, y)",
                 "np.average(x, weights=y)"],
    np.max: [*over_axes("max"), "np.max(x[0, 0])", "np.max(x, 1, None, True)"],
    np.amax: over_axes("amax"),
    np.min: over_axes("min"),
    np.amin: over_axes("amin"),
    np.argmax: ["np.argmax(np.zeros_like(x), axis=1)"],
    np.argmin: ["np.argmin(np.ones_like(x))"],
    np.dot: ["np.dot(x, y.T)", "np.dot(x[0], y[0])", "np.dot(x, 2.0)",
    "np.dot(z.T, y)"],
    np.vdot: ["np.vdot(x, y)"],
    np.inner: ["np.inner(x, y)", "np.inner(x[0], y[0])"],
    np.outer: ["np.outer(x, y[0])"],
    np.tensordot: ["np.tensordot(x, z, axes=((0, 1), (0, 1)))", "np.tensordot(x.T, y, axes=1)"],
    np.einsum: ["np.einsum('ij,ij->i', x, y)", "np.einsum('ij,kj', x, y)", "np.einsum('ij->j', x)",
                "np.einsum('ij,ijk->k', x, z, optimize=True)", "np.einsum('ij->ji', x)"],
    np.kron: ["np.kron(x, y)"],
    np.trace: ["np.trace(x)", "np.trace(x @ y.T)", "np.trace(z)"],
    np.clip: ["np.clip(x, -1, 1)", "np.clip(x, y, None)", "np.clip(x, None, 0.5)", "x.clip(0)",
              "np.clip(x, a_min=-0.5, a_max=y)", "x.clip(-1, 1)", "x.clip(max=0.5)"],
    np.cumsum: ["np.cumsum(x)", "np.cumsum(x, axis=0)", "np.cumsum(x, axis=-1)", "x.cumsum(1)",
                "np.cumsum(x > 0) * 1.0"],
    np.diff: ["np.diff(x)", "np.diff(x, axis=0)", "np.diff(z, axis=1)"],
    np.any: ["np.any(x > 1, axis=1) * 1.0", "np.any(x, axis=0, keepdims=True) * 1.0",
             "np.any(x[:, :1], axis=1) * 1.0", "(x > 0).any() * 1.0",
             "np.any(x[0, 0]) * 2.0"],
    np.all: ["np.all(x > 1, axis=1) * 1.0", "np.all(x, axis=-1) * 2.0", "(x > 0).all(0) * 1.0",
             "np.all(x[0, 0]) * 2.0"],
    np.linalg.norm: ["np.linalg.norm(x)", "np.linalg.norm(x, axis=1)", "np.linalg.norm(x, 2, 0)",
                     "np.linalg.norm(x[0], 2)", "np.linalg.norm(x, 'fro')",
                     "np.linalg.norm(x, axis=(0, 1), keepdims=True)"],
    np.where: ["np.where(x > 0, x, y)", "np.where(x > 0, 1, 0) * 1.5", "np.where(x, y, 0.0)",
               "np.where(x[0, 0], x, y)", "np.where([x[0, 0] > 0, x[0, 1] > 0, True], x, y)",
               "np.where(np.array([True, False, True]), x, 1.0)", "np.where(2 * (x > 0), x, y)",
               "np.where(np.array([2, 0, 1]), x, y)", "np.where(x[:, :1] > 0, x, 0)"],
    np.select: ["np.select([x > 1, x > 0], [x, y], 5.0)", "np.select([x > 1], [x])"],
    np.nonzero: ["np.nonzero(np.zeros_like(x))"],
    np.flatnonzero: ["np.flatnonzero(np.ones_like(x))"],
    np.argwhere: ["np.argwhere(np.ones_like(x))"],
    np.pad: ["np.pad(x, 1)", "np.pad(x, ((0, 1), (2, 0)), mode='constant', constant_values=3)"],
    np.tril: ["np.tril(x)", "np.tril(x, -1)"],
    np.triu: ["np.triu(x)", "np.triu(x, k=1)"],
    np.zeros_like: ["np.zeros_like(x) + y", "np.zeros_like(x, dtype=int)", "np.zeros_like(x > 0)",
                    "np.zeros_like(x, shape=(3,))"],
    np.ones_like: ["np.ones_like(x) + y", "np.ones_like(x > 0) * y"],
    np.empty_like: ["np.multiply(x, y, out=np.empty_like(x))"],
    np.full_like: ["np.full_like(x, 2.5)", "np.full_like(x, y)", "np.full_like(x > 0, 2) * y"],
    np.copyto: ["(np.copyto(x, y), x)[1]", "(np.copyto(x, y, where=x > 0), x)[1]",
                "(np.copyto(x[0], 3.0), x)[1]"],
    np.put_along_axis: ["(np.put_along_axis(x, np.array([[0], [2]]), y[:, :1], 1), x)[1]"],
    np.fill_diagonal: ["(np.fill_diagonal(x, 2.0), x)[1]", "(np.fill_diagonal(x, y[0, 0]), x)[1]"],
    np.nan_to_num: ["np.nan_to_num(x)", "np.nan_to_num(x[0, 0])"],
    np.real: ["np.real(x)"],
    np.isscalar: ["np.isscalar(x[0, 0])"],
    np.iscomplexobj: ["np.iscomplexobj(x)"],
    np.isrealobj: ["np.isrealobj(x)"],
    np.array_equal: ["np.array_equal(x, y[0])", "np.array_equal(x, x) * 1.0"],
    np.polyval: ["np.polyval([1, 2, 3], x)", "np.polyval(y[0], x)"],
    np.polyder: ["np.polyder(x[0])"],
    np.apply_along_axis: ["np.apply_along_axis(np.sum, 1, x)",
                          "np.apply_along_axis(lambda r: r / r.sum(), 0, y)"],
    np.asarray: ["np.asarray(x)"],
    np.convolve: ["np.convolve(x[0], y[0])", "np.convolve(x[0], y[0, :2], 'same')",
                  "np.convolve(x[0, :2], y[0], mode='valid')", "np.convolve(x[0], [1.0, 2.0])"],
    np.correlate: ["np.correlate(x[0], y[0, :2])", "np.correlate(x[0], y[1], 'full')",
                   "np.correlate(x[0], y[0], mode='same')"],
    np.append: ["np.append(x, y)", "np.append(x, y, axis=0)", "np.append(x[0], 1.0)"],
    np.array_split: ["np.array_split(x, 2, axis=1)"],
    np.atleast_1d: ["np.atleast_1d(x[0, 0])"],
    np.atleast_2d: ["np.atleast_2d(x[0])"],
    np.atleast_3d: ["np.atleast_3d(x)"],
    np.broadcast_arrays: ["np.broadcast_arrays(x, y[0])"],
    np.broadcast_to: ["np.broadcast_to(x[0], (2, 3))"],
    np.column_stack: ["np.column_stack([x[0], y[0]])", "np.column_stack((x, y))"],
    np.concatenate: ["np.concatenate([x, y])", "np.concatenate((x, np.ones((2, 1))), axis=1)"],
    np.copy: ["np.copy(x)"],
    np.delete: ["np.delete(x, 1, axis=1)"],
    np.diag: ["np.diag(x[0])", "np.diag(x)"],
    np.diagflat: ["np.diagflat(x)"],
    np.diagonal: ["np.diagonal(x)"],
    np.dsplit: ["np.dsplit(z, 2)"],
    np.dstack: ["np.dstack((x, y))"],
    np.expand_dims: ["np.expand_dims(x, 1)"],
    np.flip: ["np.flip(x)", "np.flip(x, axis=1)"],
    np.fliplr: ["np.fliplr(x)"],
    np.flipud: ["np.flipud(x)"],
    np.hsplit: ["np.hsplit(x, 3)"],
    np.hstack: ["np.hstack((x, y))", "np.hstack([x[0, 0], 2.0])"],
    np.insert: ["np.insert(x, 1, y[:, 0], axis=1)"],
    np.meshgrid: ["np.meshgrid(x[0], y[0])"],
    np.moveaxis: ["np.moveaxis(z, 0, -1)"],
    np.ravel: ["np.ravel(x)"],
    np.repeat: ["np.repeat(x, 2, axis=0)"],
    np.reshape: ["np.reshape(x, (3, 2))", "np.reshape(x, -1)", "np.reshape(x, -1, order='F')"],
    np.resize: ["np.resize(x, (3, 3))"],
    np.roll: ["np.roll(x, 1)", "np.roll(x, 1, axis=0)"],
    np.rollaxis: ["np.rollaxis(z, 2)"],
    np.rot90: ["np.rot90(x)"],
    np.split: ["np.split(x, 3, axis=1)"],
    np.squeeze: ["np.squeeze(x[:1])"],
    np.stack: ["np.stack([x, y])", "np.stack((x[0], [1.0, 2.0, 3.0]), axis=1)"],
    np.swapaxes: ["np.swapaxes(z, 0, 2)"],
    np.take: ["np.take(x, [0, 2], axis=1)"],
    np.take_along_axis: ["np.take_along_axis(x, np.array([[0, 1, 1]]), 0)"],
    np.tile: ["np.tile(x, (2, 1))"],
    np.transpose: ["np.transpose(x)", "np.transpose(z, (2, 0, 1))"],
    np.vsplit: ["np.vsplit(x, 2)"],
    np.vstack: ["np.vstack((x, y[0]))"],
    np.lib.stride_tricks.sliding_window_view: [
        "np.lib.stride_tricks.sliding_window_view(x, 2, axis=1)"
    ],
    np.shape: ["np.shape(x)"],
    np.size: ["np.size(x)"],
    np.ndim: ["np.ndim(x)"],
}  # fmt: skip


IN_REGIONS: dict[Any, Sequence[str]] = {
    np.sort: ["np.sort(x)", "np.sort(x, axis=0)", "np.sort(x, axis=None)", "np.sort(z, 1)"],
    np.argsort: ["x[0][np.argsort(x[0])]", "np.argsort(x, axis=0)", "np.argsort(y, axis=None)"],
    np.median: ["np.median(x)", "np.median(x, axis=1)", "np.median(y, axis=0)"],
    np.round: ["np.round(x) * y", "np.round(x, 1)", "np.round(100 * x, -1)", "x.round(2)"],
    np.around: ["np.around(x, 1)"],
}
"""Where all regions are run at once they are refused."""


def test_every_function_has_a_case() -> None:
    assert {*CASES, *IN_REGIONS} == {*STRUCTURAL, *NEUTRAL, *_handlers()}


@pytest.mark.parametrize("case", [case for cases in IN_REGIONS.values() for case in cases])
def test_each_of_a_region_is_what_numpy_gives(case: str) -> None:
    agree(coded(case), X, Y, Z, merging=False)
    with pytest.raises(Unmodelled):
        agree(coded(case), X, Y, Z)


ALL = [case for cases in CASES.values() for case in cases]


@pytest.mark.parametrize("case", ALL)
def test_each_is_what_numpy_gives(case: str) -> None:
    agree(coded(case), X, Y, Z)


@pytest.mark.parametrize("case", ALL)
def test_each_where_comparisons_are_decided(case: str) -> None:
    agree(coded(case), X, Y, Z, merging=False)


@pytest.mark.parametrize(
    "case",
    ["np.argmax(x, axis=1)", "np.argmin(x)", "np.argmax(x, 1, keepdims=True)", "x.argmin(0)",
     "np.nonzero(x > 0)", "np.flatnonzero(x > 0)", "np.argwhere(x > 0)", "x[np.nonzero(x > 0)]",
     "x[np.arange(2), x.argmax(axis=1)]", "np.where(x > 0)[0]", "(x > 0).nonzero()"],
)  # fmt: skip
def test_indices_are_found_where_comparisons_are_decided(case: str) -> None:
    agree(coded(case), X, Y, Z, merging=False)
    with tracing({"x": X}) as run, pytest.raises(Unmodelled):
        run.floats(coded(case)(run.symbols["x"]))


@pytest.mark.parametrize(
    "case",
    ["np.sum(x, 0, None, y[0])", "np.sum(x, axis=0, out=y[0])", "np.max(x, 1, y[:, 0])",
     "np.clip(x, -1, 1, y)", "np.clip(x, -1, 1, out=y)", "np.mean(x, axis=0, out=y[1])",
     "np.var(x, 0, None, y[0])", "np.cumsum(x, axis=1, out=y)",
     "np.concatenate([x[:1], x[1:]], out=y)", "x.sum(0, out=y[0])", "x.clip(-1, 1, y)",
     "np.any(x > 0, 0, y[0])", "np.stack([x[0], x[1]], out=y)"],
)  # fmt: skip
def test_out_is_written_wherever_it_stands(case: str) -> None:
    try:
        agree(coded(case), X, Y, Z)
    except Unmodelled:  # a refusal is right too; a result that is not in y is not
        return


@pytest.mark.parametrize(
    "case",
    ["np.reshape(x, (3, 2))", "np.ravel(x)", "np.transpose(x)", "np.squeeze(x[:1])", "x.T",
     "np.expand_dims(x, 0)", "np.swapaxes(x, 0, 1)", "np.moveaxis(x, 0, 1)", "np.flip(x)",
     "np.atleast_2d(x)", "np.split(x, 3, axis=1)[1]", "np.asarray(x)", "np.real(x)",
     "x.reshape(-1)",
     "x.ravel()", "x[0]", "x[:, 1:]", "x[...]", "x.view()", "x.swapaxes(0, 1)", "np.rot90(x)",
     "x[None]", "np.einsum('ij->ji', x)", "x.astype(float, copy=False)",
     "np.hsplit(x, 3)[0]", "x.squeeze()", "x.transpose()", "np.atleast_3d(x)",
     # copies
     "np.copy(x)", "x.copy()", "x.flatten()", "x[[0, 1]]", "x[np.array([True, False])]",
     "np.nan_to_num(x)", "np.clip(x, None, None)", "np.sum(x, axis=())", "+x", "np.repeat(x, 1, 0)",
     "x.astype(float)", "np.tril(x, 5)", "np.pad(x, 0)", "np.ravel(x.T)", "x.T.reshape(-1)",
     "np.take(x, [0, 1], axis=0)", "np.roll(x, 0)", "np.tile(x, 1)", "np.where(True, x, 0)",
     "x.clip(-9, 9)", "x.conj()", "np.max(x, axis=())", "(x > 0).astype(np.float32, copy=False)"],
)  # fmt: skip
def test_views_are_views_and_copies_are_copies(case: str) -> None:
    def code(x: Any) -> Any:
        part = coded(case)(x)
        part[...] = 7.0
        return x

    agree(code, X)


@pytest.mark.parametrize(
    "case",
    ["np.sum(x, where=x > 0)", "np.sum(x, initial=1)", "np.mean(x, dtype=int)", "np.round(x)",
     "np.sort(x)", "np.argsort(x)", "np.unique(x)", "np.median(x)", "np.percentile(x, 50)",
     "np.allclose(x, y)", "np.isclose(x, y)", "np.linalg.inv(x)", "np.linalg.det(x)",
     "np.fft.fft(x)", "np.cross(x, y)", "np.convolve(x, y)", "np.correlate(x[0, :2], y[0])",
     "np.nansum(x)", "np.ptp(x)",
     "np.searchsorted(y[0], x)", "np.interp(x[0], y[0], y[1])", "np.gradient(x)", "np.cov(x)",
     "np.linalg.norm(x, 1)", "np.linalg.norm(x, 2)", "np.linalg.norm(x, 2, (0, 1))",
     "np.linalg.norm(x, 'nuc')", "np.pad(x, 1, mode='edge')", "np.diff(x, n=2)",
     "np.diff(x, prepend=0)", "np.average(x, axis=1, weights=y[0])", "np.average(x, returned=True)",
     "np.trace(x, 1)", "np.sum(x, dtype=int)", "np.nan_to_num(np.log(x))",
     "np.nan_to_num(x, False)",
     "np.var(x, mean=0)", "np.all(x > 0, where=y > 0)", "np.max(x, initial=0)", "np.cumprod(x)",
     "np.count_nonzero(x)", "np.dot(x > 0, (y > 0).T)", "np.diff(x > 0)",
     "np.einsum('ij->i', x > 0)",
     "np.copyto(np.zeros((2, 3)), x)",
     "np.put_along_axis(np.zeros((2, 3)), np.array([[0], [1]]), x[:, :1], 1)",
     "np.einsum(x, [0, 1], y, [0, 1])", "np.array_equal(x, y, equal_nan=True)",
     "np.polyder(x[0], 2)",
     "np.shares_memory(x, y)", "np.result_type(x)",
     "np.apply_along_axis(lambda r, k: r, 1, x, 2)",
     "np.insert(x > 0, 0, 0.5)",
     "np.meshgrid(x[0], x[0] > 0)", "np.pad(x > 0, 1, constant_values=0.5)",
     "np.array(x, dtype=int)"],
)  # fmt: skip
def test_what_is_not_modelled_is_refused(case: str) -> None:
    with tracing({"x": X, "y": Y}) as run, pytest.raises(Unmodelled):
        run.floats(coded(case)(run.symbols["x"], run.symbols["y"]))


@pytest.mark.parametrize(
    "case",
    ["np.stack([x, x > 0])", "np.concatenate([x > 0, y])", "np.hstack((x > 0, y > 0)) * 2.0",
     "(np.reshape(x > 0, -1) + np.ravel(y > 1)) * 3.0", "(np.stack([x > 0, y > 0]) * 1).sum(0)",
     "np.concatenate([x > 0, np.array([[2, 3, 4]])]) + 1"],
)  # fmt: skip
def test_truth_values_stay_what_they_are(case: str) -> None:
    agree(coded(case), X, Y, Z)
