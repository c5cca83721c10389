"""Probability distributions whose samples and densities can be differentiated, under the names of `torch.distributions`.

>>> import autograd
>>> from autograd.distributions import Normal
>>> Normal(0.0, 2.0).log_prob(autograd.tensor(1.0))
tensor(-1.7371)
"""

from . import constraints as constraints, kl as kl
from .bernoulli import Bernoulli as Bernoulli
from .categorical import Categorical as Categorical
from .distribution import Distribution as Distribution
from .exponential import Exponential as Exponential
from .independent import Independent as Independent
from .kl import kl_divergence as kl_divergence, register_kl as register_kl
from .laplace import Laplace as Laplace
from .multivariate_normal import MultivariateNormal as MultivariateNormal
from .normal import Normal as Normal
from .uniform import Uniform as Uniform
