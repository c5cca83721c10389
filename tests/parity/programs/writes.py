"""Lines that change a tensor's memory: in place, by item assignment, through views and `.data`, with and without recording."""

from __future__ import annotations

from .calls import lines
from .draw import Draw, Unfit
from .machine import is_tensor

WRITES = lines("""
    {w}.mul_({k}); {w}.add_({b}); {w}.mul_({b}); {w} += 1.5; {w}.copy_({b}); {w}.zero_(); {w}.fill_(0.5); {w}[{at}] = {k}; {w}[{at}] = {k}; {w}[{at}] = {b}; {w}[{where}] *= 2; {w}[{where}].add_(1.0);
    {w}[{where}] += {b}; {w}.sin_(); {w} *= {b}; {w}.masked_fill_({mask}, 0.7); {w}.sub_({b}.detach()); {w}.neg_(); {w}.tanh_(); {w}.sigmoid_(); {w}.relu_(); {w}.exp_(); {w}.clamp_(-1, 1); {w}.div_({p}); {w} /= {p}; {w} -= {b};
    {w}.pow_(2); {w}.square_(); {w}.abs_(); {w}.addcmul_({b}, {c}); {w}.addcdiv_({b}, {p}); {w}.lerp_({b}, 0.3); {w}.index_fill_({d}, torch.tensor([0]), 1.0); {w}.index_add_({d}, torch.tensor([0]), {w}.detach().narrow({d}, 0, 1)); {w}.scatter_({d}, torch.zeros({shape}, dtype=torch.int64), 0.5);
    {w}[{at}] = {w}[{at}] * 2; {w}.masked_scatter_({mask}, {w}.detach().flatten() * 2); {w}.index_put_((torch.tensor([0]),), torch.tensor(1.5, dtype={w}.dtype), accumulate={flag}); {w}.cumsum_({d}); {w}.tril_() if {w}.ndim > 1 else {w}.cos_(); {w}.data.mul_(2); {w}.data[{where}] = 0.5; {w}.detach().add_(1);
    {w}.requires_grad_(); {w}.unsqueeze_(0); {w}.squeeze_(); {w}.t_(); {w}.transpose_({d}, {e}); F.relu({w}, inplace=True); F.leaky_relu_({w}, 0.1); F.elu({w}, inplace=True); {w}.sqrt_(); {w}.floor_(); {w}.round_(); {w}.copy_({k} * {w}.detach()); {w}.detach_(); {w}[{at}] = {k} * {b};
    {w}.add_({w}); {w}.mul_({w}.sum()); {w}.clamp_(min={b}); {w}.nan_to_num_(); {w}.maximum({b}).mul_(2); {w}.view(-1)[0] = 3.0; {w}.T.mul_(2); {w}.diagonal().zero_(); {w}.expand(2, *{shape}).sum().add_(1); torch.add({w}.detach(), {b}.detach(), out={w}.detach()); {w}.index_copy_({d}, torch.tensor([0]), {b}.narrow({d}, 0, 1)); {w}.fill_diagonal_(1.0)
""")
INTS = lines(
    "{int}.add_(1); {int}[{at}] = 1; {int}.mul_(2); {int} += 1.5; {int}.zero_(); {int}[{at}] = 2.5; {int} //= 2; {int} /= 2; {int}.clamp_(0, 1)"
)
MODES = ["with torch.no_grad(): {}", "with torch.enable_grad(): {}", "with torch.set_grad_enabled(False): {}"]


def overlapping(draw: Draw, line: str) -> bool:
    """Whether a line reads one tensor and writes another of the same memory: what that gives depends on the order of loops."""
    tensors = draw.machine.names
    storages = {
        name: t.untyped_storage().data_ptr()
        for name, t in tensors.items()
        if is_tensor(t) and f"{name}." in f"{line} ".replace(" ", ".").replace("[", ".").replace(")", ".").replace(",", ".")
    }
    return len(set(storages.values())) < len(storages)


def write(draw: Draw) -> list[str]:
    line = draw.fill(draw.choice(INTS if draw.chance(0.06) else WRITES))
    if overlapping(draw, line):
        raise Unfit
    return [draw.choice(MODES).format(line) if draw.chance(0.12) else line]
