"""The frames of a walk through backpropagation: in order, and with the engine's numbers."""

import json
import re

import numpy as np
import pytest

import autograd
import nn
from autograd import Tensor, visualize
from autograd.errors import GraphError


def network():
    autograd.manual_seed(0)
    model = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 2))
    x = autograd.tensor([[0.5, -1.0], [1.0, 2.0]])
    return model, x, nn.functional.cross_entropy(model(x), autograd.tensor([1, 0]))


def test_forward_comes_first_and_backward_goes_from_the_output():
    a, b = Tensor(2.0, requires_grad=True), Tensor(3.0, requires_grad=True)
    frames = list(visualize.steps(a * b + a))
    phases = [f.phase for f in frames]
    assert phases == ["forward"] * 4 + ["backward"] * 2
    assert [f.values for f in frames[:4]] == [1, 2, 3, 4]
    assert frames[4].active == 3 and frames[5].active == 2


def test_contributions_are_local_times_upstream_and_add_up():
    a, b = Tensor(2.0, requires_grad=True), Tensor(3.0, requires_grad=True)
    last = list(visualize.steps(a * b + a))[-1]
    for c in last.contributions:
        assert float(c.local) * float(c.upstream) == float(c.value)
    to_a = next(c for c in last.contributions if c.formula == "g * y")
    assert float(to_a.value) == 3.0 and float(to_a.total) == 4.0


def test_the_numbers_are_the_engines():
    model, _, loss = network()
    walk = visualize.steps(loss, params=model)
    frames = list(walk)
    told = visualize.step_through(loss, params=model)
    loss.backward()
    by_name = {b.name: b.key for b in told.walk.model.boxes.values() if b.name}
    for name, p in model.named_parameters():
        np.testing.assert_array_equal(frames[-1].gradients[by_name[name]], p.grad.numpy())


def test_the_walk_changes_nothing():
    model, _, loss = network()
    list(visualize.steps(loss))
    assert all(p.grad is None for p in model.parameters())
    loss.backward()


def test_only_scalars_are_walked_through():
    with pytest.raises(GraphError, match=r"shape \(2,\)"):
        visualize.steps(autograd.ones(2, requires_grad=True) * 2)


def test_a_freed_graph_is_an_error():
    a = Tensor(2.0, requires_grad=True)
    y = a * a
    y.backward()
    with pytest.raises(GraphError, match="freed"):
        visualize.steps(y)


def test_the_page_is_self_contained_and_carries_exact_numbers(tmp_path):
    model, x, loss = network()
    path = visualize.step_through(loss, names={"x": x}, params=model).save(tmp_path / "steps.html")
    page = path.read_text()
    assert not re.search(r"(src|href)=[\"']http|@import|url\(http", page)
    data = json.loads(re.search(r'<script id="data" type="application/json">(.*?)</script>', page, re.S)[1])
    output = data["boxes"][-1]
    assert output["value"]["scalar"] == pytest.approx(loss.item(), rel=1e-7)
    assert len(data["frames"]) == len(list(visualize.steps(loss)))


def test_nan_is_written_as_its_name():
    x = Tensor(-1.0, requires_grad=True)
    page = visualize.step_through(x.log() * 2.0).html()
    assert '"nan"' in page and "NaN" not in page.split('id="data"')[1].split("</script>")[0]


def test_boxes_do_not_overlap():
    model, _, loss = network()
    boxes = visualize.step_through(loss, params=model).data()["boxes"]
    for i, a in enumerate(boxes):
        for b in boxes[i + 1 :]:
            apart = (
                a["x"] + a["w"] <= b["x"] or b["x"] + b["w"] <= a["x"] or a["y"] + a["h"] <= b["y"] or b["y"] + b["h"] <= a["y"]
            )
            assert apart, (a["title"], b["title"])


def test_too_many_boxes_say_what_to_do_instead():
    x = Tensor(1.0, requires_grad=True)
    y = x
    for _ in range(80):
        y = y * 1.01
    with pytest.raises(GraphError, match=r"at most 60.*graph"):
        visualize.step_through(y)
