"""Lines that make a new tensor: elementwise, reductions, shapes, views, products, matrices."""

from __future__ import annotations

from .draw import Draw


def lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.split(";") if line.strip()]


ELEMENTWISE = lines("""
    {a}.exp(); {a}.sin(); {a}.cos(); {a}.tanh(); {a}.sigmoid(); {a}.relu(); {a}.abs(); {a}.square(); -{a}; {a}.erf(); {a}.erfc();
    {a}.expm1(); {a}.atan(); {a}.floor(); {a}.ceil(); {a}.frac(); {a}.sinc(); {a}.asinh(); {a}.trunc(); {a}.sign(); {a}.round();
    {a}.nan_to_num(); {a}.sinh(); {a}.cosh(); {a}.tan(); {a}.tanh().asin(); {a}.tanh().acos(); {a}.tanh().atanh(); {a}.exp2();
    {a}.sigmoid().logit(); {a}.tanh().erfinv(); {a}.tanh().i0(); {p}.sqrt(); {p}.log(); {p}.rsqrt(); {p}.reciprocal();
    {p}.log1p(); {p}.lgamma(); {p}.digamma(); {p}.log2(); {p}.log10(); {p}.acosh(); {a}.deg2rad(); {a}.positive(); {a}.signbit();
    {a} + {b}; {a} - {b}; {a} * {b}; {a} / {p}; {a} * {a}; {a} + {k}; {k} - {a}; {a} * {k}; {k} / {p}; {a} ** 2; {a} ** 3; {p} ** {k};
    {a}.clamp(max=2.0).exp() ** {b}.tanh(); 2.0 ** {a}.tanh(); {a} // {p}; {a} % {p}; {a}.fmod({p}); torch.remainder({a}, {k});
    torch.maximum({a}, {b}); torch.minimum({a}, {b}); torch.fmax({a}, {b}); torch.fmin({a}, {b}); torch.atan2({a}, {b});
    torch.hypot({a}, {b}); torch.logaddexp({a}, {b}); torch.logaddexp2({a}, {b}); torch.copysign({a}, {b});
    torch.where({mask}, {a}, {b}); torch.where({a} > {b}, {a}, {k}); torch.where({mask}, {k}, {a}); torch.lerp({a}, {b}, 0.3);
    {a}.lerp({b}, {c}.sigmoid()); torch.addcmul({a}, {b}, {c}, value=0.5); torch.addcdiv({a}, {b}, {p}); {a}.clamp(-0.7, 0.9);
    {a}.clamp(min={b}); {a}.clamp(min={b}, max={c}); torch.xlogy({a}, {p}); {a}.add({b}, alpha={k}); torch.sub({a}, {b}, alpha=2);
    torch.div({a}, {p}, rounding_mode='floor'); {a}.masked_fill({mask}, {k}); {a}.heaviside({b}); torch.nextafter({a}, {b});
    {a}.rsub({b}); torch.float_power({p}, {b}); torch.true_divide({a}, {p}); {a}.clip(0.1); torch.dist({a}, {b}); {a}.logit(0.1);
    {a}.hardshrink(); {a}.sgn(); torch.special.entr({p}); torch.special.log_ndtr({a}); torch.special.ndtr({a});
    torch.special.xlog1py({a}, {p}); torch.polygamma(1, {p}); torch.special.i0e({a}); torch.mul({a}, 2); torch.threshold({a}, 0.1, 2.0)
""")
PROMOTED = lines("""
    {x} + {y}; {x} * {y}; {x} - {k}; {x} * 2; {x} * 0.5; {x} / 2; {x} // 2; {x} ** 2; {x} + True; {x} == {y}; {x} > {k}; {x} != {y}; {x} <= {y};
    {x}.to({dtype}); {x}.float(); {x}.double(); {x}.long(); {x}.bool(); {x}.sum(); {x}.mean(); {x}.prod(); {x}.cumsum(0); {x}.any(); {x}.all();
    {x}.sum({d}, dtype={dtype}); {x}.max(); {x}.argmax(); {x}.argmin({d}); {x}.sqrt(); {x}.exp(); {x}.abs(); -{x}; {x} & {y}; {x} | {y}; ~{x};
    torch.where({mask}, {x}, {y}); torch.cat([{x}, {x}]); torch.stack([{x}, {x} * 1.5]); {x}.sort({d}).values; {x}.argsort(-1, stable=True);
    {x}.count_nonzero(); {x}.nonzero(); {x}.unique(); {x}.isnan(); {x}.flip(0); {x}.clamp(0, 1); {x}.sin(); torch.maximum({x}, {y});
    {x} % 2; {x}.square(); {x}.sigmoid(); {x}.sign(); torch.full_like({x}, 2); torch.zeros_like({x}); torch.ones_like({x}, dtype={dtype});
    torch.true_divide({x}, 3); torch.add({x}, {y}, alpha=2); torch.tensor({k}) * {x}; {x} * torch.tensor(2, dtype={dtype}); {x}.type({dtype});
    {x}.new_zeros(2); {x}.new_tensor([1.5]); {x}.bincount(); torch.bitwise_xor({x}, {y}); {x} << 1; {x}.logical_not(); {x}.diff()
""")
REDUCTIONS = lines("""
    {a}.sum(); {a}.mean(); {a}.sum({ds}, keepdim={keep}); {a}.mean({ds}, {keep}); {a}.amax({ds}, {keep}); {a}.amin({ds}, {keep}); {a}.logsumexp({ds}, {keep});
    {a}.var({ds}, keepdim={keep}); {a}.std({d}, correction=0); {a}.var(); {a}.norm(); {a}.norm(1, {d}, {keep}); {a}.norm(2, {ds}); {a}.norm(float('inf'), {d}); {a}.norm(3, {d});
    {a}.prod({d}, {keep}); {a}.prod(); {a}.max(); {a}.min(); {a}.max({d}, {keep}); {a}.min({d}, {keep}).values; {a}.median({d}).values; {a}.median();
    {a}.nansum({d}); {a}.nanmean({d}); {a}.kthvalue(1, {d}).values; {a}.quantile(0.4, {d}, {keep}); {a}.nanmedian(); {a}.aminmax(dim={d}); {a}.mode({d}).values;
    {a}.cumsum({d}); {a}.cumprod({d}); {a}.cummax({d}).values; {a}.cummin({d})[0]; {a}.logcumsumexp({d}); {a}.softmax({d}); {a}.log_softmax({d});
    {a}.sort({d}); {a}.sort({d}, True).values; {a}.topk(1, {d}).values; {a}.topk({some}, {d}, False); {a}.argmax({d}); {a}.argsort({d}); {a}.argmax();
    {a}.diff(dim={d}); {a}.diff({some}, {d}); torch.trapezoid({a}); torch.cumulative_trapezoid({a}, dim={d}); torch.var_mean({a}, {d}); torch.std_mean({a});
    {a}.renorm(2, {d}, 1.0); torch.linalg.vector_norm({a}, 2, {ds}, {keep}); torch.linalg.vector_norm({a}, 1); {a}.count_nonzero({d}); {a}.all({d});
    torch.gradient({a1}, dim=0)[0]; {a1}.cov(); {a1}.corrcoef(); torch.histc({a}, 4, -1, 1); {a}.msort(); {a}.nanquantile(0.5)
""")
SHAPES = lines("""
    {a}.unsqueeze({d}); {a}.squeeze(); {a}.squeeze({d}); {a}.view(-1); {a}.reshape(-1); {a}.flatten(); {a}.permute({order}); {a}.transpose({d}, {e}); {a2}.mT; {a2}.T; {a}.t();
    {a}.view({sizes}, 1); {a}.expand(2, *{shape}); {a}.expand_as({b}); {a1}.select({d}, {i}); {a1}.narrow({d}, 0, {some}); {a1}.unfold({d}, {some}, {some}); {a2}.diagonal({small}, {d}, {e}); {a2}.diagonal(-1);
    {a}[{at}]; {a}[{at}]; {a}[{at}]; {a}[{where}]; {a}[{where}]; {a}[{where}]; {a1}.unbind({d}); {a1}.split({some}, {d}); {a1}.chunk(2, {d}); {a1}.tensor_split(2, {d}); {a1}.unflatten({d}, (1, -1)); {a}.view_as({b}); {a}.reshape_as({b});
    {a}.movedim({d}, {e}); {a}.swapaxes({d}, {e}); torch.broadcast_to({a}, (2, *{shape})); {a}.flatten({d}); {a}.contiguous(); {a}.clone(); {a}.as_strided((2,), (1,)); {a}.real; {a}.ravel();
    {a}.flip({ds}); {a}.roll({small}, {d}); {a}.roll(1); {a}.repeat(2, *{shape}[:0], *[1 for _ in {shape}]); {a}.tile(2); {a}.repeat_interleave(2, {d}); {a2}.rot90(1, [0, 1]); {a}.fliplr(); torch.cat([{a}, {b}], {d});
    torch.cat([{a}, {a} * 2], {d}); torch.stack([{a}, {a}], {d}); torch.hstack([{a}, {b}]); torch.vstack([{a}, {b}]); torch.broadcast_tensors({a}, {b}); torch.meshgrid({a1}.flatten(), {b}.flatten(), indexing='ij');
    {a1}.index_select({d}, torch.tensor([0, 0])); {a1}.gather({d}, torch.zeros({shape}, dtype=torch.int64)); {a1}.gather(-1, {a1}.argsort(-1)); {a}.take(torch.tensor([0, 0])); torch.take_along_dim({a}, {a}.argsort({d}), {d}); {a}.masked_select({mask});
    {a}.index_fill({d}, torch.tensor([0]), {k}); {a}.index_add({d}, torch.tensor([0]), {a}.narrow({d}, 0, 1)); {a}.scatter({d}, torch.zeros({shape}, dtype=torch.int64), {k}); {a}.scatter_add({d}, torch.zeros({shape}, dtype=torch.int64), {a}); {a}.index_copy({d}, torch.tensor([0]), {a}.narrow({d}, 0, 1));
    {a1}.scatter_reduce({d}, torch.zeros({shape}, dtype=torch.int64), {a1}, 'amax'); {a}.masked_scatter({mask}, {a}.flatten()); {a1}.select_scatter({a1}.select({d}, 0), {d}, 0); {a1}.slice_scatter({a1}[:1], 0, 0, 1); {a1}.diag(); {a}.diag_embed(); {a2}.tril({small}); {a2}.triu(-1); {a1}.diagflat();
    {a}.atleast_2d(); torch.atleast_3d({a}); {a}.numel() * {a}; {a}.new_ones({shape}) * {a}; {a}.item() if {a}.numel() == 1 else {a}.numpy(); {a}.tolist(); F.pad({a1}, (1, {small})); F.pad({a1}, (0, -1)); torch.block_diag({a}.reshape(1, -1), {b}.reshape(1, -1)); torch.combinations({a}.flatten()[:3]); {a}.to({dtype}); {a}.type_as({b})
""")
PRODUCTS = lines("""
    {a} @ {b}; {a2} @ {a2}.mT; {a1} @ {a1}; torch.matmul({a2}.mT, {b}); torch.mm({a2}, {a2}.t()); {a1}.dot({a1}); torch.outer({a}.flatten(), {b}.flatten()); {q} @ {q}; torch.einsum('...i,...i->...', {a1}, {a1}); torch.einsum('ij,kj->ik', {a2}, {a2});
    torch.einsum('ij->ji', {a2}); torch.einsum('ii->i', {q}); torch.tensordot({a2}, {a2}, dims=([0], [0])); torch.addmm({a2} @ {a2}.mT, {a2}, {a2}.mT, beta=0.5); torch.inner({a1}, {a1}); torch.kron({a2}, {a1}[:2]); torch.cross({a1}[..., :3], {a1}[..., :3] * 2, dim=-1); torch.cdist({a2}, {a2} + 1);
    torch.baddbmm({q}, {q}, {q}) if {q}.ndim == 3 else {q}.mv({q}[0]); torch.linalg.multi_dot([{q}, {q}, {q}]); torch.matrix_power({q}, 2); {q}.trace(); torch.bmm({a2}[None], {a2}.mT[None]); torch.vander({a1}.flatten()); torch.linalg.vecdot({a1}, {a1});
    ({q} @ {q}.mT + 2 * torch.eye({q}.shape[-1], dtype={q}.dtype)).cholesky(); torch.linalg.inv({q} @ {q}.mT + torch.eye({q}.shape[-1], dtype={q}.dtype)); torch.linalg.det({q}); torch.linalg.slogdet({q})[1]; torch.logdet({q} @ {q}.mT + torch.eye({q}.shape[-1], dtype={q}.dtype));
    torch.linalg.solve({q} @ {q}.mT + torch.eye({q}.shape[-1], dtype={q}.dtype), {q}); torch.linalg.svdvals({a2}); torch.linalg.eigvalsh({q} + {q}.mT); torch.linalg.matrix_norm({a2}); torch.linalg.norm({a2}, 'nuc'); torch.linalg.norm({a}, 1); torch.linalg.matrix_exp({q} * 0.3); torch.linalg.pinv({a2});
    torch.linalg.qr({a2})[1]; torch.linalg.solve_triangular({q}.tril() + 3 * torch.eye({q}.shape[-1], dtype={q}.dtype), {q}, upper=False); torch.linalg.cholesky({q} @ {q}.mT + torch.eye({q}.shape[-1], dtype={q}.dtype))
""")
BEFORE = [(ELEMENTWISE, 5), (PROMOTED, 2), (REDUCTIONS, 4), (SHAPES, 5), (PRODUCTS, 2)]


def call(draw: Draw) -> list[str]:
    table = draw.random.choices([t for t, _ in BEFORE], [w for _, w in BEFORE])[0]
    expression = draw.fill(draw.choice(table))
    return [f"{draw.new()} = {expression}"]


def again(draw: Draw) -> list[str]:
    """A line that only makes a view."""
    return [f"{draw.new()} = {draw.fill(draw.choice(SHAPES[:36]))}"]
