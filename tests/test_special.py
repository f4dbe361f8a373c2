"""`gradx.special`: completeness against other libraries' lists, derivatives in parameters, edges and errors.

- Reference values were computed with 60 digits by mpmath, as derivatives of the defining functions.
- Values, both modes and second order are driven by the rows in `tests/rows/special.py`.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
from functools import partial
from typing import Any

import numpy as np
import pytest
import scipy.special

import gradx as gx
from gradx.errors import MissingRuleError
from gradx.testing import assert_close
from tests.cases import CASES

AUTOGRAD = [
    "beta", "betainc", "betaln", "digamma", "erf", "erfc", "erfcinv", "erfinv", "expit", "gamma", "gammainc",
    "gammaincc", "gammaln", "gammasgn", "i0", "i1", "iv", "ive", "j0", "j1", "jn", "logit", "logsumexp",
    "multigammaln", "polygamma", "psi", "rgamma", "y0", "y1", "yn",
]  # fmt: skip
TORCH = [
    "airy_ai", "bessel_j0", "bessel_j1", "bessel_y0", "bessel_y1", "chebyshev_polynomial_t",
    "chebyshev_polynomial_u", "chebyshev_polynomial_v", "chebyshev_polynomial_w", "digamma", "entr", "erf", "erfc",
    "erfcx", "erfinv", "exp2", "expit", "expm1", "gammainc", "gammaincc", "gammaln", "hermite_polynomial_h",
    "hermite_polynomial_he", "i0", "i0e", "i1", "i1e", "laguerre_polynomial_l", "legendre_polynomial_p", "log1p",
    "log_ndtr", "log_softmax", "logit", "logsumexp", "modified_bessel_i0", "modified_bessel_i1",
    "modified_bessel_k0", "modified_bessel_k1", "multigammaln", "ndtr", "ndtri", "polygamma", "psi", "round",
    "scaled_modified_bessel_k0", "scaled_modified_bessel_k1", "shifted_chebyshev_polynomial_t",
    "shifted_chebyshev_polynomial_u", "shifted_chebyshev_polynomial_v", "shifted_chebyshev_polynomial_w", "sinc",
    "softmax", "spherical_bessel_j0", "xlog1py", "xlogy", "zeta",
]  # fmt: skip
JAX = [
    "bernoulli", "bessel_jn", "beta", "betainc", "betaln", "digamma", "entr", "erf", "erfc", "erfcx", "erfinv",
    "exp1", "expi", "expit", "expn", "factorial", "fresnel", "gamma", "gammainc", "gammaincc", "gammaln",
    "gammasgn", "hyp1f1", "hyp2f1", "i0", "i0e", "i1", "i1e", "kl_div", "log_ndtr", "log_softmax", "logit",
    "logsumexp", "lpmn", "lpmn_values", "multigammaln", "ndtr", "ndtri", "poch", "polygamma", "rel_entr", "sici",
    "softmax", "spence", "sph_harm", "sph_harm_y", "wofz", "xlog1py", "xlogy", "zeta",
]  # fmt: skip
RENAMED = {
    "airy_ai": "airy",
    "bessel_j0": "j0",
    "bessel_j1": "j1",
    "bessel_jn": "jv",
    "bessel_y0": "y0",
    "bessel_y1": "y1",
    "chebyshev_polynomial_t": "eval_chebyt",
    "chebyshev_polynomial_u": "eval_chebyu",
    "hermite_polynomial_h": "eval_hermite",
    "hermite_polynomial_he": "eval_hermitenorm",
    "laguerre_polynomial_l": "eval_laguerre",
    "legendre_polynomial_p": "eval_legendre",
    "lpmn": "lpmv",  # SciPy dropped lpmn, which tabulates lpmv
    "lpmn_values": "lpmv",
    "modified_bessel_i0": "i0",
    "modified_bessel_i1": "i1",
    "modified_bessel_k0": "k0",
    "modified_bessel_k1": "k1",
    "scaled_modified_bessel_k0": "k0e",
    "scaled_modified_bessel_k1": "k1e",
    "shifted_chebyshev_polynomial_t": "eval_sh_chebyt",
    "shifted_chebyshev_polynomial_u": "eval_sh_chebyu",
    "sph_harm": "sph_harm_y",  # SciPy's later name, with the arguments in another order
    "spherical_bessel_j0": "spherical_jn",
}
# Names that SciPy does not have: they are PyTorch's.
OWN = {f"{shift}chebyshev_polynomial_{kind}" for shift in ("", "shifted_") for kind in "vw"}


@pytest.mark.parametrize("names", [AUTOGRAD, TORCH, JAX], ids=["autograd", "torch", "jax"])
def test_names_of_other_libraries(names: list[str]) -> None:
    lacking = {RENAMED.get(name, name) for name in names} - set(gx.special.__all__)
    assert not lacking


def test_names_are_those_of_scipy() -> None:
    assert {n for n in gx.special.__all__ if not hasattr(scipy.special, n)} == OWN


def test_every_name_has_a_row() -> None:
    rows = {row.name for row in CASES}
    assert not [name for name in gx.special.__all__ if f"special.{name}" not in rows]


def slope(f: Any, *values: Any, to: int = 0, order: int = 1) -> float:
    """Return the derivative of f at numbers, in one of them, to an order."""

    def of_one(t: Any) -> Any:
        return f(*[t if i == to else gx.asarray(v) for i, v in enumerate(values)])

    for _ in range(order):
        of_one = gx.grad(of_one)
    return float(of_one(gx.asarray(values[to])))


@pytest.mark.parametrize(
    ("a", "x", "first", "second"),
    [
        (0.05, 1e-3, -4.6618130526896797, 28.772988131627402),
        (0.5, 2.0, -0.13561933520399724, -0.18285354926300594),
        (3.0, 0.1, -0.00055134156740749637, 0.0019221393642387034),
        (50.0, 45.0, -0.045543292140123876, 0.0048080033241701331),
        (1000.0, 1050.0, -0.0036718379194951802, -0.00017916419943346239),
    ],
)
def test_incomplete_gamma_in_its_parameter(a: float, x: float, first: float, second: float) -> None:
    lower, upper = gx.special.gammainc, gx.special.gammaincc
    assert slope(lower, a, x) == pytest.approx(first, rel=1e-12)
    assert slope(upper, a, x) == pytest.approx(-first, rel=1e-12)
    assert slope(lower, a, x, order=2) == pytest.approx(second, rel=1e-11)
    assert slope(upper, a, x, order=2) == pytest.approx(-second, rel=1e-11)
    p = float(scipy.special.gammainc(a, x))
    density = slope(lower, a, x, to=1)
    assert slope(gx.special.gammaincinv, a, p) == pytest.approx(-first / density, rel=1e-9)


def test_incomplete_gamma_in_the_far_tail() -> None:
    assert slope(gx.special.gammaincc, 3.0, 30.0) == pytest.approx(1.131008131742054e-10, rel=1e-12)


@pytest.mark.parametrize(
    ("a", "b", "x", "to_a", "to_b", "second"),
    [
        (0.3, 0.7, 0.2, -1.0640139213419612, 0.31861216115972494, 2.3492491501121756),
        (2.0, 3.0, 0.95, -5.0298448962652604e-4, 0.0013229461566478612, -3.2188641639421067e-4),
        (20.0, 5.0, 0.7, -0.02248273885542436, 0.070123709100457499, 0.0039240905140664832),
        (0.5, 30.0, 1e-3, -0.6854419605551626, 0.0031757028727984207, 2.2668751850761869),
        (200.0, 300.0, 0.41, -0.019477054685530486, 0.013253355464568034, -4.4202255714781371e-4),
    ],
)
def test_incomplete_beta_in_its_parameters(
    a: float, b: float, x: float, to_a: float, to_b: float, second: float
) -> None:
    f = gx.special.betainc
    assert slope(f, a, b, x) == pytest.approx(to_a, rel=1e-12)
    assert slope(f, a, b, x, to=1) == pytest.approx(to_b, rel=1e-12)
    assert slope(f, a, b, x, order=2) == pytest.approx(second, rel=1e-11)
    assert slope(gx.special.betaincc, a, b, x) == pytest.approx(-to_a, rel=1e-12)


@pytest.mark.parametrize(
    ("name", "values", "to", "order", "expected"),
    [
        ("erfcx", (50.0,), 0, 1, -0.00022554056313532388),
        ("erfcx", (1e5,), 0, 1, -5.6418958346312785e-11),
        ("dawsn", (1e6,), 0, 1, -5.000000000007500e-13),
        ("i0e", (40.0,), 0, 1, -0.00079605080079326951),
        ("i0e", (-40.0,), 0, 1, 0.00079605080079326951),
        ("i1e", (40.0,), 0, 1, -0.000766004926067782),
        ("k0e", (40.0,), 0, 1, -0.0024543822971353152),
        ("ive", (2.5, 40.0), 1, 1, -0.00061846314748736345),
        ("betaln", (1e8, 1.0), 0, 1, -1e-8),
        ("ellipk", (1e-9,), 0, 1, 0.39269908214051062),
        ("ellipk", (0.0,), 0, 2, 0.44178646691106467),
        ("ellipe", (0.0,), 0, 1, -math.pi / 8),
        ("log_ndtr", (-1e4,), 0, 1, 10000.00009999999800),
        ("log_ndtr", (-1e4,), 0, 2, -0.99999999),
        ("log_ndtr", (40.0,), 0, 1, math.exp(-800) / math.sqrt(2 * math.pi)),
        ("exprel", (0.0,), 0, 1, 0.5),
        ("exprel", (0.0,), 0, 2, 1 / 3),
        ("exprel", (0.0,), 0, 3, 0.25),
        ("exprel", (-1e300,), 0, 1, 0.0),
        ("j1", (0.0,), 0, 1, 0.5),
        ("j1", (0.0,), 0, 3, -0.375),
        ("i1", (0.0,), 0, 3, 0.375),
        ("rgamma", (0.0,), 0, 1, 1.0),
        ("rgamma", (-3.0,), 0, 1, -6.0),
        ("rgamma", (0.0,), 0, 2, 2 * 0.57721566490153286),
        ("spence", (1.0,), 0, 1, -1.0),
        ("spence", (1.0,), 0, 2, 0.5),
        ("boxcox", (2.0, 0.0), 1, 1, 0.5 * math.log(2) ** 2),
        ("boxcox", (0.0, 2.0), 1, 1, 0.25),
        ("wrightomega", (1.0,), 0, 1, 0.5),
        ("voigt_profile", (0.3, 0.0, 0.7), 1, 1, 0.0),
        ("stdtr", (3.0, 0.0), 1, 1, 0.36755259694786137),
        ("stdtr", (3.0, 0.0), 0, 1, 0.0),
        ("binom", (5.0, 7.0), 1, 1, 1 / 42),
        ("lpmv", (0, 3, 1.0), 2, 1, 6.0),
        ("lpmv", (2, 3, 1.0), 2, 1, -30.0),
        ("eval_legendre", (3, 1.0), 1, 1, 6.0),
        ("eval_chebyt", (4, -1.0), 1, 1, -16.0),
        ("ellipkinc", (4.0, 0.5), 1, 1, 1.8187517342763671),
    ],
)
def test_exact_where_formulas_cancel(
    name: str, values: Any, to: int, order: int, expected: float
) -> None:
    f = getattr(gx.special, name)
    kept = [v if isinstance(v, int) else gx.asarray(v) for v in values]

    def of_one(t: Any) -> Any:
        return f(*[t if i == to else v for i, v in enumerate(kept)])

    for _ in range(order):
        of_one = gx.grad(of_one)
    assert float(of_one(gx.asarray(values[to]))) == pytest.approx(expected, rel=2e-12, abs=1e-300)


def of_one(f: Any, primals: list[Any], i: int) -> tuple[Any, Any, Any]:
    """Return f of its i-th argument alone, that argument, and the tangent 1."""
    return lambda t: f(*primals[:i], t, *primals[i + 1 :]), (primals[i],), (gx.asarray(1.0),)


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("xlogy", (0.0, 0.0), (-math.inf, 0.0)),
        ("rel_entr", (0.0, 1.0), (-math.inf, 0.0)),
        ("rel_entr", (0.0, 0.0), (math.inf, 0.0)),
        ("kl_div", (0.0, 1.0), (-math.inf, 1.0)),
        ("kl_div", (0.0, 0.0), (math.inf, 1.0)),
        ("gammainc", (2.0, 0.0), (0.0, 0.0)),
        ("gammainc", (1.0, 0.0), (0.0, 1.0)),
        ("gammainc", (0.5, 0.0), (0.0, math.inf)),
        ("gammainc", (2.0, math.inf), (0.0, 0.0)),
        ("betainc", (1.0, 2.0, 0.0), (0.0, 0.0, 2.0)),
        ("betainc", (2.0, 1.0, 1.0), (0.0, 0.0, 2.0)),
        ("logit", (0.0,), (math.inf,)),
        ("ellipk", (1.0,), (math.inf,)),
        ("k1e", (0.0,), (-math.inf,)),
        ("y1", (0.0,), (math.inf,)),
        ("i1", (800.0,), (math.inf,)),
        ("cbrt", (0.0,), (math.inf,)),
        ("pseudo_huber", (0.0, 0.0), (0.0, 0.0)),
        ("pseudo_huber", (0.0, -2.0), (2.0, 0.0)),
        ("huber", (1.0, 0.0), (0.0, 0.0)),
        ("i0e", (0.0,), (0.0,)),
        ("erfcx", (math.inf,), (0.0,)),
        ("ndtri", (0.0,), (math.inf,)),
        ("gammasgn", (-1.5,), (0.0,)),
        ("poch", (2.0, 0.0), (0.0, 0.42278433509846714)),
    ],
)
@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_edges(name: str, values: Any, expected: Any, mode: str) -> None:
    f = getattr(gx.special, name)
    primals = [gx.asarray(v) for v in values]
    with np.errstate(all="ignore"):
        if mode == "reverse":
            y, pullback = gx.vjp(f, *primals)
            found = [float(g) for g in pullback(gx.ones_like(y))]
        else:
            found = [float(gx.jvp(*of_one(f, primals, i))[1]) for i in range(len(primals))]
    assert found == pytest.approx(list(expected), rel=1e-12)


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda t: gx.special.jv(t, 1.0), "the order"),
        (lambda t: gx.special.kve(t, gx.asarray(1.0)), "the order"),
        (lambda t: gx.special.zeta(t, 2.0), "the exponent"),
        (lambda t: gx.special.zeta(t), "the exponent"),
        (lambda t: gx.special.polygamma(t, gx.asarray(2.0)), "the exponent"),
        (lambda t: gx.special.eval_legendre(t, 0.3), "the degree"),
        (lambda t: gx.special.eval_jacobi(2, t, 0.3, 0.3), "the parameter alpha"),
        (lambda t: gx.special.hyp2f1(0.3, t, 1.3, 0.3), "the parameter b"),
        (lambda t: gx.special.expn(t, gx.asarray(1.0)), "the order"),
        (lambda t: gx.special.lpmv(0, t, 0.3), "the degree v"),
        (lambda t: gx.special.elliprd(t, 1.0, 2.0), "argument x"),
    ],
)
def test_unknown_derivatives_are_errors(call: Any, argument: str) -> None:
    t = gx.asarray(3.0)
    assert call(t).shape == ()
    for differentiate in (lambda: gx.grad(call)(t), lambda: gx.jvp(call, (t,), (t,))):
        with pytest.raises(MissingRuleError, match=rf"special\.\w+: expected .* {argument}"):
            differentiate()


def test_scales_that_are_not_holomorphic() -> None:
    z = gx.asarray([1.0 + 1.0j])
    for name in ("jve", "yve", "ive"):
        with pytest.raises(MissingRuleError, match=f"special.{name}: expected a real argument"):
            gx.vjp(partial(getattr(gx.special, name), 1), z)[1](z)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_incomplete_functions_over_wide_ranges(dtype: str) -> None:
    """Neither over- nor underflow inside a formula makes a slope NaN."""
    rng = np.random.default_rng(0)
    a, b = 10 ** rng.uniform(-4, 6, (2, 2000))
    x = np.clip(rng.beta(np.maximum(a, 0.05), np.maximum(b, 0.05)), 1e-12, 1 - 1e-9)
    for name, values in {
        "gammainc": (a, a * 10 ** rng.uniform(-1, 1, 2000)),
        "gammaincc": (np.minimum(a, 30.0), 10 ** rng.uniform(-3, 6, 2000)),
        "betainc": (a, b, x),
        "betaincc": (a, b, x),
    }.items():
        y, pullback = gx.vjp(
            getattr(gx.special, name), *[gx.asarray(v, dtype=dtype) for v in values]
        )
        for g in pullback(gx.ones_like(y)):
            assert g.dtype.name == dtype
            assert not bool(gx.any(gx.isnan(g))), name


def test_integers_widen_no_float() -> None:
    x = gx.asarray([1.0, 2.0], dtype="float32")
    order = gx.asarray([0, 3])
    for name in ("jv", "eval_legendre", "expn", "spherical_jn", "polygamma"):
        y, pullback = gx.vjp(partial(getattr(gx.special, name), order), x)
        assert y.dtype == gx.float32
        assert pullback(y)[0].dtype == gx.float32
    assert gx.special.eval_legendre(gx.asarray([0], dtype="uint8"), x).dtype == gx.float32
    assert_close(gx.grad(lambda x: gx.sum(gx.special.eval_chebyt(gx.asarray([0, 2], dtype="uint8"), x)))(x),
                 np.asarray([0.0, 8.0], "float32"))  # fmt: skip
    assert gx.special.gamma(gx.asarray([1.0], dtype="float16")).dtype == gx.float16
    assert gx.special.gammainc(2, 1.5).dtype == gx.float64


def test_importing_gradx_loads_no_special_functions() -> None:
    code = (
        "import sys, gradx as gx; print('gradx.ops.special' in sys.modules, 'scipy' in sys.modules); "
        "gx.special; print('scipy' in sys.modules); "
        "gx.special.j0(gx.zeros(1)); print('scipy' in sys.modules)"
    )
    assert run(code).split() == ["False", "False", "False", "True"]


def test_scipy_finds_them() -> None:
    code = """
