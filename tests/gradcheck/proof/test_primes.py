"""Primes are prime."""

from __future__ import annotations

import sympy as sp
from proof_expressions import seeded

from gradcheck.proof.primes import random_prime


def test_primes_are_prime_and_of_127_bits() -> None:
    rng = seeded(3)
    for _ in range(5):
        prime = random_prime(rng)
        assert prime.bit_length() == 127
        assert sp.isprime(prime)
