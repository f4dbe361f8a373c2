"""`checkpoint`: memory for time.

- The function's residuals are not kept: on the way back it runs once more, and then its residuals are there.
- Over n segments of equal size, with segments of about √n steps, memory grows as √n and time by one forward pass
  (A. Griewank, "Achieving logarithmic growth of temporal and spatial complexity in reverse automatic
  differentiation", 1992; T. Chen et al., "Training deep nets with sublinear memory cost", 2016).
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from gradx.errors import OperandError
from gradx.transforms.collect import Policy
from gradx.transforms.rerun import record


def checkpoint(
    f: Callable[..., Any] | None = None, *, policy: Policy | None = None, offload: bool = False
) -> Any:
    """Return a function that computes `f`, and computes it again for the way back instead of keeping residuals.

    Works on the eager tape and under every transform, and nests. What `f` closes over gets its gradients as well.
    Of a call only the inputs are kept: the Tensors among the arguments, and what `f` closes over and uses.

    Parameters
    ----------
    f
        Takes and returns pytrees. It must do the same again when it is called again, and what it does beside
        computing (printing, appending to a list) happens twice. Arguments that it writes to are its own. It must
        not write to Tensors that it closes over: they would hold values of a call that has ended. Derivatives within it
        are `gx.grad`, `gx.vjp` and their kin; `backward` and `gx.gradients` belong outside. Left out, a decorator is
        returned.
    policy
        Which results of operations to keep all the same, so that they are not computed again: one of
        `gx.checkpoint_policies`, or a function `(name, shape, dtype) -> bool`. None keeps nothing.
    offload
        Whether the arguments, and what the policy keeps, wait for the way back in the memory of the host. Has no
        effect for arrays that are there.

    Returns
    -------
    callable
        Takes what `f` takes, and returns what it returns. Random numbers from gradx's generators are the same both
        times, and the generators count them once. The second run sees the default device, `no_grad` and all
        other context variables as they were at the first.

    Raises
    ------
    GraphError
        On the way back, where `f` is seen not to do what it did: results of another structure, shape or dtype, another
        number of random draws; where it closes over Tensors or a policy keeps something, also other operations.
    ChangedArrayError
        On the way back, where the user has changed an array that `f` used, and that gradx shares with them.
    LeakError
        Where a Tensor that `f` closes over and wrote to is used after the call.

    Notes
    -----
    What `f` computes from closed-over values alone, without any of its arguments, is recorded as it is elsewhere: pass
    an argument through all that is to be computed again.
    Under `vmap(randomness="different")` random numbers are kept, not drawn again. Random numbers of other libraries
    are kept if they reach an operation of gradx; control flow that depends on them is not replayed.

    >>> import gradx as gx
    >>> x = gx.asarray([0.5, 1.0], requires_grad=True)
    >>> y = gx.sum(gx.checkpoint(lambda x: gx.exp(gx.sin(x)))(x))
    >>> y.backward()
    >>> gx.max(gx.abs(x.grad - gx.cos(x) * gx.exp(gx.sin(x)))).item()
    0.0
    """
    if f is None:
        return functools.partial(checkpoint, policy=policy, offload=offload)
    if not callable(f):
        raise OperandError(f"checkpoint: expected a function; got {type(f).__name__}")
    if policy is not None and not callable(policy):
        raise OperandError(
            f"checkpoint: expected a policy of gx.checkpoint_policies, or a function (name, shape, dtype) -> bool; "
            f"got {policy!r}"
        )
    function = f

    @functools.wraps(function)
    def checkpointed(*args: Any, **kwargs: Any) -> Any:
        return record(function, *args, policy=policy, offload=offload, kwargs=kwargs)

    return checkpointed


__all__ = ["checkpoint"]
