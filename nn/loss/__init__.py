"""Losses: each a function, and a module that holds its settings."""
