"""Distributions of one's own: a truncated normal, a zero-inflated Poisson, a von Mises-like density on a grid; REINFORCE and VI with them."""

import json
import math
from numbers import Number

import numpy as np
import torch
import torch.nn as nn
from torch.distributions import Categorical, Distribution, Normal, Poisson, constraints, kl_divergence, register_kl
from torch.distributions.utils import broadcast_all, lazy_property, logits_to_probs, probs_to_logits

CONST_SQRT_2 = math.sqrt(2)
CONST_INV_SQRT_2PI = 1 / math.sqrt(2 * math.pi)
CONST_LOG_SQRT_2PI_E = 0.5 * math.log(2 * math.pi * math.e)


class TruncatedStandardNormal(Distribution):
    arg_constraints = {"a": constraints.real, "b": constraints.real}
    has_rsample = True
    eps = 1e-6

    def __init__(self, a, b, validate_args=None):
        self.a, self.b = broadcast_all(a, b)
        if isinstance(a, Number) and isinstance(b, Number):
            batch_shape = torch.Size()
        else:
            batch_shape = self.a.size()
        super(TruncatedStandardNormal, self).__init__(batch_shape, validate_args=validate_args)
        if (self.a >= self.b).view(-1).any():
            raise ValueError("Incorrect truncation range")
        self._dtype_min_gt_0 = torch.finfo(self.a.dtype).eps
        self._little_phi_a, self._little_phi_b = self._little_phi(self.a), self._little_phi(self.b)
        self._big_phi_a, self._big_phi_b = self._big_phi(self.a), self._big_phi(self.b)
        self._Z = (self._big_phi_b - self._big_phi_a).clamp_min(self.eps)
        self._log_Z = self._Z.log()
        phi_a, phi_b = torch.nan_to_num(self.a, nan=math.nan), torch.nan_to_num(self.b, nan=math.nan)
        self._lpbb_m_lpaa_d_Z = (self._little_phi_b * phi_b - self._little_phi_a * phi_a) / self._Z
        self._mean = -(self._little_phi_b - self._little_phi_a) / self._Z
        self._variance = 1 - self._lpbb_m_lpaa_d_Z - ((self._little_phi_b - self._little_phi_a) / self._Z) ** 2
        self._entropy = CONST_LOG_SQRT_2PI_E + self._log_Z - 0.5 * self._lpbb_m_lpaa_d_Z

    @constraints.dependent_property
    def support(self):
        return constraints.interval(self.a, self.b)

    @property
    def mean(self):
        return self._mean

    @property
    def variance(self):
        return self._variance

    def entropy(self):
        return self._entropy

    @staticmethod
    def _little_phi(x):
        return (-(x**2) * 0.5).exp() * CONST_INV_SQRT_2PI

    @staticmethod
    def _big_phi(x):
        return 0.5 * (1 + (x / CONST_SQRT_2).erf())

    @staticmethod
    def _inv_big_phi(x):
        return CONST_SQRT_2 * (2 * x - 1).erfinv()

    def cdf(self, value):
        if self._validate_args:
            self._validate_sample(value)
        return ((self._big_phi(value) - self._big_phi_a) / self._Z).clamp(0, 1)

    def icdf(self, value):
        return self._inv_big_phi(self._big_phi_a + value * self._Z)

    def log_prob(self, value):
        if self._validate_args:
            self._validate_sample(value)
        return -CONST_LOG_SQRT_2PI_E + 0.5 - self._log_Z - (value**2) * 0.5

    def rsample(self, sample_shape=torch.Size()):
        shape = self._extended_shape(sample_shape)
        p = torch.empty(shape, device=self.a.device).uniform_(self._dtype_min_gt_0, 1 - self._dtype_min_gt_0)
        return self.icdf(p)


class TruncatedNormal(TruncatedStandardNormal):
    has_rsample = True

    def __init__(self, loc, scale, a, b, validate_args=None):
        self.loc, self.scale, a, b = broadcast_all(loc, scale, a, b)
        super().__init__((a - self.loc) / self.scale, (b - self.loc) / self.scale, validate_args=validate_args)
        self._log_scale = self.scale.log()
        self._mean = self._mean * self.scale + self.loc
        self._variance = self._variance * self.scale**2
        self._entropy += self._log_scale

    @constraints.dependent_property(is_discrete=False)
    def support(self):
        return constraints.interval(self.a * self.scale + self.loc, self.b * self.scale + self.loc)

    def icdf(self, value):
        return super().icdf(value) * self.scale + self.loc

    def log_prob(self, value):
        return (
            super(TruncatedNormal, self).log_prob((value - self.loc) / self.scale) - self._log_scale
            if not self._validate_args
            else self._checked(value)
        )

    def _checked(self, value):
        self._validate_sample(value)
        z = (value - self.loc) / self.scale
        return -CONST_LOG_SQRT_2PI_E + 0.5 - self._log_Z - (z**2) * 0.5 - self._log_scale


