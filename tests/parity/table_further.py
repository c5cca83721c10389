"""Functions that few programs call: estimates on grids, less usual solvers, windows, places in memory, older names."""

from __future__ import annotations

from .dsl import Int, Lit, Named, Pos, Raw, Regular, Spd, Unit, c, code, f, op

STEADY = ("transposed", "strided")
ROWS = Lit([2, 0])

op("gradient", "input", f((5,)), f((4, 3)), f((4, 3), spacing=2.0), f((4, 3), dim=1), f((4, 3), dim=[0, 1], edge_order=2),
   f((4, 3), spacing=[0.5, 2.0]), f((2,)), wrong=[f((1,)), f((4, 3), dim=2), f((4, 3), edge_order=3),
   f((4, 3), spacing=[1.0, 2.0, 3.0])], promotes=False, half=False)  # fmt: skip
op("histogram", "input bins", c((9,), 4, range=Raw((-2.0, 2.0))), c((2, 3), 3), c((9,), Lit([-1.0, 0.0, 2.0])),
   c((9,), 2, density=True),   wrong=[c((9,), 0)], promotes=False, half=False, order=0)  # fmt: skip
op("as_strided", "input size stride", c((2, 3), [2, 2], [1, 2]), c((7,), [3, 2], [2, 1], 1), c((2, 3), [4, 3], [1, 1]),
   c((), [1], [1]), wrong=[c((2, 3), [3, 3], [3, 1]), c((2, 3), [2], [1, 1]), c((2, 3), [2], [-1])], layouts=(),
   promotes=False, inplace=False, alias=False)  # fmt: skip
op("split_with_sizes", "input split_sizes", c((5, 2), [2, 3]), c((2, 5), [1, 4], -1), wrong=[c((5, 2), [2, 2]), c((), [1])])
op("index_reduce", "input dim index source reduce",
   *(c((4, 3), 0, ROWS, (2, 3), how, include_self=own) for how in ("prod", "mean", "amax", "amin") for own in (True, False)),
   c((4, 3), 1, ROWS, (4, 2), "prod"), wrong=[c((4, 3), 0, ROWS, (2, 3), "sum"), c((4, 3), 0, Lit([9, 0]), (2, 3), "prod"),
   c((4, 3), 0, ROWS, (3, 3), "prod")], promotes=False, order=1, half=False)  # fmt: skip
op("nextafter", "input other", c((2, 3), (2, 3)), c((2, 3), (3,)), c((), ()), wrong=[c((2, 3), (4,))], promotes=False,
   half=False, order=0)  # fmt: skip
op("angle", "input", c((2, 3)), c(()), c((0,)))
op("cholesky_inverse", "input upper", c(Spd(3)), c(Spd(3, 2)), c(Spd(3), True), wrong=[c((2, 3)), c((3,))], layouts=STEADY,
   promotes=False, half=False, order=0)  # fmt: skip
op("linalg.cholesky_ex", "input", c(Spd(3)), c(Spd(2, 4)), c(Spd(3), upper=True), wrong=[c((2, 3)), c((3,))], layouts=STEADY,
   promotes=False, half=False)  # fmt: skip
op(
    "linalg.inv_ex",
    "A",
    c(Regular(3)),
    c(Regular(2, 4)),
    wrong=[c((2, 3)), c((3,))],
    layouts=STEADY,
    promotes=False,
    half=False,
)
op("linalg.lu", "A", c(Regular(3)), c(Regular(2, 4)), wrong=[c((3,))], layouts=STEADY, promotes=False, half=False)
op("linalg.lu_factor", "A", c(Regular(3)), c(Regular(2, 4)), wrong=[c((3,))], layouts=STEADY, promotes=False, half=False)
op(
    "linalg.vander",
    "x",
    c((3,)),
    c((2, 3)),
    c((3,), N=5),
    c((3,), N=2),
    wrong=[c(()), c((3,), N=1)],
    promotes=False,
    half=False,
)
op(
    "linalg.tensorsolve",
    "input other",
    c(Regular(6), (6,)),
    wrong=[c((2, 3), (3,))],
    layouts=STEADY,
    promotes=False,
    half=False,
)
op("linalg.tensorinv", "input ind", c(Regular(6), 1), wrong=[c((2, 3), 1), c(Regular(6), 0)], layouts=STEADY, promotes=False,
   half=False)  # fmt: skip
