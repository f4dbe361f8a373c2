"""Tensor: an array with a place on the graph.

- Sugar only: properties and protocols here, operators and methods in files of their own, into `gradx.ops`.
- A Tensor is a mutable cell that holds an immutable value: a write computes a new value and rebinds the
  cell, so whatever used the old value keeps it.
- What would drop a gradient in silence (`float`, `numpy.asarray`, DLPack of a tracked Tensor) raises.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gradx import ops
from gradx.backend import backend_for_device, backend_of
from gradx.capture import export
from gradx.conversion import conversion_error
from gradx.dtypes import DType, dtype_of, is_inexact
from gradx.errors import ConversionError, DtypeError, GraphError, ShapeError
from gradx.hooks import Handle, Hook, register
from gradx.level import Cell, cell
from gradx.methods import Methods
from gradx.namespace import namespace_for
from gradx.operators import Operators
from gradx.ops.subscript import is_own_part, read, write
from gradx.printing import describe
from gradx.protocols import Protocols
from gradx.shapes import size
from gradx.tape import ZERO, Leaf, Node
from gradx.views import begin_write, outdate, rebind


class Tensor(Methods, Operators, Protocols):
    """An array of any library with a place on the graph.

    Made by `gx.asarray`, the creation functions and every operation; not by calling the class.

    Writes, `x[key] = v` and `x += v`, mean what they mean in NumPy: views by slices, `T`, `reshape` and the
    like see them, and pass on what is written to them. What was computed from the old value keeps it. Written
    to, a leaf becomes a result of itself: its `.grad` is still the gradient with respect to the value that it
    had, and `backward` still fills it. Under `gx.no_grad` it stays a leaf, with the new value.

    Attributes
    ----------
    shape, ndim, size, dtype, device
        As in the array API standard; `dtype` is a `gx.DType`, `device` a name such as "cpu" or "cuda:0".
    requires_grad
        Whether operations on this Tensor are recorded; set it on a floating leaf.
    grad
        What `backward` has accumulated on a leaf; None before.
    """

    __slots__ = ()

    __array_priority__ = 1000

    # ---------------------------------------------------------------- properties

    @property
    def shape(self) -> tuple[int, ...]:
        shape = tuple(self.data.shape)
        return shape[self.level.lead :] if self.level.lead else shape

    @property
    def ndim(self) -> int:
        return len(self.data.shape) - self.level.lead

    @property
    def size(self) -> int:
        return size(self.shape)

    @property
    def dtype(self) -> DType:
        return dtype_of(self.data.dtype)

    @property
    def device(self) -> str:
        data = self.data
        return data.device if isinstance(data, Tensor) else backend_of(type(data)).device_name(data)

    @property
    def T(self) -> Any:
        return ops.transpose(self)

    @property
    def mT(self) -> Any:
        return ops.matrix_transpose(self)

    @property
    def real(self) -> Any:
        return ops.real(self)

    @property
    def imag(self) -> Any:
        return ops.imag(self)

    @property
    def requires_grad(self) -> bool:
        return self.aux is not None

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        if value and self.aux is None:
            self._make_leaf()
        elif not value and self.aux is not None:
            if not self.is_leaf:
                raise GraphError("requires_grad: expected a leaf; got a result. Use detach()")
            self.aux = None

    def _make_leaf(self) -> None:
        if self.level is not ZERO:
            raise GraphError(
                "requires_grad: expected a Tensor outside of transforms; got one inside. Use gx.grad"
            )
        if not is_inexact(self.dtype):
            raise DtypeError(
                f"requires_grad: expected a floating or complex dtype; got {self.dtype}. "
                "Make it with dtype=gx.float64, or convert it by astype"
            )
        self.lens = None  # a leaf stands for itself
        outdate([self])  # its views are read anew, on the graph
        self.aux = Leaf(self.data.shape, self.data.dtype)

    @property
    def is_leaf(self) -> bool:
        return self.aux is None or type(self.aux) is Leaf

    @property
    def grad(self) -> Any:
        leaf = self._own_leaf()
        return None if leaf is None else leaf.grad

    @grad.setter
    def grad(self, value: Tensor | None) -> None:
        leaf = self._own_leaf()
        if leaf is None:
            raise GraphError(
                "grad: expected a Tensor made with requires_grad=True; got one that is no leaf"
            )
        if value is not None and (value.shape != self.shape or value.dtype != self.dtype):
            raise ShapeError(
                f"grad: expected {self.dtype.name}{list(self.shape)}; got {value.dtype.name}{list(value.shape)}"
            )
        leaf.grad = value

    def _own_leaf(self) -> Leaf | None:
        return self.aux if type(self.aux) is Leaf else getattr(self, "former", None)

    # ---------------------------------------------------------------- the graph

    def backward(
        self, gradient: Any = None, *, retain_graph: bool = False, create_graph: bool = False
    ) -> None:
        """Add the gradient of this Tensor to `.grad` of every leaf that it was computed from.

        Parameters
        ----------
        gradient
            The cotangent, of this Tensor's shape; may be left out for a scalar.
        retain_graph
            Keep what the walk would free, so that it can be walked again.
        create_graph
            Record the walk, so that the gradients can be differentiated; implies `retain_graph`.

        Raises
        ------
        GraphError
            If the Tensor is not on a graph, is no scalar and `gradient` is missing, or was freed before.
        """
        from gradx.transforms.backward import backward  # stands above: the walk runs on Tensors

        backward(self, gradient, retain_graph=retain_graph, create_graph=create_graph)

    def register_hook(self, hook: Hook) -> Handle:
        """Have `hook(gradient)` called where a walk passes this Tensor; what it returns, unless None, takes its place.

        Called once a walk, with the whole gradient, in the order of registration, in transforms and by
        `gx.gradients`, too. With `create_graph=True` the gradient is on the graph.
        Returns a `Handle`: `remove()` ends it.

        >>> import gradx as gx
        >>> x = gx.asarray(3.0, requires_grad=True)
        >>> handle = x.register_hook(lambda g: 10.0 * g)
        >>> (x * x).backward(); x.grad
        Tensor(60.)
        """
        return register(self, hook)

    def detach(self) -> Any:
        """Return a Tensor of the same value that is not on the eager tape."""
        return cell(self.data, ZERO, None) if self.level is ZERO else ops.stop_gradient(self)

    def contains(self, node: Tensor) -> bool:
        """Whether this Tensor is `node` or was computed from it, as far as the tape remembers.

        >>> import gradx as gx
        >>> x, z = gx.asarray(2.0, requires_grad=True), gx.asarray(3.0, requires_grad=True)
        >>> y = gx.sin(x * x)
        >>> y.contains(x), y.contains(z)
        (True, False)
        """
        if self is node:
            return True
        stack, seen = [self.aux], set()
        while stack:
            here = stack.pop()
            if not isinstance(here, Node) or here in seen:
                continue
            if here is node.aux:
                return True
            seen.add(here)
            stack.extend(parent for parent in here.parents if parent is not None)
        return False

    # ---------------------------------------------------------------- out of gradx

    def item(self) -> Any:
        """Return the only element as a Python number; this leaves the graph."""
        if self.size != 1:
            raise ShapeError(
                f"item: expected a Tensor of one element; got shape {self.shape}. Use tolist() for all of them"
            )
        self._check_single("item")
        data = self.data
        return (
            data.item()
            if isinstance(data, Tensor)
            else backend_of(type(data)).to_numpy(data).item()
        )

    def tolist(self) -> Any:
        """Return nested lists of Python numbers; this leaves the graph."""
        self._check_single("tolist")
        data = self.data
        return (
            data.tolist()
            if isinstance(data, Tensor)
            else backend_of(type(data)).to_numpy(data).tolist()
        )

    def numpy(self) -> Any:
        """Return the value as a NumPy array, copied from another device; raises on a tracked Tensor.

        On the CPU it shares the Tensor's memory. It can be written to only where nothing else holds that: no other
        Tensor, and no graph that needs the value as it is. Copy it to have one to write to.
        """
        self._check_untracked("numpy()")
        return export(self)

    def _check_single(self, what: str) -> None:
        if self.level.lead:
            raise ConversionError(
                f"{what}: expected one value; got a Tensor that stands for all examples of a vmap at once, on which "
                "Python cannot decide. Choose by gx.where(condition, a, b) in place of `if`, and return from the "
                "function what is to be read"
            )

    def _check_untracked(self, what: str) -> None:
        self._check_single(what)
        if self.aux is not None or self.level is not ZERO:
            raise conversion_error(what, self.shape)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        self._check_untracked("numpy.asarray")
        if dtype is not None and getattr(dtype, "kind", "") == "O":  # Python's numbers
            if copy is False:
                raise ValueError("numpy.asarray: expected no copy; Python's objects need one")
            return self.numpy().astype(dtype)
        return backend_for_device("cpu").asarray(
            self.numpy(), dtype=dtype and dtype_of(dtype).name, copy=copy
        )

    def __array_namespace__(self, *, api_version: str | None = None) -> Any:
        if api_version not in (None, "2021.12", "2022.12", "2023.12", "2024.12", "2025.12"):
            raise ValueError(
                f"__array_namespace__: expected an api_version up to 2025.12; got {api_version!r}"
            )
        return namespace_for(self.device)

    def to_device(self, device: str, /, *, stream: Any = None) -> Any:
        """Copy to another device, on the graph; itself if it is there already."""
        return ops.to_device(self, device)

    # ---------------------------------------------------------------- Python's protocols

    def __bool__(self) -> bool:
        if self.size != 1:
            raise ValueError(
                f"bool: expected a Tensor of one element; got shape {self.shape}. Use gx.any or gx.all"
            )
        return bool(self.item())

    def __float__(self) -> float:
        self._check_untracked("float")
        return float(self.item())

    def __int__(self) -> int:
        self._check_untracked("int")
        return int(self.item())

    def __complex__(self) -> complex:
        self._check_untracked("complex")
        return complex(self.item())

    def __index__(self) -> int:
        if self.ndim or self.dtype.kind not in "iub":
            raise TypeError(
                f"index: expected a 0-d integer Tensor; got {self.dtype.name}{list(self.shape)}"
            )
        return int(self.item())

    def __len__(self) -> int:
        if not self.ndim:
            raise TypeError("len: expected a Tensor of at least one dimension; got a 0-d one")
        return self.shape[0]

    def __iter__(self) -> Iterator[Any]:
        if not self.ndim:
            raise TypeError("iteration: expected a Tensor of at least one dimension; got a 0-d one")
        return (self[i] for i in range(self.shape[0]))

    def __contains__(self, value: Any) -> bool:
        return bool(ops.any(ops.equal(self, value)))

    def __repr__(self) -> str:
        return describe(self)

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if spec else str(self)

    def __copy__(self) -> Any:
        return cell(self.data, self.level, self.aux)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        if self.level is not ZERO or not self.is_leaf:
            raise GraphError(
                "deepcopy: expected a leaf; got a result on a graph. Use detach() first"
            )
        twin = cell(backend_of(type(self.data)).asarray(self.data, copy=True), ZERO, None)
        memo[id(self)] = twin
        if self.aux is not None:
            twin.aux = Leaf(self.data.shape, self.data.dtype)
            if self.aux.grad is not None:
                twin.aux.grad = self.aux.grad.__deepcopy__(memo)
        return twin

    def __reduce__(self) -> Any:
        from gradx.create import asarray  # stands above: it makes Tensors

        if self.level is not ZERO or not self.is_leaf:
            raise GraphError("pickle: expected a leaf; got a result on a graph. Use detach() first")
        return _unpickle, (
            asarray,
            backend_of(type(self.data)).to_numpy(self.data),
            self.device,
            self.requires_grad,
            self.grad,
        )

    # ---------------------------------------------------------------- indexing

    __getitem__ = read

    def __setitem__(self, key: Any, value: Any) -> None:
        if not is_own_part(self, key, value):
            path = begin_write(self, "setitem")
            rebind(path, write(self, key, value))


Cell.kind = Tensor


def _unpickle(asarray: Any, value: Any, device: str, requires_grad: bool, grad: Any = None) -> Any:
    x = asarray(value, device=device, requires_grad=requires_grad)
    if grad is not None:
        x.grad = grad
    return x


__all__ = ["Tensor"]
