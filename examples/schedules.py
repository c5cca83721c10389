"""Learning-rate schedules: what each of them does to the rate, and to a training."""

import autograd
import nn
import optim
from autograd.visualize import plots
from examples.output import finish, folder
from optim import lr_scheduler as lrs

STEPS = 300
SCHEDULES = {
    "constant": lambda o: lrs.LambdaLR(o, lambda k: 1.0),
    "step": lambda o: lrs.StepLR(o, STEPS // 3, gamma=0.3),
    "exponential": lambda o: lrs.ExponentialLR(o, gamma=0.985),
    "cosine": lambda o: lrs.CosineAnnealingLR(o, STEPS),
    "warm-up + cosine": lambda o: lrs.warmup_cosine(o, warmup_steps=STEPS // 10, total_steps=STEPS),
    "one cycle": lambda o: lrs.OneCycleLR(o, max_lr=0.2, total_steps=STEPS + 1),
}


def train(make) -> list[float]:
    """The losses of a small regression under a schedule."""
    autograd.manual_seed(0)
    x = autograd.randn(512, 8)
    y = (x[:, :4] * x[:, 4:]).sum(1, keepdim=True).tanh()
    model = nn.Sequential(nn.Linear(8, 32), nn.Tanh(), nn.Linear(32, 1))
    opt = optim.SGD(model.parameters(), lr=0.2, momentum=0.9)
    schedule = make(opt)
    losses = []
    for k in range(STEPS):
        rows = slice(64 * (k % 8), 64 * (k % 8) + 64)
        opt.zero_grad()
        loss = nn.functional.mse_loss(model(x[rows]), y[rows])
        loss.backward()
        opt.step()
        schedule.step()
        losses.append(loss.item())
    return losses


def main(given: list[str] | None = None) -> dict[str, float]:
    """Draw rates and losses; returns the mean loss of the last pass under each schedule."""
    out = folder(__doc__.splitlines()[0], given)
    figure, (left, right) = plots.figure(11, 4.2, 1, 2)
    last = {}
    for (name, make), color in zip(SCHEDULES.items(), plots.COLORS, strict=False):
        scheduler = make(optim.SGD([autograd.zeros(1, requires_grad=True)], lr=0.2, momentum=0.9))
        left.plot(plots.rates(scheduler, STEPS), color=color, label=name)
        losses = train(make)
        last[name] = sum(losses[-8:]) / 8
        smooth = [sum(losses[max(0, k - 15) : k + 1]) / len(losses[max(0, k - 15) : k + 1]) for k in range(STEPS)]
        right.plot(smooth, color=color)
    left.set(xlabel="step", ylabel="learning rate", title="The rate")
    right.set(xlabel="step", ylabel="loss (mean of 16 steps)", title="The training", yscale="log")
    left.legend(frameon=False, fontsize=8)
    finish(figure, out / "schedules.png", "\n".join(f"{n:17s} final loss {v:.4f}" for n, v in last.items()))
    return last


if __name__ == "__main__":
    main()
