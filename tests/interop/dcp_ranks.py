# SPDX-License-Identifier: Apache-2.0
"""Saves distributed checkpoints from four gloo processes; each test's full tensors go to expected.pt."""
import os
import sys

import torch
import torch.distributed as dist
import torch.distributed.checkpoint as dcp
import torch.multiprocessing as mp
from torch import nn
from torch.distributed.checkpoint.state_dict import StateDictOptions, get_model_state_dict, get_optimizer_state_dict
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import fully_shard
from torch.distributed.tensor import DTensor, Replicate, Shard, distribute_tensor
from torch.distributed.tensor.parallel import ColwiseParallel, RowwiseParallel, parallelize_module

RANKS = 4


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.up, self.down = nn.Linear(width, 3 * width + 1), nn.Linear(3 * width + 1, width)
        self.norm = nn.LayerNorm(width)

    def forward(self, x):
        return x + self.down(torch.relu(self.up(self.norm(x))))


def model(width=10, layers=3):
    torch.manual_seed(0)
    return nn.Sequential(*[Block(width) for _ in range(layers)])


def full(state):
    """The whole tensors of a state, gathered on every rank; other values are left out."""
    out = {}

    def visit(path, value):
        if isinstance(value, DTensor):
            out[path] = value.full_tensor().detach().clone()
        elif isinstance(value, torch.Tensor):
            out[path] = value.detach().clone()
        elif isinstance(value, dict):
            for key, inner in value.items():
                visit(f"{path}.{key}" if path else str(key), inner)
        elif isinstance(value, (list, tuple)) and any(isinstance(v, (torch.Tensor, dict)) for v in value):
            for i, inner in enumerate(value):
                visit(f"{path}.{i}", inner)

    visit("", state)
    return out


def save(state, folder):
    expected = full(state)
    if dist.get_rank() == 0:
        os.makedirs(folder, exist_ok=True)
        torch.save(expected, folder + ".pt")
    dist.barrier()
    dcp.save(state, checkpoint_id=folder)
    dist.barrier()


def fsdp(folder):
    """FSDP2 over four ranks, uneven rows, with the optimizer's state."""
    net = model()
    mesh = init_device_mesh("cpu", (RANKS,))
    for block in net:
        fully_shard(block, mesh=mesh)
    fully_shard(net, mesh=mesh)
    optimizer = torch.optim.AdamW(net.parameters(), lr=1e-3)
    net(torch.randn(2, 10)).sum().backward()
    optimizer.step()
    save({"model": get_model_state_dict(net), "optim": get_optimizer_state_dict(net, optimizer), "step": 7}, folder)


def flattened_optimizer(folder):
    net = model(layers=1)
    fully_shard(net, mesh=init_device_mesh("cpu", (RANKS,)))
    optimizer = torch.optim.AdamW(net.parameters())
    net(torch.randn(2, 10)).sum().backward()
    optimizer.step()
    options = StateDictOptions(flatten_optimizer_state_dict=True)
    save({"optim": get_optimizer_state_dict(net, optimizer, options=options)}, folder)


def tensor_parallel(folder):
    net = model(width=8)
    mesh = init_device_mesh("cpu", (RANKS,))
    for block in net:
        parallelize_module(block, mesh, {"up": ColwiseParallel(), "down": RowwiseParallel()})
    save({"model": net.state_dict()}, folder)


def mesh_2d(folder):
    mesh = init_device_mesh("cpu", (2, 2), mesh_dim_names=("dp", "tp"))
    torch.manual_seed(1)
    placements = {"rows_cols": (Shard(0), Shard(1)), "cols_rows": (Shard(1), Shard(0)), "rows": (Replicate(), Shard(0)),
                  "cols": (Shard(1), Replicate()), "whole": (Replicate(), Replicate())}
    dtypes = (torch.float32, torch.bfloat16, torch.int64, torch.bool, torch.float16)
    state = {}
    for dtype in dtypes:
        for name, placement in placements.items():
            whole = torch.randn(7, 5).to(dtype) if dtype != torch.bool else torch.randn(7, 5) > 0
            state[f"{name}.{str(dtype).removeprefix('torch.')}"] = distribute_tensor(whole, mesh, placement)
    save(state, folder)


def work(rank, port, case, folder):
    os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port))
    dist.init_process_group("gloo", rank=rank, world_size=RANKS)
    torch.set_num_threads(1)
    globals()[case](folder)
    dist.destroy_process_group()


if __name__ == "__main__":
    mp.spawn(work, args=(int(sys.argv[1]), sys.argv[2], sys.argv[3]), nprocs=RANKS)
