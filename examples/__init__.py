"""Each example is one idea of the field, runs in under a minute, and ends in a picture."""
