"""The correct files: what is found in each, as what, and what is remarked on."""

from __future__ import annotations

from submissions.case import Right

RIGHT = (
    Right(
        file="attributes_batch.py",
        subjects={
            "Linear": "dense",
            "ReLU": "relu",
            "Sigmoid": "sigmoid",
            "Softmax": "softmax",
            "CrossEntropyLoss": "cross_entropy",
        },
    ),
    Right(
        file="attributes_columns.py",
        subjects={
            "DenseLayer": "dense",
            "TanhLayer": "tanh",
            "ReluLayer": "relu",
            "SoftmaxLayer": "softmax",
            "QuadraticLoss": "mse",
        },
    ),
    Right(
        file="rate_column.py",
        subjects={"Dense": "dense", "Tanh": "tanh", "Softmax": "softmax", "mse": "mse"},
    ),
    Right(
        file="rate_row.py",
        subjects={"FCLayer": "dense", "SigmoidLayer": "sigmoid", "LeakyReLULayer": "leaky_relu"},
    ),
    Right(
        file="rate_vector.py",
        subjects={"Dense": "dense", "Softmax": "softmax", "CrossEntropy": "cross_entropy"},
    ),
    Right(
        file="dicts_batch.py",
        subjects={
            "Affine": "dense",
            "ELU": "activation",
            "SoftmaxCrossEntropy": "softmax_cross_entropy",
        },
    ),
    Right(
        file="parameter_objects.py",
        subjects={"Linear": "dense", "Tanh": "tanh", "MSELoss": "mse"},
        remarks={"Linear": {"accumulates"}},
    ),
    Right(file="optimizer_inside.py", subjects={"Dense": "dense", "SELU": "activation"}),
    Right(
        file="dinputs_style.py",
        subjects={
            "Layer_Dense": "dense",
            "Activation_ReLU": "relu",
            "Activation_Softmax": "softmax",
            "Loss_MeanSquaredError": "mse",
        },
    ),
    Right(
        file="cache_functions.py",
        subjects={
            "affine_forward": "dense",
            "relu_forward": "relu",
            "softplus_forward": "activation",
            "affine_relu_forward": "other",
            "mse_loss": "mse",
        },
    ),
    Right(
        file="dispatcher.py",
        subjects={
            "sigmoid": "sigmoid",
            "relu": "relu",
            "linear_forward": "dense",
            "linear_activation_forward": "other",
        },
    ),
    Right(file="tuple_returned.py", subjects={"Dense": "dense", "Swish": "activation"}),
    Right(file="network_dict.py", subjects={"TwoLayerNet": "network"}),
    Right(file="network_lists.py", subjects={"Network": "network"}),
    Right(file="network_flat.py", subjects={"NeuralNetwork": "network"}),
    Right(file="network_step.py", subjects={"NeuralNet": "network"}),
    Right(file="nested_dicts.py", subjects={"Mlp": "network", "Scale": "other"}),
    Right(
        file="container_add.py",
        subjects={"Dense": "dense", "Tanh": "tanh", "Sequential": "sequential"},
    ),
    Right(
        file="pairs.py",
        subjects={
            "sigmoid": "sigmoid",
            "tanh": "tanh",
            "relu": "relu",
            "leaky_relu": "leaky_relu",
            "softsign": "activation",
            "gelu": "activation",
        },
    ),
    Right(
        file="pairs_output.py",
        subjects={"sigmoid": "sigmoid", "tanh": "tanh"},
        remarks={"sigmoid": {"wrong-point"}, "tanh": {"wrong-point"}},
    ),
    Right(
        file="flags.py",
        subjects={
            "sigmoid": "sigmoid",
            "relu": "relu",
            "arctan": "activation",
            "quadratic_cost": "mse",
        },
        remarks={"relu": {"kink-value"}},
    ),
    Right(
        file="complex_backward.py",
        subjects={"Tanh": "tanh", "Sigmoid": "sigmoid"},
        remarks={"Tanh": {"numerical-backward"}},
    ),
    Right(
        file="flags_output.py",
        subjects={"logistic": "sigmoid", "tanh": "tanh", "softplus": "activation"},
        remarks={name: {"wrong-point"} for name in ("logistic", "tanh", "softplus")},
    ),
    Right(
        file="activation_classes.py",
        subjects={
            "Sigmoid": "sigmoid",
            "Relu": "relu",
            "Softplus": "activation",
            "Swish": "activation",
        },
    ),
    Right(
        file="losses_static.py",
        subjects={"MSE": "mse", "BinaryCrossEntropy": "cross_entropy", "HuberLoss": "other"},
    ),
    Right(
        file="losses_functions.py",
        subjects={
            "mse": "mse",
            "mae_loss": "other",
            "log_cosh_loss": "other",
            "cross_entropy": "cross_entropy",
        },
    ),
    Right(
        file="fused_pass_through.py",
        subjects={"Linear": "dense", "Softmax": "softmax", "CrossEntropy": "cross_entropy"},
        remarks={"Softmax": {"pass-through"}},
    ),
    Right(
        file="mean_in_layer.py",
        subjects={"Dense": "dense", "MSE": "mse"},
        remarks={"Dense": {"factor"}},
    ),
    Right(
        file="sum_loss.py",
        subjects={"SquaredError": "mse", "CrossEntropy": "cross_entropy", "Dense": "dense"},
    ),
    Right(file="softmax_with_loss.py", subjects={"SoftmaxWithLoss": "softmax_cross_entropy"}),
    Right(
        file="image_classes.py",
        subjects={
            "Conv2D": "other",
            "ConvChannelsLast": "other",
            "MaxPool": "other",
            "AveragePool": "other",
            "ZeroPadding": "other",
        },
    ),
    Right(
        file="image_functions.py",
        subjects={"conv_forward": "other", "max_pool_forward": "other", "dropout_forward": "other"},
    ),
    Right(file="stacks.py", subjects={"DenseBatch": "dense", "Mixer": "other"}),
    Right(file="embedding.py", subjects={"Embedding": "other", "EmbeddingSum": "other"}),
    Right(
        file="neuron.py",
        subjects={"Neuron": "other", "Perceptron": "network", "ScaledTanh": "other"},
    ),
    Right(
        file="penalties.py",
        subjects={
            "l2_regularization": "other",
            "l1_reg": "other",
            "cross_entropy": "softmax_cross_entropy",
            "squared_loss": "mse",
        },
    ),
    Right(file="vectorised.py", subjects={"sigmoid": "sigmoid", "relu": "relu"}),
    Right(file="two_inputs.py", subjects={"Mul": "other", "Gate": "other"}),
    Right(file="set_up.py", subjects={"Linear": "dense", "Activation": "activation"}),
    Right(
        file="flagged_methods.py",
        subjects={"Classifier.relu": "relu", "Classifier.tanh": "tanh"},
    ),
    Right(file="batch_norm.py", subjects={"BatchNorm": "other"}),
    Right(file="dropout.py", subjects={"Dropout": "other", "Flatten": "other", "Dense": "dense"}),
    Right(file="lazy_layers.py", subjects={"Dense": "dense", "ReLU": "relu"}),
    Right(file="dataclass_layers.py", subjects={"Dense": "dense", "LeakyReLU": "leaky_relu"}),
    Right(file="residual.py", subjects={"ResidualBlock": "other"}),
    Right(
        file="template_methods.py",
        subjects={"Sigmoid": "sigmoid", "Softplus": "activation", "ReLU": "relu"},
    ),
    Right(
        file="float32_layers.py",
        subjects={"Dense": "dense", "Tanh": "tanh"},
        remarks={"Dense": {"low-precision"}, "Tanh": {"low-precision"}},
    ),
    Right(
        file="german_names.py",
        subjects={"LineareSchicht": "dense", "TanhSchicht": "tanh", "mse": "mse"},
    ),
    Right(
        file="spanish_names.py",
        subjects={"CapaDensa": "dense", "Sigmoide": "sigmoid", "error_cuadratico": "mse"},
    ),
    Right(file="trains_at_import.py", subjects={"Dense": "dense", "Tanh": "tanh"}),
    Right(file="package_relative/layers.py", subjects={"Dense": "dense", "Sigmoid": "sigmoid"}),
    Right(
        file="random_numbers.py",
        subjects={
            "Dense": "dense",
            "Dropout": "other",
            "NoisyScale": "other",
            "Linear": "dense",
            "Block": "other",
            "dropout_forward": "other",
        },
    ),
    Right(
        file="zero_grad_sequential.py",
        subjects={"Dense": "dense", "Tanh": "tanh", "Sequential": "sequential"},
        remarks={"Dense": {"accumulates"}},
    ),
    Right(file="network_sizes.py", subjects={"Recognizer": "network", "Regression": "network"}),
    Right(
        file="sizes_from_arrays.py",
        subjects={
            "Dense": "dense",
            "Softmax": "softmax",
            "Softsign": "activation",
            "Readout": "other",
            "MSE": "mse",
            "quartic_loss": "other",
        },
    ),
    Right(file="notebook.ipynb", subjects={"Dense": "dense", "ReLU": "relu"}),
)
