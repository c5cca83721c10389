"""PyTorch's functions as compositions of primitives; none has a derivative of its own."""
