"""Learning rate schedulers, with PyTorch's names, sequences and state."""

from .base import LRScheduler as LRScheduler
from .compose import (
    ChainedScheduler as ChainedScheduler,
    SequentialLR as SequentialLR,
    warmup_cosine as warmup_cosine,
    warmup_linear as warmup_linear,
)
from .cosine import (
    CosineAnnealingLR as CosineAnnealingLR,
    CosineAnnealingWarmRestarts as CosineAnnealingWarmRestarts,
)
from .cyclic import CyclicLR as CyclicLR, OneCycleLR as OneCycleLR
from .decay import (
    ConstantLR as ConstantLR,
    ExponentialLR as ExponentialLR,
    LambdaLR as LambdaLR,
    LinearLR as LinearLR,
    MultiplicativeLR as MultiplicativeLR,
    MultiStepLR as MultiStepLR,
    PolynomialLR as PolynomialLR,
    StepLR as StepLR,
)
from .plateau import ReduceLROnPlateau as ReduceLROnPlateau

_LRScheduler = LRScheduler  # the name that older programs subclass
