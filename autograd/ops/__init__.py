"""The primitives: forward on raw arrays, one rule for each differentiable input."""
