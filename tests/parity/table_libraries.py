"""Randomness, distributions, data loading, NumPy as a neighbour, and idioms that combine many operations."""

from __future__ import annotations

from typing import Any

from .dsl import Int, Lit, Made, Named, Pos, Regular, Spd, Unit, code

code("randomness", """
torch.manual_seed(0); a = torch.rand(3); torch.manual_seed(0); torch.equal(a, torch.rand(3))
torch.manual_seed(0); a = torch.randn(3); torch.equal(a, torch.randn(3))
g = torch.Generator(); g.manual_seed(3); a = torch.rand(3, generator=g); g.manual_seed(3); a == torch.rand(3, generator=g)
g = torch.Generator().manual_seed(3); torch.randint(0, 5, (3,), generator=g).dtype
g = torch.Generator(device="cpu").manual_seed(3); torch.randperm(5, generator=g).sort()[0]
torch.random.manual_seed(1).__class__.__name__
torch.initial_seed().__class__
torch.manual_seed(5); torch.initial_seed()
torch.seed().__class__
s = torch.get_rng_state(); a = torch.rand(2); torch.set_rng_state(s); torch.equal(a, torch.rand(2))
s = torch.random.get_rng_state(); a = torch.rand(2); torch.random.set_rng_state(s); torch.equal(a, torch.rand(2))
a = torch.rand(1000); bool((a >= 0).all() and (a < 1).all())
abs(torch.randn(20000).mean().item()) < 0.05
abs(torch.randn(20000).std().item() - 1) < 0.05
a = torch.randint(3, 7, (1000,)); (a.min(), a.max())
torch.randperm(7).sort()[0]
torch.empty(500).uniform_(2, 3).min() >= 2
torch.empty(5).normal_(0, 1).shape
abs(torch.empty(20000).normal_(2.0, 0.5).mean().item() - 2) < 0.05
torch.empty(5).bernoulli_(0.5).shape
torch.bernoulli(torch.ones(3))
torch.bernoulli(torch.zeros(3))
torch.multinomial(torch.tensor([0.0, 1.0, 0.0]), 1)
torch.multinomial(torch.tensor([0.0, 1.0, 0.0]), 4, replacement=True)
torch.multinomial(torch.tensor([1.0, 1.0, 1.0]), 3).sort()[0]
torch.empty(5).exponential_().min() >= 0
torch.empty(5).random_(3).max() < 3
torch.empty(5).log_normal_().shape
torch.empty(5).cauchy_().shape
torch.rand_like(torch.ones(2, 2)).shape
torch.normal(torch.zeros(3), torch.ones(3)).shape
torch.normal(0, 1, size=(2, 2)).dtype
torch.randn(2, 3, requires_grad=True).requires_grad
torch.rand(2, generator=3)
""", dtypes=["float32"], order=0)  # fmt: skip
code("distributions", """
d.Categorical(p).log_prob(i)
d.Categorical(probs=p).entropy()
d.Categorical(logits=x).log_prob(i)
d.Categorical(logits=x).probs
d.Categorical(p).logits
d.Categorical(p).sample().shape
d.Categorical(p).sample((5,)).shape
d.Categorical(p).sample().dtype
d.Bernoulli(u).log_prob(torch.tensor(1.0))
d.Bernoulli(logits=x).entropy()
d.Bernoulli(u).mean
d.Bernoulli(u).sample().shape
d.Normal(x, s).log_prob(x * 2)
d.Normal(x, s).entropy()
d.Normal(0.0, 1.0).log_prob(x)
d.Normal(x, s).mean
d.Normal(x, s).variance
d.Normal(x, s).cdf(x + 0.1)
d.Normal(x, s).icdf(u)
d.Normal(x, s).stddev
d.Normal(x, s).rsample().shape
d.Normal(x, s).rsample().requires_grad
d.Normal(x, s).sample().requires_grad
d.Normal(x, s).sample((4,)).shape
d.Normal(x, s).batch_shape
d.Uniform(x, x + 1).log_prob(x + 0.5)
d.Uniform(x, x + 1).entropy()
d.Uniform(x, x + 1).rsample().shape
d.MultivariateNormal(v, k).log_prob(v * 2)
d.MultivariateNormal(v, k).entropy()
d.MultivariateNormal(v, scale_tril=torch.linalg.cholesky(k)).log_prob(v * 2)
d.MultivariateNormal(v, k).rsample((4,)).shape
d.MultivariateNormal(v, k).mean
d.kl_divergence(d.Normal(x, s), d.Normal(0.0, 1.0))
d.kl_divergence(d.Categorical(logits=x), d.Categorical(probs=p))
d.kl_divergence(d.Bernoulli(u), d.Bernoulli(logits=x))
d.kl.kl_divergence(d.MultivariateNormal(v, k), d.MultivariateNormal(v * 2, k * 2))
d.Normal(x, -s)
d.Categorical(-p)
d.Categorical()
d.Bernoulli(u + 1)
d.Normal(x, s).log_prob("red")
d.normal.Normal(x, s).log_prob(x)
d.categorical.Categorical(logits=x).entropy()
""", d=Named("distributions"), x=(2, 3), p=Unit(2, 3), u=Unit(2, 3), s=Pos(2, 3), i=Int((2,)), v=(3,), k=Spd(3))  # fmt: skip


