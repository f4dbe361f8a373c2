"""Other people's array-API code with Tensors in it: one row a function, and what is to come of its gradient."""
