"""Classify words by the language they imitate with a recurrent network made of Linear layers."""

import json
import random

import torch
import torch.nn as nn

random.seed(3)
alphabet = "abcdefghijklmnopqrstuvwxyz"
alphabet_size = len(alphabet)
syllables = {"north": ["sk", "ur", "dal", "fjo"], "south": ["la", "ri", "no", "ta"], "east": ["zh", "ov", "ka", "ski"]}
languages = list(syllables)


def encode(word):
    tensor = torch.zeros(len(word), 1, alphabet_size)
    for position, letter in enumerate(word):
        tensor[position][0][alphabet.find(letter)] = 1
    return tensor


class WordReader(nn.Module):
    def __init__(self, input_size, hidden_size, output_size):
        super(WordReader, self).__init__()
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(input_size, hidden_size)
        self.h2h = nn.Linear(hidden_size, hidden_size)
        self.h2o = nn.Linear(hidden_size, output_size)
        self.softmax = nn.LogSoftmax(dim=1)

    def forward(self, input, hidden):
        hidden = torch.tanh(self.i2h(input) + self.h2h(hidden))
        output = self.softmax(self.h2o(hidden))
        return output, hidden

    def initial_state(self):
        return torch.zeros(1, self.hidden_size)


rnn = WordReader(alphabet_size, 24, len(languages))
for k, p in enumerate(rnn.parameters()):
    p.data.copy_(0.3 * torch.sin(torch.arange(p.numel(), dtype=torch.float32) * 7.3 + k).reshape(p.shape))
criterion = nn.NLLLoss()
learning_rate = 0.02


def best_guess(output):
    top_n, top_i = output.topk(1)
    which = top_i[0].item()
    return languages[which], which


def draw_example():
    language = random.choice(languages)
    word = "".join(random.choice(syllables[language]) for _ in range(3))
    label = torch.tensor([languages.index(language)], dtype=torch.long)
    return language, word, label, encode(word)


def train(label, letters):
    hidden = rnn.initial_state()
    rnn.zero_grad()
    for i in range(letters.size()[0]):
        output, hidden = rnn(letters[i], hidden)
    loss = criterion(output, label)
    loss.backward()
    for p in rnn.parameters():
        p.data.add_(p.grad.data, alpha=-learning_rate)
    return output, loss.item()


total_loss, correct, tail = 0, 0, []
for it in range(1, 241):
    language, word, label, letters = draw_example()
    output, loss = train(label, letters)
    total_loss += loss
    tail = (tail + [loss])[-60:]
    guess, guess_i = best_guess(output)
    correct += guess == language
confusion = torch.zeros(len(languages), len(languages))
with torch.no_grad():
    for i in range(60):
        language, word, label, letters = draw_example()
        hidden = rnn.initial_state()
        for j in range(letters.size(0)):
            output, hidden = rnn(letters[j], hidden)
        confusion[languages.index(language)][best_guess(output)[1]] += 1
for i in range(len(languages)):
    confusion[i] = confusion[i] / confusion[i].sum()
print(confusion)
RESULT = {"total": total_loss, "tail": sum(tail) / len(tail), "correct": correct, "diagonal": confusion.diag().sum().item()}
print(json.dumps(RESULT))
