"""One BLAS thread for the tests: on a busy machine OpenBLAS's threads wait for each other far longer than they compute."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
