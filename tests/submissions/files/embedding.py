import numpy as np


class Embedding:
    def __init__(self, vocab_size, dim):
        self.W = np.random.randn(vocab_size, dim)

    def forward(self, indices):
        self.indices = indices
        return self.W[indices]

    def backward(self, grad):
        self.dW = np.zeros_like(self.W)
        np.add.at(self.dW, self.indices, grad)


class EmbeddingSum:
    """The sum of the vectors of a sentence: indices are (N, words)."""

    def __init__(self, vocab_size, dim):
        self.table = np.random.randn(vocab_size, dim)

    def forward(self, indices):
        n, self.words = indices.shape
        self.indices = indices
        return self.table[indices].sum(axis=1, keepdims=True)

    def backward(self, grad):
        self.dtable = np.zeros_like(self.table)
        np.add.at(self.dtable, self.indices, np.repeat(grad, self.words, axis=1))
