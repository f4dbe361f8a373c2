"""`gradx.scipy.spatial.distance` against SciPy's own functions."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.consumers.table import Mirror, Rows, like, numbers, positive, unit

_distance = Mirror("spatial.distance")
_rows = Rows("gradx.scipy.spatial.distance")
_U, _V, _W = positive(4, seed=1), numbers(4, seed=2), positive(4, seed=3)
_X, _Y = numbers(5, 3, seed=1), numbers(4, 3, seed=2)
_P = numbers(4, 4, seed=5)
_WEIGHED = (
    "braycurtis", "canberra", "chebyshev", "cityblock", "correlation", "cosine", "dice", "euclidean", "hamming",
    "jaccard", "minkowski", "rogerstanimoto", "russellrao", "sokalsneath", "sqeuclidean", "yule",
)  # fmt: skip


def _plain(y: Any) -> Any:
    """Make an array of SciPy's Python float."""
    return np.asarray(y) if isinstance(y, float) else y


def _add(name: str, *args: Any, case: str = "", **options: Any) -> None:
    function = getattr(_distance, name)
    parts = [case] if case else [f"{key}={value!r}" for key, value in options.items()]
    title = f"{name}({', '.join(parts)})" if parts else name
    _rows.add(title, lambda *args: _plain(function(*args, **options)), *args)


for _name in _WEIGHED:
    _pair = (unit(4, seed=1), unit(4, seed=2)) if _name == "yule" else (_U, _V)
    _add(_name, *_pair)
    _rows.add(
        f"{_name}(w=)",
        lambda u, v, w, _name=_name: _plain(getattr(_distance, _name)(u, v, w=w)), *_pair, _W,
    )  # fmt: skip
for _p in (1, 1.5, 3, np.inf):
    _add("minkowski", _U, _V, p=_p)
    _rows.add(
        f"minkowski(p={_p}, w=)", lambda u, v, w, _p=_p: _plain(_distance.minkowski(u, v, _p, w)), _U, _V, _W
    )  # fmt: skip
_add("correlation", _U, _V, centered=False)
_add("mahalanobis", _U, _V, _P @ _P.T + np.eye(4))
_add("seuclidean", _U, _V, _W)
_add("jensenshannon", _U, _W)
_add("jensenshannon", positive(3, 2), positive(3, 2, seed=4), base=2.0, axis=1, keepdims=True)

for _name in (*_WEIGHED, "jensenshannon", "mahalanobis", "seuclidean"):
    _pair = (positive(6, 3, seed=1), positive(4, 3, seed=2))
    _add("cdist", *_pair, metric=_name)
    _add("pdist", _pair[0], metric=_name)
_add("cdist", _X, _Y)
_add("cdist", _X, _Y, metric="minkowski", p=3, case="p=3")
_add("pdist", _X)
_rows.add("cdist(w=)", lambda x, y, w: _distance.cdist(x, y, "cityblock", w=w), _X, _Y, positive(3))
_rows.add("pdist(V=)", lambda x, v: _distance.pdist(x, "seuclidean", V=v), _X, positive(3))
_rows.add("pdist(callable)", lambda x: _distance.pdist(x, lambda u, v: ((u - v) ** 2).sum()), _X)
_add("squareform", positive(6))
_add("squareform", positive(4, 4), checks=False)
_rows.add(
    "squareform(checked)",
    lambda v: _distance.squareform(_distance.squareform(v) * like(v, np.asarray(2.0))), positive(6),
)  # fmt: skip
_rows.add("directed_hausdorff", lambda x, y: _plain(_distance.directed_hausdorff(x, y)[0]), _X, _Y)

ROWS: list[Any] = _rows.found

__all__ = ["ROWS"]
