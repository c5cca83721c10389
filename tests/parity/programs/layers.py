"""Lines of nn: functions of one tensor, layers with their weights, losses with their options, modules."""

from __future__ import annotations

from .calls import lines
from .draw import Draw
from .graph import leaf

FUNCTIONS = lines("""
    F.relu({a}); F.gelu({a}); F.gelu({a}, approximate='tanh'); F.elu({a}, 0.5); F.selu({a}); F.celu({a}, 1.3); F.leaky_relu({a}, 0.2); F.silu({a}); F.mish({a}); F.softplus({a}, 2.0, 1.0); F.softsign({a}); F.tanhshrink({a}); F.hardtanh({a}, -0.5, 0.7); F.hardswish({a}); F.hardsigmoid({a});
    F.relu6({a}); F.logsigmoid({a}); F.softshrink({a}, 0.3); F.hardshrink({a}, 0.3); F.threshold({a}, 0.1, -1.0); F.softmin({a}, {d}); F.softmax({a}, dim={d}); F.log_softmax({a}, {d}); F.glu({a1}, {d}); F.normalize({a}, dim={d}); F.normalize({a}, 1.0, {d}); F.layer_norm({a1}, {a1}.shape[-1:]); F.rms_norm({a1}, {a1}.shape[-1:]);
    F.dropout({a}, 0.5, training=False); F.dropout({a}, 0.0); F.cosine_similarity({a}, {b}, dim={d}); F.pairwise_distance({a}, {b}); F.pdist({a2}); F.prelu({a}, torch.tensor([0.2], dtype={a}.dtype)); F.instance_norm({a2}[None]); F.local_response_norm({a2}[None], 2); F.group_norm({a2}[None].reshape(1, -1, 1), 1); F.batch_norm({a2}, None, None, training=True);
    F.max_pool1d({a2}[None].reshape(1, 1, -1), 2); F.avg_pool1d({a2}.reshape(1, 1, -1), 2, 1, 1); F.max_pool1d({a1}.reshape(1, 1, -1), 3, 2, 1); F.avg_pool2d({a2}.reshape(1, 1, *{a2}.shape[-2:]), 2, 1, 1, count_include_pad={flag}); F.max_pool2d({a2}[None, None].flatten(0, -3), 2, 1); F.adaptive_avg_pool1d({a2}.reshape(1, 1, -1), {some}); F.adaptive_max_pool1d({a2}.reshape(1, 1, -1), {some});
    F.lp_pool1d({a1}.abs().reshape(1, 1, -1) + 0.1, 2, 2); F.interpolate({a1}.reshape(1, 1, -1), scale_factor=2); F.interpolate({a1}.reshape(1, 1, -1), size=5, mode='linear', align_corners={flag}); F.pad({a2}[None], (1, 1), mode='reflect'); F.pad({a2}[None], (2, 1), mode='replicate'); F.pad({a2}[None], (1, 1), mode='circular'); F.pad({a1}, (1, 2), value={k}); F.unfold({a2}.reshape(1, 1, *{a2}.shape[-2:]), 2);
    F.one_hot(torch.tensor([0, 2])) * 1.5; F.embedding(torch.tensor([[0, 1], [1, 0]]), {a2}.reshape(-1, {a2}.shape[-1])); F.scaled_dot_product_attention({a2}, {a2}, {a2}); F.scaled_dot_product_attention({a2}, {a2}, {a2}, is_causal=True); F.pixel_shuffle({a1}.flatten()[:1].expand(1, 4, 2, 2), 2); F.gumbel_softmax({a1} * 0 + 1, dim=-1).sum(-1); F.embedding(torch.tensor(0), {a2})
""")
LOSSES = lines("""
    F.mse_loss({a}, {a}.detach() * 0.5, reduction={reduction}); F.l1_loss({a}, {a}.sin(), reduction={reduction}); F.smooth_l1_loss({a}, {a}.detach().cos(), beta=0.7, reduction={reduction}); F.huber_loss({a}, {a}.detach().cos(), delta=0.6, reduction={reduction}); F.binary_cross_entropy({a}.sigmoid(), {a}.detach().cos().abs(), reduction={reduction});
    F.binary_cross_entropy_with_logits({a}, {a}.sigmoid(), reduction={reduction}); F.binary_cross_entropy_with_logits({a1}, {a1}.detach().sigmoid(), pos_weight=torch.tensor(2.0, dtype={a1}.dtype)); F.kl_div({a}.log_softmax({d}), {a}.sin().softmax({d}), reduction={reduction}); F.kl_div({a}, {a}.detach(), log_target=True, reduction='batchmean'); F.poisson_nll_loss({a}, {a}.detach().abs(), full={flag}, reduction={reduction});
    F.gaussian_nll_loss({a}, {a}.detach().sin(), {p}.expand_as({a}), reduction={reduction}); F.soft_margin_loss({a}, {a}.detach().sign(), reduction={reduction}); F.hinge_embedding_loss({a}, {a}.detach().sign(), reduction={reduction}); F.margin_ranking_loss({a}, {a}.cos(), {a}.detach().sign(), 0.2, reduction={reduction}); F.triplet_margin_loss({a2}, {a2}.cos(), {a2} + 1, reduction={reduction}); F.cosine_embedding_loss({a2}, {a2}.cos(), torch.tensor([1, -1])[:1], reduction={reduction});
    F.cross_entropy({a2}, {a2}.detach().argmax(1), reduction={reduction}); F.cross_entropy({a2}, {a2}.detach().softmax(1), reduction={reduction}, label_smoothing=0.1); F.cross_entropy({a1}.reshape(-1), torch.tensor(0), label_smoothing=0.2); F.nll_loss({a2}.log_softmax(1), {a2}.detach().argmin(1), reduction={reduction}, ignore_index=0); F.multi_margin_loss({a2}, {a2}.detach().argmax(1), reduction={reduction}); F.multilabel_soft_margin_loss({a2}, ({a2} > 0).to({a2}.dtype), reduction={reduction});
    F.cross_entropy({a2}, {a2}.detach().argmax(1), weight=torch.arange(1, {a2}.shape[1] + 1).to({a2}.dtype), reduction={reduction}, ignore_index=1); F.mse_loss({a}, {b}); F.l1_loss({a}, {b}.detach()); F.mse_loss({a}, {a}.detach(), weight=None, reduction={reduction}); F.multilabel_margin_loss({a2}, torch.zeros({a2}.shape, dtype=torch.int64) - 1, reduction={reduction})
""")
MODULES = lines("""
    Linear({f}, 2); Linear({f}, 3, bias=False); LayerNorm({f}); RMSNorm({f}); LayerNorm({f}, elementwise_affine=False); Sequential(torch.nn.Linear({f}, 2), torch.nn.ReLU(), torch.nn.Linear(2, 2)); Sequential(torch.nn.Linear({f}, 4), torch.nn.Tanh(), torch.nn.LayerNorm(4)); BatchNorm1d({f}); BatchNorm1d({f}, momentum=None); BatchNorm1d({f}, affine=False, track_running_stats={flag});
    GRU({f}, 2); LSTM({f}, 2, num_layers=1, bias={flag}); RNN({f}, 2, nonlinearity='relu'); Softmax(dim=-1); PReLU(); GELU(); MultiheadAttention({f}, 1); Flatten(0); Sequential(torch.nn.Linear({f}, 4), torch.nn.ReLU(inplace=True), torch.nn.Dropout(0.0))
""")