def squares(torch: Any) -> Any:
    class Squares(torch.utils.data.Dataset):
        def __len__(self):
            return 3

        def __getitem__(self, k):
            return k, float(k * k)

    return Squares


def stream(torch: Any) -> Any:
    class Stream(torch.utils.data.IterableDataset):
        def __iter__(self):
            return iter(range(5))

    return Stream


code("utils.data", """
t = d.TensorDataset(x, i); (len(t), t[0], t[-1], t[1:3])
t = d.TensorDataset(x, i); list(d.DataLoader(t, batch_size=2))
t = d.TensorDataset(x, i); list(d.DataLoader(t, batch_size=2, drop_last=True))
t = d.TensorDataset(x, i); len(d.DataLoader(t, batch_size=2))
t = d.TensorDataset(x, i); len(d.DataLoader(t, batch_size=2, drop_last=True))
t = d.TensorDataset(x, i); list(d.DataLoader(t))
t = d.TensorDataset(x, i); list(d.DataLoader(t, batch_size=None))
t = d.TensorDataset(x, i); len(d.DataLoader(t, batch_size=2).dataset)
t = d.TensorDataset(x, i); sorted(b[1].item() for b in d.DataLoader(t, shuffle=True)) == sorted(i.tolist())
t = d.TensorDataset(x, i); torch.cat([b[0] for b in d.DataLoader(t, batch_size=3, shuffle=True)]).sum(0)
g = torch.Generator().manual_seed(1); torch.cat(list(d.DataLoader(x, shuffle=True, generator=g))).sum()
list(d.DataLoader([1, 2, 3], batch_size=2))
list(d.DataLoader([1.0, 2.0, 3.0], batch_size=2))
list(d.DataLoader([(1, "a"), (2, "b")], batch_size=2))
list(d.DataLoader([{"a": 1, "b": x[0].detach()}, {"a": 2, "b": x[1].detach()}], batch_size=2))
list(d.DataLoader(list(range(5)), batch_size=2, collate_fn=lambda b: b))
list(d.DataLoader(list(range(5)), batch_size=2, sampler=d.SequentialSampler(range(5))))
list(d.DataLoader(list(range(5)), sampler=[4, 0]))
list(d.DataLoader(list(range(5)), batch_sampler=[[4, 0], [1]]))
list(d.BatchSampler(d.SequentialSampler(range(5)), 2, False))
sorted(d.RandomSampler(range(5)))
len(list(d.RandomSampler(range(5), replacement=True, num_samples=9)))
list(d.WeightedRandomSampler([0.0, 1.0], 3))
sorted(d.SubsetRandomSampler([3, 1]))
s = d.Subset(d.TensorDataset(x, i), [2, 0]); (len(s), s[0], s[1])
a, b = d.random_split(range(5), [3, 2]); (len(a), len(b), sorted(list(a) + list(b)))
a, b = d.random_split(range(10), [0.75, 0.25]); (len(a), len(b))
a, b = d.random_split(range(5), [3, 2], generator=torch.Generator().manual_seed(0)); a.__class__.__name__
d.random_split(range(5), [3, 3])
c = d.ConcatDataset([[1, 2], [3]]); (len(c), c[2], list(c))
c = d.StackDataset([1, 2], [3, 4]); (len(c), c[1])
d.TensorDataset(x, i[:2])
d.DataLoader([1], batch_size=0)
d.DataLoader([1], shuffle=True, sampler=[0])
d.DataLoader([1], colour=1)
len(list(d.DataLoader(range(7), batch_size=3, num_workers=0, pin_memory=False)))
d.default_collate([x[0], x[1]])
d.default_collate([[1, 2], [3, 4]])
d.default_collate([{"a": [1, 2.0]}, {"a": [3, 4.0]}])
list(d.DataLoader(Squares(), batch_size=2))
list(d.DataLoader(Stream(), batch_size=2))
len(d.DataLoader(Stream(), batch_size=2))
list(d.DataLoader(Stream(), shuffle=True))
""", dtypes=["float32"], order=0, d=Named("utils.data"), Squares=Made(squares), Stream=Made(stream), x=(5, 2),
     i=Lit([0, 1, 2, 3, 4]))  # fmt: skip
