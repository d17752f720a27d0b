"""Random primes.

Source: M. O. Rabin, "Probabilistic algorithm for testing primality", J. Number Theory 12 (1980):
a round lets a composite number pass with a probability of at most 1/4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

BITS = 127
"""Of the primes."""

PRIMES_BITS = 119
"""There are more than 2^119 primes of 127 bits."""


def random_prime(rng: Random) -> int:
    """Return a random prime of 127 bits (by forty rounds of Miller and Rabin's test)."""
    while True:
        candidate = rng.getrandbits(BITS) | 1 << (BITS - 1) | 1
        if all(candidate % small for small in _SMALL) and _is_prime(candidate, rng):
            return candidate


_SMALL = (
    3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97,
)  # fmt: skip


def _is_prime(candidate: int, rng: Random) -> bool:
    odd, twos = candidate - 1, 0
    while not odd % 2:
        odd, twos = odd // 2, twos + 1
    for _ in range(40):
        power = pow(rng.randrange(2, candidate - 1), odd, candidate)
        if power in (1, candidate - 1):
            continue
        for _ in range(twos - 1):
            power = power * power % candidate
            if power == candidate - 1:
                break
        else:
            return False
    return True