import gradx as gx, numpy as np, scipy.special as sp
x, a = gx.asarray([0.5, 2.0]), gx.asarray([1.5, 0.7])
functions = {
    "gammainc": lambda a: sp.gammainc(a, x),
    "gammaincc": lambda a: sp.gammaincc(a, x),
    "betainc": lambda a: sp.betainc(a, x, 0.3 * x),
    "gammaln": sp.gammaln,
    "ndtr": sp.ndtr,
    "i0e": sp.i0e,
    "xlogy": lambda a: sp.xlogy(a, x),
    "stdtrit": lambda a: sp.stdtrit(a, 0.2 * x),
    "rel_entr": lambda a: sp.rel_entr(a, x),
    "chdtr": lambda a: sp.chdtr(a, x),
    "log_ndtr": sp.log_ndtr,
    "logit": lambda a: sp.logit(0.5 * a),
}
for name, f in functions.items():
    y, pullback = gx.vjp(f, a)
    g = pullback(gx.ones_like(y))[0].numpy()
    h = 1e-6
    d = (np.asarray(f(a + h).numpy()) - f(a - h).numpy()) / (2 * h)
    assert isinstance(y, gx.Tensor) and np.allclose(g, d, rtol=1e-6), (name, g, d)
print("differentiated")
"""
    assert run(code, SCIPY_ARRAY_API="1") == "differentiated"


def run(code: str, **environment: str) -> str:
    """Run code in a fresh process; return what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
