import numpy as np


class MSE:
    @staticmethod
    def loss(y_true, y_pred):
        return np.mean(np.square(y_pred - y_true))

    @staticmethod
    def loss_prime(y_true, y_pred):
        return 2.0 * (y_pred - y_true) / y_true.size


class BinaryCrossEntropy:
    @staticmethod
    def loss(y_true, y_pred):
        return -np.mean(y_true * np.log(y_pred) + (1 - y_true) * np.log(1 - y_pred))

    @staticmethod
    def loss_prime(y_true, y_pred):
        return (y_pred - y_true) / (y_pred * (1 - y_pred)) / y_true.size


class HuberLoss:
    delta = 1.0

    @staticmethod
    def loss(y_true, y_pred):
        r = y_pred - y_true
        small = np.abs(r) <= HuberLoss.delta
        return np.mean(np.where(small, 0.5 * r**2, HuberLoss.delta * (np.abs(r) - 0.5)))

    @staticmethod
    def loss_prime(y_true, y_pred):
        r = y_pred - y_true
        return np.clip(r, -HuberLoss.delta, HuberLoss.delta) / r.size
