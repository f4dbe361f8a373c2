"""The examples run, reach what they promise, and draw."""

import numpy as np
import pytest

pytest.importorskip("matplotlib", reason="the examples draw")
pytest.importorskip("tqdm", reason="the examples show their progress")

import gradx as gx
from gradx.examples import best_device, cartpole
from gradx.testing import check_grads


def test_best_device_is_there():
    assert gx.zeros(1, device=best_device()).tolist() == [0.0]


def test_digits(tmp_path, capsys):
    pytest.importorskip("sklearn", reason="holds the images")
    from gradx.examples import digits

    output = tmp_path / "digits.png"
    options = ["--device", "cpu", "--epochs", "6", "--seed", "0", "--output", str(output)]
    (share,) = digits.main(options)
    assert share > 0.9
    assert f"seed 0: {share:.2%} of 450 test images right" in capsys.readouterr().out
    assert output.read_bytes().startswith(b"\x89PNG")


def test_swing_up_has_exact_gradients():
    forces = gx.random.normal(12, std=3.0, key=gx.random.key(0))
    check_grads(cartpole.cost, (forces,), order=1)


def test_swing_up(tmp_path, capsys):
    output = tmp_path / "cartpole.gif"
    options = ["--device", "cpu", "--horizon", "1.5", "--iterations", "80", "--output", str(output)]
    motion = cartpole.main(options)
    _, angle, velocity, spin = motion.states[-1]
    assert motion.states[0].tolist() == [0, np.pi, 0, 0]
    assert abs(angle) < 0.05
    assert abs(velocity) < 0.1
    assert abs(spin) < 0.1
    assert np.abs(motion.forces).max() <= cartpole.LIMIT
    assert "after 1.5 s" in capsys.readouterr().out
    assert output.read_bytes().startswith(b"GIF")


def test_swing_up_picture(tmp_path):
    motion = cartpole.swing_up(0.3, "cpu", 2)
    cartpole.picture(motion, str(tmp_path / "cartpole.png"))
    assert (tmp_path / "cartpole.png").stat().st_size > 10_000


def test_a_device_that_is_not_there_is_a_usage_error(capsys):
    with pytest.raises(SystemExit):
        cartpole.main(["--device", "nowhere"])
    assert "argument --device: device: expected" in capsys.readouterr().err
