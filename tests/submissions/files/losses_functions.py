import numpy as np


def mse(predictions, targets):
    return np.sum((predictions - targets) ** 2) / len(predictions)


def mse_grad(predictions, targets):
    return 2 * (predictions - targets) / len(predictions)


def mae_loss(predictions, targets):
    return np.mean(np.abs(predictions - targets))


def mae_loss_grad(predictions, targets):
    return np.sign(predictions - targets) / predictions.size


def log_cosh_loss(predictions, targets):
    return np.mean(np.log(np.cosh(predictions - targets)))


def log_cosh_loss_grad(predictions, targets):
    return np.tanh(predictions - targets) / predictions.size


def cross_entropy(probs, labels):
    """probs (N, C), labels: N class indices"""
    picked = probs[np.arange(len(labels)), labels]
    return -np.mean(np.log(picked + 1e-12))


def cross_entropy_grad(probs, labels):
    n = len(labels)
    grad = np.zeros_like(probs)
    grad[np.arange(n), labels] = -1 / (probs[np.arange(n), labels] + 1e-12)
    return grad / n
