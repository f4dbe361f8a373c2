"""HIPS autograd's names on gradx: `from gradx.autograd import grad` in place of `from autograd import grad`.

- For code that moves; new code has `gx.grad` and its kin, which say more. `gradx.numpy` and `gradx.scipy` stand in for
  `autograd.numpy` and `autograd.scipy`; containers need no classes of their own, as any pytree is differentiated.
- Autograd's conventions: `argnum`, integers differentiated as float64, any result of one element is a scalar, and of
  complex arguments the conjugate of gradx's gradient.
"""

from gradx.autograd.builtins import dict, isinstance, list, tuple, type
from gradx.autograd.extend import primitive
from gradx.autograd.operators import (
    checkpoint,
    deriv,
    elementwise_grad,
    grad,
    grad_and_aux,
    grad_named,
    hessian,
    hessian_tensor_product,
    hessian_vector_product,
    holomorphic_grad,
    jacobian,
    make_ggnvp,
    make_hvp,
    make_jvp,
    make_vjp,
    multigrad_dict,
    tensor_jacobian_product,
    value_and_grad,
    vector_jacobian_product,
)

__all__ = ["checkpoint", "deriv", "dict", "elementwise_grad", "grad", "grad_and_aux", "grad_named", "hessian",
           "hessian_tensor_product", "hessian_vector_product", "holomorphic_grad", "isinstance", "jacobian", "list",
           "make_ggnvp", "make_hvp", "make_jvp", "make_vjp", "multigrad_dict", "primitive", "tensor_jacobian_product",
           "tuple", "type", "value_and_grad", "vector_jacobian_product"]  # fmt: skip
