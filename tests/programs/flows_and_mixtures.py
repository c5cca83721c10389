"""torch.distributions as people use it: flows from transforms, a squashed Gaussian policy, mixtures, Beta policy, Bayesian VI."""

import json

import numpy as np
import torch
import torch.distributions as D
import torch.nn as nn
import torch.nn.functional as F
from torch.distributions import Independent, MixtureSameFamily, Normal, TransformedDistribution, constraints, kl_divergence
from torch.distributions.transforms import AffineTransform, ComposeTransform, SigmoidTransform, Transform

rng = np.random.default_rng(4)


class PlanarTransform(Transform):
    domain = constraints.real_vector
    codomain = constraints.real_vector
    bijective = True

    def __init__(self, u, w, b):
        super().__init__(cache_size=1)
        self.u, self.w, self.b = u, w, b

    def _call(self, z):
        return z + self.u * torch.tanh(z @ self.w + self.b).unsqueeze(-1)

    def log_abs_det_jacobian(self, z, y):
        psi = (1 - torch.tanh(z @ self.w + self.b).pow(2)).unsqueeze(-1) * self.w
        return torch.log(torch.abs(1 + psi @ self.u) + 1e-8)


class TanhTransform(D.transforms.Transform):
    domain = D.constraints.real
    codomain = D.constraints.interval(-1.0, 1.0)
    bijective = True
    sign = +1

    def __init__(self, cache_size=1):
        super().__init__(cache_size=cache_size)

    @staticmethod
    def atanh(x):
        return 0.5 * (x.log1p() - (-x).log1p())

    def __eq__(self, other):
        return isinstance(other, TanhTransform)

    def _call(self, x):
        return x.tanh()

    def _inverse(self, y):
        return self.atanh(y)

    def log_abs_det_jacobian(self, x, y):
        return 2.0 * (np.log(2.0) - x - F.softplus(-2.0 * x))


class SquashedNormal(D.transformed_distribution.TransformedDistribution):
    def __init__(self, loc, scale):
        self.loc, self.scale = loc, scale
        self.base_dist = D.Normal(loc, scale)
        super().__init__(self.base_dist, [TanhTransform()])

    @property
    def mean(self):
        mu = self.loc
        for tr in self.transforms:
            mu = tr(mu)
        return mu


# a flow, whose noise is computed here so that both libraries see the same
u, w, b = (nn.Parameter(torch.tensor(rng.normal(size=s) * 0.5).float()) for s in ((2,), (2,), ()))
scale = nn.Parameter(torch.zeros(2))
noise = torch.from_numpy(rng.normal(size=(128, 2))).float()
target = MixtureSameFamily(
    D.Categorical(torch.tensor([0.3, 0.7])),
    D.MultivariateNormal(torch.tensor([[-1.0, 0.0], [1.0, 1.0]]), covariance_matrix=torch.eye(2).expand(2, 2, 2) * 0.5),
)
opt = torch.optim.Adam([u, w, b, scale], lr=0.05)
for _ in range(30):
    base = Independent(Normal(torch.zeros(2), scale.exp()), 1)
    flow = TransformedDistribution(base, [PlanarTransform(u, w, b)])
    z = noise * scale.exp()
    y = flow.transforms[0](z)
    loss = (flow.log_prob(y) - target.log_prob(y)).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()

# policies
obs = torch.from_numpy(rng.normal(size=(16, 3))).float()
net = nn.Linear(3, 4)
net.weight.data = torch.from_numpy(rng.normal(size=(4, 3)) * 0.3).float()
net.bias.data.zero_()
mu, log_std = net(obs).chunk(2, dim=-1)
log_std = torch.tanh(log_std) * 2 - 1
pi = SquashedNormal(mu, log_std.exp())
action = torch.tanh(mu + log_std.exp() * noise[:16])
squashed = pi.log_prob(action).sum(-1, keepdim=True)
alpha, beta = (F.softplus(net(obs)) + 1.0).chunk(2, -1)
policy = Independent(D.Beta(alpha, beta), 1)
a = torch.sigmoid(noise[:16])
ratio = (policy.log_prob(a) - policy.log_prob(a).detach()).exp()
objective = -(ratio * squashed.detach().squeeze(-1)).mean() - 0.01 * policy.entropy().mean() + squashed.mean()
objective.backward()

# posteriors against priors
kl = kl_divergence(D.Gamma(alpha.detach(), beta.detach()), D.Gamma(torch.tensor(1.0), torch.tensor(1.0))).sum()
kl += kl_divergence(D.Dirichlet(alpha.detach()), D.Dirichlet(torch.ones(2))).sum()
rate = nn.Parameter(torch.tensor([0.5, 1.5]))
draws = D.Gamma(rate, torch.ones(2)).rsample((4000,))
draws.mean(0).sum().backward()
counts = torch.from_numpy(rng.poisson(3.0, size=50)).float()
nll = (
    -D.Poisson(torch.tensor(2.5)).log_prob(counts).mean()
    - D.NegativeBinomial(3.0, logits=torch.tensor(0.1)).log_prob(counts).mean()
)
logistic = TransformedDistribution(
    D.Uniform(torch.zeros(3), torch.ones(3)), ComposeTransform([SigmoidTransform().inv, AffineTransform(loc=0.5, scale=2.0)])
)
gumbel = F.gumbel_softmax(net(obs).detach(), tau=0.5, hard=True)
relaxed = D.RelaxedOneHotCategorical(torch.tensor(0.7), logits=net(obs).detach())
st = D.OneHotCategoricalStraightThrough(logits=net(obs))
sample = st.rsample()
sample[:, 0].sum().backward()
print(pi, policy.base_dist.__class__.__name__)
print(
    json.dumps(
        {
            "loss": loss.item(),
            "scale": scale.exp().sum().item(),
            "squashed": squashed.sum().item(),
            "mean": pi.mean.sum().item(),
            "objective": objective.item(),
            "kl": kl.item(),
            "nll": nll.item(),
            "near_one": float((rate.grad - 1).abs().max() < 0.15),
            "logistic": logistic.log_prob(torch.tensor([0.1, 0.5, 2.0])).sum().item(),
            "hot": gumbel.sum().item(),
            "icdf": logistic.icdf(torch.tensor(0.25)).item()
            if logistic.batch_shape == ()
            else logistic.icdf(torch.full((3,), 0.25))[0].item(),
            "relaxed": relaxed.log_prob(torch.full((4,), 0.25)).sum().item(),
            "one": sample.sum().item(),
            "student": D.StudentT(torch.tensor(3.0)).log_prob(noise).mean().item(),
        }
    )
)
