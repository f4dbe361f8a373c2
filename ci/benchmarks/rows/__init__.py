"""One file a group of rows; each has a function that returns them."""
