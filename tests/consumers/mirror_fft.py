"""`gradx.scipy.fft` against SciPy's own functions."""

from __future__ import annotations

from typing import Any

from tests.consumers.table import Mirror, Rows, complex_numbers, numbers

_fft = Mirror("fft")
_rows = Rows("gradx.scipy.fft")
_M, _Z, _X = numbers(3, 4), complex_numbers(3, 4), numbers(5, seed=1)


def _add(name: str, x: Any, *, case: str = "", **options: Any) -> None:
    function = getattr(_fft, name)
    parts = [case] if case else [f"{key}={value!r}" for key, value in options.items()]
    title = f"{name}({', '.join(parts)})" if parts else name
    _rows.add(title, lambda x: function(x, **options), x, value_rtol=1e-12)


for _name in ("fft", "ifft", "rfft", "ihfft"):
    _add(_name, _M)
    _add(_name, _M, n=6, axis=0, norm="ortho")
for _name in ("fft", "ifft", "irfft", "hfft"):
    _add(_name, _Z, case="complex")
    _add(_name, _Z, n=5, norm="forward")
for _name in ("fft2", "fftn", "rfft2", "rfftn", "ihfft2", "ihfftn"):
    _add(_name, _M)
    _add(_name, _M, s=(2, 5), norm="ortho")
for _name in ("ifft2", "ifftn", "irfft2", "irfftn", "hfft2", "hfftn"):
    _add(_name, _Z, case="complex")
    _add(_name, _Z, s=(4, -1), norm="forward")
_add("fftn", numbers(2, 3, 4), axes=(2, 0))
_add("hfftn", complex_numbers(2, 3, 4), axes=(2, 0))
_add("fftshift", _M)
_add("ifftshift", _M, axes=1)

for _name in ("dct", "idct", "dst", "idst"):
    for _type in (1, 2, 3, 4):
        _add(_name, _M, type=_type)
        _add(_name, _X, type=_type, norm="ortho")
        _add(_name, _X, type=_type, norm="forward", orthogonalize=True)
    _add(_name, _M, type=1, norm="ortho", orthogonalize=False)
    _add(_name, _M, n=3)
    _add(_name, _M, n=6, axis=0, norm="forward")
    _add(_name, _Z, case="complex", norm="ortho")
    _add(_name, numbers(3, 1), case="1 point")
for _name in ("dctn", "idctn", "dstn", "idstn"):
    for _type in (1, 2, 3, 4):
        _add(_name, _M, type=_type, norm="ortho")
    _add(_name, _M)
    _add(_name, numbers(2, 3, 4), s=(5, 3), norm="forward")
    _add(_name, numbers(2, 3, 4), axes=(2, 0))

for _name in ("fht", "ifht"):
    for _n in (5, 6):
        _add(_name, numbers(_n), case=f"{_n} points", dln=0.1, mu=0.5)
    _add(_name, numbers(2, 5), case="bias", dln=0.1, mu=1.5, offset=0.2, bias=0.3)

ROWS: list[Any] = _rows.found

__all__ = ["ROWS"]
