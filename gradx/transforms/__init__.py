"""Transforms: what is built on levels, and the walks that they share."""
