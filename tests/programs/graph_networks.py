"""Graph convolution, graph attention and message passing with scatter, on a small two-community graph."""

import json
import math

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.parameter import Parameter

rng = np.random.default_rng(10)
n, half = 24, 12
labels = torch.tensor([0] * half + [1] * half)
prob = np.where(np.equal.outer(labels.numpy(), labels.numpy()), 0.4, 0.06)
upper = np.triu(rng.random((n, n)) < prob, 1)
adjacency = torch.from_numpy((upper | upper.T).astype(np.float32))
features = torch.from_numpy(rng.normal(0, 1, (n, 5))).float()
train = torch.zeros(n, dtype=torch.bool)
train[[0, 3, 6, 13, 17, 20]] = True


class GraphConvolution(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.in_features, self.out_features = in_features, out_features
        self.weight = Parameter(torch.FloatTensor(in_features, out_features))
        if bias:
            self.bias = Parameter(torch.FloatTensor(out_features))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self):
        stdv = 1.0 / math.sqrt(self.weight.size(1))
        self.weight.data.uniform_(-stdv, stdv)
        self.weight.data = torch.from_numpy(rng.uniform(-stdv, stdv, tuple(self.weight.shape))).float()
        if self.bias is not None:
            self.bias.data.zero_()

    def forward(self, input, adj):
        output = torch.mm(adj, torch.mm(input, self.weight))
        return output + self.bias if self.bias is not None else output

    def __repr__(self):
        return self.__class__.__name__ + " (" + str(self.in_features) + " -> " + str(self.out_features) + ")"


class GAT(nn.Module):
    def __init__(self, n_in, n_out, alpha=0.2):
        super().__init__()
        self.W = nn.Parameter(torch.empty(size=(n_in, n_out)))
        self.a = nn.Parameter(torch.empty(size=(2 * n_out, 1)))
        nn.init.xavier_uniform_(self.W.data, gain=1.414)
        nn.init.xavier_uniform_(self.a.data, gain=1.414)
        for p in self.parameters():
            p.data = torch.from_numpy(rng.normal(0, 0.5, tuple(p.shape))).float()
        self.leakyrelu = nn.LeakyReLU(alpha)

    def forward(self, h, adj):
        Wh = torch.mm(h, self.W)
        k = Wh.shape[1]
        e = self.leakyrelu(torch.matmul(Wh, self.a[:k, :]) + torch.matmul(Wh, self.a[k:, :]).T)
        attention = torch.where(adj > 0, e, -9e15 * torch.ones_like(e))
        return F.elu(torch.matmul(F.softmax(attention, dim=1), Wh))


class MessagePassing(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.message, self.update = nn.Linear(2 * dim, dim), nn.GRUCell(dim, dim)
        for p in self.parameters():
            p.data = torch.from_numpy(rng.normal(0, 0.3, tuple(p.shape))).float()

    def forward(self, x, edge_index):
        src, dst = edge_index
        m = torch.relu(self.message(torch.cat([x[src], x[dst]], dim=1)))
        degree = torch.zeros(x.size(0)).scatter_add_(0, dst, torch.ones(dst.numel())).clamp(min=1)
        summed = torch.zeros_like(x).index_add_(0, dst, m) / degree.unsqueeze(-1)
        largest = torch.full_like(x, -1e9).scatter_reduce(0, dst.unsqueeze(1).expand_as(m), m, reduce="amax", include_self=True)
        return self.update(summed + largest.clamp(min=0), x)


hat = adjacency + torch.eye(n)
degree = hat.sum(1)
normalized = torch.diag(degree.pow(-0.5)) @ hat @ torch.diag(degree.pow(-0.5))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.gc1, self.gc2, self.gat, self.mp = (
            GraphConvolution(5, 8),
            GraphConvolution(16, 2, bias=False),
            GAT(5, 8),
            MessagePassing(8),
        )

    def forward(self, x, edge_index):
        a = F.relu(self.gc1(x, normalized))
        b = self.mp(self.gat(x, hat), edge_index)
        return F.log_softmax(self.gc2(torch.cat([a, b], 1), normalized), dim=1)


net = Net()
edge_index = adjacency.nonzero().t().contiguous()
optimizer = torch.optim.Adam(net.parameters(), lr=0.02, weight_decay=5e-4)
for epoch in range(30):
    net.train()
    optimizer.zero_grad()
    output = net(features, edge_index)
    loss = F.nll_loss(output[train], labels[train])
    loss.backward()
    optimizer.step()
laplacian = torch.diag(adjacency.sum(1)) - adjacency
eigenvalues, vectors = torch.linalg.eigh(laplacian)
accuracy = output[~train].max(1)[1].type_as(labels).eq(labels[~train]).double().sum() / (~train).sum()
print(net)
RESULT = {
    "loss": loss.item(),
    "accuracy": accuracy.item(),
    "edges": edge_index.size(1),
    "gap": eigenvalues[1].item(),
    "mean": output.mean().item(),
}
print(json.dumps(RESULT))
