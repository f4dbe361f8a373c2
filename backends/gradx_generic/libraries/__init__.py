"""Hooks for libraries that need some: one module a library, imported when its first array is seen."""
