"""Random draws: known answers, the same bits in every library, and the distributions."""

import copy
import pickle
from math import erf, sqrt

import numpy as np
import pytest

import gradx as gx
from gradx.backend import backend_for_device
from gradx.counters import Source, mix, mix_array

ONES = 0xFFFFFFFF
KNOWN = [  # Threefry-2x32, 20 rounds: (key, counter, result), from the authors' Random123 library
    ((0, 0), (0, 0), (0x6B200159, 0x99BA4EFE)),
    ((ONES, ONES), (ONES, ONES), (0x1CB996FC, 0xBB002BE7)),
    ((0x13198A2E, 0x03707344), (0x243F6A88, 0x85A308D3), (0xC4923A9C, 0x483DF7A0)),
]
DRAWS = ["uniform", "normal", "gumbel", "integers", "order"]


@pytest.mark.parametrize(("key", "counter", "expected"), KNOWN)
def test_known_answers(key, counter, expected):
    assert mix(key, *counter) == expected
    x0 = np.asarray([counter[0]], dtype=np.uint32).view(np.int32)
    words = mix_array(key, x0, counter[1])
    assert tuple(int(word[0]) & ONES for word in words) == expected


def test_arrays_and_integers_agree():
    x0, x1 = mix_array((3, ONES), np.arange(50, dtype=np.int32), 7)
    assert [(int(a) & ONES, int(b) & ONES) for a, b in zip(x0, x1, strict=True)] == [
        mix((3, ONES), i, 7) for i in range(50)
    ]


@pytest.mark.parametrize("wide", [False, True], ids=["float32", "float64"])
@pytest.mark.parametrize("draw", DRAWS)
def test_same_bits_on_every_device(gradx_device, draw, wide):
    _check_same_bits(backend_for_device(gradx_device), gradx_device, draw, wide)


@pytest.mark.parametrize("draw", ["uniform", "normal", "gumbel"])
def test_same_bits_in_jax(draw):
    pytest.importorskip("jax", reason="its bits are compared")
    backend = backend_for_device("jax")
    _check_same_bits(backend, backend.devices()[0], draw, False)


def _check_same_bits(backend, device, draw, wide):
    reference = Source((1, 2), backend_for_device("cpu"), None, wide=wide)
    source = Source((1, 2), backend, backend.native_device(device), wide=wide)
    expected, got = (getattr(one, draw)(1001) for one in (reference, source))
    got = backend.to_numpy(got)
    assert got.dtype == expected.dtype
    np.testing.assert_array_equal(got, expected)


def test_draws_lie_on_the_device_asked_for(gradx_device):
    device = gx.zeros(1, device=gradx_device).device
    generator = gx.random.Generator(1, gradx_device)
    same = gx.random.Generator(1)
    for draw in ("uniform", "normal", "integers", "bernoulli", "permutation"):
        given = () if draw in ("uniform", "normal") else (0.4,) if draw == "bernoulli" else (7,)
        shape = {} if draw == "permutation" else {"shape": (2, 3)}
        got, expected = (getattr(one, draw)(*given, **shape) for one in (generator, same))
        assert got.device == device
        assert got.tolist() == expected.tolist()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("draw", [gx.random.uniform, gx.random.normal])
def test_longer_draw_begins_with_the_shorter(draw, dtype):
    key = gx.random.key(5)
    long, short = (draw(n, key=key, dtype=dtype).numpy() for n in (1000, 333))
    np.testing.assert_array_equal(long[:333], short)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_uniform(dtype):
    u = gx.random.uniform((200, 500), key=gx.random.key(1), dtype=dtype)
    assert u.shape == (200, 500)
    assert u.dtype == dtype
    values = np.sort(u.numpy().astype(float).ravel())
    assert values[0] >= 0
    assert values[-1] < 1
    assert _kolmogorov(values, values) < 1.95  # one in a thousand


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_normal(dtype):
    z = np.sort(gx.random.normal(100_001, key=gx.random.key(2), dtype=dtype).numpy().astype(float))
    assert np.isfinite(z).all()
    assert _kolmogorov(z, [(1 + erf(x / sqrt(2))) / 2 for x in z]) < 1.95
    assert abs(np.mean(z**4) - 3) < 0.15


