import numpy as np


def l2_regularization(W, reg_strength):
    """Returns the penalty and its gradient."""
    return reg_strength * np.sum(W * W), 2 * reg_strength * W


def l1_reg(W, lam=1e-3):
    return lam * np.sum(np.abs(W))


def dl1_reg(W, lam=1e-3):
    return lam * np.sign(W)


def softmax(scores):
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def cross_entropy(model, scores, y_train, lam=1e-3):
    n = len(scores)
    penalty = sum(l2_regularization(W, lam)[0] for W in model.values())
    return -np.log(softmax(scores)[range(n), y_train]).sum() / n + penalty


def dcross_entropy(scores, y_train):
    n = len(scores)
    grad = softmax(scores)
    grad[range(n), y_train] -= 1
    return grad / n


def squared_loss(model, y_pred, y_train, lam=1e-3):
    """y_train: labels, which are counted by the highest."""
    wanted = np.zeros((y_train.size, y_train.max() + 1))
    wanted[range(y_train.size), y_train] = 1
    return 0.5 * np.sum((y_pred - wanted) ** 2) / len(y_pred)


def dsquared_loss(y_pred, y_train):
    grad = y_pred.copy()
    grad[range(len(grad)), y_train] -= 1
    return grad / len(grad)
