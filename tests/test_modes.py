"""`no_grad` and levels are local to the thread, the asyncio task and the generator; threads share leaves."""

import asyncio
import contextlib
import contextvars
import threading

import numpy as np
import pytest

import gradx as gx


def leaf(value):
    return gx.asarray(value, requires_grad=True)


def test_no_grad_as_context_manager_and_decorator():
    x = leaf(1.0)
    with gx.no_grad():
        assert not (x * 2).requires_grad
        with gx.enable_grad():
            assert (x * 2).requires_grad
        assert not (x * 2).requires_grad
    assert (x * 2).requires_grad

    @gx.no_grad()
    def f():
        return x * 2

    assert not f().requires_grad
    assert (x * 2).requires_grad


def test_no_grad_as_decorator_without_parentheses():
    x = gx.asarray(2.0, requires_grad=True)

    @gx.no_grad
    def square(x):
        """Return x * x."""
        return x * x, gx.enable_grad(lambda: x * x)()

    off, on = square(x)
    assert square.__doc__ and not off.requires_grad and on.requires_grad and (x * x).requires_grad


def test_no_grad_ends_with_an_exception():
    x = leaf(1.0)
    with pytest.raises(KeyboardInterrupt), gx.no_grad():
        raise KeyboardInterrupt
    assert (x * 2).requires_grad


def test_no_grad_inside_a_transform_makes_constants():
    def f(x):
        with gx.no_grad():
            c = x * 1.0
        return c * x

    assert gx.grad(f)(3.0).item() == 3.0


def test_no_grad_in_a_generator_does_not_leak_to_its_consumer():
    x = leaf(1.0)

    def generate():
        with gx.no_grad():
            yield (x * 2).requires_grad
            yield (x * 2).requires_grad

    generator = generate()
    assert next(generator) is False
    assert (x * 2).requires_grad
    assert next(generator) is False
    generator.close()
    assert (x * 2).requires_grad


def test_no_grad_of_interleaved_generators():
    x = leaf(1.0)

    def generate(mode):
        with mode():
            while True:
                yield (x * 2).requires_grad

    off, on = generate(gx.no_grad), generate(gx.enable_grad)
    assert [next(off), next(on), next(off), next(on)] == [False, True, False, True]
    off.close()
    assert next(on) is True
    on.close()


def test_decorated_generator():
    x = leaf(1.0)

    @gx.no_grad()
    def generate():
        yield (x * 2).requires_grad

    assert list(generate()) == [False]


def test_no_grad_is_local_to_the_thread():
    x, seen = leaf(1.0), []
    with gx.no_grad():
        thread = threading.Thread(target=lambda: seen.append((x * 2).requires_grad))
        thread.start()
        thread.join()
    assert seen == [True]


def test_no_grad_is_local_to_the_asyncio_task():
    x = leaf(1.0)

    async def quiet(entered, checked):
        with gx.no_grad():
            entered.set()
            await checked.wait()
            return (x * 2).requires_grad

    async def loud(entered, checked):
        await entered.wait()
        result = (x * 2).requires_grad
        checked.set()
        return result

    async def main():
        entered, checked = asyncio.Event(), asyncio.Event()
        return await asyncio.gather(quiet(entered, checked), loud(entered, checked))

    assert asyncio.run(main()) == [False, True]


def test_threads_share_a_leaf_and_lose_nothing():
    x = leaf(np.zeros(100))

    def work():
        for _ in range(200):
            gx.sum(x * 1.0).backward()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert np.array_equal(x.grad.numpy(), np.full(100, 800.0))


def test_transforms_in_threads_do_not_meet():
    results = {}

    def work(k):
        f = gx.grad(gx.grad(lambda v: v**3 * k))
        results[k] = [f(float(i)).item() for i in range(50)]

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {k: [6.0 * i * k for i in range(50)] for k in range(4)}


def test_no_grad_of_a_context_manager_made_of_a_generator():
    @contextlib.contextmanager
    def frozen():
        with gx.no_grad():
            yield

    def results():
        with frozen():
            yield (x * x).requires_grad

    x = gx.asarray(2.0, requires_grad=True)
    with frozen():
        assert not (x * x).requires_grad
    for inside in results():
        assert not inside
        assert (x * x).requires_grad
    with contextlib.ExitStack() as stack:
        stack.enter_context(gx.no_grad())
        assert not (x * x).requires_grad
    assert (x * x).requires_grad


def test_no_grad_that_ends_in_another_thread_is_over():
    def suspended():
        with gx.no_grad():
            yield

    x = gx.asarray(2.0, requires_grad=True)
    generator = suspended()
    next(generator)
    closing = threading.Thread(target=generator.close)
    closing.start()
    closing.join()
    other = contextvars.Context()
    elsewhere = gx.no_grad()
    other.run(elsewhere.__enter__)
    assert (x * x).requires_grad
    other.run(elsewhere.__exit__)


def test_no_grad_can_be_entered_twice():
    x = gx.asarray(2.0, requires_grad=True)
    off = gx.no_grad()
    with off:
        with off:
            pass
        assert not (x * x).requires_grad
    assert (x * x).requires_grad


def test_decorated_coroutines():
    x = gx.asarray(2.0, requires_grad=True)

    @gx.no_grad()
    async def one():
        await asyncio.sleep(0)
        return (x * x).requires_grad

    @gx.no_grad()
    async def several():
        for _ in range(2):
            yield (x * x).requires_grad

    async def all_of_them():
        return [await one(), *[(inside, (x * x).requires_grad) async for inside in several()]]

    assert asyncio.run(all_of_them()) == [False, (False, True), (False, True)]


def test_a_transform_that_begins_inside_no_grad_is_not_suspended():
    def cube(x):
        return x**3

    def stopped(x):
        with gx.no_grad():
            return x * x

    with gx.no_grad():
        assert gx.grad(cube)(2.0).item() == 12.0
        assert gx.grad(gx.grad(cube))(2.0).item() == 12.0
        assert gx.vjp(cube, gx.asarray(2.0))[1](gx.asarray(1.0))[0].item() == 12.0
        assert gx.grad(stopped)(2.0).item() == 0.0
        assert not gx.grad(cube)(gx.asarray(2.0, requires_grad=True)).requires_grad
    assert gx.grad(stopped)(2.0).item() == 0.0
