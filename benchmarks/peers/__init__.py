"""Who is measured: the catalogue of peers. An adapter is imported in its peer's own process only."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

HIPS_FOLDER = Path(__file__).parent / ".hips"
"""Where `--install-hips` puts HIPS/autograd: its import name is ours, and no environment can hold both."""


@dataclass(frozen=True)
class Peer:
    """A contestant: its name on the command line, its title in tables, and where its adapter class is.

    `path` is a folder that comes first on the search path of this peer's process, and of no other.
    """

    name: str
    title: str
    adapter: str
    path: Path | None = None


CATALOGUE = {
    peer.name: peer
    for peer in (
        Peer("gradloom", "Gradloom", "benchmarks.peers.gradloom:Gradloom"),
        Peer("gradloom-fused", "Gradloom, fused Adam", "benchmarks.peers.gradloom:Fused"),
        Peer("gradloom-compiled", "Gradloom, compiled", "benchmarks.peers.gradloom:Compiled"),
        Peer("torch", "PyTorch", "benchmarks.peers.pytorch:Eager"),
        Peer("torch-foreach", "PyTorch, foreach Adam", "benchmarks.peers.pytorch:Foreach"),
        Peer("torch-fused", "PyTorch, fused Adam", "benchmarks.peers.pytorch:Fused"),
        Peer("torch-compile", "torch.compile, fused Adam", "benchmarks.peers.pytorch:Compiled"),
        Peer("jax", "JAX jit", "benchmarks.peers.jax:Jax"),
        Peer("hips", "HIPS/autograd", "benchmarks.peers.hips:Hips", path=HIPS_FOLDER),
        Peer("mygrad", "MyGrad", "benchmarks.peers.mygrad:MyGrad"),
        Peer("micrograd", "micrograd", "benchmarks.peers.micrograd:Micrograd"),
        Peer("sklearn", "scikit-learn", "benchmarks.peers.sklearn:ScikitLearn"),
        Peer("numpy", "NumPy by hand", "benchmarks.peers.numpy:Numpy"),
    )
}
