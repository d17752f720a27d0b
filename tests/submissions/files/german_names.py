import numpy as np


class Schicht:
    def vorwaerts(self, x):
        raise NotImplementedError

    def rueckwaerts(self, fehler, lernrate):
        raise NotImplementedError


class LineareSchicht(Schicht):
    """x ist ein Spaltenvektor (n_ein, 1)"""

    def __init__(self, n_ein, n_aus):
        self.gewichte = np.random.randn(n_aus, n_ein)
        self.schwelle = np.random.randn(n_aus, 1)

    def vorwaerts(self, x):
        self.x = x
        return self.gewichte @ x + self.schwelle

    def rueckwaerts(self, fehler, lernrate):
        zurueck = self.gewichte.T @ fehler
        self.gewichte = self.gewichte - lernrate * fehler @ self.x.T
        self.schwelle = self.schwelle - lernrate * fehler
        return zurueck


class TanhSchicht(Schicht):
    def vorwaerts(self, x):
        self.y = np.tanh(x)
        return self.y

    def rueckwaerts(self, fehler, lernrate):
        return fehler * (1 - self.y**2)


def mse(y, ziel):
    return np.mean((y - ziel) ** 2)


def mse_ableitung(y, ziel):
    return 2 * (y - ziel) / y.size
