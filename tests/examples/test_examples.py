"""Every example runs, and what it claims is so."""

import subprocess
import sys

import pytest

pytest.importorskip("sklearn")
pytest.importorskip("matplotlib")
pytest.importorskip("tqdm")

from examples import (
    activations,
    character_transformer,
    digits,
    dropout_uncertainty,
    initialisation,
    moons_and_spirals,
    normalization,
    overfit_one_batch,
    perceptron,
    physics_informed,
    residual_depth,
    scalar_backprop,
    schedules,
    sparsity,
    universal_approximation,
    vanishing_gradients,
)

CLAIMS = {
    perceptron: lambda wrong: wrong == 0,
    scalar_backprop: lambda difference: difference < 1e-5,
    moons_and_spirals: lambda reached: min(reached) > 0.97,
    universal_approximation: lambda errors: errors[-1] < errors[2] < errors[0],
    activations: lambda slopes: slopes["sigmoid"] == pytest.approx(0.25) and slopes["ReLU"] == 1,
    initialisation: lambda last: (
        last["tanh, N(0, 0.01²)"] < 1e-6 and 0.5 < last["ReLU, He"] < 2 and 0.8 < last["SELU, LeCun"] < 1.2
    ),
    vanishing_gradients: lambda ratio: all(r < 1e-9 if "disease" in n else r > 1e-3 for n, r in ratio.items()),
    normalization: lambda reached: reached["batch norm"][0] < reached["layer norm"][0] and reached["batch norm"][-1] > 0.95,
    dropout_uncertainty: lambda spread: spread[1] > 1.5 * spread[0],
    schedules: lambda last: last["constant"] > 2 * last["cosine"],
    sparsity: lambda zeros: zeros["L1 (0.2)"] >= 30 and zeros["L2 (0.1)"] == 0,
    residual_depth: lambda reached: reached["plain"][-1] < 0.2 and reached["residual"][-1] > 0.6,
    overfit_one_batch: lambda last: last["none: as it should be"] < 1e-3 and last["detached"] > 1,
    physics_informed: lambda error: error < 0.02,
    character_transformer: lambda share: share > 0.5,
}


@pytest.mark.parametrize("example", CLAIMS, ids=lambda m: m.__name__.split(".")[-1])
def test_an_example_does_what_it_claims(example, tmp_path, capsys):
    returned = example.main(["--out", str(tmp_path)])
    assert CLAIMS[example](returned), returned
    pictures = list(tmp_path.glob("*.png"))
    assert pictures and all(p.stat().st_size > 5000 for p in pictures)
    assert str(pictures[0]) in capsys.readouterr().out


def test_digits_ends_above_97_percent_and_the_same_on_every_run(tmp_path, capsys):
    first = digits.main(["--out", str(tmp_path)])
    weights = (tmp_path / "weights.safetensors").read_bytes()
    second = digits.main(["--out", str(tmp_path)])
    assert first == second > 0.97
    assert (tmp_path / "weights.safetensors").read_bytes() == weights
    assert {p.name for p in tmp_path.iterdir()} >= {"curves.png", "predictions.png", "weights.safetensors"}


@pytest.mark.parametrize(
    ("flags", "accepted"),
    [
        (["--activation", "gleu"], "relu"),
        (["--optimizer", "adamm"], "adamw"),
        (["--lr", "-1"], "above 0"),
        (["--epochs", "many"], "above 0"),
        (["--hidden", "0"], "above 0"),
        (["--seed", "x"], "whole number"),
        (["--batch", "1.5"], "whole number"),
    ],
)
def test_a_bad_flag_gets_one_line_that_names_what_is_accepted(flags, accepted):
    done = subprocess.run([sys.executable, "-m", "examples.digits", *flags], capture_output=True, text=True)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1 and accepted in done.stderr