class ZeroInflatedPoisson(Distribution):
    arg_constraints = {"gate": constraints.unit_interval, "rate": constraints.positive}
    support = constraints.nonnegative_integer

    def __init__(self, gate, rate, validate_args=None):
        self.gate, self.rate = broadcast_all(gate, rate)
        self.base_dist = Poisson(self.rate)
        super().__init__(self.rate.shape, validate_args=validate_args)

    @lazy_property
    def gate_logits(self):
        return probs_to_logits(self.gate, is_binary=True)

    @property
    def mean(self):
        return (1 - self.gate) * self.rate

    def log_prob(self, value):
        if self._validate_args:
            self._validate_sample(value)
        log_prob = (-self.gate).log1p() + self.base_dist.log_prob(value)
        return torch.where(value == 0, (self.gate + log_prob.exp()).log(), log_prob)

    def sample(self, sample_shape=torch.Size()):
        shape = self._extended_shape(sample_shape)
        with torch.no_grad():
            mask = torch.bernoulli(self.gate.expand(shape)).bool()
            return self.base_dist.expand(shape).sample().masked_fill(mask, 0)

    def expand(self, batch_shape, _instance=None):
        new = self._get_checked_instance(ZeroInflatedPoisson, _instance)
        new.gate, new.rate = self.gate.expand(batch_shape), self.rate.expand(batch_shape)
        new.base_dist = self.base_dist.expand(batch_shape)
        super(ZeroInflatedPoisson, new).__init__(torch.Size(batch_shape), validate_args=False)
        return new


@register_kl(TruncatedNormal, TruncatedNormal)
def _kl(p, q):
    x = p.icdf(torch.linspace(0.01, 0.99, 99).view(-1, *[1] * len(p.batch_shape)))
    return (p.log_prob(x) - q.log_prob(x)).mean(0)


rng = np.random.default_rng(0)
data = torch.from_numpy(np.clip(rng.normal(0.4, 0.3, 60), 0.01, 0.99)).float()
loc, log_scale = nn.Parameter(torch.tensor(0.0)), nn.Parameter(torch.tensor(0.0))
opt = torch.optim.Adam([loc, log_scale], lr=0.05)
for _ in range(60):
    d = TruncatedNormal(loc, log_scale.exp(), 0.0, 1.0)
    loss = -d.log_prob(data).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
u = torch.linspace(0.1, 0.9, 5)
counts = torch.from_numpy(rng.poisson(3.0, 80) * (rng.random(80) > 0.4)).float()
raw = nn.Parameter(torch.zeros(2))
opt = torch.optim.Adam([raw], lr=0.1)
for _ in range(60):
    zip_ = ZeroInflatedPoisson(torch.sigmoid(raw[0]), nn.functional.softplus(raw[1]))
    nll = -zip_.log_prob(counts).mean()
    opt.zero_grad()
    nll.backward()
    opt.step()
p, q = TruncatedNormal(torch.zeros(2), 1.0, -1.0, 1.0), TruncatedNormal(torch.tensor([0.5, 0.0]), 0.5, -1.0, 1.0)
drawn = p.rsample((1000,))
refused = 0
for call in (
    lambda: TruncatedNormal(0.0, 1.0, 1.0, 0.0),
    lambda: d.log_prob(torch.tensor(3.0)),
    lambda: zip_.log_prob(torch.tensor(0.5)),
    lambda: ZeroInflatedPoisson(2.0, 1.0),
):
    try:
        call()
    except ValueError:
        refused += 1
try:
    kl_divergence(p, Normal(0.0, 1.0))
except NotImplementedError:
    refused += 1
print(
    json.dumps(
        {
            "loss": loss.item(),
            "loc": loc.item(),
            "scale": log_scale.exp().item(),
            "mean": d.mean.item(),
            "entropy": d.entropy().item(),
            "icdf": d.icdf(u).sum().item(),
            "cdf": p.cdf(torch.tensor([0.1, 0.2])).sum().item(),
            "kl": kl_divergence(p, q).sum().item(),
            "nll": nll.item(),
            "rate": zip_.rate.item(),
            "gate": zip_.gate.item(),
            "logit": zip_.gate_logits.item(),
            "inside": float((drawn.abs() <= 1).all()),
            "shape": float(zip_.expand((3, 2)).sample((4,)).numel()),
            "refused": refused,
            "probs": logits_to_probs(torch.tensor([0.0, 1.0])).max().item(),
            "batch": len(Categorical(logits=torch.zeros(2, 3)).batch_shape),
        }
    )
)
