"""Parity with PyTorch: one table of calls, run on torch (the oracle) and on Gradloom."""