def function(draw: Draw) -> list[str]:
    return [f"{draw.new()} = {draw.fill(draw.choice(FUNCTIONS))}"]


def loss(draw: Draw) -> list[str]:
    return [f"{draw.new()} = {draw.fill(draw.choice(LOSSES))}"]


def module(draw: Draw) -> list[str]:
    name = draw.float(2, lambda t: t.numel() > 0)
    t = draw.tensor(name)
    features = str(draw.shape[-1])
    text = draw.fill(draw.choice(MODULES).replace("{f}", features))
    dtype = str(t.dtype)
    net, out = draw.new(), draw.new()
    given = ", ".join([name] * (3 if "Multihead" in text else 1))
    made = [f"{net} = fill(torch.nn.{text}.to({dtype}))"]
    if draw.chance(0.2):
        made.append(f"{net}.eval()")
    return [*made, f"{out} = {net}({given})"]


def layer(draw: Draw) -> list[str]:
    """A product with weights: linear, bilinear, convolutions with options, normalisations with weight and bias."""
    kind = draw.choice(
        [
            "linear",
            "conv1d",
            "conv2d",
            "conv_transpose1d",
            "layer_norm",
            "batch_norm",
            "group_norm",
            "bilinear",
            "embedding_bag",
        ]
    )
    w, b = draw.new(), draw.new()
    if kind in ("conv1d", "conv2d", "conv_transpose1d"):
        groups, k = draw.choice([1, 1, 2]), draw.choice([1, 2, 3])
        channels, spatial = 2 * groups, (5,) if kind != "conv2d" else (4, 3)
        x = draw.new()
        sizes = (k,) * len(spatial)
        shape = (2, channels // groups, *sizes) if kind != "conv_transpose1d" else (channels, 2 // groups, *sizes)
        options = {
            "stride": draw.choice([1, 2]),
            "padding": draw.choice([0, 1]),
            "dilation": draw.choice([1, 1, 2]),
            "groups": groups,
        }
        kept = ", ".join(f"{key}={v}" for key, v in options.items() if draw.chance(0.7) or key == "groups")
        return [leaf(draw, (2, channels, *spatial), True, x), leaf(draw, shape, True, w), leaf(draw, (2,), True, b),
                f"{draw.new()} = F.{kind}({x}, {w}{draw.choice([f', {b}', ''])}, {kept})"]  # fmt: skip
    name = draw.float(2, lambda t: t.numel() > 0)
    n, c = draw.shape[-1], draw.shape[1]
    made = {
        "linear": ((2, n), (2,), f"F.linear({name}, {w}, {b})"),
        "layer_norm": ((n,), (n,), f"F.layer_norm({name}, ({n},), {w}, {b})"),
        "batch_norm": ((c,), (c,), f"F.batch_norm({name}, None, None, {w}, {b}, True)"),
        "group_norm": ((c,), (c,), f"F.group_norm({name}, 1, {w}, {b})"),
        "bilinear": ((2, n, n), (2,), f"F.bilinear({name}, {name}, {w}, {b})"),
        "embedding_bag": ((4, 2), (3,), f"F.embedding_bag(torch.tensor([[0, 3, 1]]), {w}, mode='mean') * {b}[:2]"),
    }[kind]
    return [leaf(draw, made[0], True, w), leaf(draw, made[1], True, b), f"{draw.new()} = {made[2]}"]