def test_normal_pairs_are_uncorrelated():
    z = gx.random.normal(100_000, key=gx.random.key(3)).numpy()
    for lag in (1, 2, 3):
        assert abs(np.mean(z[lag:] * z[:-lag])) < 4 / sqrt(len(z))
        assert abs(np.mean(z[lag:] ** 2 * z[:-lag] ** 2) - 1) < 0.05


def _kolmogorov(values, cdf):
    n = len(values)
    return sqrt(n) * np.max(np.abs(np.asarray(cdf) - (np.arange(n) + 0.5) / n))


@pytest.mark.parametrize("wide", [False, True], ids=["float32", "float64"])
def test_own_logarithm_and_circular_functions(wide):
    source = Source((0, 9), backend_for_device("cpu"), None, wide=wide)
    eps = np.finfo(source.dtype).eps
    u = np.concatenate([source.uniform(10_000), 2.0 ** -np.arange(54), [1 - eps / 2]])
    u = u[u > 0].astype(source.dtype)
    np.testing.assert_allclose(source._log(u), np.log(u.astype(np.longdouble)), rtol=4 * eps)
    x = ((source.uniform(10_000) - 0.5) * (np.pi / 2)).astype(source.dtype)
    sine, cosine = source._sine_cosine(x)
    np.testing.assert_allclose(sine, np.sin(x.astype(np.longdouble)), rtol=3 * eps)
    np.testing.assert_allclose(cosine, np.cos(x.astype(np.longdouble)), rtol=3 * eps)


def test_bernoulli():
    drawn = gx.random.bernoulli(0.3, (300, 300), key=gx.random.key(4))
    assert drawn.dtype == "bool"
    assert abs(drawn.numpy().mean() - 0.3) < 0.01
    p = gx.asarray([0.0, 0.5, 1.0])
    share = gx.random.bernoulli(p, (10_000, 3), key=gx.random.key(4)).numpy().mean(axis=0)
    np.testing.assert_allclose(share, [0, 0.5, 1], atol=0.03)
    assert share[0] == 0
    assert share[2] == 1
    assert gx.random.bernoulli(p).shape == (3,)


def test_integers():
    drawn = gx.random.integers(-3, 4, (70_000,), key=gx.random.key(5))
    values, counts = np.unique(drawn.numpy(), return_counts=True)
    assert values.tolist() == [-3, -2, -1, 0, 1, 2, 3]
    # chi squared, 6 degrees: one in a thousand
    assert np.sum((counts - 10_000) ** 2 / 10_000) < 22.5
    assert gx.random.integers(5, dtype="int8").dtype == "int8"
    assert gx.random.integers(0, 2**62, 10).dtype == "int64"


def test_permutation():
    order = gx.random.permutation(1000, key=gx.random.key(6)).numpy()
    assert sorted(order) == list(range(1000))
    assert (order != np.arange(1000)).mean() > 0.98
    x = gx.asarray(np.arange(12.0).reshape(3, 4), requires_grad=True)
    shuffled = gx.random.permutation(x, axis=1, key=gx.random.key(6))
    np.testing.assert_array_equal(np.sort(shuffled.detach().numpy(), axis=1), x.detach().numpy())
    gx.sum(shuffled * 2.0).backward()
    assert x.grad.tolist() == [[2.0] * 4] * 3


