"""Gradloom beside its peers: the same work, in one run, each in a process of its own.

    python -m benchmarks                    every workload, every installed peer
    python -m benchmarks --quick            a few minutes: fewer sizes, fewer rounds
    python -m benchmarks --only mlp rnn     some workloads, or single cases (mlp/tiny)
    python -m benchmarks --compare old.json what became slower since a stored run

The parts, in the order of a run: `workload` (what is measured), `peers` (who is measured), `worker` (a peer's
process), `coordinator` (rounds over all workers), `results`, `targets`, `compare`, `report` and `plots`.
"""
