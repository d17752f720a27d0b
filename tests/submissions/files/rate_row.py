from abc import ABC, abstractmethod

import numpy as np


class BaseLayer(ABC):
    @abstractmethod
    def forward_propagation(self, input_data):
        ...

    @abstractmethod
    def backward_propagation(self, output_error, learning_rate):
        ...


class FCLayer(BaseLayer):
    """input_data is one sample, shape (1, input_size)"""

    def __init__(self, input_size, output_size):
        self.weights = np.random.rand(input_size, output_size) - 0.5
        self.bias = np.random.rand(1, output_size) - 0.5

    def forward_propagation(self, input_data):
        self.input = input_data
        self.output = self.input.dot(self.weights) + self.bias
        return self.output

    def backward_propagation(self, output_error, learning_rate):
        input_error = output_error.dot(self.weights.T)
        weights_error = self.input.T.dot(output_error)
        self.weights = self.weights - learning_rate * weights_error
        self.bias = self.bias - learning_rate * output_error
        return input_error


class SigmoidLayer(BaseLayer):
    def forward_propagation(self, input_data):
        self.output = 1.0 / (1.0 + np.exp(-np.clip(input_data, -500, 500)))
        return self.output

    def backward_propagation(self, output_error, learning_rate):
        return output_error * self.output * (1 - self.output)


class LeakyReLULayer(BaseLayer):
    def __init__(self, slope=0.01):
        self.slope = slope

    def forward_propagation(self, input_data):
        self.input = input_data
        return np.where(input_data > 0, input_data, self.slope * input_data)

    def backward_propagation(self, output_error, learning_rate):
        return output_error * np.where(self.input > 0, 1.0, self.slope)
