"""Finding out where a number went wrong: which operation made the first NaN, and why a tensor has no gradient.

>>> import autograd
>>> x = autograd.tensor([4.0, 0.0], requires_grad=True)
>>> with autograd.autograd.detect_anomaly():
...     (x.sqrt() * x).sum().backward()
Traceback (most recent call last):
    ...
autograd.debug.anomaly.AnomalyError: ...
"""

from .anomaly import AnomalyError as AnomalyError, detect_anomaly as detect_anomaly, set_detect_anomaly as set_detect_anomaly
from .explain import find_nan as find_nan, why_no_grad as why_no_grad
