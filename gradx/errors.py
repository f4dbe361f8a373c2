"""Every error that gradx raises on purpose.

GradxError
├── ShapeError        (ValueError)    shapes that do not fit together
│   └── AxisError     (IndexError)    an axis that an array does not have
├── DtypeError        (TypeError)     a dtype that the operation cannot take
├── OperandError      (TypeError)     an argument that is no array, Tensor or number
├── MixedLibraryError (TypeError)     arrays of two libraries or devices in one operation
├── DeviceError       (RuntimeError)  a device that is not there, or not known
├── GraphError        (RuntimeError)  a graph used twice, a cotangent that does not fit, no graph at all
├── ChangedArrayError (RuntimeError)  a captured array that was changed in place before backward
├── LeakError         (RuntimeError)  a Tensor used after the transform that made it has ended
├── ConversionError   (TypeError)     a tracked Tensor turned into something that drops its gradient
├── ViewError         (ValueError)    a write through a view that is read-only
├── BatchError        (TypeError)     what cannot be done for all examples of a vmap at once
├── DegeneracyError   (ValueError)    equal eigenvalues or singular values where the derivative needs distinct ones
├── MissingPackageError (ImportError) an optional package that is not installed
└── MissingRuleError  (TypeError)     a function that has no derivative or batch rule, or no implementation

- Each class also inherits the builtin that a user would catch.
- A message says, operation first: what was expected, what came, and what to do.
"""


class GradxError(Exception):
    """Base of all errors raised by gradx on purpose."""


class ShapeError(GradxError, ValueError):
    """Shapes that do not fit together."""


class AxisError(ShapeError, IndexError):
    """An axis that an array does not have."""


class DtypeError(GradxError, TypeError):
    """A dtype that the operation cannot take."""


class OperandError(GradxError, TypeError):
    """An argument that is neither a Tensor, nor an array of a known library, nor a number."""


class MixedLibraryError(GradxError, TypeError):
    """Arrays of two libraries, or on two devices, in one operation."""


class DeviceError(GradxError, RuntimeError):
    """A device that is not there, or a name that is not known."""


class GraphError(GradxError, RuntimeError):
    """A graph that was freed, is not there, or was given a cotangent that does not fit."""


class ChangedArrayError(GradxError, RuntimeError):
    """An array that the graph shares with the user, changed in place before its gradient was taken."""


class LeakError(GradxError, RuntimeError):
    """A Tensor used after the transform that made it has ended."""


class ConversionError(GradxError, TypeError):
    """A tracked Tensor turned into something that would drop its gradient in silence."""


class ViewError(GradxError, ValueError):
    """A write through a view that is read-only, as that of `broadcast_to` is."""


class BatchError(GradxError, TypeError):
    """What cannot be done for all examples of a `vmap` at once."""


class DegeneracyError(GradxError, ValueError):
    """A derivative that equal eigenvalues or singular values leave undefined."""


class MissingRuleError(GradxError, TypeError):
    """A function without a derivative or batch rule, or without an implementation in a backend."""


class MissingPackageError(GradxError, ImportError):
    """An optional package that is not installed; the message says which of gradx's extras brings it."""
