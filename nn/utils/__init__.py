"""What is used around modules: sequences of different lengths."""

from . import rnn as rnn
