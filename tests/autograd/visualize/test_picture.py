"""The picture of a graph: what it says, how it degrades, and that its text does not change unnoticed."""

import re
import subprocess
import sys

import numpy as np
import pytest

import autograd
import nn
from autograd import Tensor, visualize
from autograd.errors import ArgumentError, ArgumentTypeError, MissingExtra
from autograd.visualize import render

needs_graphviz = pytest.mark.skipif(visualize.Rendering.available() is None, reason="no Graphviz is installed")


def small():
    a, b = Tensor(2.0, requires_grad=True), Tensor(-3.0, requires_grad=True)
    with visualize.recording():
        loss = (a * b + 10.0) ** 2
    return a, b, loss


def test_the_text_tree():
    a, b, loss = small()
    assert visualize.graph(loss, names={"a": a, "b": b, "loss": loss}).text() == (
        "loss = pow () = 16 [gradient 1]\n"
        "├─ add () = 4 [gradient 8]\n"
        "│  ├─ mul () = -6 [gradient 8]\n"
        "│  │  ├─ a () = 2 [gradient -24]\n"
        "│  │  └─ b () = -3 [gradient 16]\n"
        "│  └─ constant () = 10\n"
        "└─ constant () = 2"
    )


def test_the_dot_text():
    a, b, loss = small()
    dot = visualize.graph(loss, names={"a": a, "b": b}).dot()
    edges = re.findall(r"(n\d+) -> (n\d+)", dot)
    assert edges == [("n0", "n2"), ("n1", "n2"), ("n2", "n4"), ("n3", "n4"), ("n4", "n6"), ("n5", "n6")]
    assert dot.count("grad -24") == 1 and dot.count("rankdir=LR") == 1
    assert "rule for x: g * y" in dot and "test_picture.py" in dot
    shapes = dict(re.findall(r'(n\d+) \[shape="(\w+)"', dot))
    assert shapes["n3"] == "note" and shapes["n0"] == "box"


def test_names_from_locals_and_from_a_module():
    x = autograd.ones(1, 2)
    model = nn.Sequential(nn.Linear(2, 2), nn.Tanh())
    with visualize.recording():
        loss = model(x).sum()
    text = visualize.graph(loss, names=locals(), params=model).text()
    for name in ("loss = sum", "0.weight", "0.bias", "x (1, 2)"):
        assert name in text


def test_parameters_inputs_constants_and_results_differ_in_shape_or_outline():
    x = autograd.ones(1, 2, requires_grad=True)
    layer = nn.Linear(2, 2)
    dot = visualize.graph((layer(x) * autograd.ones(2)).sum(), params=layer).dot()
    looks = set(re.findall(r'shape="(\w+)", style="([\w,]+)"', dot))
    assert len(looks) >= 4 and "peripheries" in dot


def test_the_picture_leaves_no_trace():
    a, _, loss = small()
    seen = []
    a.register_hook(lambda g: seen.append(g))
    visualize.graph(loss)
    assert a.grad is None and not seen
    loss.backward()
    assert a.grad.item() == -24.0


def test_gradients_that_are_not_computed_are_said_to_be_so_and_never_zero():
    x = autograd.ones(2, requires_grad=True)
    dot = visualize.graph(x * 2.0).dot()
    assert dot.count("gradient not computed") == 2 and "grad 0" not in dot


def test_after_backward_the_leaves_show_their_grad():
    a, _, loss = small()
    loss.backward()
    text = visualize.graph(loss, names={"a": a}).text()
    assert "a () = 2 [gradient -24]" in text and "add () = 4\n" in text


def test_values_that_were_overwritten_are_not_shown():
    x = autograd.ones(3, requires_grad=True)
    with visualize.recording():
        y = x + 1.0
        z = (y + 5.0).sum()
    y.add_(100.0)
    assert "102" not in visualize.graph(z).text()


def test_nan_and_infinity_are_red():
    x = autograd.tensor([-1.0, 0.0], requires_grad=True)
    with visualize.recording():
        y = x.log().sum()
    dot = visualize.graph(y).dot()
    assert 'COLOR="#D50000"' in dot and "nan" in dot


