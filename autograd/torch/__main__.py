"""`python -m autograd.torch script.py arguments...`"""

from .run import main

main()
