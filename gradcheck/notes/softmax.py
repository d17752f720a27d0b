"""The notes under "Softmax", equation by equation."""

from __future__ import annotations

from gradcheck.notes.equation import LITERAL, Equation, Reading

HEADING = "Softmax"
"""As printed."""

EQUATIONS = (
    Equation(
        id="softmax-forward",
        heading=HEADING,
        printed=r"Softmax: $y_i = \frac{e^{x_i}}{\sum_{j=1}^n e^{x_j}}$",
        setting="softmax",
    ),
    Equation(
        id="softmax-chain-rule",
        heading=HEADING,
        printed=(
            r"\frac{\partial \mathcal{L}}{\partial x_k} = \frac{\partial \mathcal{L}}{\partial "
            r"y_1} \frac{\partial y_1}{\partial x_k} + \frac{\partial \mathcal{L}}{\partial "
            r"y_2} \frac{\partial y_2}{\partial x_k} + \dots + \frac{\partial "
            r"\mathcal{L}}{\partial y_n} \frac{\partial y_n}{\partial x_k}"
        ),
        setting="softmax",
    ),
    Equation(
        id="softmax-diagonal",
        heading=HEADING,
        printed=(
            r"If $k=i$: $\frac{\partial y_i}{\partial x_k} = \frac{e^{x_i} (\sum_{j=1}^n "
            r"e^{x_j}) - e^{x_i} e^{x_i}}{(\sum_{j=1}^n e^{x_j})^2}$ ← Quotient Rule"
        ),
        setting="softmax",
    ),
    Equation(
        id="softmax-diagonal-parts",
        heading=HEADING,
        printed=(
            r"= \frac{e^{x_i}}{\sum_{j=1}^n e^{x_j}} - \left(\frac{e^{x_i}}{\sum_{j=1}^n "
            r"e^{x_j}} \right)^2"
        ),
        setting="softmax",
        continues="softmax-diagonal",
    ),
    Equation(
        id="softmax-diagonal-short",
        heading=HEADING,
        printed="= y_i (1 - y_i)",
        setting="softmax",
        continues="softmax-diagonal",
    ),
    Equation(
        id="softmax-off-diagonal",
        heading=HEADING,
        printed=(
            r"If $k \neq j$: $\frac{\partial y_i}{\partial x_k} = \frac{-e^{x_k} "
            r"e^{x_i}}{(\sum_{j=1}^n e^{x_j})^2} = -y_k y_i$"
        ),
        setting="softmax",
        corrected=(
            r"If $k \neq i$: $\frac{\partial y_i}{\partial x_k} = \frac{-e^{x_k} "
            r"e^{x_i}}{(\sum_{j=1}^n e^{x_j})^2} = -y_k y_i$"
        ),
    ),
    Equation(
        id="softmax-gradient",
        heading=HEADING,
        printed=(
            r"\Rightarrow \frac{\partial \mathcal{L}}{\partial x} = \begin{bmatrix} "
            r"\frac{\partial \mathcal{L}}{\partial y_1} \frac{\partial y_1}{\partial x_1} + "
            r"\dots + \frac{\partial \mathcal{L}}{\partial y_n} \frac{\partial y_n}{\partial "
            r"x_1} \\ \frac{\partial \mathcal{L}}{\partial y_1} \frac{\partial y_1}{\partial "
            r"x_2} + \dots + \frac{\partial \mathcal{L}}{\partial y_n} \frac{\partial "
            r"y_n}{\partial x_2} \\ \vdots \\ \frac{\partial \mathcal{L}}{\partial y_1} "
            r"\frac{\partial y_1}{\partial x_n} + \dots + \frac{\partial \mathcal{L}}{\partial "
            r"y_n} \frac{\partial y_n}{\partial x_n} \end{bmatrix}"
        ),
        setting="softmax",
    ),
    Equation(
        id="softmax-jacobian",
        heading=HEADING,
        printed=(
            r"= \begin{bmatrix} \frac{\partial y_1}{\partial x_1} & \frac{\partial "
            r"y_1}{\partial x_2} & \dots & \frac{\partial y_1}{\partial x_n} \\ \frac{\partial "
            r"y_2}{\partial x_1} & \frac{\partial y_2}{\partial x_2} & \dots & \frac{\partial "
            r"y_2}{\partial x_n} \\ \vdots & \vdots & \ddots & \vdots \\ \frac{\partial "
            r"y_n}{\partial x_1} & \frac{\partial y_n}{\partial x_2} & \dots & \frac{\partial "
            r"y_n}{\partial x_n} \end{bmatrix} \begin{bmatrix} \frac{\partial "
            r"\mathcal{L}}{\partial y_1} \\ \frac{\partial \mathcal{L}}{\partial y_2} \\ "
            r"\vdots \\ \frac{\partial \mathcal{L}}{\partial y_n} \end{bmatrix}"
        ),
        setting="softmax",
        continues="softmax-gradient",
        readings=(
            Reading(setting="any layer"),
            Reading(
                remark="the chain rule needs the transpose; this matrix is symmetric: no harm",
            ),
        ),
    ),
    Equation(
        id="softmax-jacobian-entries",
        heading=HEADING,
        printed=(
            r"= \begin{bmatrix} y_1(1-y_1) & -y_1y_2 & \dots & -y_1y_n \\ -y_2y_1 & y_2(1-y_2) "
            r"& \dots & -y_2y_n \\ \vdots & \vdots & \ddots & \vdots \\ -y_ny_1 & -y_ny_2 & "
            r"\dots & y_n(1-y_n) \end{bmatrix} \begin{bmatrix} \frac{\partial "
            r"\mathcal{L}}{\partial y_1} \\ \frac{\partial \mathcal{L}}{\partial y_2} \\ "
            r"\vdots \\ \frac{\partial \mathcal{L}}{\partial y_n} \end{bmatrix}"
        ),
        setting="softmax",
        continues="softmax-gradient",
    ),
    Equation(
        id="softmax-hadamard",
        heading=HEADING,
        printed=(
            r"= \left(\begin{bmatrix} y_1 & y_2 & \dots & y_n \\ y_2 & y_2 & \dots & y_2 \\ "
            r"\vdots & \vdots & \ddots & \vdots \\ y_n & y_n & \dots & y_n \end{bmatrix} \odot "
            r"\begin{bmatrix} 1-y_1 & -y_2 & \dots & -y_n \\ -y_1 & 1-y_2 & \dots & -y_n \\ "
            r"\vdots & \vdots & \ddots & \vdots \\ -y_1 & -y_2 & \dots & 1-y_n \end{bmatrix} "
            r"\right) \cdot \frac{\partial \mathcal{L}}{\partial y}"
        ),
        setting="softmax",
        corrected=(
            r"= \left(\begin{bmatrix} y_1 & y_1 & \dots & y_1 \\ y_2 & y_2 & \dots & y_2 \\ "
            r"\vdots & \vdots & \ddots & \vdots \\ y_n & y_n & \dots & y_n \end{bmatrix} \odot "
            r"\begin{bmatrix} 1-y_1 & -y_2 & \dots & -y_n \\ -y_1 & 1-y_2 & \dots & -y_n \\ "
            r"\vdots & \vdots & \ddots & \vdots \\ -y_1 & -y_2 & \dots & 1-y_n \end{bmatrix} "
            r"\right) \cdot \frac{\partial \mathcal{L}}{\partial y}"
        ),
        continues="softmax-gradient",
    ),
    Equation(
        id="softmax-hadamard-identity",
        heading=HEADING,
        printed=(
            r"= \left(\begin{bmatrix} y_1 & y_2 & \dots & y_n \\ y_2 & y_2 & \dots & y_2 \\ "
            r"\vdots & \vdots & \ddots & \vdots \\ y_n & y_n & \dots & y_n \end{bmatrix} \odot "
            r"\left(I - \begin{bmatrix} y_1 & y_2 & \dots & y_n \\ y_1 & y_2 & \dots & y_n \\ "
            r"\vdots & \vdots & \ddots & \vdots \\ y_1 & y_2 & \dots & y_n \end{bmatrix} "
            r"\right) \right) \cdot \frac{\partial \mathcal{L}}{\partial y}"
        ),
        setting="softmax",
        corrected=(
            r"= \left(\begin{bmatrix} y_1 & y_1 & \dots & y_1 \\ y_2 & y_2 & \dots & y_2 \\ "
            r"\vdots & \vdots & \ddots & \vdots \\ y_n & y_n & \dots & y_n \end{bmatrix} \odot "
            r"\left(I - \begin{bmatrix} y_1 & y_2 & \dots & y_n \\ y_1 & y_2 & \dots & y_n \\ "
            r"\vdots & \vdots & \ddots & \vdots \\ y_1 & y_2 & \dots & y_n \end{bmatrix} "
            r"\right) \right) \cdot \frac{\partial \mathcal{L}}{\partial y}"
        ),
        continues="softmax-gradient",
    ),
    Equation(
        id="softmax-named",
        heading=HEADING,
        printed=r"$\hookrightarrow A$",
        setting="softmax",
        readings=(
            LITERAL,
            Reading(
                corrected=True,
                remark="A is the left matrix above with its first row put right",
            ),
        ),
        claim="named_matrix",
    ),
    Equation(
        id="softmax-short",
        heading=HEADING,
        printed=r"= (A \odot (I - A^T)) \cdot \frac{\partial \mathcal{L}}{\partial y}",
        setting="softmax",
        continues="softmax-gradient",
        names=("A", "softmax-hadamard-identity"),
    ),
)
"""In the notes' order."""
