"""Programs as one writes them for HIPS autograd, with one import changed: the tests change it back."""
