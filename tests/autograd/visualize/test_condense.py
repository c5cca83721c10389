"""Big graphs: by modules, like ones in a row once, and never a layout that takes minutes."""

import re
import time

import pytest

import autograd
import nn
from autograd import visualize


def deep(layers: int, width: int = 4) -> tuple[nn.Module, autograd.Tensor]:
    blocks = [nn.Sequential(nn.Linear(width, width), nn.Tanh()) for _ in range(layers)]
    return nn.Sequential(*blocks), autograd.ones(2, width)


def test_modules_are_frames_of_a_small_graph():
    model, x = deep(2)
    with visualize.recording():
        y = model(x).sum()
    dot = visualize.graph(y, params=model).dot()
    assert 'subgraph "cluster_0"' in dot and 'subgraph "cluster_1.' in dot


def test_like_modules_in_a_row_are_drawn_once_with_their_number():
    model, x = deep(12)
    with visualize.recording():
        y = model(x).sum()
    picture = visualize.graph(y, params=model, depth=1)
    assert "× 12" in picture.text() and len(picture.model.boxes) <= 4
    box = next(b for b in picture.model.boxes.values() if b.kind == "module")
    assert "24 operations, 240 parameters" in box.detail


def test_unlike_modules_stay_apart():
    model = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4), nn.Linear(4, 3), nn.Linear(3, 3))
    with visualize.recording():
        y = model(autograd.ones(1, 4)).sum()
    titles = [b.title for b in visualize.graph(y, params=model, depth=1).model.boxes.values() if b.kind == "module"]
    assert titles == ["0 … 1  × 2", "2", "3"]


def test_beyond_150_boxes_a_graph_goes_by_modules_by_itself():
    model, x = deep(100)
    with visualize.recording():
        y = model(x).sum()
    start = time.perf_counter()
    picture = visualize.graph(y, params=model)
    picture.dot()
    print(f"{time.perf_counter() - start:.2f} s for {picture.note}")
    assert len(picture.model.boxes) <= 150 and "drawn once" in picture.note and "× 100" in picture.dot()


def test_modules_follow_from_the_names_of_parameters_where_nothing_was_recorded():
    model, x = deep(100)
    picture = visualize.graph(model(x).sum(), params=model)
    assert len(picture.model.boxes) <= 150 and re.search(r"× \d\d", picture.dot())


def test_modules_that_differ_are_single_boxes_beyond_150():
    model = nn.Sequential(*(nn.Linear(4 + k, 5 + k) for k in range(60)))
    with visualize.recording():
        y = model(autograd.ones(1, 4)).sum()
    picture = visualize.graph(y, params=model)
    assert "drawn by modules" in picture.note and 60 <= len(picture.model.boxes) <= 62


def test_beyond_1000_boxes_without_modules_it_explains_itself():
    x = autograd.ones(2, requires_grad=True)
    y = x
    for _ in range(1200):
        y = y * 1.01
    picture = visualize.graph(y.sum())
    assert len(picture.model.boxes) < 100 and "recording()" in picture.note and "more" in picture.text()


@pytest.mark.parametrize("layers", [12])
def test_a_transformer_of_many_blocks_can_be_read(layers):
    layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
    model = nn.TransformerEncoder(layer, layers)
    with visualize.recording():
        y = model(autograd.randn(1, 3, 8)).sum()
    picture = visualize.graph(y, params=model)
    assert len(picture.model.boxes) <= 150 and f"× {layers}" in picture.dot()
