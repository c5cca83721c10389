"""Message passing on edge lists: GAT with softmax over neighbours by scatter, GIN, pooling per graph, link prediction."""

import json

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn import Parameter
from torch.nn.init import xavier_uniform_, zeros_


def scatter(src, index, dim_size, reduce="sum"):
    size = [dim_size] + list(src.shape[1:])
    idx = index.view([-1] + [1] * (src.dim() - 1)).expand_as(src)
    if reduce == "sum":
        return src.new_zeros(size).scatter_add_(0, idx, src)
    if reduce == "mean":
        count = src.new_zeros(dim_size).index_add_(0, index, torch.ones_like(index, dtype=src.dtype)).clamp_(min=1)
        return src.new_zeros(size).index_add(0, index, src) / count.view([-1] + [1] * (src.dim() - 1))
    return src.new_zeros(size).scatter_reduce_(0, idx, src, reduce="amax", include_self=False)


def softmax(src, index, n):
    out = src - scatter(src.detach(), index, n, "max").index_select(0, index)
    out = out.exp()
    return out / (scatter(out, index, n)[index] + 1e-16)


def add_self_loops(edge_index, n):
    loop = torch.arange(0, n, dtype=torch.long, device=edge_index.device).unsqueeze(0).repeat(2, 1)
    return torch.cat([edge_index, loop], dim=1)


class GATConv(nn.Module):
    def __init__(self, in_channels, out_channels, heads=1, concat=True, negative_slope=0.2):
        super().__init__()
        self.heads, self.out, self.concat, self.slope = heads, out_channels, concat, negative_slope
        self.lin = nn.Linear(in_channels, heads * out_channels, bias=False)
        self.att_src = Parameter(torch.empty(1, heads, out_channels))
        self.att_dst = Parameter(torch.Tensor(1, heads, out_channels))
        self.bias = Parameter(torch.Tensor(heads * out_channels if concat else out_channels))
        self.reset_parameters()

    def reset_parameters(self):
        xavier_uniform_(self.lin.weight, gain=nn.init.calculate_gain("leaky_relu", self.slope))
        xavier_uniform_(self.att_src)
        xavier_uniform_(self.att_dst)
        zeros_(self.bias)

    def forward(self, x, edge_index):
        n = x.size(0)
        edge_index = add_self_loops(edge_index, n)
        h = self.lin(x).view(-1, self.heads, self.out)
        src, dst = edge_index
        alpha = ((h * self.att_src).sum(-1))[src] + (h * self.att_dst).sum(-1)[dst]
        alpha = softmax(F.leaky_relu(alpha, self.slope), dst, n)
        out = scatter(h[src] * alpha.unsqueeze(-1), dst, n)
        out = out.flatten(1) if self.concat else out.mean(dim=1)
        return out + self.bias

    def __repr__(self):
        return "{}({}, {}, heads={})".format(self.__class__.__name__, self.lin.in_features, self.out, self.heads)


class GIN(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.eps = nn.Parameter(torch.zeros(1))
        self.nn = nn.Sequential(nn.Linear(dim, dim), nn.BatchNorm1d(dim), nn.ELU(), nn.Linear(dim, dim))

    def forward(self, x, edge_index):
        row, col = edge_index[0], edge_index[1]
        return self.nn((1 + self.eps) * x + torch.zeros_like(x).index_add_(0, row, x[col]))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(5, 6, max_norm=None)
        self.gat = GATConv(6, 4, heads=3)
        self.gin = GIN(12)
        self.readout = nn.Linear(24, 2)

    def forward(self, z, edge_index, batch):
        x = F.elu(self.gat(self.emb(z), edge_index))
        x = self.gin(x, edge_index)
        graphs = int(batch.max()) + 1
        return self.readout(torch.cat([scatter(x, batch, graphs, "mean"), scatter(x, batch, graphs, "max")], dim=-1)), x


rng = np.random.default_rng(1)
graphs, ys, offset, edges, zs, batch = 10, [], 0, [], [], []
for k in range(graphs):
    n = int(rng.integers(4, 8))
    a = np.triu(rng.random((n, n)) < 0.3 + 0.3 * (k % 2), 1)
    a = a + a.T
    e = np.stack(np.nonzero(a)) + offset
    edges.append(torch.from_numpy(e)), zs.append(torch.from_numpy(rng.integers(0, 5, n)))
    batch += [k] * n
    ys.append(k % 2)
    offset += n
edge_index, z, batch, y = torch.cat(edges, 1), torch.cat(zs), torch.tensor(batch), torch.tensor(ys)
deg = torch.bincount(edge_index[0], minlength=offset)
model = Net()
for p in model.parameters():
    p.data.copy_(torch.tensor(rng.uniform(-0.5, 0.5, size=p.shape)))
opt = torch.optim.Adam(model.parameters(), lr=0.02, weight_decay=5e-4)
for epoch in range(25):
    model.train()
    out, h = model(z, edge_index, batch)
    loss = F.nll_loss(F.log_softmax(out, dim=1), y)
    pos = (h[edge_index[0]] * h[edge_index[1]]).sum(-1)
    neg = (h[edge_index[0]] * h[edge_index[1].roll(1)]).sum(-1)
    link = -torch.log(torch.sigmoid(pos) + 1e-15).mean() - torch.log(1 - torch.sigmoid(neg) + 1e-15).mean()
    total = loss + 0.01 * link
    opt.zero_grad()
    total.backward()
    opt.step()
model.eval()
acc = model(z, edge_index, batch)[0].max(1)[1].eq(y).sum().item() / len(y)
u, inv, counts = torch.unique(z, return_inverse=True, return_counts=True)
adj = torch.zeros(offset, offset).index_put_((edge_index[0], edge_index[1]), torch.ones(edge_index.size(1)))
dis = deg.float().pow(-0.5)
dis[dis == float("inf")] = 0
norm_adj = torch.diag(dis) @ adj @ dis.diag()
hops = torch.matrix_power(adj, 2).fill_diagonal_(0).clamp(max=1)
print(model)
print(
    json.dumps(
        {
            "loss": loss.item(),
            "link": link.item(),
            "acc": acc,
            "eig": torch.linalg.eigvalsh(norm_adj).max().item(),
            "hops": hops.sum().item(),
            "counts": counts.max().item(),
            "inv": float((u[inv] == z).all()),
            "att": model.gat.att_src.grad.norm().item(),
        }
    )
)
