"""Module: a function with parameters.

- Parameters, modules and lists, tuples or dicts of them are found where they stand: in the attributes.
  Nothing is registered.
- A parameter is a leaf that requires a gradient; one that is shared counts once, under its first name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Self

from gradx.errors import OperandError, ShapeError
from gradx.level import no_grad
from gradx.tensor import Tensor


class Module:
    """Base of layers and models: subclasses set attributes and define `forward`.

    >>> import gradx as gx
    >>> class Scale(gx.nn.Module):
    ...     def __init__(self):
    ...         self.factor = gx.asarray(2.0, requires_grad=True)
    ...
    ...     def forward(self, x):
    ...         return self.factor * x
    >>> [name for name, _ in Scale().named_parameters()]
    ['factor']
    """

    training: bool = True
    """Whether layers such as `Dropout` act as in training; set by `train` and `eval`."""

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Return the module's result; what calling it calls."""
        raise OperandError(f"{type(self).__name__}: expected a method `forward`; it defines none")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.forward(*args, **kwargs)

    def named_parameters(self) -> Iterator[tuple[str, Tensor]]:
        """Yield each parameter with its dotted path."""
        for path, leaf in _walk(self, "", set()):
            if isinstance(leaf, Tensor):
                yield path, leaf

    def parameters(self) -> list[Tensor]:
        """Return the parameters, in the order of the attributes."""
        return [parameter for _, parameter in self.named_parameters()]

    def modules(self) -> Iterator[Module]:
        """Yield this module and all those in it."""
        for _, found in _walk(self, "", set()):
            if isinstance(found, Module):
                yield found

    def train(self, mode: bool = True) -> Self:
        """Switch this module and all those in it to training; return it."""
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Self:
        """Switch this module and all those in it to evaluation; return it."""
        return self.train(False)

    def state_dict(self) -> dict[str, Tensor]:
        """Return the parameters' values by path; training on does not change them."""
        return {path: parameter.detach() for path, parameter in self.named_parameters()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Set the parameters to values by path, arrays or Tensors; all of them, and none besides."""
        own = dict(self.named_parameters())
        if own.keys() != state.keys():
            missing, unknown = sorted(own.keys() - state.keys()), sorted(state.keys() - own.keys())
            raise OperandError(
                f"load_state_dict: expected a value for each parameter; missing: "
                f"{', '.join(missing) or 'none'}; unknown: {', '.join(unknown) or 'none'}"
            )
        for path, parameter in own.items():
            if tuple(state[path].shape) != parameter.shape:
                raise ShapeError(
                    f"load_state_dict: expected shape {parameter.shape} for {path}; "
                    f"got {tuple(state[path].shape)}"
                )
        with no_grad():
            for path, parameter in own.items():
                parameter[...] = state[path]

    def __repr__(self) -> str:
        parts = [f"{name}={value!r}" for name, value in vars(self).items() if _shown(name, value)]
        if sum(map(len, parts)) < 70 and not any("\n" in part for part in parts):
            return f"{type(self).__name__}({', '.join(parts)})"
        body = ",\n".join(parts).replace("\n", "\n  ")
        return f"{type(self).__name__}(\n  {body}\n)"


def _shown(name: str, value: Any) -> bool:
    return not name.startswith("_") and name != "training" and not isinstance(value, Tensor)


def _walk(value: Any, path: str, seen: set[int]) -> Iterator[tuple[str, Any]]:
    """Yield the modules and parameters in `value`, each once, with their paths."""
    if isinstance(value, Tensor):
        if value.requires_grad and value.is_leaf and id(value) not in seen:
            seen.add(id(value))
            yield path, value
        return
    if isinstance(value, Module):
        if id(value) in seen:
            return
        seen.add(id(value))
        yield path, value
        items: Any = vars(value).items()
    elif isinstance(value, (list, tuple)):
        items = enumerate(value)
    elif isinstance(value, dict):
        items = value.items()
    else:
        return
    for name, part in items:
        yield from _walk(part, f"{path}.{name}" if path else str(name), seen)
