"""Random programs on PyTorch and on Gradloom, compared after every step.

A program is a list of lines of Python for PyTorch, so that it can be run by either library, cut down and printed as a script.
Read `machine` (one library running lines), `judge` (what it means that two machines agree), `known` (the differences that are
meant), `draw` (how a line is made to fit the tensors that a program has), the families of lines (`calls`, `writes`, `graph`,
`nests`, `layers`), `play` (one program from a seed), `shrink`, and `__main__`, the tool:

    python -m tests.parity.programs --programs 20000 --seed 1000000
"""