code("numpy as a neighbour", """
import numpy as np; np.asarray(x)
import numpy as np; np.array(x)
import numpy as np; np.from_dlpack(x)
import numpy as np; torch.from_dlpack(np.ones(3))
import numpy as np; torch.from_numpy(np.arange(3))
import numpy as np; torch.tensor(np.float32(1.5))
import numpy as np; torch.tensor(np.arange(3, dtype=np.int32))
import numpy as np; x * np.float64(2)
import numpy as np; torch.tensor([np.float32(1), np.float32(2)])
import numpy as np; torch.tensor([np.arange(2), np.arange(2)])
import numpy as np; a = np.zeros(3); t = torch.from_numpy(a); t += 1; a
import numpy as np; np.asarray(x * 2)
import numpy as np; x[np.array([0, 1])]
import numpy as np; x[np.array([True, False])]
import numpy as np; x[np.int64(1)]
import numpy as np; x + np.ones(3, dtype=np.float32)
import numpy as np; torch.as_tensor(np.ones(2))
import numpy as np; torch.zeros(np.int64(3))
import numpy as np; torch.zeros(np.int64(3), np.int32(2)).shape
import numpy as np; x.sum(np.int64(1))
import numpy as np; x.reshape(np.int64(3), -1)
import numpy as np; x.transpose(np.int64(0), np.int64(1))
import numpy as np; torch.full((2,), np.float64(1.5))
import numpy as np; torch.full((2,), np.int64(3))
import numpy as np; torch.tensor(np.float64(2.5))
import numpy as np; torch.tensor(np.bool_(True))
import numpy as np; torch.tensor([np.int64(3), 4])
import numpy as np; torch.from_numpy(np.asfortranarray(np.arange(6.0).reshape(2, 3))) @ torch.ones(3, dtype=torch.float64)
import numpy as np; torch.from_numpy(np.arange(12.0).reshape(3, 4)[::2, 1:]).sum(1)
import numpy as np; torch.tensor(np.arange(3)[::-1].copy())
import numpy as np; torch.tensor(np.array(5))
import numpy as np; torch.tensor(np.zeros((2, 0)))
import numpy as np; torch.from_numpy(np.array([True, False]))
import numpy as np; torch.from_numpy(np.ones(2, dtype=np.float16)).dtype
import numpy as np; x[:, np.array([2, 0])]
import numpy as np; x[np.arange(2), [0, 2]]
import numpy as np; x * np.float32(2)
import numpy as np; x ** np.float64(2)
import numpy as np; x[0] + np.int64(1)
import numpy as np; torch.where(torch.from_numpy(np.array([True, False, True])), x, 0.0)
import numpy as np; x.mul(np.float64(0.5))
import numpy as np; torch.clamp(x, np.float64(-0.5), np.float64(0.5))
import numpy as np; np.allclose(x, x.numpy())
import numpy as np; np.mean(x.numpy())
import numpy as np; np.isclose(x[0, 0].item(), float(x[0, 0]))
import numpy as np; torch.stack([torch.from_numpy(np.ones(2)), torch.zeros(2, dtype=torch.float64)])
import numpy as np; np.array([t.item() for t in x[0]])
import numpy as np; np.stack([t.numpy() for t in x])
import numpy as np; x.numpy().dtype
import numpy as np; x.t().numpy().strides == x.numpy().T.strides
import numpy as np; torch.ones(2) == torch.as_tensor(np.ones(2))
import numpy as np; torch.from_numpy(np.array(["a"]))
import numpy as np; torch.tensor(1.0).item() + np.float64(1)
""", order=0, grad=False, x=(2, 3))  # fmt: skip
code("numpy and gradients", """
import numpy as np; np.asarray(x)
x.numpy()
x.__array__()
import numpy as np; np.from_dlpack(x)
x.__dlpack__()
""", order=0, x=(2, 3))  # fmt: skip
code("miscellaneous", """
torch.autograd.set_detect_anomaly(True); y = (x * 2).sum(); torch.autograd.set_detect_anomaly(False); y
torch.is_tensor(torch.nn.Parameter(x.detach()))
torch.allclose(x, x + 1e-12)
torch.Tensor.add(x, x)
torch.Tensor.size(x, 0)
getattr(torch, "float32")
torch.tensor(x.detach().tolist())
torch.stack([x[0], x[1]]).mean(dim=0)
torch.get_default_dtype()
x.sum(dim=-1, keepdim=True).expand_as(x)
torch.einsum("ij,kj->ik", x, x)
torch.where(x > 0, x, x.exp() - 1)
torch.where(x > 0, torch.log(x.clamp(min=1e-3)), torch.zeros_like(x))
torch.cat([x, x * 2], dim=-1).chunk(2, dim=-1)
torch.tensor(0.0).sqrt()
torch.linalg.solve(k, x.T)
torch.linalg.inv(k) @ k
torch.triu(torch.ones(3, 3), diagonal=1).bool()
x.masked_fill(torch.tril(torch.ones(2, 3)) == 0, float("-inf"))
x.softmax(-1).log().neg().gather(1, torch.tensor([[0], [2]])).mean()
x.max(1)[0].sum() + x.max(1).values.sum()
x.argmax(dim=1).eq(torch.tensor([0, 1])).sum().item()
(x.argmax(1) == torch.tensor([0, 1])).float().mean()
torch.nn.functional.one_hot(torch.tensor([0, 2]), 3)
x.pow(2).sum().sqrt()
x.norm() * 2
x.view(-1, 1, 3).squeeze(1).permute(1, 0)
torch.zeros(2, 3, dtype=x.dtype).scatter_(1, torch.tensor([[0], [2]]), 1.0)
torch.zeros(3, dtype=x.dtype).index_add_(0, torch.tensor([0, 0]), x[:, 0])
""", x=(2, 3), k=Regular(3))  # fmt: skip