op("nuclear_norm", "input", f((2, 3)), f((3, 3)), promotes=False, half=False, layouts=STEADY)
op("is_conj", "input", c((2, 3)), order=0)
op("conj", "input", c((2, 3)), c(()))

code("less usual solvers", """
l, p = torch.linalg.lu_factor(k); torch.linalg.lu_solve(l, p, b)
l, p = torch.linalg.lu_factor(k); torch.lu_solve(b, l, p)
torch.linalg.cholesky_ex(-k @ k.T).info
torch.linalg.inv_ex(torch.zeros(2, 2), check_errors=True)
torch.linalg.tensorsolve(k.reshape(2, 2, 4), x)
torch.svd_lowrank(x, q=2)[1]
torch.pca_lowrank(y, q=3, center=False)[1]
u, s, v = torch.svd_lowrank(y, q=3); u @ s.diag() @ v.T
torch.unravel_index(i, (3, 4))
torch.linalg.tensorinv(k.reshape(2, 2, 4), ind=2).shape
""", k=Regular(4), b=(4, 2), x=(2, 2), y=(5, 3), i=Int((2, 3), 0, 12), order=1, grad=False)  # fmt: skip
code("sparse matrices", """
torch.sparse.mm(torch.sparse_coo_tensor(i, v, (2, 3)), y)
torch.mm(torch.sparse_coo_tensor(i, v, (2, 3)), y)
torch.sparse_coo_tensor(i, v, (2, 3)) @ y
torch.sparse_coo_tensor(i, v, (2, 3)).to_dense()
torch.sparse_coo_tensor(i, v).shape
torch.sparse_coo_tensor(i, v, (2, 3)).coalesce().values()
torch.sparse_coo_tensor(i, v, (2, 3)).coalesce().indices()
torch.sparse_coo_tensor(i, v, (2, 3)).values()
torch.sparse_coo_tensor(i, v, (2, 3)).t() @ z
(torch.sparse_coo_tensor(i, v, (2, 3)) * 2).to_dense()
torch.sparse_coo_tensor(i, v, (2, 3))._nnz()
torch.sparse_coo_tensor(i, v, (2, 3)).is_sparse
torch.sparse.sum(torch.sparse_coo_tensor(i, v, (2, 3)))
torch.sparse.addmm(z, torch.sparse_coo_tensor(i, v, (2, 3)), y, beta=0.5, alpha=2)
y.detach().to_sparse().to_dense()
torch.sparse_coo_tensor(i, v[:2], (2, 3))
torch.sparse.mm(torch.sparse_coo_tensor(i, v, (2, 3)), z)
""", i=Lit([[0, 1, 1], [2, 0, 0]]), v=(3,), y=(3, 4), z=(2, 4), order=1)  # fmt: skip
code("the factor first", """
y = x.detach().clone(); y.add_(-0.5, x); y
y = x.detach().clone(); y.mul_(0.9).add_(0.1, x)
y = x.detach().clone(); y.mul_(0.9).addcmul_(0.1, x, x)
y = x.detach().clone(); y.addcdiv_(-0.1, x, x.abs() + 1); y
y = x.detach().clone(); y.sub_(2, x); y
torch.add(x, 2, x)
torch.sub(x, 2, x)
torch.addcmul(x, 0.5, x, x)
torch.addcdiv(x, 0.5, x, x.abs() + 1)
torch.add(x, x, x)
torch.add(x, 2, x, alpha=2)
torch.add(x, 2, 3)
torch.add(x, 2, x, x)
torch.addcmul(x, x, x, x)
""", x=(2, 3))  # fmt: skip
code("windows", """
torch.hann_window(5)
torch.hann_window(5, periodic=False)
torch.hann_window(6, False, dtype=torch.float64)
torch.hamming_window(5)
torch.hamming_window(5, True, 0.5, 0.5)
torch.blackman_window(6)[1:]
torch.bartlett_window(5)
torch.kaiser_window(5)
torch.kaiser_window(5, False, 4.0)
torch.hann_window(0)
torch.hann_window(1)
torch.hann_window(-1)
torch.hann_window(3, dtype=torch.int64)
torch.hann_window(3, requires_grad=True).requires_grad
""", dtypes=["float32"], order=0)  # fmt: skip
code("places in memory", """
y = x * 1; z = y.as_strided((2, 2), (3, 1)); z.mul_(3); y
y = x * 1; z = y.as_strided((2,), (2,), 1); y.mul_(2); z
x.real
x.is_cpu
x.is_pinned()
x.is_inference()
x.detach().is_shared()
x.detach().clone().resize_(2, 2)
x.detach().clone().resize_(6)
x.resize_(2, 2)
torch.detach(x).requires_grad
x.to(memory_format=torch.channels_last) if x.ndim == 4 else x.to(memory_format=torch.preserve_format)
x[None, None].contiguous(memory_format=torch.channels_last)
torch.relu_(x * 1)
torch.exp_(x * 1)
torch.sigmoid_(x * 1)
torch.clamp_(x * 1, 0, 1)
torch.typename(x.detach())
torch.set_default_tensor_type("torch.DoubleTensor"); r = torch.ones(1); torch.set_default_tensor_type(torch.FloatTensor); r
torch.set_default_tensor_type(torch.LongTensor)
torch.set_flush_denormal(False) in (True, False)
""", order=1, x=(2, 3))  # fmt: skip
code("modules that ask what there is", """
torch.jit.is_scripting()
torch.utils.checkpoint.checkpoint(f, x, use_reentrant=False)
torch.utils.checkpoint.checkpoint(f, x, use_reentrant=True, k=1)
torch.utils.checkpoint.checkpoint_sequential([f, f], 2, x, use_reentrant=False)
torch.distributed.is_available() in (True, False)
torch.distributed.is_available() and torch.distributed.is_initialized()
torch.mps.is_available() if hasattr(torch.mps, "is_available") else False
torch.xpu.is_available()
torch.cuda.memory_reserved()
torch.cuda.max_memory_reserved()
torch.cuda.ipc_collect()
torch.is_autocast_enabled()
torch.compiler.is_compiling()
torch.testing.assert_close(x, x + 1e-12)
torch.testing.assert_close(x, x + 1)
torch.testing.assert_close(x, x[0])
torch.testing.assert_close([x, 1], [x, 1])
torch.testing.assert_close(x, x.double() * 1 if x.dtype == torch.float32 else x.float())
torch.testing.assert_close(x, x, rtol=1e-3)
torch.testing.assert_close("a", x)
x.dtype == torch.bfloat16
{"float32": torch.float32, "bfloat16": torch.bfloat16}["float32"] == x.dtype
""", f=Named("tanh"), x=(2, 3), order=1)  # fmt: skip
code("further distributions", """
d.Gamma(a, b).log_prob(q)
d.Gamma(a, b).entropy()
d.Gamma(a, b).mode
d.Gamma(a, b).rsample().shape
d.Beta(a, b).log_prob(u)
d.Beta(a, b).entropy()
d.Beta(a, b).mean
d.Beta(a, b).variance
d.Beta(a, b).sample((4,)).shape
d.Dirichlet(a).log_prob(p / p.sum(-1, True))
d.Dirichlet(a).entropy()
d.Dirichlet(a).mode
d.Dirichlet(a).rsample((2,)).shape
d.Chi2(a).log_prob(q)
d.StudentT(a, x, b).log_prob(x + 1)
d.StudentT(a, x, b).entropy()
d.StudentT(a + 2).variance
d.LogNormal(x, b).log_prob(q)
d.LogNormal(x, b).mean
d.LogNormal(x, b).entropy()
d.HalfNormal(b).log_prob(q)
d.HalfNormal(b).icdf(u)
d.Cauchy(x, b).log_prob(x * 2)
d.Cauchy(x, b).icdf(u)
d.Gumbel(x, b).log_prob(x * 2)
d.Gumbel(x, b).entropy()
d.Weibull(a, b).log_prob(q)
d.Weibull(a, b).mode
d.Poisson(a).log_prob(k)
d.Poisson(a).sample().shape
d.Geometric(u).log_prob(k)
d.Geometric(logits=x).entropy()
d.Binomial(5, u).log_prob(k)
d.Binomial(5, u).entropy()
d.Binomial(5, logits=x).mean
d.Binomial(5, logits=x).sample((2,)).shape
d.NegativeBinomial(a, u).log_prob(k)
d.NegativeBinomial(a, logits=x).mean
d.Multinomial(4, p).log_prob(torch.tensor([1.0, 2.0, 1.0]))
d.Multinomial(4, p).sample().sum(-1)
d.OneHotCategorical(p).log_prob(torch.tensor([0.0, 1.0, 0.0]))
d.OneHotCategorical(p).sample().sum(-1)
d.OneHotCategoricalStraightThrough(logits=x).rsample().sum(-1)
d.RelaxedBernoulli(torch.tensor(0.7, dtype=x.dtype), u).log_prob(q / 4)
d.RelaxedBernoulli(torch.tensor(0.7, dtype=x.dtype), logits=x).rsample().shape
d.RelaxedOneHotCategorical(torch.tensor(0.7, dtype=x.dtype), p).log_prob(p / p.sum(-1, True))
d.MixtureSameFamily(d.Categorical(p), d.Normal(x, b)).log_prob(torch.tensor([0.1, 0.2]))
d.MixtureSameFamily(d.Categorical(p), d.Normal(x, b)).variance
d.MixtureSameFamily(d.Categorical(logits=x), d.Independent(d.Normal(x[..., None], b[..., None]), 1)).sample((4,)).shape
d.MixtureSameFamily(d.Categorical(p[:, :2]), d.Normal(x, b))
d.TransformedDistribution(d.Normal(x, b), [d.TanhTransform()]).log_prob(u - 0.5)
d.TransformedDistribution(d.Normal(x, b), [d.AffineTransform(1.0, b), d.ExpTransform()]).log_prob(q)
d.TransformedDistribution(d.Normal(x, b), d.SigmoidTransform()).cdf(u)
d.TransformedDistribution(d.Normal(x, b), [d.AffineTransform(0.0, -2.0)]).icdf(u)
d.TransformedDistribution(d.Independent(d.Normal(x, b), 1), d.StickBreakingTransform()).log_prob(torch.ones(4) / 4)
d.TransformedDistribution(d.Independent(d.Normal(x, b), 1), [d.ReshapeTransform((3,), (3, 1))]).log_prob(x[..., None])
d.TransformedDistribution(d.Uniform(x, x + 1), [d.SoftplusTransform()]).log_prob(torch.nn.functional.softplus(x + 0.5))
d.transforms.ComposeTransform([d.PowerTransform(2.0), d.AffineTransform(1.0, 2.0)]).inv(q + 2)
d.kl_divergence(d.Gamma(a, b), d.Gamma(b, a))
d.kl_divergence(d.Beta(a, b), d.Beta(b, a))
d.kl_divergence(d.Dirichlet(a), d.Dirichlet(b))
d.kl_divergence(d.Poisson(a), d.Poisson(b))
d.kl_divergence(d.LogNormal(x, a), d.LogNormal(x * 2, b))
d.kl_divergence(d.Laplace(x, a), d.Normal(x * 2, b))
d.kl_divergence(d.Gumbel(x, a), d.Gumbel(x * 2, b))
d.kl_divergence(d.OneHotCategorical(p), d.OneHotCategorical(logits=x))
s = d.Categorical(logits=x); s.sample(); s.entropy()
s = d.Bernoulli(logits=x); s.sample(); s.probs
d.Gamma(-a, b)
d.Beta(a, b).log_prob(u + 1)
d.Poisson(a).log_prob(k + 0.5)
d.Poisson(a).rsample()
d.Binomial(3, u, logits=x)
d.TransformedDistribution(d.Normal(x, b), [3])
""", d=Named("distributions"), x=(2, 3), a=Pos(2, 3), b=Pos(2, 3), p=Unit(2, 3), u=Unit(2, 3), q=Pos(2, 3),
     k=Lit([0.0, 1.0, 3.0]), order=1)  # fmt: skip
