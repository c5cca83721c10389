"""Attention: softmax(q k^T / sqrt(d)) v, and its form with several heads (Vaswani et al., 2017)."""

import math
from typing import Any

from autograd import Tensor, bool as bool_, cat, ones, softmax, where, zeros
from autograd.core.half import in_single
from autograd.errors import ArgumentError, DtypeError, ShapeError
from autograd.ops.parting import split

from . import init
from .dropout import dropout
from .dtypes import check_tensors
from .errors import AssertedError
from .linear import Linear, linear
from .module import Module
from .padding import pad
from .parameter import Parameter


@in_single
def scaled_dot_product_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Tensor:
    """softmax(query @ key^T * scale + mask) @ value: (..., L, E), (..., S, E) and (..., S, V) give (..., L, V).

    `scale` is 1/sqrt(E) by default. A bool `attn_mask`, broadcastable to (..., L, S), is True where a query may look; a
    float one is added. `is_causal` lets query i look at keys 0 to i. A query that may look nowhere gets zeros.
    `enable_gqa` repeats the heads of key and value (dimension -3) to be as many as the query's.

    >>> import autograd, nn.functional as F
    >>> q = autograd.zeros(1, 2, 4)
    >>> F.scaled_dot_product_attention(q, q, autograd.tensor([[[1.0], [3.0]]]), is_causal=True)
    tensor([[[1.],
             [2.]]])
    """
    check_tensors("scaled_dot_product_attention", query=query, key=key, value=value, optional={"attn_mask": attn_mask})
    op = "scaled_dot_product_attention"
    if not query.dtype == key.dtype == value.dtype:
        raise DtypeError(
            f"{op}: expected query, key, and value to have the same dtype, but got {query.dtype}, {key.dtype} and {value.dtype}"
        )
    if min(query.ndim, key.ndim, value.ndim) < 2 or query.shape[-1] != key.shape[-1] or key.shape[-2] != value.shape[-2]:
        raise ShapeError(
            f"{op}: query {tuple(query.shape)}, key {tuple(key.shape)}, value {tuple(value.shape)}: query and key must have "
            "the same last dimension, key and value the same one before it"
        )
    if enable_gqa:
        key, value = (x.repeat_interleave(query.shape[-3] // x.shape[-3], -3) for x in (key, value))
    if is_causal:
        if attn_mask is not None:
            raise ShapeError(f"{op}: explicit attn_mask should not be set when is_causal=True; put both into the mask")
        attn_mask = ones(query.shape[-2], key.shape[-2], dtype=bool_).tril()
    weights = _weights(op, query, key, attn_mask, 1 / math.sqrt(query.shape[-1] or 1) if scale is None else scale)
    return dropout(weights, dropout_p, True) @ value if dropout_p else weights @ value


def _weights(op: str, query: Tensor, key: Tensor, mask: Tensor | None, scale: float) -> Tensor:
    scores = (query * scale) @ key.mT
    if mask is None:
        return softmax(scores, -1)
    scores = _masked(op, scores, mask)
    nowhere = scores.eq(-math.inf).all(-1, keepdim=True)
    if not nowhere.any():
        return softmax(scores, -1)
    return softmax(scores.masked_fill(nowhere, 0), -1).masked_fill(nowhere, 0)


def _masked(op: str, scores: Tensor, mask: Tensor) -> Tensor:
    if mask.dtype == bool_:
        return where(mask, scores, -math.inf)
    if mask.dtype != scores.dtype:
        raise DtypeError(f"{op}: expected attn_mask to be bool or of the query's dtype {scores.dtype}, got {mask.dtype}")
    return scores + mask


class MultiheadAttention(Module):
    """Attention in `num_heads` subspaces: concat(head_1, ..., head_h) W_o, head_i = attention(Q W_i, K W_i, V W_i).

    Inputs are (L, N, E), (N, L, E) with `batch_first`, or (L, E). Parameters are in_proj_weight (3 E, E) (or
    q_proj_weight, k_proj_weight and v_proj_weight if `kdim` or `vdim` differ), in_proj_bias, out_proj, bias_k and bias_v;
    projections start Xavier-uniform, biases 0. `add_bias_kv` appends learned tokens to keys and values,
    `add_zero_attn` tokens of zeros.

    >>> import autograd, nn
    >>> x = autograd.ones(2, 5, 8)
    >>> output, weights = nn.MultiheadAttention(8, 4, batch_first=True)(x, x, x)
    >>> output.shape, weights.shape
    (torch.Size([2, 5, 8]), torch.Size([2, 5, 5]))
    """

    in_proj_weight: Parameter | None
    q_proj_weight: Parameter | None
    k_proj_weight: Parameter | None
    v_proj_weight: Parameter | None
    in_proj_bias: Parameter | None
    bias_k: Parameter | None
    bias_v: Parameter | None

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        add_bias_kv: bool = False,
        add_zero_attn: bool = False,
        kdim: int | None = None,
        vdim: int | None = None,
        batch_first: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if embed_dim <= 0 or num_heads <= 0:
            raise ArgumentError(
                f"MultiheadAttention: embed_dim and num_heads must be greater than 0, got embed_dim={embed_dim} and "
                f"num_heads={num_heads} instead"
            )
        super().__init__()
        self.embed_dim = embed_dim
        self.kdim: int = embed_dim if kdim is None else kdim
        self.vdim: int = embed_dim if vdim is None else vdim
        self.num_heads = num_heads
        self.dropout = dropout
        self.batch_first = batch_first
        self.head_dim: int = embed_dim // num_heads
        if self.head_dim * num_heads != embed_dim:
            raise AssertedError(
                f"MultiheadAttention: embed_dim must be divisible by num_heads, got {embed_dim} and {num_heads}"
            )
        self._qkv_same_embed_dim = self.kdim == embed_dim and self.vdim == embed_dim

        def made(wanted: bool, *shape: int) -> Parameter | None:
            return Parameter(zeros(*shape, dtype=dtype, device=device)) if wanted else None

        same = self._qkv_same_embed_dim
        self.register_parameter("q_proj_weight", made(not same, embed_dim, embed_dim))
        self.register_parameter("k_proj_weight", made(not same, embed_dim, self.kdim))
        self.register_parameter("v_proj_weight", made(not same, embed_dim, self.vdim))
        self.register_parameter("in_proj_weight", made(same, 3 * embed_dim, embed_dim))
        self.register_parameter("in_proj_bias", made(bias, 3 * embed_dim))
        self.out_proj: Linear = Linear(embed_dim, embed_dim, bias=bias, device=device, dtype=dtype)
        self.register_parameter("bias_k", made(add_bias_kv, 1, 1, embed_dim))
        self.register_parameter("bias_v", made(add_bias_kv, 1, 1, embed_dim))
        self.add_zero_attn = add_zero_attn
        self._reset_parameters()

    def _reset_parameters(self) -> None:
        for weight in (self.in_proj_weight, self.q_proj_weight, self.k_proj_weight, self.v_proj_weight):
            if weight is not None:
                init.xavier_uniform_(weight)
        for bias in (self.in_proj_bias, self.out_proj.bias):
            if bias is not None:
                init.zeros_(bias)
        for token in (self.bias_k, self.bias_v):
            if token is not None:
                init.xavier_normal_(token)

    def forward(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        key_padding_mask: Tensor | None = None,
        need_weights: bool = True,
        attn_mask: Tensor | None = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[Tensor, Tensor | None]:
        """The output, shaped like `query`, and with `need_weights` the weights (N, L, S), or (N, heads, L, S) unaveraged.

        A bool mask is True where attention is *not* allowed; a float one is added to the scores. `key_padding_mask` is
        (N, S); `attn_mask` (L, S) or (N * heads, L, S); `is_causal` is a hint that `attn_mask` is the causal one.
        """
        if query.ndim not in (2, 3) or not query.ndim == key.ndim == value.ndim:
            raise AssertedError(
                f"MultiheadAttention: query, key and value should be unbatched 2D or batched 3D tensors, got "
                f"{query.ndim}-D, {key.ndim}-D and {value.ndim}-D"
            )
        if is_causal and attn_mask is None:
            raise ShapeError("MultiheadAttention: need attn_mask if specifying the is_causal hint")
        single = query.ndim == 2
        if single:
            query, key, value = query.unsqueeze(0), key.unsqueeze(0), value.unsqueeze(0)
            key_padding_mask = None if key_padding_mask is None else key_padding_mask.unsqueeze(0)
        elif not self.batch_first:
            query, key, value = self._batch_first(query, key, value)
        self._check(query, key, value)
        q, k, v = self._projected(query, key, value)
        mask = self._mask(q.shape[0], q.shape[1], k.shape[1], attn_mask, key_padding_mask, q.dtype)
        k, v, mask = self._extended(k, v, mask)
        q, k, v = self._by_head(q), self._by_head(k), self._by_head(v)
        scale = 1 / math.sqrt(self.head_dim)
        if need_weights:
            scores = (q * scale) @ k.mT
            weights = softmax(scores if mask is None else scores + mask, -1)
        else:
            weights = _weights("MultiheadAttention", q, k, mask, scale)
        if self.training and self.dropout:
            weights = dropout(weights, self.dropout, True)
        output = self.out_proj((weights @ v).transpose(1, 2).flatten(2))
        if single:
            output = output.squeeze(0)
        elif not self.batch_first:
            output = output.transpose(0, 1)
        if not need_weights:
            return output, None
        if average_attn_weights:
            weights = weights.mean(1)
        return output, weights.squeeze(0) if single else weights

    @staticmethod
    def _batch_first(query: Tensor, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Transposed, and still one tensor where one was given for several, so that one product projects them."""
        q = query.transpose(0, 1)
        k = q if key is query else key.transpose(0, 1)
        return q, k, k if value is key else value.transpose(0, 1)

    def _by_head(self, x: Tensor) -> Tensor:
        """(N, L, E) as (N, heads, L, E / heads)."""
        batch, length, _ = x.shape
        return x.reshape(batch, length, self.num_heads, self.head_dim).transpose(1, 2)

    def _check(self, query: Tensor, key: Tensor, value: Tensor) -> None:
        for name, x, wanted in (("query", query, self.embed_dim), ("key", key, self.kdim), ("value", value, self.vdim)):
            if x.shape[-1] != wanted:
                raise AssertedError(
                    f"MultiheadAttention: was expecting {name}'s embedding dimension of {wanted}, but got {x.shape[-1]}"
                )
        if query.ndim == 3 and query is not key and query.shape[0] != key.shape[0]:
            raise ShapeError(
                f"MultiheadAttention: query has shape {tuple(query.shape)}, key {tuple(key.shape)} (batch first); they must "
                "have as many samples"
            )
        if key is not value and key.shape[:2] != value.shape[:2]:
            raise AssertedError(
                f"MultiheadAttention: key's sequence and batch dims {tuple(key.shape[:2])} do not match value's "
                f"{tuple(value.shape[:2])}"
            )

    def _projected(self, query: Tensor, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        thirds = (self.embed_dim,) * 3
        if self.in_proj_weight is not None and query is key and key is value:
            q, k, v = split(linear(query, self.in_proj_weight, self.in_proj_bias), sizes=thirds, axis=-1)
            return q, k, v
        weights: tuple[Any, ...]
        if self.in_proj_weight is not None:
            weights = split(self.in_proj_weight, sizes=thirds, axis=0)
        else:
            weights = (self.q_proj_weight, self.k_proj_weight, self.v_proj_weight)
        biases = (None,) * 3 if self.in_proj_bias is None else split(self.in_proj_bias, sizes=thirds, axis=0)
        q, k, v = (linear(x, w, b) for x, w, b in zip((query, key, value), weights, biases, strict=True))
        return q, k, v

    def _mask(
        self, batch: int, rows: int, columns: int, attn_mask: Tensor | None, key_padding_mask: Tensor | None, dtype: Any
    ) -> Tensor | None:
        """Both masks as one float mask (N or 1, heads or 1, L or 1, S) to be added."""
        total = None
        if attn_mask is not None:
            heads = batch * self.num_heads
            wanted = (rows, columns) if attn_mask.ndim == 2 else (heads, rows, columns)
            if attn_mask.ndim not in (2, 3):
                raise AssertedError(f"MultiheadAttention: attn_mask must be 2D or 3D, got {attn_mask.ndim}D")
            if tuple(attn_mask.shape) != wanted:
                raise ShapeError(
                    f"MultiheadAttention: the shape of the {attn_mask.ndim}D attn_mask is {tuple(attn_mask.shape)}, but should "
                    f"be {wanted}"
                )
            total = _additive("attn_mask", attn_mask, dtype)
            if total.ndim == 3:
                total = total.reshape(batch, self.num_heads, rows, columns)
        if key_padding_mask is not None:
            if tuple(key_padding_mask.shape) != (batch, columns):
                raise AssertedError(
                    f"MultiheadAttention: expected key_padding_mask of shape {(batch, columns)}, got "
                    f"{tuple(key_padding_mask.shape)}"
                )
            padding = _additive("key_padding_mask", key_padding_mask, dtype).reshape(batch, 1, 1, columns)
            total = padding if total is None else total + padding
        return total

    def _extended(self, k: Tensor, v: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor, Tensor | None]:
        """Keys and values with the learned and the zero tokens, which every query may look at."""
        batch, _, width = k.shape
        if self.bias_k is not None and self.bias_v is not None:
            k = cat([k, self.bias_k.expand(batch, 1, width)], dim=1)
            v = cat([v, self.bias_v.expand(batch, 1, width)], dim=1)
            mask = None if mask is None else pad(mask, (0, 1))
        if self.add_zero_attn:
            k, v = pad(k, (0, 0, 0, 1)), pad(v, (0, 0, 0, 1))
            mask = None if mask is None else pad(mask, (0, 1))
        return k, v, mask


def _additive(name: str, mask: Tensor, dtype: Any) -> Tensor:
    if mask.dtype == bool_:
        return zeros(*mask.shape, dtype=dtype).masked_fill(mask, -math.inf)
    if mask.dtype.kind != "f":
        raise AssertedError(f"MultiheadAttention: only bool and floating types of {name} are supported, got {mask.dtype}")
    return mask