def test_categorical():
    p = np.asarray([0.1, 0.2, 0.3, 0.4])
    drawn = gx.random.categorical(gx.asarray(np.log(p)), shape=50_000, key=gx.random.key(7))
    share = np.bincount(drawn.numpy(), minlength=4) / 50_000
    np.testing.assert_allclose(share, p, atol=0.01)
    rows = gx.asarray([[-gx.inf, 0.0], [0.0, -gx.inf]])
    assert gx.random.categorical(rows).tolist() == [1, 0]
    assert gx.random.categorical(rows, axis=0).tolist() == [1, 0]
    with pytest.raises(gx.errors.ShapeError, match="broadcast"):
        gx.random.categorical(rows, shape=(3,))


def test_parameters_carry_gradients():
    mean = gx.asarray([1.0, 2.0], requires_grad=True)
    std = gx.asarray([0.5, 3.0], requires_grad=True)
    z = gx.random.normal((4, 2), key=gx.random.key(8))
    drawn = gx.random.normal((4, 2), mean=mean, std=std, key=gx.random.key(8))
    gx.sum(drawn).backward()
    assert mean.grad.tolist() == [4.0, 4.0]
    np.testing.assert_allclose(std.grad.numpy(), z.numpy().sum(axis=0))
    low = gx.random.uniform((1000,), low=-2.0, high=-1.0)
    assert -2 <= gx.min(low).item() <= gx.max(low).item() < -1


def test_keys():
    key = gx.random.key(2**64 - 1)
    assert key.words == (ONES, ONES)
    a, b, c = gx.random.split(key, 3)
    assert len({key, a, b, c, gx.random.fold_in(key, 0), gx.random.fold_in(key, 1)}) == 6
    assert gx.random.split(key, 2) == (a, b)
    assert pickle.loads(pickle.dumps(a)) == copy.deepcopy(a) == a
    with pytest.raises(AttributeError, match="does not change"):
        key.words = (0, 0)
    for wrong in (-1, 2**64, 1.5):
        with pytest.raises(gx.errors.OperandError, match=r"random\.key"):
            gx.random.key(wrong)


def test_generators():
    one, two = gx.random.Generator(3), gx.random.Generator(3)
    first = one.uniform(5)
    np.testing.assert_array_equal(first.numpy(), two.uniform(5).numpy())
    twin = pickle.loads(pickle.dumps(one))
    second = one.uniform(5).numpy()
    assert (first.numpy() != second).all()
    np.testing.assert_array_equal(twin.uniform(5).numpy(), second)
    assert one.draws == 2
    assert one.bernoulli(0.5, 3).shape == one.integers(9, shape=3).shape == (3,)
    assert one.permutation(3).shape == one.normal(3).shape == (3,)
    assert one.categorical(gx.zeros(3)).shape == ()


def test_default_generator():
    gx.random.seed(11)
    first = gx.random.normal(3).numpy()
    gx.random.seed(11)
    np.testing.assert_array_equal(gx.random.normal(3).numpy(), first)
    assert gx.random.default_generator().draws == 1


@pytest.mark.parametrize("shape", [(), (0,), (0, 3), (1,), 7, (2, 3)])
def test_shapes(shape):
    expected = shape if isinstance(shape, tuple) else (shape,)
    key = gx.random.key(0)
    for draw in (gx.random.uniform, gx.random.normal):
        for dtype in ("float32", "float64"):
            assert draw(shape, key=key, dtype=dtype).shape == expected
    assert gx.random.integers(5, shape=shape, key=key).shape == expected
    assert gx.random.bernoulli(0.5, shape, key=key).shape == expected


def test_errors():
    with pytest.raises(gx.errors.DtypeError, match="floating"):
        gx.random.uniform(3, dtype="int32")
    with pytest.raises(gx.errors.DtypeError, match="integer"):
        gx.random.integers(3, dtype="float32")
    with pytest.raises(gx.errors.OperandError, match="high - low"):
        gx.random.integers(3, 3)
    with pytest.raises(gx.errors.OperandError, match="a Key, a Generator or None"):
        gx.random.normal(3, key=0)
