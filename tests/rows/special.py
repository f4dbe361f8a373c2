"""Rows of the special functions."""

import numpy as np
from scipy import special

from tests.cases_base import case
from tests.samplers import Sampler, integers, positive, real, unit


def _polygamma(x, *, n):
    return special.polygamma(n, x).astype(x.dtype)


def _gelu(x, *, approximate=False):
    if approximate:
        return x * (1 + np.tanh(np.sqrt(2 / np.pi).astype(x.dtype) * (x + 0.044715 * x**3))) / 2
    return x * special.ndtr(x)


def negative(shape, low, high):
    """Return a sampler of negative numbers."""
    return Sampler("negative", shape, lambda rng, s, c: -rng.uniform(low, high, s))


def row(name, *args, reference=None, **options):
    """Return a row of `gx.special`, compared with SciPy's function of that name."""
    return case(f"special.{name}", *args, reference=reference or getattr(special, name), **options)


def chebyshev(x, n, kind, shifted):
    """Return Chebyshev's polynomial of the third or fourth kind from its definition by angles."""
    half = np.arccos(2 * x - 1 if shifted else x) / 2
    if kind == "v":
        return np.cos((2 * n + 1) * half) / np.cos(half)
    return np.sin((2 * n + 1) * half) / np.sin(half)


def order_of_torch(kind, shifted):
    return lambda x, n: chebyshev(x, n, kind, shifted)


INSIDE = positive((2, 3), 0.15, 0.85)
OUTSIDE = real((2, 3), 0.3, 2.0)
RIGHT = positive((2, 3))
PART = positive((3,))

TOP = [
    *[case(name, OUTSIDE, reference=getattr(special, name)) for name in ("erf", "erfc")],
    case("erfinv", unit((2, 3)), reference=special.erfinv),
    case("gammaln", RIGHT, reference=special.gammaln),
    case("gammaln", real((2, 3), 0.3, 0.7), reference=special.gammaln),
    case("digamma", RIGHT, reference=special.digamma),
    *[case("polygamma", RIGHT, params={"n": n}, reference=_polygamma, order=1) for n in (0, 1, 2)],
    *[case("sigmoid", real(shape), reference=special.expit) for shape in ((), (0, 3), (2, 3))],
    case("softplus", OUTSIDE, reference=lambda x: np.logaddexp(x, 0), id="softplus"),
    case("log_sigmoid", OUTSIDE, reference=special.log_expit),
    case("relu", OUTSIDE, reference=lambda x: np.maximum(x, 0), id="relu"),
    case("silu", OUTSIDE, reference=lambda x: x * special.expit(x), id="silu"),
    case("gelu", OUTSIDE, reference=_gelu),
    case("gelu", OUTSIDE, params={"approximate": True}, reference=_gelu),
    case("sinc", real((2, 3), 0.05, 2.0), reference=np.sinc),
    case("xlogy", OUTSIDE, PART, reference=special.xlogy),
    case("xlog1py", OUTSIDE, PART, reference=special.xlog1py),
    case("entr", RIGHT, reference=special.entr),
]

ONE = [
    *[
        row(name, OUTSIDE)
        for name in (
            "cbrt", "cosdg", "cosm1", "dawsn", "erf", "erfc", "erfcx", "erfi", "exp10", "exp2", "expit", "expm1",
            "exprel", "fresnel", "gammasgn", "i0", "i0e", "i1", "i1e", "j0", "j1", "log_expit", "log_ndtr",
            "log_softmax", "logsumexp", "ndtr", "rgamma", "round", "sindg", "softmax", "tandg", "wrightomega",
        )
    ],
    *[
        row(name, RIGHT)
        for name in (
            "airy", "cotdg", "digamma", "entr", "exp1", "expi", "gamma", "gammaln", "k0", "k0e",
            "k1", "k1e", "log1p", "loggamma", "psi", "shichi", "sici", "spence", "y0", "y1",
        )
    ],
    row("factorial", RIGHT, reference=lambda n: special.gamma(n + 1), id="factorial"),
    row("gamma", real((2, 3), 0.2, 0.8), id="negative"),
    row("rgamma", real((2, 3), 2.2, 4.8), id="negative"),
    *[row(name, INSIDE) for name in ("ellipe", "ellipk", "ellipkm1", "logit", "ndtri")],
    row("erfcinv", positive((2, 3), 0.3, 1.6)),
    row("ellipe", real((2, 3), 0.02, 0.2), id="near-0"),
    row("ellipk", real((2, 3), 0.02, 0.2), id="near-0"),
    row("erfcx", positive((2, 3), 8.0, 40.0), id="far"),
    row("dawsn", real((2, 3), 8.0, 40.0), id="far"),
    *[row(name, positive((2, 3), 31.0, 60.0), id="far") for name in ("i0e", "i1e", "k0e", "k1e")],
    row("erfinv", unit((2, 3))),
    row("ndtri_exp", negative((2, 3), 0.3, 2.0)),
    row("sinc", real((2, 3), 0.05, 2.0), reference=np.sinc),
    row("softmax", real((2, 3, 2)), params={"axis": (0, -1)}),
    row("bernoulli", 6, dtypes="", reference=special.bernoulli),
    row("multigammaln", positive((2, 3), 2.0, 4.0), 3),
    row("zeta", positive((2, 3), 2.0, 4.0), dtypes="", id="riemann"),
]  # fmt: skip

