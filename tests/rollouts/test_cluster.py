"""Actors on the machines of a Ray cluster: two nodes on loopback stand for two machines."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from policies.lora import Opening
from policies.sampling import SamplingSettings
from rewards.errors import ConfigError, RolloutError
from rewards.rubric import Rubric
from rollouts import cluster
from rollouts.actor import ActorSpec
from rollouts.placement import place

HOME = Path(__file__).resolve().parents[2]

DRIVER = """
import json, sys
from pathlib import Path
import psutil
from ray.cluster_utils import Cluster
from policies.lora import open_policy
from policies.sampling import SamplingSettings
from policies.weights import learning_weights
from rewards.errors import RolloutError
from rewards.records import Question
from rewards.rubric import Rubric
from rollouts.actor import ActorSpec
from rollouts.pool import Pool, PoolSettings

ONE = {"num_cpus": 1, "node_ip_address": "127.0.0.1", "object_store_memory": 80 * 2**20}
model = Path(sys.argv[1])
spec = ActorSpec("run", 1, model, None, model.parent, Rubric.of(["format"]), 2,
                 SamplingSettings(max_new_tokens=4))
weights = learning_weights(open_policy(model))
asked = [Question(f"q{n}", "Which key?", answer="D major") for n in range(4)]


def drawn(pool, version):
    pool.publish(weights, version)
    groups = pool.roll_out(0, asked, version)
    return [[[*r.completion.ids, *r.completion.logprobs_T.tolist()] for r in g.rollouts]
            for g in groups]


def settings(**more):
    return PoolSettings(actors=2, chunk=1, **more)


made = Cluster(initialize_head=True, head_node_args={**ONE, "num_cpus": 2})
second = made.add_node(**ONE)
found = {}
try:
    Pool(spec, PoolSettings(actors=9, cluster=made.address))
except RolloutError as error:
    found["no room"] = str(error)
with Pool(spec, settings(cluster=made.address)) as pool:
    found["two"] = drawn(pool, 0)
    import ray
    found["nodes"] = len({ray.get(m.handle.__ray_call__.remote(
        lambda self: __import__("ray").get_runtime_context().get_node_id()))
        for m in pool.crew._members})
    made.remove_node(second)
    found["one"] = drawn(pool, 1)
    found["died"] = pool.crew.take_losses().died
found["head goes on"] = any(p.name() == "gcs_server" and p.status() != psutil.STATUS_ZOMBIE
                            for p in psutil.Process().children(recursive=True))
made.shutdown()
with Pool(spec, settings()) as pool:
    found["here"] = drawn(pool, 0)
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def found(tiny_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a driver saw that joined a cluster, lost one of its machines, and then did without."""
    script = tmp_path_factory.mktemp("driver") / "driver.py"
    script.write_text(DRIVER)
    environment = {
        "PYTHONPATH": str(HOME), "RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": os.urandom(32).hex(),
        "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # else Ray takes loopback for a mistake
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, str(script), str(tiny_folder)], env={**os.environ, **environment},
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_actors_on_two_machines_draw_what_those_of_one_do(found):
    assert found["nodes"] == 2
    assert found["two"] == found["here"]


def test_a_machine_that_is_lost_costs_a_repetition_and_no_bit(found):
    assert found["died"] >= 1
    assert found["one"] == found["here"]


def test_the_cluster_is_its_owners_and_goes_on(found):
    assert found["head goes on"]


def test_a_cluster_without_room_is_refused_at_once(found):
    assert "no room for 9 actors: got 3 CPUs, expected 9" in found["no room"]


def test_each_actor_on_a_gpu_has_one_of_the_clusters():
    there = {"CPU": 64.0, "GPU": 4.0}
    cluster.check_room(there, 4, "cuda")
    cluster.check_room(there, 64, "cpu")
    with pytest.raises(RolloutError, match=r"no room for 5 actors: got 4 GPUs, expected 5"):
        cluster.check_room(there, 5, "cuda")


@pytest.mark.parametrize(("device", "gpus"), [("cpu", 0), ("cuda", 1)])
def test_where_an_actor_of_a_cluster_is_and_what_it_computes_on_is_rays_choice(
    tiny_folder: Path, device: str, gpus: int
):
    sampling, opening = SamplingSettings(), Opening(device=device)
    spec = ActorSpec(
        "run", 1, tiny_folder, None, tiny_folder, Rubric.of(["format"]), 2, sampling, opening
    )
    placed, asked = place(spec, 3, cluster=True)
    assert placed == spec
    assert placed.gpu is None, "it sees one GPU alone"
    assert asked == {"num_cpus": 1, "num_gpus": gpus, "scheduling_strategy": "SPREAD"}


@pytest.mark.parametrize("address", ["ray://10.0.0.1:10001", "10.0.0.1", "host:", ":6379", "h:6x"])
def test_what_is_no_address_is_refused(address: str):
    with pytest.raises(ConfigError, match=r"grpo\.cluster is no address"):
        cluster.join(address, 1, "cpu")


def test_a_head_that_is_not_there_is_told_at_once():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and does not listen
        port = taken.getsockname()[1]
        with pytest.raises(RolloutError, match=f"no Ray cluster answers at '127.0.0.1:{port}'"):
            cluster.join(f"127.0.0.1:{port}", 1, "cpu")


@pytest.mark.parametrize("host", ["gpu..lab", 70 * "x"])
def test_a_name_that_no_machine_can_have_is_told_like_one_that_is_not_there(host: str):
    with pytest.raises(RolloutError, match=f"no Ray cluster answers at '{host}:6379'"):
        cluster.join(f"{host}:6379", 1, "cpu")


def test_a_machine_with_other_code_is_refused_by_its_actor(monkeypatch: pytest.MonkeyPatch):
    ours = cluster.code_digest()
    cluster.check_code(ours)
    monkeypatch.setattr(metadata, "version", lambda name: "0.0.1")
    with pytest.raises(RolloutError, match=f"has other code than the run: .* expected {ours}"):
        cluster.check_code(ours)


def test_what_a_machine_compiled_is_not_the_code_of_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    source, made = tmp_path / "__init__.py", tmp_path / "__pycache__" / "kernels.nbc"
    source.write_text("one = 1\n")
    package = SimpleNamespace(__file__=str(source))
    monkeypatch.setattr(cluster, "import_module", lambda name: package)
    ours = cluster.code_digest()
    made.parent.mkdir()
    made.write_bytes(b"for this processor")
    assert cluster.code_digest() == ours
    source.write_text("one = 2\n")
    assert cluster.code_digest() != ours
