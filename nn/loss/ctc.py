"""Connectionist temporal classification: the likelihood of a label sequence under all of its alignments with the input.

Labels with blanks between them are the states of a chain; `alpha[t, s]` is the log-likelihood of all ways to have
arrived at state s after t + 1 steps (Graves et al., 2006). Everything stays in log space; the gradient is that of the
composition.
"""

import math
from collections.abc import Sequence
from typing import Any

from autograd import Tensor, arange, bool_, int32, logaddexp, stack, tensor, uint8, where
from autograd.core.half import in_single

from ..dtypes import check_class_indices, check_floating, check_tensors
from ..errors import MismatchError, SettingError
from ..padding import pad
from .reduction import Loss


@in_single
def ctc_loss(
    log_probs: Tensor,
    targets: Tensor,
    input_lengths: Any,
    target_lengths: Any,
    blank: int = 0,
    reduction: str = "mean",
    zero_infinity: bool = False,
) -> Tensor:
    """-log of the probability that `log_probs` (T, N, C), or (T, C), spells the targets, blanks and repetitions removed.

    `targets` are (N, S), padded, or (sum of target_lengths,), one after the other. The mean divides each loss by its
    target's length first. A target that is too long for its input has an infinite loss, or with `zero_infinity` none
    and no gradient.

    >>> import autograd, nn.functional as F
    >>> p = autograd.tensor([[[0.6, 0.4]], [[0.6, 0.4]]]).log()
    >>> F.ctc_loss(p, autograd.tensor([[1]]), [2], [1]).exp()  # 1 / (0.4 * 0.4 + 0.4 * 0.6 + 0.6 * 0.4)
    tensor(1.5625)
    """
    check_tensors("ctc_loss", log_probs=log_probs, targets=targets)
    single = log_probs.ndim == 2
    if log_probs.ndim not in (2, 3):
        raise MismatchError(f"ctc_loss: log_probs must be (T, N, C) or (T, C), got shape {tuple(log_probs.shape)}")
    check_floating("ctc_loss", log_probs)
    check_class_indices("ctc_loss", targets, int32, uint8, bool_)
    x = log_probs.unsqueeze(1) if single else log_probs
    steps, batch, classes = x.shape
    if not 0 <= blank < classes:
        raise SettingError(f"ctc_loss: blank must be in label range 0 .. {classes - 1}, got {blank}")
    inputs, lengths = _lengths("input_lengths", input_lengths, batch), _lengths("target_lengths", target_lengths, batch)
    if not all(0 <= n <= steps for n in inputs):
        raise SettingError(f"ctc_loss: expected input_lengths to have values of 0 to {steps}, got {inputs}")
    labels = _labels(targets, lengths, blank, classes)
    loss = -_log_likelihood(x, labels, tensor(inputs), tensor(lengths), blank)
    if zero_infinity:
        loss = where(loss == math.inf, 0.0, loss)
    if reduction == "mean":
        return (loss / tensor(lengths).clamp(min=1).to(loss.dtype)).mean()
    if reduction == "sum":
        return loss.sum()
    if reduction != "none":
        raise SettingError(f"ctc_loss: {reduction!r} is not a valid value for reduction; use 'none', 'mean' or 'sum'")
    return loss.squeeze(0) if single else loss


def _lengths(name: str, given: Any, batch: int) -> list[int]:
    if isinstance(given, Tensor) and given.dtype.kind not in "iu":
        raise SettingError(f"ctc_loss: {name} must be integral, got dtype {given.dtype}")
    values = given.tolist() if isinstance(given, Tensor) else given
    found = [int(n) for n in values] if isinstance(values, Sequence) else [int(values)]
    if len(found) != batch:
        raise SettingError(f"ctc_loss: {name} must be of size batch_size {batch}, got {len(found)}")
    if min(found, default=0) < 0:
        raise SettingError(f"ctc_loss: {name} must not be negative, got {found}")
    return found


def _labels(targets: Tensor, lengths: list[int], blank: int, classes: int) -> Tensor:
    """The states' classes (N, 2 S + 1): blank, first label, blank, second label, ..., blank."""
    longest = max(lengths, default=0)
    if targets.ndim == 1:
        if (targets.shape[0] != sum(lengths) and len(lengths) > 1) or targets.shape[0] < sum(lengths):
            raise SettingError(f"ctc_loss: expected {sum(lengths)} targets in one dimension, got {targets.shape[0]}")
        values, rows = targets.tolist(), []
        for n in lengths:
            rows.append(values[:n])
            values = values[n:]
    elif targets.ndim == 2 and targets.shape[0] == len(lengths) and targets.shape[1] >= longest:
        rows = [row[:n] for row, n in zip(targets.tolist(), lengths, strict=True)]
    else:
        raise SettingError(
            f"ctc_loss: targets must be (sum of lengths,) or ({len(lengths)}, at least {longest}), got shape "
            f"{tuple(targets.shape)}"
        )
    states = []
    for row in rows:
        if any(not 0 <= label < classes for label in row):
            raise SettingError(f"ctc_loss: targets must be classes 0 .. {classes - 1}, got {row}")
        between = [state for label in row for state in (label, blank)]
        states.append([blank, *between, *[blank] * (2 * (longest - len(row)))])
    return tensor(states).reshape(len(lengths), 2 * longest + 1)


def _log_likelihood(x: Tensor, labels: Tensor, inputs: Tensor, lengths: Tensor, blank: int) -> Tensor:
    steps, batch, _ = x.shape
    number = labels.shape[1]
    rows = arange(batch)
    scores = x.gather(2, labels.expand(steps, batch, number))
    # From two states before, over a blank that may be left out: only to a label that is not the one before it.
    skips = (labels != blank) & (pad(labels, (2, 0), value=blank)[:, :-2] != labels)
    skips = skips & (arange(number) >= 2)
    alpha = where(arange(number) < 2, scores[0], -math.inf) if steps else scores.sum(0)
    walked = [alpha]
    for t in range(1, steps):
        before = pad(alpha, (2, 0), value=-math.inf)
        arrived = logaddexp(alpha, before[:, 1:-1])
        alpha = logaddexp(arrived, where(skips, before[:, :-2], -math.inf)) + scores[t]
        walked.append(alpha)
    ends = stack(walked)[(inputs - 1).clamp(min=0), rows]
    last = ends[rows, 2 * lengths]
    total = where(lengths > 0, logaddexp(last, ends[rows, (2 * lengths - 1).clamp(min=0)]), last)
    return where(inputs > 0, total, where(lengths == 0, 0.0, -math.inf))


class CTCLoss(Loss, of=ctc_loss):
    """`functional.ctc_loss` as a module, called with log_probs, targets, input_lengths and target_lengths.

    >>> import nn
    >>> nn.CTCLoss(zero_infinity=True).zero_infinity
    True
    """
