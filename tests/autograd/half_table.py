"""What adds up, multiplies or averages many numbers, as calls that read the same here and in PyTorch.

Each takes the module (`autograd` or `torch`), its `nn.functional`, and three tensors of shape (SIZE,): x and y of the size that
is tested, w smaller by 2**12. It gives a tensor.
"""

from collections.abc import Callable
from typing import Any

SIZE = 6000


def _zeros(T: Any, n: int) -> Any:
    return T.zeros(n, dtype=T.int64)


def _into(T: Any, x: Any, value: float = 0.0, n: int = 2) -> Any:
    return T.full((n,), value, dtype=x.dtype)


def _pairs(x: Any) -> Any:
    return x.reshape(-1, 2)


def _near_one(x: Any) -> Any:
    return x[:60] * (1 if float(abs(x).max()) < 4 else 2.0**-8)


def _signs(T: Any, x: Any) -> Any:
    return T.ones(len(x), dtype=x.dtype)


CALLS: dict[str, Callable[..., Any]] = {
    # reductions
    "sum": lambda T, F, x, y, w: x[:150].sum(),
    "sum columns": lambda T, F, x, y, w: _pairs(x).sum(0),
    "nansum": lambda T, F, x, y, w: x.nansum(),
    "mean": lambda T, F, x, y, w: x.mean(),
    "mean columns": lambda T, F, x, y, w: _pairs(x).mean(0),
    "nanmean": lambda T, F, x, y, w: x.nanmean(),
    "prod": lambda T, F, x, y, w: _near_one(x).prod(),
    "var": lambda T, F, x, y, w: x.var(),
    "std": lambda T, F, x, y, w: x.std(),
    "std columns": lambda T, F, x, y, w: _pairs(x).std(0),
    "var_mean": lambda T, F, x, y, w: T.stack(T.var_mean(x)),
    "std_mean": lambda T, F, x, y, w: T.stack(T.std_mean(x)),
    "cov": lambda T, F, x, y, w: x.reshape(2, -1).cov(),
    "cov weighted": lambda T, F, x, y, w: x.reshape(2, -1).cov(fweights=T.ones(x.numel() // 2, dtype=T.int64)),
    "corrcoef": lambda T, F, x, y, w: x.reshape(2, -1).corrcoef(),
    "logsumexp": lambda T, F, x, y, w: x.logsumexp(0),
    "softmax": lambda T, F, x, y, w: x.softmax(0),
    "log_softmax": lambda T, F, x, y, w: x.log_softmax(0),
    "softmin": lambda T, F, x, y, w: F.softmin(x, 0),
    "amax": lambda T, F, x, y, w: x.round().amax(),
    "amax of equals": lambda T, F, x, y, w: (x * 0).amax() + (y * 0).reshape(2, -1).amin(1),
    "trace": lambda T, F, x, y, w: x[:, None].expand(-1, 6000).trace(),
    "trapezoid": lambda T, F, x, y, w: T.trapezoid(x),
    "cumulative_trapezoid": lambda T, F, x, y, w: T.cumulative_trapezoid(x),
    "quantile": lambda T, F, x, y, w: x.median(),
    # scans
    "cumsum": lambda T, F, x, y, w: x.cumsum(0),
    "cumprod": lambda T, F, x, y, w: _near_one(x).cumprod(0),
    "logcumsumexp": lambda T, F, x, y, w: x.logcumsumexp(0),
    "cummax": lambda T, F, x, y, w: x.cummax(0)[0],
    "diff": lambda T, F, x, y, w: x.diff(),
    # norms and distances
    "norm": lambda T, F, x, y, w: x.norm(),
    "norm 1": lambda T, F, x, y, w: x.norm(1),
    "norm 3": lambda T, F, x, y, w: x.norm(3),
    "norm 0": lambda T, F, x, y, w: x.norm(0),
    "norm inf": lambda T, F, x, y, w: x.norm(float("inf")),
    "vector_norm": lambda T, F, x, y, w: T.linalg.vector_norm(x),
    "matrix_norm": lambda T, F, x, y, w: T.linalg.matrix_norm(_pairs(x)),
    "matrix_norm 1": lambda T, F, x, y, w: T.linalg.matrix_norm(_pairs(x[:200]), 1),
    "dist": lambda T, F, x, y, w: x.dist(y),
    "renorm": lambda T, F, x, y, w: x.reshape(2, -1).renorm(2, 0, 5.0),
    "renorm 1": lambda T, F, x, y, w: x.reshape(2, -1).renorm(1, 0, 5.0),
    "cdist": lambda T, F, x, y, w: T.cdist(x.reshape(2, -1), y.reshape(2, -1)),
    "pdist": lambda T, F, x, y, w: F.pdist(x.reshape(2, -1)),
    "pairwise_distance": lambda T, F, x, y, w: F.pairwise_distance(x[None], y[None]),
    "cosine_similarity": lambda T, F, x, y, w: F.cosine_similarity(x, y, dim=0),
    "normalize": lambda T, F, x, y, w: F.normalize(x, dim=0),
    "normalize 1": lambda T, F, x, y, w: F.normalize(x, p=1, dim=0),
    # products
    "dot": lambda T, F, x, y, w: w.dot(x),
    "vdot": lambda T, F, x, y, w: T.vdot(w, x),
    "inner": lambda T, F, x, y, w: T.inner(w, x),
    "matmul": lambda T, F, x, y, w: w.reshape(2, -1) @ x.reshape(-1, 2),
    "bmm": lambda T, F, x, y, w: w.reshape(1, 2, -1).bmm(x.reshape(1, -1, 2)),
    "mv": lambda T, F, x, y, w: w.reshape(2, -1).mv(x[:3000]),
    "baddbmm": lambda T, F, x, y, w: T.baddbmm(y[:1, None, None], w.reshape(1, 2, -1), x.reshape(1, -1, 2)),
    "addmm": lambda T, F, x, y, w: T.addmm(y[:1], w.reshape(2, -1), x.reshape(-1, 2)),
    "einsum": lambda T, F, x, y, w: T.einsum("i,i->", w, x),
    "einsum matrix": lambda T, F, x, y, w: T.einsum("ij,ik->jk", w.reshape(-1, 2), _pairs(x)),
    "tensordot": lambda T, F, x, y, w: T.tensordot(w, x, 1),
    "linear": lambda T, F, x, y, w: F.linear(_pairs(x), w[:4].reshape(2, 2), y[:2]),
    "linear long": lambda T, F, x, y, w: F.linear(x[None], w[None], y[:1]),
    "bilinear": lambda T, F, x, y, w: F.bilinear(x[:60][None], y[:50][None], w[:3000].reshape(1, 60, 50)),
    "attention": lambda T, F, x, y, w: F.scaled_dot_product_attention(*[t.reshape(1, 2, -1) for t in (x, w / 16, y)]),
    # pools
    "avg_pool1d": lambda T, F, x, y, w: F.avg_pool1d(x[None], 3000),
    "avg_pool2d": lambda T, F, x, y, w: F.avg_pool2d(x.reshape(1, 60, 100), (60, 50)),
    "avg_pool3d": lambda T, F, x, y, w: F.avg_pool3d(x.reshape(1, 10, 60, 10), (10, 30, 10)),
    "adaptive_avg_pool1d": lambda T, F, x, y, w: F.adaptive_avg_pool1d(x[None], 2),
    "adaptive_avg_pool2d": lambda T, F, x, y, w: F.adaptive_avg_pool2d(x.reshape(1, 60, 100), (1, 3)),
    "lp_pool1d": lambda T, F, x, y, w: F.lp_pool1d(x[None], 2, 600),
    "lp_pool2d": lambda T, F, x, y, w: F.lp_pool2d(x.reshape(1, 60, 100), 2, (60, 10)),
    "max_pool1d": lambda T, F, x, y, w: F.max_pool1d(x[None], 3000),
    "max_pool1d overlapping": lambda T, F, x, y, w: F.max_pool1d(x[None], 3000, 1),
    # scatters
    "scatter_add": lambda T, F, x, y, w: _into(T, x).scatter_add(0, _zeros(T, SIZE), x),
    "scatter_reduce sum": lambda T, F, x, y, w: _into(T, x).scatter_reduce(0, _zeros(T, SIZE), x, "sum"),
    "scatter_reduce mean": lambda T, F, x, y, w: _into(T, x).scatter_reduce(0, _zeros(T, SIZE), x, "mean"),
    "scatter_reduce prod": lambda T, F, x, y, w: _into(T, x, 1).scatter_reduce(0, _zeros(T, 60), _near_one(x), "prod"),
    "scatter_reduce amax": lambda T, F, x, y, w: _into(T, x).scatter_reduce(0, _zeros(T, SIZE), x.round(), "amax"),
    "index_reduce mean": lambda T, F, x, y, w: _into(T, x).index_reduce(0, _zeros(T, SIZE), x, "mean"),
    "index_reduce prod": lambda T, F, x, y, w: _into(T, x, 1).index_reduce(0, _zeros(T, 60), _near_one(x), "prod"),
    "index_add": lambda T, F, x, y, w: _into(T, x).index_add(0, _zeros(T, SIZE), x),
    "index_add alpha": lambda T, F, x, y, w: _into(T, x).index_add(0, _zeros(T, SIZE), x, alpha=3),
    "index_put": lambda T, F, x, y, w: _into(T, x).index_put((_zeros(T, SIZE),), x, accumulate=True),
    "put": lambda T, F, x, y, w: _into(T, x).put(_zeros(T, SIZE), x, accumulate=True),
    "fold": lambda T, F, x, y, w: F.fold(x.reshape(1, 60, 100), (1, 159), (1, 60)),
    # what repeats an element, so that its cotangent is a long sum
    "expand": lambda T, F, x, y, w: x[:2, None].expand(2, SIZE),
    "broadcast": lambda T, F, x, y, w: x[:1] * T.ones(SIZE, dtype=x.dtype),
    "gather": lambda T, F, x, y, w: x.gather(0, _zeros(T, SIZE)),
    "index_select": lambda T, F, x, y, w: x.index_select(0, _zeros(T, SIZE)),
    "take": lambda T, F, x, y, w: x.take(_zeros(T, SIZE)),
    "item": lambda T, F, x, y, w: x[_zeros(T, SIZE)],
    "repeat": lambda T, F, x, y, w: x[:2].repeat(SIZE),
    "repeat_interleave": lambda T, F, x, y, w: x[:2].repeat_interleave(SIZE),
    "tile": lambda T, F, x, y, w: T.tile(x[:2], (SIZE,)),
    "unfold": lambda T, F, x, y, w: x.unfold(0, 3000, 10),
    "F.unfold": lambda T, F, x, y, w: F.unfold(x.reshape(1, 1, 1, -1), (1, 3000), stride=10),
    "embedding": lambda T, F, x, y, w: F.embedding(_zeros(T, SIZE), x[:2, None]),
    "embedding_bag mean": lambda T, F, x, y, w: F.embedding_bag(T.arange(SIZE).reshape(2, -1), x[:, None], mode="mean"),
    "embedding_bag sum": lambda T, F, x, y, w: F.embedding_bag(T.arange(SIZE).reshape(2, -1), x[:, None], mode="sum"),
    "embedding_bag weighted": lambda T, F, x, y, w: F.embedding_bag(
        T.arange(SIZE).reshape(2, -1), x[:, None], mode="sum", per_sample_weights=w.reshape(2, -1)
    ),
    "pad replicate": lambda T, F, x, y, w: F.pad(x[None, :4], (3000, 3000), mode="replicate"),
    "pad circular": lambda T, F, x, y, w: F.pad(x[None], (3000, 3000), mode="circular"),
    "interpolate nearest": lambda T, F, x, y, w: F.interpolate(x[None, None, :2], SIZE, mode="nearest"),
    "interpolate linear": lambda T, F, x, y, w: F.interpolate(x[None, None, :4], SIZE, mode="linear"),
    "interpolate down": lambda T, F, x, y, w: F.interpolate(x.reshape(1, 1, 60, 100), (7, 9), mode="bilinear"),
    "interpolate bilinear": lambda T, F, x, y, w: F.interpolate(x[:6].reshape(1, 1, 2, 3), (50, 120), mode="bilinear"),
    "interpolate bicubic": lambda T, F, x, y, w: F.interpolate(x[:6].reshape(1, 1, 2, 3), (50, 120), mode="bicubic"),
    "interpolate area": lambda T, F, x, y, w: F.interpolate(x[None, None], 2, mode="area"),
    "grid_sample": lambda T, F, x, y, w: F.grid_sample(
        x[:4].reshape(1, 1, 2, 2),
        T.linspace(-1, 1, SIZE, dtype=T.float64).to(T.float16).to(x.dtype).reshape(1, -1, 1, 2),
        align_corners=False,
    ),
    # convolutions
    "conv1d": lambda T, F, x, y, w: F.conv1d(x[None, None], w[:3000][None, None], y[:1]),
    "conv2d": lambda T, F, x, y, w: F.conv2d(x.reshape(1, 1, 60, 100), w[:25].reshape(1, 1, 5, 5), y[:1]),
    "conv_transpose1d": lambda T, F, x, y, w: F.conv_transpose1d(x[None, None], w[:3000][None, None], y[:1]),
    # normalisations
    "layer_norm": lambda T, F, x, y, w: F.layer_norm(x, (SIZE,), w, y),
    "rms_norm": lambda T, F, x, y, w: F.rms_norm(x, (SIZE,), w),
    "group_norm": lambda T, F, x, y, w: F.group_norm(x.reshape(1, 4, -1), 2, w[:4], y[:4]),
    "batch_norm": lambda T, F, x, y, w: F.batch_norm(_pairs(x), None, None, w[:2], y[:2], training=True),
    "batch_norm 3d": lambda T, F, x, y, w: F.batch_norm(x.reshape(2, 2, -1), None, None, w[:2], y[:2], training=True),
    "batch_norm eval": lambda T, F, x, y, w: F.batch_norm(
        _pairs(x), x[:2].detach().clone(), x[:2].detach().clone(), w[:2], y[:2], training=False
    ),
    "instance_norm": lambda T, F, x, y, w: F.instance_norm(x.reshape(1, 2, -1), None, None, w[:2], y[:2]),
    "local_response_norm": lambda T, F, x, y, w: F.local_response_norm(x.reshape(1, 60, 100), 40),
    "prelu": lambda T, F, x, y, w: F.prelu(-x[None, :100], w[:1]),
    "glu": lambda T, F, x, y, w: F.glu(x),
}

# Losses: of x and another tensor of its shape, with each reduction.
_CLASSES: Any = lambda T, x: T.arange(len(x)) % 2  # noqa: E731
LOSSES: dict[str, Callable[..., Any]] = {
    "mse_loss": lambda T, F, x, y, w, r: F.mse_loss(x, y, reduction=r),
    "l1_loss": lambda T, F, x, y, w, r: F.l1_loss(x, y, reduction=r),
    "smooth_l1_loss": lambda T, F, x, y, w, r: F.smooth_l1_loss(x, y, reduction=r),
    "huber_loss": lambda T, F, x, y, w, r: F.huber_loss(x, y, delta=2.0, reduction=r),
    "gaussian_nll_loss": lambda T, F, x, y, w, r: F.gaussian_nll_loss(x, w, abs(y), reduction=r),
    "poisson_nll_loss": lambda T, F, x, y, w, r: F.poisson_nll_loss(x, y, log_input=False, reduction=r),
    "kl_div": lambda T, F, x, y, w, r: F.kl_div(-x, abs(w), reduction=r),
    "cross_entropy": lambda T, F, x, y, w, r: F.cross_entropy(_pairs(x), _CLASSES(T, _pairs(x)), reduction=r),
    "cross_entropy weighted": lambda T, F, x, y, w, r: F.cross_entropy(
        _pairs(x), _CLASSES(T, _pairs(x)), weight=T.tensor([3.0, 40.0], dtype=x.dtype), reduction=r, label_smoothing=0.125
    ),
    "cross_entropy soft": lambda T, F, x, y, w, r: F.cross_entropy(_pairs(x), _pairs(w), reduction=r),
    "nll_loss": lambda T, F, x, y, w, r: F.nll_loss(_pairs(x), _CLASSES(T, _pairs(x)), reduction=r),
    "nll_loss weighted": lambda T, F, x, y, w, r: F.nll_loss(
        _pairs(x), _CLASSES(T, _pairs(x)), weight=T.tensor([3.0, 40.0], dtype=x.dtype), reduction=r
    ),
    "binary_cross_entropy": lambda T, F, x, y, w, r: F.binary_cross_entropy(abs(w) * 8, abs(x) / 512, reduction=r),
    "bce_with_logits": lambda T, F, x, y, w, r: F.binary_cross_entropy_with_logits(x, w, reduction=r),
    "hinge_embedding_loss": lambda T, F, x, y, w, r: F.hinge_embedding_loss(x, _signs(T, x), reduction=r),
    "margin_ranking_loss": lambda T, F, x, y, w, r: F.margin_ranking_loss(x, y, _signs(T, x), 300.0, reduction=r),
    "soft_margin_loss": lambda T, F, x, y, w, r: F.soft_margin_loss(x, -_signs(T, x), reduction=r),
    "multilabel_soft_margin_loss": lambda T, F, x, y, w, r: F.multilabel_soft_margin_loss(_pairs(x), _pairs(w), reduction=r),
    "multi_margin_loss": lambda T, F, x, y, w, r: F.multi_margin_loss(_pairs(x), _CLASSES(T, _pairs(x)), reduction=r),
    "multi_margin_loss 2": lambda T, F, x, y, w, r: F.multi_margin_loss(_pairs(x), _CLASSES(T, _pairs(x)), p=2, reduction=r),
    "multilabel_margin_loss": lambda T, F, x, y, w, r: F.multilabel_margin_loss(
        x.reshape(2, -1), T.cat([T.arange(10), T.full((SIZE // 2 - 10,), -1)]).expand(2, -1), reduction=r
    ),
    "cosine_embedding_loss": lambda T, F, x, y, w, r: F.cosine_embedding_loss(
        x.reshape(2, -1), y.reshape(2, -1), T.tensor([1, -1]), reduction=r
    ),
    "triplet_margin_loss": lambda T, F, x, y, w, r: F.triplet_margin_loss(
        x.reshape(2, -1), y.reshape(2, -1), w.reshape(2, -1), 100.0, reduction=r
    ),
    "ctc_loss": lambda T, F, x, y, w, r: F.ctc_loss(
        -abs(x[:400].reshape(-1, 1, 2)), T.tensor([[1, 1]]), T.tensor([200]), T.tensor([2]), reduction=r
    ),
}


def _with(loss: Callable[..., Any], reduction: str) -> Callable[..., Any]:
    return lambda T, F, x, y, w: loss(T, F, x, y, w, reduction)


CALLS |= {f"{name} {r}": _with(loss, r) for name, loss in LOSSES.items() for r in ("mean", "sum", "none")}
