import numpy as np


class CapaDensa:
    """X: (N, entradas), un ejemplo por fila"""

    def __init__(self, entradas, salidas):
        self.pesos = np.random.randn(entradas, salidas) * 0.1
        self.sesgo = np.zeros((1, salidas))

    def adelante(self, X):
        self.X = X
        return X @ self.pesos + self.sesgo

    def atras(self, gradiente):
        self.d_pesos = self.X.T @ gradiente
        self.d_sesgo = gradiente.sum(axis=0, keepdims=True)
        return gradiente @ self.pesos.T


class Sigmoide:
    def adelante(self, X):
        self.salida = 0.5 * (1 + np.tanh(X / 2))
        return self.salida

    def atras(self, gradiente):
        return gradiente * self.salida * (1 - self.salida)


def error_cuadratico(prediccion, objetivo):
    return np.mean((prediccion - objetivo) ** 2)


def error_cuadratico_derivada(prediccion, objetivo):
    return 2 * (prediccion - objetivo) / prediccion.size
