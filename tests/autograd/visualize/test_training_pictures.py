"""Monitor and plots: what is collected, what is drawn, what is refused."""

import pytest

import autograd
import nn
import optim
from autograd import visualize
from autograd.errors import ArgumentError, ArgumentTypeError

pytest.importorskip("matplotlib")
plots = visualize.plots


@pytest.fixture(scope="module")
def watched():
    autograd.manual_seed(0)
    model = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 8), nn.Tanh(), nn.Linear(8, 2))
    opt = optim.Adam(model.parameters(), lr=0.01)
    x = autograd.randn(64, 2)
    y = (x[:, 0] * x[:, 1] > 0).long()
    states = []
    with visualize.Monitor(model, opt, every=2) as monitor:
        for _ in range(10):
            opt.zero_grad()
            loss = nn.functional.cross_entropy(model(x), y)
            loss.backward()
            opt.step()
            monitor.log(loss=loss.item())
            states.append({k: v.clone() for k, v in model.state_dict().items()})
    return model, monitor, x, y, states


def test_a_monitor_collects_every_second_step(watched):
    model, monitor, *_ = watched
    assert monitor.steps == [0, 2, 4, 6, 8] and len(monitor.metrics["loss"]) == 10
    assert set(monitor.gradient_norms) == {name for name, _ in model.named_parameters()}
    assert all(len(v) == 5 and min(v) > 0 for v in monitor.update_ratios.values())
    assert set(monitor.activations) == {"0", "1", "2", "3", "4"}
    assert 0 <= monitor.dead["1"][-1] <= 1 and 0 <= monitor.saturated["3"][-1] <= 1


def test_its_numbers_are_the_gradients_norms():
    layer = nn.Linear(2, 1, bias=False)
    opt = optim.SGD(layer.parameters(), lr=0.5)
    monitor = visualize.Monitor(layer, opt)
    layer(autograd.tensor([[3.0, 4.0]])).sum().backward()
    before = layer.weight.norm().item()
    opt.step()
    assert monitor.gradient_norms["weight"] == [5.0]
    assert monitor.update_ratios["weight"][0] == pytest.approx(2.5 / before, rel=1e-6)


def test_a_closed_monitor_watches_no_more(watched):
    model, monitor, x, *_ = watched
    model(x * 100)
    assert monitor.steps == [0, 2, 4, 6, 8]


def test_dead_units_are_counted():
    model = nn.Sequential(nn.Linear(2, 4), nn.ReLU())
    with autograd.no_grad():
        model[0].weight.zero_()
        model[0].bias.copy_(autograd.tensor([1.0, -1.0, -1.0, -1.0]))
    monitor = visualize.Monitor(model)
    model(autograd.randn(5, 2))
    assert monitor.dead["1"] == [0.75]


@pytest.mark.parametrize("draw", ["gradient_norms", "update_ratios", "histograms"])
def test_figures_of_a_monitor(watched, draw, tmp_path):
    figure = getattr(plots, draw)(watched[1])
    figure.savefig(tmp_path / "figure.png")
    assert figure.axes and (tmp_path / "figure.png").stat().st_size > 5000


def test_curves_choose_a_logarithmic_scale_by_themselves():
    assert plots.curves({"loss": [10.0, 1.0, 0.01]}).axes[0].get_yscale() == "log"
    assert plots.curves({"accuracy": [0.5, 0.9]}).axes[0].get_yscale() == "linear"


def test_a_decision_boundary_and_its_animation(watched, tmp_path):
    model, _, x, y, states = watched
    figure = plots.decision_boundary(model, x, y, resolution=40)
    assert len(figure.axes) == 2
    animation = plots.boundary_animation(states[::5], model, x, y, resolution=20)
    animation.save(tmp_path / "boundary.gif", writer="pillow")
    assert (tmp_path / "boundary.gif").stat().st_size > 1000


def test_a_schedule_is_read_from_a_copy():
    opt = optim.SGD([autograd.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = optim.lr_scheduler.StepLR(opt, 2, gamma=0.5)
    assert plots.rates(scheduler, 5) == [1.0, 1.0, 0.5, 0.5, 0.25]
    assert opt.param_groups[0]["lr"] == 1.0
    assert len(plots.schedule({"step": scheduler}, steps=5).axes[0].lines) == 1


def test_weights_as_images():
    assert len(plots.weights(nn.Linear(64, 16).weight).axes) == 17
    assert plots.weights(nn.Conv2d(1, 4, 3).weight).axes
    with pytest.raises(ArgumentError, match="do not fill"):
        plots.weights(autograd.ones(2, 7), (2, 2))


def test_what_is_refused(watched):
    with pytest.raises(ArgumentError, match="empty"):
        plots.curves({})
    with pytest.raises(ArgumentError, match="activations, gradients"):
        plots.histograms(watched[1], of="weights")
    with pytest.raises(ArgumentError, match=r"\(n, 2\)"):
        plots.decision_boundary(watched[0], autograd.ones(3, 3), autograd.zeros(3))
    with pytest.raises(ArgumentTypeError, match="Module"):
        visualize.Monitor(3)
    with pytest.raises(ArgumentError, match="every"):
        visualize.Monitor(nn.Linear(1, 1), every=0)
