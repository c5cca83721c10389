"""The workloads; importing this package declares them all, in the order of the report."""

from importlib import import_module

for _name in ("operations", "scalars", "mlp", "layers", "networks", "second_order", "adam_step", "process"):
    import_module(f".{_name}", __name__)
