"""The array API standard 2025.12 as data, and the tests generated from it: they need no copy of its own suite."""
