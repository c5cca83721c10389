"""A graph convolutional network as it was first published: SciPy's recipe in NumPy, a sparse adjacency, spmm, early stopping."""

import json
import math

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
from torch.nn.modules.module import Module
from torch.nn.parameter import Parameter


def normalize(mx):
    """Row-normalize a matrix"""
    rowsum = np.array(mx.sum(1))
    r_inv = np.power(rowsum, -1.0, where=rowsum > 0).flatten()
    r_inv[np.isinf(r_inv)] = 0.0
    return np.diag(r_inv).dot(mx)


def to_torch_sparse(mx):
    rows, cols = np.nonzero(mx)
    indices = torch.from_numpy(np.vstack((rows, cols)).astype(np.int64))
    values = torch.from_numpy(mx[rows, cols].astype(np.float32))
    return torch.sparse_coo_tensor(indices, values, torch.Size(mx.shape))


class GraphConvolution(Module):
    def __init__(self, in_features, out_features, bias=True):
        super(GraphConvolution, self).__init__()
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
        if self.bias is not None:
            self.bias.data.uniform_(-stdv, stdv)

    def forward(self, input, adj):
        support = torch.mm(input, self.weight)
        output = torch.spmm(adj, support)
        return output + self.bias if self.bias is not None else output

    def __repr__(self):
        return self.__class__.__name__ + " (" + str(self.in_features) + " -> " + str(self.out_features) + ")"


class GCN(nn.Module):
    def __init__(self, nfeat, nhid, nclass, dropout):
        super(GCN, self).__init__()
        self.gc1 = GraphConvolution(nfeat, nhid)
        self.gc2 = GraphConvolution(nhid, nclass)
        self.dropout = dropout

    def forward(self, x, adj):
        x = F.relu(self.gc1(x, adj))
        x = F.dropout(x, self.dropout, training=self.training)
        return F.log_softmax(self.gc2(x, adj), dim=1)


rng = np.random.RandomState(42)
n = 30
labels = rng.randint(0, 3, n)
a = (rng.rand(n, n) < np.where(labels[:, None] == labels[None], 0.4, 0.05)).astype(np.float32)
a = np.maximum(a, a.T)
np.fill_diagonal(a, 0)
adj = to_torch_sparse(normalize(a + np.eye(n)))
features = torch.FloatTensor(rng.randn(n, 6))
labels = torch.LongTensor(labels)
idx_train, idx_val = torch.LongTensor(range(12)), torch.LongTensor(range(12, 30))
model = GCN(6, 8, 3, 0.0)
for p in model.parameters():
    p.data = torch.from_numpy(rng.normal(0, 0.4, tuple(p.shape)).astype(np.float32))
optimizer = optim.Adam(model.parameters(), lr=0.05, weight_decay=5e-4)
best, patience = float("inf"), 0
for epoch in range(40):
    model.train()
    optimizer.zero_grad()
    output = model(features, adj)
    loss_train = F.nll_loss(output[idx_train], labels[idx_train])
    loss_train.backward()
    optimizer.step()
    model.eval()
    with torch.no_grad():
        loss_val = F.nll_loss(model(features, adj)[idx_val], labels[idx_val]).item()
    best, patience = (loss_val, 0) if loss_val < best else (best, patience + 1)
preds = output[idx_val].max(1)[1].type_as(labels)
acc = preds.eq(labels[idx_val]).double().sum() / len(idx_val)

weights = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
s = torch.sparse_coo_tensor(torch.tensor([[0, 1, 1], [2, 0, 0]]), weights, (2, 3))
x = torch.arange(6.0).reshape(3, 2).requires_grad_()
y = torch.sparse.mm(s, x)
(y * y).sum().backward()
c = s.coalesce()
dense = torch.tensor([[0.0, 2.0], [3.0, 0.0]])
propagated = features
for _ in range(2):  # label propagation
    propagated = 0.5 * torch.sparse.mm(adj, propagated) + 0.5 * features
try:
    torch.sparse.mm(adj, x)
    wrong = 0.0
except RuntimeError:
    wrong = 1.0
print(model, adj.shape, adj.is_sparse, epoch)
print(
    json.dumps(
        {
            "loss": loss_train.item(),
            "best": best,
            "acc": acc.item(),
            "y": y.sum().item(),
            "w": weights.grad.tolist()[1],
            "x": x.grad.sum().item(),
            "nnz": float(adj._nnz()),
            "c": c.values()[1].item(),
            "ci": c.indices()[1, 1].item(),
            "dense": (s.to_dense() @ x).sum().item(),
            "t": torch.sparse.mm(s.t(), torch.ones(2, 1)).sum().item(),
            "again": dense.to_sparse().to_dense().sub(dense).abs().sum().item(),
            "prop": propagated.norm().item(),
            "mv": (s @ torch.ones(3)).sum().item(),
            "wrong": wrong,
        }
    )
)
