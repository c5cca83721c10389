"""Reverse digit strings with an encoder, a decoder with additive attention, and teacher forcing."""

import json
import random

import torch
import torch.nn as nn
import torch.nn.functional as F

random.seed(17)
SOS, EOS, VOCAB, MAX = 0, 1, 8, 6


class EncoderRNN(nn.Module):
    def __init__(self, size, hidden):
        super().__init__()
        self.embedding = nn.Embedding(size, hidden)
        self.gru = nn.GRU(hidden, hidden, batch_first=True)
        self.dropout = nn.Dropout(p=0.1)

    def forward(self, input):
        return self.gru(self.dropout(self.embedding(input)))


class BahdanauAttention(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.Wa, self.Ua, self.Va = nn.Linear(hidden, hidden), nn.Linear(hidden, hidden), nn.Linear(hidden, 1)

    def forward(self, query, keys):
        scores = self.Va(torch.tanh(self.Wa(query) + self.Ua(keys))).squeeze(2).unsqueeze(1)
        weights = F.softmax(scores, dim=-1)
        return torch.bmm(weights, keys), weights


class AttnDecoder(nn.Module):
    def __init__(self, hidden, size):
        super().__init__()
        self.embedding = nn.Embedding(size, hidden)
        self.attention = BahdanauAttention(hidden)
        self.cell = nn.GRUCell(2 * hidden, hidden)
        self.out = nn.Linear(hidden, size)

    def forward(self, encoder_outputs, encoder_hidden, target=None):
        batch = encoder_outputs.size(0)
        token = torch.empty(batch, 1, dtype=torch.long).fill_(SOS)
        hidden, outputs, attentions = encoder_hidden.squeeze(0), [], []
        for i in range(MAX + 1):
            context, weights = self.attention(hidden.unsqueeze(1), encoder_outputs)
            hidden = self.cell(torch.cat((self.embedding(token).squeeze(1), context.squeeze(1)), dim=1), hidden)
            step = self.out(hidden)
            outputs.append(step.unsqueeze(1))
            attentions.append(weights)
            if target is not None:
                token = target[:, i].unsqueeze(1)
            else:
                token = step.topk(1)[1].detach()
        return F.log_softmax(torch.cat(outputs, dim=1), dim=-1), torch.cat(attentions, dim=1)


def batch(n):
    rows = [[random.randrange(2, VOCAB) for _ in range(MAX)] for _ in range(n)]
    return torch.tensor(rows), torch.tensor([row[::-1] + [EOS] for row in rows])


encoder, decoder = EncoderRNN(VOCAB, 16), AttnDecoder(16, VOCAB)
for module in (encoder, decoder):
    for i, p in enumerate(module.parameters()):
        p.detach().copy_(0.3 * torch.sin(1.9 * torch.arange(p.numel()) + i).view(p.shape))
encoder.dropout.p = 0.0
encoder_optimizer = torch.optim.Adam(encoder.parameters(), lr=1e-2)
decoder_optimizer = torch.optim.Adam(decoder.parameters(), lr=1e-2)
criterion = nn.NLLLoss()
for it in range(40):
    source, target = batch(16)
    encoder_optimizer.zero_grad()
    decoder_optimizer.zero_grad()
    outputs, hidden = encoder(source)
    log_probs, _ = decoder(outputs, hidden, target if random.random() < 0.8 else None)
    loss = criterion(log_probs.view(-1, log_probs.size(-1)), target.view(-1))
    loss.backward()
    encoder_optimizer.step()
    decoder_optimizer.step()
encoder.eval(), decoder.eval()
with torch.no_grad():
    source, target = batch(8)
    log_probs, attention = decoder(*encoder(source))
    accuracy = (log_probs.argmax(-1) == target).float().mean().item()
RESULT = {
    "loss": loss.item(),
    "accuracy": accuracy,
    "attention": attention.sum(-1).mean().item(),
    "peak": attention.max().item(),
}
print(json.dumps(RESULT))
