"""Three independent oracles; each gives a value and a bound on its error, or says why it cannot."""
