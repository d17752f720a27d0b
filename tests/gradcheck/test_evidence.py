from __future__ import annotations

import pytest
from drawn import entries

from gradcheck.evidence import MOST_ENTRIES, Pictured, as_matrix, shown


@pytest.mark.parametrize(
    ("shape", "matrix"),
    [((), (1, 1)), ((5,), (5, 1)), ((2, 3), (2, 3)), ((2, 3, 4), (6, 4)), ((0, 3), (0, 3))],
)
def test_every_array_is_laid_out_as_a_matrix(shape, matrix):
    assert as_matrix(shape) == matrix


@pytest.mark.parametrize("size", [(20, 20), (1, 400), (400, 1), (1, 1)])
def test_what_is_small_is_held_whole(size):
    assert shown(*size) == (list(range(size[0])), list(range(size[1])))


@pytest.mark.parametrize("size", [(21, 20), (1000, 1000), (1, 401), (401, 1), (3, 5000), (5000, 3)])
def test_of_what_is_large_the_corners_are_among_what_is_held(size):
    rows, columns = shown(*size)
    assert 1 < len(rows) * len(columns) <= MOST_ENTRIES
    assert (rows[0], rows[-1]) == (0, size[0] - 1)
    assert (columns[0], columns[-1]) == (0, size[1] - 1)
    assert sorted(set(rows)) == rows
    assert sorted(set(columns)) == columns


def test_entries_know_whether_they_are_all():
    assert entries().whole
    assert not entries(shape=(2, 4)).whole


def test_nothing_drawn_is_nothing():
    assert not Pictured()
    assert Pictured(entries=(entries(),))
