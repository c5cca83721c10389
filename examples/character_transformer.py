"""A transformer learns the characters of a text that is made on the spot: sums such as '17+5=22'."""

import random

import autograd
import nn
import optim
from autograd.visualize import plots
from examples.output import finish, folder

LENGTH = 16


def text(n: int = 6000, seed: int = 0) -> str:
    """Lines of small sums, all of them right."""
    draw = random.Random(seed)
    return "".join(f"{a}+{b}={a + b}\n" for a, b in ((draw.randint(0, 9), draw.randint(0, 9)) for _ in range(n)))


class Block(nn.Module):
    """Attention over the past, then a two-layer network, each added to its input."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))
        self.heads = heads

    def forward(self, x: autograd.Tensor) -> autograd.Tensor:
        batch, length, width = x.shape
        q, k, v = (t.view(batch, length, self.heads, -1).transpose(1, 2) for t in self.qkv(self.norm1(x)).chunk(3, dim=-1))
        seen = nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(seen.transpose(1, 2).reshape(batch, length, width))
        return x + self.mlp(self.norm2(x))


class Transformer(nn.Module):
    """Characters in, the logits of the next character out."""

    def __init__(self, alphabet: int, width: int = 32, heads: int = 4, depth: int = 1) -> None:
        super().__init__()
        self.token, self.position = nn.Embedding(alphabet, width), nn.Embedding(LENGTH, width)
        self.blocks = nn.Sequential(*(Block(width, heads) for _ in range(depth)))
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, alphabet)

    def forward(self, tokens: autograd.Tensor) -> autograd.Tensor:
        x = self.token(tokens) + self.position(autograd.arange(tokens.shape[1]))
        return self.head(self.norm(self.blocks(x)))


def complete(model: nn.Module, prompt: str, alphabet: list[str]) -> str:
    """The most likely continuation up to the end of the line."""
    tokens = [alphabet.index(c) for c in prompt]
    with autograd.no_grad():
        while len(tokens) < LENGTH:
            tokens.append(int(model(autograd.tensor([tokens]))[0, -1].argmax().item()))
            if alphabet[tokens[-1]] == "\n":
                break
    return "".join(alphabet[t] for t in tokens)


def main(given: list[str] | None = None) -> float:
    """Train, then let it do all hundred sums; returns the share that is right."""
    out = folder(__doc__.splitlines()[0], given)
    autograd.manual_seed(0)
    corpus = text()
    alphabet = sorted(set(corpus))
    data = autograd.tensor([alphabet.index(c) for c in corpus])
    model = Transformer(len(alphabet))
    opt = optim.AdamW(model.parameters(), lr=3e-3)
    steps = 800
    rate = optim.lr_scheduler.OneCycleLR(opt, max_lr=1e-2, total_steps=steps + 1)
    losses = []
    window = autograd.arange(LENGTH)
    for _ in range(steps):
        rows = autograd.randint(0, len(data) - LENGTH - 1, (32, 1)) + window
        opt.zero_grad()
        logits = model(data[rows])
        loss = nn.functional.cross_entropy(logits.reshape(-1, len(alphabet)), data[rows + 1].reshape(-1))
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        opt.step()
        rate.step()
        losses.append(loss.item())
    # A line before the sum, as in the text: the network has never seen one without a past.
    sums = {(a, b): complete(model, f"1+1=2\n{a}+{b}=", alphabet) for a in range(10) for b in range(10)}
    right = [[sums[a, b].split("\n")[1] == f"{a}+{b}={a + b}" for b in range(10)] for a in range(10)]
    share = sum(map(sum, right)) / 100
    figure, (left, grid) = plots.figure(10.5, 4.4, 1, 2)
    left.plot(losses, color=plots.LOW)
    left.set(xlabel="step", ylabel="cross-entropy of a character", title="Training")
    grid.imshow(right, cmap="RdBu", vmin=-0.4, vmax=1.4)
    for (a, b), said in sums.items():
        grid.text(b, a, said.split("=")[-1].strip(), ha="center", va="center", fontsize=8, color="white")
    grid.set(xlabel="b", ylabel="a", title=f"What it says for a + b: {share:.0%} right")
    grid.set_xticks(range(10))
    grid.set_yticks(range(10))
    grid.grid(False)
    finish(
        figure,
        out / "character_transformer.png",
        f"{share:.0%} of the hundred sums are right; 7+8 is continued as {sums[7, 8].split(chr(10))[1]!r}.",
    )
    return share


if __name__ == "__main__":
    main()
