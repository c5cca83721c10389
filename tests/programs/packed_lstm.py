"""Variable-length sequences packed for an LSTM, and a language model with truncated backpropagation through time."""

import json

import numpy as np
import torch
import torch.nn as nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

rng = np.random.default_rng(3)


def reset(module):
    for p in module.parameters():
        p.data = torch.as_tensor(rng.normal(0, 0.3, p.shape), dtype=torch.float32)


class Tagger(nn.Module):
    def __init__(self, n_words, n_tags):
        super().__init__()
        self.embed = nn.Embedding(n_words, 6)
        self.lstm = nn.LSTM(6, 8, num_layers=2, batch_first=True, bidirectional=True)
        self.out = nn.Linear(16, n_tags)

    def forward(self, tokens, lengths):
        packed = pack_padded_sequence(self.embed(tokens), lengths, batch_first=True, enforce_sorted=False)
        output, (h, c) = self.lstm(packed)
        padded, n = pad_packed_sequence(output, batch_first=True)
        return self.out(padded), h, n


sequences = [torch.tensor(rng.integers(1, 10, k)) for k in (5, 3, 7, 2)]
lengths = torch.tensor([len(s) for s in sequences])
tokens = pad_sequence(sequences, batch_first=True)
tags = pad_sequence([s % 3 for s in sequences], batch_first=True, padding_value=-100)
tagger = Tagger(10, 3)
reset(tagger)
optimizer = torch.optim.Adam(tagger.parameters(), lr=0.02)
criterion = nn.CrossEntropyLoss(ignore_index=-100)
for step in range(25):
    optimizer.zero_grad()
    scores, h, n = tagger(tokens, lengths)
    loss = criterion(scores.transpose(1, 2), tags)
    loss.backward()
    optimizer.step()
assert n.tolist() == lengths.tolist()
alone = tagger(sequences[1][None], torch.tensor([3]))[0]
assert torch.allclose(alone[0], tagger(tokens, lengths)[0][1, :3], atol=1e-5)


class RNNLM(nn.Module):
    def __init__(self, vocab, embed, hidden, layers):
        super(RNNLM, self).__init__()
        self.embed = nn.Embedding(vocab, embed)
        self.lstm = nn.LSTM(embed, hidden, layers, batch_first=True)
        self.linear = nn.Linear(hidden, vocab)

    def forward(self, x, h):
        out, (h, c) = self.lstm(self.embed(x), h)
        out = out.reshape(out.size(0) * out.size(1), out.size(2))
        return self.linear(out), (h, c)


def detach(states):
    return [state.detach() for state in states]


lm = RNNLM(7, 8, 12, 1)
reset(lm)
corpus = torch.from_numpy((np.cumsum(np.arange(120)) % 7).reshape(3, 40))
optimizer = torch.optim.SGD(lm.parameters(), lr=0.5)
for epoch in range(4):
    states = (torch.zeros(1, 3, 12), torch.zeros(1, 3, 12))
    for i in range(0, corpus.size(1) - 8, 8):
        inputs, targets = corpus[:, i : i + 8], corpus[:, (i + 1) : (i + 1) + 8]
        states = detach(states)
        outputs, states = lm(inputs, states)
        lm_loss = nn.functional.cross_entropy(outputs, targets.reshape(-1))
        optimizer.zero_grad()
        lm_loss.backward()
        torch.nn.utils.clip_grad_norm_(lm.parameters(), 0.5)
        optimizer.step()
cell, state = nn.LSTMCell(4, 5), None
reset(cell)
gru = nn.GRUCell(4, 5)
reset(gru)
hx = torch.zeros(2, 5)
for x in torch.linspace(-1, 1, 24).view(3, 2, 4):
    state = cell(x, state)
    hx = gru(x, hx)
RESULT = {
    "tagger": loss.item(),
    "hidden": h.abs().mean().item(),
    "lm": lm_loss.item(),
    "perplexity": float(np.exp(lm_loss.item())),
    "cell": state[0].sum().item(),
    "gru": hx.sum().item(),
}
print(json.dumps(RESULT))
