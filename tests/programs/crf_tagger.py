"""A conditional random field on top of a bidirectional LSTM: forward algorithm, Viterbi decoding, constraints."""

import json

import numpy as np
import torch
import torch.autograd as autograd
import torch.nn as nn
import torch.optim as optim

rng = np.random.default_rng(4)
START_TAG, STOP_TAG = "<START>", "<STOP>"


def argmax(vec):
    _, idx = torch.max(vec, 1)
    return idx.item()


def prepare_sequence(seq, to_ix):
    return torch.tensor([to_ix[w] for w in seq], dtype=torch.long)


class BiLSTMCRF(nn.Module):
    def __init__(self, vocab_size, tag_to_ix, embedding_dim, hidden_dim):
        super().__init__()
        self.hidden_dim, self.tag_to_ix, self.size = hidden_dim, tag_to_ix, len(tag_to_ix)
        self.word_embeds = nn.Embedding(vocab_size, embedding_dim)
        self.lstm = nn.LSTM(embedding_dim, hidden_dim // 2, num_layers=1, bidirectional=True)
        self.hidden2tag = nn.Linear(hidden_dim, self.size)
        self.transitions = nn.Parameter(torch.zeros(self.size, self.size))
        for p in self.parameters():
            p.data.copy_(torch.from_numpy(rng.normal(0, 0.4, tuple(p.shape))))
        self.transitions.data[tag_to_ix[START_TAG], :] = -10000
        self.transitions.data[:, tag_to_ix[STOP_TAG]] = -10000

    def features(self, sentence):
        hidden = (torch.zeros(2, 1, self.hidden_dim // 2), torch.zeros(2, 1, self.hidden_dim // 2))
        out, _ = self.lstm(self.word_embeds(sentence).view(len(sentence), 1, -1), hidden)
        return self.hidden2tag(out.view(len(sentence), self.hidden_dim))

    def partition(self, feats):
        alphas = torch.full((1, self.size), -10000.0)
        alphas[0][self.tag_to_ix[START_TAG]] = 0.0
        for feat in feats:
            scores = alphas + self.transitions + feat.unsqueeze(1)
            alphas = torch.logsumexp(scores, dim=1).view(1, -1)
        return torch.logsumexp(alphas + self.transitions[self.tag_to_ix[STOP_TAG]], dim=1)[0]

    def score(self, feats, tags):
        score = torch.zeros(1)
        tags = torch.cat([torch.tensor([self.tag_to_ix[START_TAG]], dtype=torch.long), tags])
        for i, feat in enumerate(feats):
            score = score + self.transitions[tags[i + 1], tags[i]] + feat[tags[i + 1]]
        return (score + self.transitions[self.tag_to_ix[STOP_TAG], tags[-1]]).squeeze()

    def viterbi(self, feats):
        backpointers = []
        forward_var = torch.full((1, self.size), -10000.0)
        forward_var[0][self.tag_to_ix[START_TAG]] = 0
        for feat in feats:
            best, pointers = (forward_var + self.transitions).max(dim=1)
            forward_var = (best + feat).view(1, -1)
            backpointers.append(pointers.tolist())
        terminal = forward_var + self.transitions[self.tag_to_ix[STOP_TAG]]
        best = argmax(terminal)
        path = [best]
        for pointers in reversed(backpointers):
            best = pointers[best]
            path.append(best)
        assert path.pop() == self.tag_to_ix[START_TAG]
        return terminal[0][path[0]], path[::-1]

    def neg_log_likelihood(self, sentence, tags):
        feats = self.features(sentence)
        return self.partition(feats) - self.score(feats, tags)

    def forward(self, sentence):
        return self.viterbi(self.features(sentence))


data = [
    ("the loom in north hall weaves red cloth".split(), "O B I I I O O O".split()),
    ("red threads leave the old mill today".split(), "O O O O B I O".split()),
]
word_to_ix = {w: i for i, w in enumerate(sorted({w for s, _ in data for w in s}))}
tag_to_ix = {"B": 0, "I": 1, "O": 2, START_TAG: 3, STOP_TAG: 4}
model = BiLSTMCRF(len(word_to_ix), tag_to_ix, 5, 6)
optimizer = optim.SGD(model.parameters(), lr=0.05, weight_decay=1e-4)
with torch.no_grad():
    before = model(prepare_sequence(data[0][0], word_to_ix))[0].item()
for epoch in range(25):
    total = 0.0
    for sentence, tags in data:
        model.zero_grad()
        loss = model.neg_log_likelihood(prepare_sequence(sentence, word_to_ix), prepare_sequence(tags, tag_to_ix))
        loss.backward()
        optimizer.step()
        total += loss.item()
with torch.no_grad():
    score, path = model(prepare_sequence(data[0][0], word_to_ix))
correct = sum(a == b for a, b in zip(path, prepare_sequence(data[0][1], tag_to_ix).tolist()))
variable = autograd.Variable(torch.ones(2), requires_grad=True)
assert variable.is_leaf
RESULT = {
    "before": before,
    "loss": total,
    "score": score.item(),
    "correct": correct,
    "transition": model.transitions[1, 0].item(),
}
print(json.dumps(RESULT))
