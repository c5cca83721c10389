"""scikit-learn's multi-layer perceptron."""

from __future__ import annotations

from sklearn.neural_network import MLPClassifier, MLPRegressor

from .adapter import Adapter


class ScikitLearn(Adapter):
    """scikit-learn: a hand-written backward for this one architecture, Adam included."""

    family = "sklearn"
    classifier, regressor = MLPClassifier, MLPRegressor
    distributions = ("scikit-learn",)
    imports = "import sklearn.neural_network"