def test_the_backward_graph_of_create_graph_can_be_drawn():
    x = Tensor(3.0, requires_grad=True)
    (g,) = autograd.grad(x**3, x, create_graph=True)
    text = visualize.graph(g, names={"x": x}).text()
    assert "= 27" in text and "[gradient 18]" in text


def test_large_values_are_summarised_with_a_strip_of_colours():
    x = autograd.linspace(-1, 1, 400, requires_grad=True)
    with visualize.recording():
        y = (x * x).mean()
    dot = visualize.graph(y).dot()
    assert "in [-1, 1]" in dot and dot.count("BGCOLOR") > 40


@pytest.mark.parametrize(
    ("option", "value"), [("direction", "up"), ("detail", "all"), ("style", "round"), ("theme", "red"), ("depth", 0)]
)
def test_options_name_what_is_accepted(option, value):
    _, _, loss = small()
    with pytest.raises(ArgumentError, match=option):
        visualize.graph(loss, **{option: value})


def test_only_tensors_are_drawn():
    with pytest.raises(ArgumentTypeError, match="ndarray"):
        visualize.graph(np.ones(3))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("style", ["boxes", "edges"])
@needs_graphviz
def test_svg_scales_and_its_text_can_be_selected(theme, style):
    a, _, loss = small()
    svg = visualize.graph(loss, names={"a": a}, theme=theme, style=style).svg()
    assert svg.startswith("<svg") and "viewBox" in svg and ">a<" in svg.replace(" ", "")


@needs_graphviz
@pytest.mark.parametrize("ending", ["svg", "png", "pdf", "html", "dot", "txt"])
def test_every_ending_is_written(ending, tmp_path):
    path = visualize.graph(small()[2]).save(tmp_path / f"graph.{ending}")
    head = {"svg": b"<svg", "png": b"\x89PNG", "pdf": b"%PDF", "html": b"<!doctype", "dot": b"digraph", "txt": b"pow"}
    assert path.read_bytes().startswith(head[ending])


def test_an_unknown_ending_names_the_known_ones(tmp_path):
    with pytest.raises(ArgumentError, match=r"\.svg"):
        visualize.graph(small()[2]).save(tmp_path / "graph.jpg")


def test_without_any_graphviz_there_is_text_and_one_line_that_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", "")
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    picture = visualize.graph(small()[2])
    assert visualize.Rendering.available() is None
    bundle = picture._repr_mimebundle_()
    assert "image/svg+xml" not in bundle and "pip install" in bundle["text/plain"]
    with pytest.raises(MissingExtra, match=r"pip install"):
        picture.save(tmp_path / "graph.svg")
    assert "<pre>" in picture.html()


def test_with_an_empty_path_the_graphviz_from_pip_draws(monkeypatch):
    pytest.importorskip("pygraphviz")
    monkeypatch.setenv("PATH", "")
    assert visualize.Rendering.available() == "pygraphviz"
    assert visualize.graph(small()[2]).svg().startswith("<svg")


@needs_graphviz
def test_what_graphviz_refuses_is_reported(monkeypatch):
    monkeypatch.setattr(subprocess, "run", lambda *a, **k: subprocess.CompletedProcess(a, 1, b"", b"syntax"))
    monkeypatch.setattr(render.shutil, "which", lambda _: "/dot")
    with pytest.raises(RuntimeError, match="syntax"):
        visualize.graph(small()[2]).svg()


def test_to_graphviz_gives_the_source_that_graphviz_users_know():
    graphviz = pytest.importorskip("graphviz")
    a, _, loss = small()
    picture = visualize.graph(loss, names={"a": a})
    source = picture.to_graphviz()
    assert isinstance(source, graphviz.Source)
    assert source.source.strip() == picture.dot().strip()
    for way in ("render", "view", "pipe"):
        assert callable(getattr(source, way))
    if visualize.Rendering.available() == "dot":
        assert b"<svg" in source.pipe(format="svg")


def test_without_the_package_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "graphviz", None)
    with pytest.raises(MissingExtra, match=r"pip install \"gradloom\[viz\]\""):
        visualize.graph(small()[2]).to_graphviz()
