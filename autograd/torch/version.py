"""Versions: of Gradloom, and of the libraries that PyTorch would have been built with, of which there are none."""

__version__ = "2.13.0"  # of the PyTorch whose names and results Gradloom has
cuda = hip = xpu = git_version = None
debug = False