TWO = [
    *[row(name, RIGHT, PART) for name in ("beta", "betaln", "gammainc", "gammaincc", "poch", "binom", "kl_div",
                                          "rel_entr", "chdtr", "chdtrc", "stdtr", "powm1", "boxcox",
                                          "boxcox1p", "inv_boxcox", "inv_boxcox1p", "pseudo_huber")],
    row("stdtr", RIGHT, OUTSIDE, id="both-signs"),
    row("gammainc", positive((2, 3), 20.0, 40.0), positive((3,), 20.0, 40.0), id="large"),
    row("gammaincc", positive((2, 3), 0.05, 0.3), positive((3,), 0.1, 3.0), id="small"),
    row("binom", positive((2, 3), 3.0, 5.0), positive((3,), 0.3, 2.0), id="inside"),
    row("huber", positive((2, 3), 1.1, 1.9), real((3,), 0.3, 0.9), id="inside"),
    row("huber", positive((2, 3), 0.2, 0.8), real((3,), 1.1, 1.9), id="outside"),
    row("owens_t", OUTSIDE, OUTSIDE),
    row("xlogy", OUTSIDE, PART),
    row("xlog1py", OUTSIDE, PART),
    *[row(name, RIGHT, positive((3,), 0.15, 0.85)) for name in ("gammaincinv", "gammainccinv", "chdtri", "stdtrit")],
    *[row(name, positive((2, 3), 0.3, 4.0), positive((3,), 0.15, 0.85), order=1) for name in ("ellipkinc", "ellipeinc",
                                                                                             "ellipj")],
    *[row(name, n, RIGHT) for n in (0, 2) for name in ("jv", "jn", "yv", "yn", "iv", "kv", "kn", "jve", "yve", "ive",
                                                      "kve", "struve", "modstruve")],
    *[row(name, 0.7, RIGHT) for name in ("jv", "yv", "iv", "kv")],
    *[row(name, 2, positive((2, 3), 31.0, 60.0), id="far") for name in ("ive", "kve")],
    *[row(name, integers((3,), 0, 4), RIGHT, id="integers")
      for name in ("jv", "spherical_jn", "eval_legendre", "eval_hermite", "expn")],
    *[row(name, n, RIGHT) for n in (0, 1, 3) for name in ("spherical_jn", "spherical_yn", "spherical_in",
                                                         "spherical_kn", "expn")],
    *[row(f"eval_{name}", n, unit((2, 3))) for n in (0, 1, 4)
      for name in ("legendre", "chebyt", "chebyu", "chebyc", "chebys", "hermite", "hermitenorm", "laguerre",
                   "sh_legendre", "sh_chebyt", "sh_chebyu")],
    *[row(f"{prefix}chebyshev_polynomial_{kind}", INSIDE, n, reference=order_of_torch(kind, bool(prefix)))
      for n in (0, 3) for kind in "vw" for prefix in ("", "shifted_")],
    *[row("polygamma", n, RIGHT, order=1) for n in (0, 1)],
    row("polygamma", integers((3,), 0, 4), RIGHT, order=1, id="integers"),
    row("zeta", 2.5, RIGHT, order=1),
    row("pdtr", integers((3,), 0, 4), RIGHT),
    row("pdtrc", integers((3,), 0, 4), RIGHT),
    row("hyp0f1", 1.3, RIGHT),
]  # fmt: skip

MORE = [
    *[row(name, RIGHT, PART, INSIDE, order=1) for name in ("betainc", "betaincc", "betaincinv", "betainccinv")],
    row("betainc", positive((3,), 17.0, 30.0), positive((3,), 17.0, 30.0), positive((3,), 0.3, 0.7), id="large"),
    row("betainc", RIGHT, PART, INSIDE, id="second-order"),
    *[row(name, RIGHT, PART, PART) for name in ("gdtr", "gdtrc", "fdtr", "fdtrc", "voigt_profile")],
    row("elliprf", RIGHT, PART, PART, order=1),
    row("elliprd", RIGHT, PART, PART, dtypes=""),
    *[row(name, RIGHT, PART, positive((3,), 0.15, 0.85), order=1) for name in ("gdtrix", "fdtri")],
    *[row(name, integers((3,), 0, 4), 5, INSIDE) for name in ("bdtr", "bdtrc", "nbdtr", "nbdtrc")],
    row("hyp1f1", 0.6, 1.4, OUTSIDE),
    row("hyperu", 0.6, 1.4, RIGHT),
    row("hyp2f1", 0.6, 1.4, 2.3, INSIDE),
    row("eval_gegenbauer", 3, 0.7, unit((2, 3))),
    row("eval_genlaguerre", 3, 0.7, unit((2, 3))),
    row("eval_jacobi", 3, 0.7, 0.2, unit((2, 3))),
    *[row("lpmv", m, 3, unit((2, 3))) for m in (0, 2)],
    *[row("sph_harm_y", n, m, RIGHT, OUTSIDE) for n, m in ((0, 0), (3, 0), (3, 2), (2, -2))],
    *[row(name, 1.3, RIGHT) for name in ("hankel1", "hankel2")],
    row("lambertw", RIGHT),
    row("lambertw", RIGHT, params={"k": -1}),
]  # fmt: skip

COMPLEX = [
    *[row(name, RIGHT, dtypes="c", id="complex")
      for name in ("dawsn", "erf", "erfc", "erfcx", "erfi", "exp1", "expi", "expm1", "fresnel", "gamma", "loggamma",
                   "log1p", "rgamma", "shichi", "sici", "spence", "wofz", "wrightomega", "psi",
                   "airy", "lambertw")],
    *[row(name, 1.3, RIGHT, dtypes="c", id="complex") for name in ("jv", "yv", "iv", "kv", "kve", "hyp0f1", "hankel1")],
    row("hyp1f1", 0.6, 1.4, RIGHT, dtypes="c", id="complex"),
    row("hyp2f1", 0.6, 1.4, 2.3, RIGHT, dtypes="c", id="complex"),
]  # fmt: skip

ROWS = [*TOP, *ONE, *TWO, *MORE, *COMPLEX]
