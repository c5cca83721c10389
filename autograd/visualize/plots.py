"""A training told in pictures. Each function returns a matplotlib figure (or an animation) and shows nothing by itself."""

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..core.graph import Traced, no_grad
from ..errors import ArgumentError, MissingExtra

# Okabe and Ito's colours: told apart by colour-blind readers, and readable on white.
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
LOW, HIGH = "#0072B2", "#D55E00"


def _pyplot() -> Any:
    try:
        import matplotlib.figure
    except ImportError:
        raise MissingExtra('visualize.plots: needs matplotlib; pip install "gradloom[examples]"') from None
    return matplotlib.figure


def figure(width: float = 8, height: float = 4.5, rows: int = 1, columns: int = 1, **how: Any) -> tuple[Any, Any]:
    """A figure and its axes (an array of them if more than one), outside of pyplot's global state."""
    made = _pyplot().Figure(figsize=(width, height), layout="constrained")
    axes = made.subplots(rows, columns, **how)
    for a in np.ravel(np.asarray(axes, dtype=object)):
        a.grid(alpha=0.25)
        a.spines[["top", "right"]].set_visible(False)
    return made, axes


def curves(history: Mapping[str, Sequence[float]], *, log: bool | None = None, xlabel: str = "epoch", title: str = "") -> Any:
    """Loss and metric curves: names to lists of numbers. Logarithmic by itself if all are positive and span 100-fold."""
    if not history or not any(len(v) for v in history.values()):
        raise ArgumentError("curves: the history is empty; give names with at least one number each")
    numbers = np.concatenate([np.asarray(v, float) for v in history.values()])
    positive = numbers[np.isfinite(numbers)]
    if log is None:
        log = bool(positive.size and positive.min() > 0 and positive.max() > 100 * positive.min())
    made, axes = figure()
    for (name, values), color in zip(history.items(), _colors(len(history)), strict=True):
        axes.plot(np.arange(1, len(values) + 1), values, label=name, color=color, marker="o" if len(values) == 1 else None)
    if log:
        axes.set_yscale("log")
    axes.set(xlabel=xlabel, title=title)
    axes.legend(frameon=False)
    return made


def gradient_norms(monitor: Any, *, names: Sequence[str] | None = None) -> Any:
    """The norm of each parameter's gradient over the steps: vanishing and exploding layers stand apart."""
    return _over_steps(monitor, monitor.gradient_norms, "norm of the gradient", "Gradient norm by layer", names)


def update_ratios(monitor: Any, *, names: Sequence[str] | None = None) -> Any:
    """|update| / |weight| of each parameter over the steps; about 1e-3 is healthy."""
    made = _over_steps(monitor, monitor.update_ratios, "norm of update / norm of weight", "Update-to-weight ratio", names)
    made.axes[0].axhline(1e-3, color="#888888", linestyle="--", linewidth=1)
    return made


def _over_steps(monitor: Any, series: Mapping[str, list[Any]], ylabel: str, title: str, names: Sequence[str] | None) -> Any:
    chosen = [n for n in (names or series) if n in series and (names or not n.endswith("bias"))]
    if not chosen:
        raise ArgumentError(f"{title}: nothing was recorded; give the Monitor an optimizer and take at least one step")
    made, axes = figure(9, 4.5)
    for name, color in zip(chosen, _shades(len(chosen)), strict=True):
        values = np.asarray(series[name], float)
        axes.plot(monitor.steps[-len(values) :], np.where(values > 0, values, np.nan), label=name, color=color, linewidth=1.2)
    axes.set(yscale="log", xlabel="step", ylabel=ylabel, title=title)
    axes.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1.0, 0.5))
    return made


