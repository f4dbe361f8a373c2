"""`gradx.scipy`'s functions have the parameters of SciPy's: the same names, order and defaults."""

from importlib import import_module
from inspect import Parameter, signature

import pytest
import scipy

CONSTANTS = {
    "dft",
    "hadamard",
    "helmert",
    "hilbert",
    "invhilbert",
    "invpascal",
    "pascal",
}  # SciPy's own are called
QUERIES = {
    "bandwidth",
    "is_valid_dm",
    "is_valid_y",
    "ishermitian",
    "issymmetric",
    "num_obs_dm",
    "num_obs_y",
}
# A sentinel that means "not given" in SciPy, for arguments that go away.
SENTINELS = {("logm", "disp"), ("sqrtm", "disp"), ("sqrtm", "blocksize"), ("signm", "disp")}


def functions():
    for module in ("linalg", "fft", "spatial.distance"):
        ours = import_module(f"gradx.scipy.{module}")
        for name in ours.__all__:
            if name not in CONSTANTS | QUERIES:
                yield module, name


@pytest.mark.skipif(
    tuple(map(int, scipy.__version__.split(".")[:2])) < (1, 17),
    reason="the names are those of 1.17",
)
@pytest.mark.parametrize(("module", "name"), list(functions()))
def test_parameters_are_scipy_s(module, name):
    ours, theirs = (
        signature(getattr(import_module(f"{library}.{module}"), name)).parameters
        for library in ("gradx.scipy", "scipy")
    )
    known = [p for p in theirs.values() if p.name != "seed"]
    assert list(ours) == [p.name for p in known]
    for parameter in known:
        mine = ours[parameter.name]
        if parameter.kind is not Parameter.KEYWORD_ONLY:  # ours may be given by position as well
            assert mine.kind is parameter.kind, parameter.name
        if (name, parameter.name) not in SENTINELS:
            assert mine.default == parameter.default, parameter.name
