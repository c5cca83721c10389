"""Tensors written in place: a game of life, heat diffusion through slices, a differentiable spring, .data and views."""

import json

import torch

# the game of life, integer tensors
board = torch.zeros(8, 8, dtype=torch.uint8)
board[1, 2] = board[2, 3] = 1
board[3, 1:4] = 1
for _ in range(4):
    padded = torch.zeros(10, 10, dtype=torch.int64)
    padded[1:-1, 1:-1] = board
    neighbours = sum(padded[1 + i : 9 + i, 1 + j : 9 + j] for i in (-1, 0, 1) for j in (-1, 0, 1) if (i, j) != (0, 0))
    board = ((neighbours == 3) | ((board == 1) & (neighbours == 2))).to(torch.uint8)
alive = board.nonzero().float().mean(0)

# heat: explicit steps on a buffer, gradient with respect to the conductivity and the initial heat
k = torch.tensor(0.2, dtype=torch.float64, requires_grad=True)
start = torch.linspace(0, 1, 12, dtype=torch.float64).requires_grad_()
heat = start.clone()
for _ in range(10):
    change = torch.zeros_like(heat)
    change[1:-1] = heat[2:] - 2 * heat[1:-1] + heat[:-2]
    change[0] = heat[1] - heat[0]
    change[-1] = heat[-2] - heat[-1]
    heat = heat + k * change
    heat[0] = 1.0
loss = (heat * torch.arange(12)).sum()
loss.backward()

# a spring whose trajectory is written into a preallocated tensor
stiffness = torch.tensor([1.5], requires_grad=True)
path = torch.zeros(20, 2)
path[0, 0] = 1.0
state = torch.tensor([1.0, 0.0])
for i in range(1, 20):
    q, p = state[0], state[1]
    p = p - 0.1 * stiffness[0] * q
    q = q + 0.1 * p
    state = torch.stack([q, p])
    path[i] = state
path[:, 1].mul_(0.5)
path.sum().backward()

# arithmetic in place, masks, scatter and accumulation
t = torch.arange(12.0).view(3, 4)
t += 1
t *= 0.5
t[t > 4] = 0
t[:, ::2] -= 1
t.clamp_(min=-0.5).sqrt_().nan_to_num_(nan=-1.0)
t[torch.tensor([0, 2]), torch.tensor([1, 1])] = torch.tensor([7.0, 8.0])
counts = torch.zeros(4).index_add_(0, torch.tensor([0, 1, 1, 3]), torch.ones(4))
onehot = torch.zeros(3, 4).scatter_(1, torch.tensor([[0], [3], [1]]), 1.0)
w = torch.ones(3, requires_grad=True)
w.data[0] = 5.0
w.data.sub_(torch.tensor([0.0, 0.5, 1.0]))
(w * w).sum().backward()
with torch.no_grad():
    w.sub_(w.grad, alpha=0.1)
try:
    w.add_(1)
except RuntimeError as error:
    print("as it should:", type(error).__name__)
    refused = 1
saved = w * 2
product = saved * saved
saved.add_(1)
try:
    product.sum().backward()
    caught = 0
except RuntimeError:
    caught = 1
RESULT = {
    "alive": alive.tolist()[0],
    "cells": int(board.sum()),
    "k": k.grad.item(),
    "heat": heat[3].item(),
    "start": start.grad[5].item(),
    "stiffness": stiffness.grad.item(),
    "t": t.sum().item(),
    "counts": counts.prod().item() + counts.max().item(),
    "onehot": onehot[1, 3].item(),
    "w": w.sum().item(),
    "refused": refused,
    "caught": caught,
}
print(json.dumps(RESULT))
