"""Probability distributions whose samples and densities can be differentiated, under the names of `torch.distributions`.

>>> import autograd
>>> from autograd.distributions import Normal
>>> Normal(0.0, 2.0).log_prob(autograd.tensor(1.0))
tensor(-1.7371)
"""

from . import constraints as constraints, kl as kl, transforms as transforms, utils as utils
from .bernoulli import Bernoulli as Bernoulli
from .categorical import Categorical as Categorical
from .counting import (
    Binomial as Binomial,
    Geometric as Geometric,
    Multinomial as Multinomial,
    NegativeBinomial as NegativeBinomial,
    Poisson as Poisson,
)
from .distribution import Distribution as Distribution
from .exponential import Exponential as Exponential
from .gamma import Beta as Beta, Chi2 as Chi2, Dirichlet as Dirichlet, Gamma as Gamma, StudentT as StudentT
from .independent import Independent as Independent
from .kl import kl_divergence as kl_divergence, register_kl as register_kl
from .laplace import Laplace as Laplace
from .location_scale import (
    Cauchy as Cauchy,
    Gumbel as Gumbel,
    HalfNormal as HalfNormal,
    LogNormal as LogNormal,
    Weibull as Weibull,
)
from .mixture_same_family import MixtureSameFamily as MixtureSameFamily
from .multivariate_normal import MultivariateNormal as MultivariateNormal
from .normal import Normal as Normal
from .one_hot import (
    OneHotCategorical as OneHotCategorical,
    OneHotCategoricalStraightThrough as OneHotCategoricalStraightThrough,
    RelaxedBernoulli as RelaxedBernoulli,
    RelaxedOneHotCategorical as RelaxedOneHotCategorical,
)
from .transformed_distribution import TransformedDistribution as TransformedDistribution
from .transforms import (
    AbsTransform as AbsTransform,
    AffineTransform as AffineTransform,
    ComposeTransform as ComposeTransform,
    ExpTransform as ExpTransform,
    IndependentTransform as IndependentTransform,
    PowerTransform as PowerTransform,
    ReshapeTransform as ReshapeTransform,
    SigmoidTransform as SigmoidTransform,
    SoftmaxTransform as SoftmaxTransform,
    SoftplusTransform as SoftplusTransform,
    StickBreakingTransform as StickBreakingTransform,
    TanhTransform as TanhTransform,
    Transform as Transform,
    identity_transform as identity_transform,
)
from .uniform import Uniform as Uniform
