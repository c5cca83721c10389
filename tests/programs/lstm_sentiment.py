"""Sentiment of token sequences: embedding, bidirectional LSTM over padded batches, BCE with logits."""

import json
import random

import torch
from torch import nn
from torch.nn.utils import clip_grad_norm_
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader, Dataset

random.seed(11)
GOOD, BAD, REST = range(1, 6), range(6, 11), range(11, 30)


class Reviews(Dataset):
    def __init__(self, n):
        self.items = []
        for i in range(n):
            label = i % 2
            words = [random.choice(GOOD if label else BAD) for _ in range(2)] + [
                random.choice(REST) for _ in range(random.randint(2, 8))
            ]
            random.shuffle(words)
            self.items.append((words, label))

    def __len__(self):
        return len(self.items)

    def __getitem__(self, index):
        words, label = self.items[index]
        return torch.tensor(words), torch.tensor(label, dtype=torch.float)


def collate(batch):
    sequences, labels = zip(*batch)
    lengths = torch.tensor([len(s) for s in sequences])
    return pad_sequence(list(sequences), batch_first=True, padding_value=0), lengths, torch.stack(labels)


class Classifier(nn.Module):
    def __init__(self, vocabulary=30, dim=12, hidden=16):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, dim, padding_idx=0)
        self.lstm = nn.LSTM(dim, hidden, batch_first=True, bidirectional=True, num_layers=1)
        self.head = nn.Linear(2 * hidden, 1)

    def forward(self, tokens, lengths):
        out, (h_n, c_n) = self.lstm(self.embedding(tokens))
        mask = (torch.arange(tokens.size(1))[None, :] < lengths[:, None]).unsqueeze(-1)
        pooled = (out * mask).sum(dim=1) / lengths.unsqueeze(1)
        return self.head(pooled).squeeze(-1)


model = Classifier()
for i, (name, p) in enumerate(model.named_parameters()):
    values = torch.sin(torch.arange(1, p.numel() + 1).float() * 3.7 + i).mul_(0.25)
    with torch.no_grad():
        p.copy_(values.view(p.size()))
with torch.no_grad():
    model.embedding.weight[model.embedding.padding_idx].fill_(0)
loader = DataLoader(Reviews(64), batch_size=8, collate_fn=collate)
test_loader = DataLoader(Reviews(32), batch_size=32, collate_fn=collate)
criterion = nn.BCEWithLogitsLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01, weight_decay=1e-4)
norms = []
for epoch in range(6):
    model.train()
    running = 0.0
    for tokens, lengths, labels in loader:
        optimizer.zero_grad()
        loss = criterion(model(tokens, lengths), labels)
        loss.backward()
        norms.append(float(clip_grad_norm_(model.parameters(), max_norm=0.5)))
        optimizer.step()
        running += loss.item() * len(labels)
    print(f"epoch {epoch}: {running / len(loader.dataset):.4f}")
model.eval()
with torch.no_grad():
    tokens, lengths, labels = next(iter(test_loader))
    probability = torch.sigmoid(model(tokens, lengths))
    accuracy = ((probability > 0.5).float() == labels).float().mean().item()
RESULT = {
    "loss": running / 64,
    "first norm": norms[0],
    "accuracy": accuracy,
    "mean": probability.mean().item(),
    "padding": model.embedding.weight[0].abs().sum().item(),
}
print(json.dumps(RESULT))