def histograms(monitor: Any, *, of: str = "activations", bins: int = 60) -> Any:
    """Histograms per layer of the latest activations or gradients, with dead and saturated fractions."""
    if of not in ("activations", "gradients"):
        raise ArgumentError(f"histograms: of={of!r} is not known; accepted are activations, gradients")
    data = {k: v for k, v in getattr(monitor, of).items() if of == "activations" or not k.endswith("bias")}
    if not data:
        raise ArgumentError(f"histograms: no {of} were recorded; train at least one step under the Monitor")
    columns = min(4, len(data))
    rows = -(-len(data) // columns)
    made, axes = figure(2.9 * columns, 2.2 * rows + 0.4, rows, columns, squeeze=False)
    for a in axes.flat[len(data) :]:
        a.set_visible(False)
    for a, (name, values) in zip(axes.flat, data.items(), strict=False):
        finite = values[np.isfinite(values)]
        a.hist(finite, bins=bins, color=LOW if of == "activations" else HIGH)
        a.set_title(name, fontsize=9)
        a.tick_params(labelsize=7)
        a.set_yticks([])
        notes = [f"std {finite.std():.2g}" if finite.size else "not finite"]
        for label, table in (("dead", monitor.dead), ("saturated", monitor.saturated)):
            if of == "activations" and table.get(name):
                notes.append(f"{label} {table[name][-1]:.0%}")
        a.text(0.98, 0.95, "\n".join(notes), transform=a.transAxes, ha="right", va="top", fontsize=7)
    made.suptitle(f"{of.capitalize()} by layer", fontsize=11)
    return made


def decision_boundary(
    model: Callable[..., Any], x: Any, y: Any, *, resolution: int = 200, margin: float = 0.3, title: str = ""
) -> Any:
    """What a classifier of points in the plane says everywhere, and the points (n, 2) with their labels (n,)."""
    made, axes = figure(6, 5)
    _draw_boundary(axes, model, _plain(x), _plain(y), resolution, margin)
    axes.set_title(title)
    return made


def _draw_boundary(axes: Any, model: Callable[..., Any], x: np.ndarray, y: np.ndarray, resolution: int, margin: float) -> None:
    if x.ndim != 2 or x.shape[1] != 2:
        raise ArgumentError(f"decision_boundary: x must be points of shape (n, 2), got {x.shape}")
    low, high = x.min(0) - margin, x.max(0) + margin
    across, up = np.meshgrid(np.linspace(low[0], high[0], resolution), np.linspace(low[1], high[1], resolution))
    scores, classes = _scores(model, np.stack([across.ravel(), up.ravel()], 1).astype(x.dtype))
    if classes == 2:
        shown = axes.contourf(across, up, scores.reshape(across.shape), np.linspace(0, 1, 21), cmap="RdBu_r", alpha=0.5)
        axes.contour(across, up, scores.reshape(across.shape), [0.5], colors="#1A1A1A", linewidths=1.2)
        axes.figure.colorbar(shown, ax=axes, label="probability of class 1", ticks=[0, 0.5, 1])
    else:
        from matplotlib.colors import ListedColormap

        colors = ListedColormap(_colors(classes))
        axes.contourf(across, up, scores.reshape(across.shape), np.arange(classes + 1) - 0.5, cmap=colors, alpha=0.35)
    ink = (LOW, HIGH) if classes == 2 else _colors(classes)
    for label in np.unique(y).astype(int):
        axes.scatter(
            *x[y == label].T, s=14, color=ink[label], edgecolor="white", linewidth=0.4, label=f"class {label}", zorder=3
        )
    axes.grid(False)
    axes.set(xlabel="$x_1$", ylabel="$x_2$", aspect="equal")


def _scores(model: Callable[..., Any], points: np.ndarray) -> tuple[np.ndarray, int]:
    """For each point the probability of class 1 (two classes) or the class (more); and the number of classes."""
    from ..tensor.creation import from_numpy

    with no_grad():
        out = np.asarray(_plain(model(from_numpy(points))), float)
    out = out.reshape(len(points), -1)
    if out.shape[1] == 1:
        return 1 / (1 + np.exp(-np.clip(out[:, 0], -60, 60))), 2
    if out.shape[1] == 2:
        return 1 / (1 + np.exp(np.clip(out[:, 0] - out[:, 1], -60, 60))), 2
    return out.argmax(1), out.shape[1]


def boundary_animation(
    states: Sequence[Mapping[Any, Any]], model: Any, x: Any, y: Any, *, interval: int = 120, resolution: int = 90
) -> Any:
    """The decision boundary over a training, from state_dicts kept along the way: a matplotlib animation."""
    from matplotlib.animation import FuncAnimation

    if not states:
        raise ArgumentError("boundary_animation: no states; keep deepcopy(model.state_dict()) now and then while training")
    now = {k: v.clone() for k, v in model.state_dict().items()}
    made = _pyplot().Figure(figsize=(6, 5), layout="constrained")

    def draw(k: int) -> list[Any]:
        made.clear()
        axes = made.subplots()
        model.load_state_dict(states[k])
        _draw_boundary(axes, model, _plain(x), _plain(y), resolution, 0.3)
        axes.set_title(f"snapshot {k + 1} of {len(states)}")
        model.load_state_dict(now)
        return []

    from matplotlib.backends.backend_agg import FigureCanvasAgg

    FigureCanvasAgg(made)
    return FuncAnimation(made, draw, frames=len(states), interval=interval, blit=False)


def schedule(schedulers: Any, *, steps: int, title: str = "") -> Any:
    """The learning rates of a scheduler over its next `steps` steps, or of several given as {label: scheduler}."""
    named = schedulers if isinstance(schedulers, Mapping) else {type(schedulers).__name__: schedulers}
    made, axes = figure(8, 3.8)
    for (label, scheduler), color in zip(named.items(), _colors(len(named)), strict=True):
        axes.plot(rates(scheduler, steps), label=label, color=color)
    axes.set(xlabel="step", ylabel="learning rate", title=title)
    axes.legend(frameon=False)
    return made


def rates(scheduler: Any, steps: int) -> list[float]:
    """The learning rate before each of the next `steps` steps; the scheduler itself stays where it is."""
    ahead = copy.deepcopy(scheduler)
    ahead.optimizer.zero_grad()
    found = []
    for _ in range(steps):
        found.append(float(ahead.optimizer.param_groups[0]["lr"]))
        ahead.optimizer.step()
        ahead.step()
    return found


def weights(parameter: Any, shape: tuple[int, int] | None = None, *, most: int = 64, title: str = "") -> Any:
    """The rows of a weight matrix (or filters of a convolution) as images, one colour scale for all."""
    raw = _plain(parameter)
    rows = raw.reshape(len(raw), -1) if raw.ndim > 1 else raw.reshape(1, -1)
    if shape is None:
        side = round(rows.shape[1] ** 0.5)
        shape = raw.shape[-2:] if raw.ndim > 2 else (side, side) if side * side == rows.shape[1] else (1, rows.shape[1])
    if rows.shape[1] % (shape[0] * shape[1]):
        raise ArgumentError(f"weights: rows of {rows.shape[1]} numbers do not fill images of shape {shape}")
    images = rows.reshape(-1, *shape)[:most]
    columns = min(8, len(images))
    made, axes = figure(
        1.15 * columns + 0.8, 1.15 * -(-len(images) // columns) + 0.5, -(-len(images) // columns), columns, squeeze=False
    )
    top = float(np.abs(images).max()) or 1.0
    for a in axes.flat:
        a.set_axis_off()
    shown = [
        a.imshow(image, cmap="RdBu_r", vmin=-top, vmax=top, interpolation="nearest")
        for a, image in zip(axes.flat, images, strict=False)
    ]
    made.colorbar(shown[0], ax=axes, shrink=0.8)
    made.suptitle(title or f"{len(images)} of {len(rows)} rows", fontsize=11)
    return made


def _plain(value: Any) -> np.ndarray:
    return np.asarray(value._data) if isinstance(value, Traced) else np.asarray(value)


def _colors(n: int) -> list[str]:
    return [COLORS[k % len(COLORS)] for k in range(n)]


def _shades(n: int) -> Any:
    """Colours from first to last layer: an order that a categorical palette would not show."""
    import matplotlib

    return [matplotlib.colormaps["viridis"](0.9 * k / max(n - 1, 1)) for k in range(n)]
