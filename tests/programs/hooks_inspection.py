"""Hooks on tensors and modules: activations, gradient statistics, Grad-CAM, scaling and removing."""

import json
from functools import partial

import torch
import torch.nn as nn

model = nn.Sequential(
    nn.Conv2d(1, 3, 3, padding=1),
    nn.ReLU(),
    nn.Conv2d(3, 4, 3, padding=1),
    nn.ReLU(),
    nn.AdaptiveAvgPool2d(1),
    nn.Flatten(),
    nn.Linear(4, 2),
)
for i, p in enumerate(model.parameters()):
    p.data = torch.sin(torch.arange(p.numel(), dtype=torch.float32) + i).view(p.shape) * 0.5
activations, gradients, order = {}, {}, []


def save_activation(name, module, inputs, output):
    activations[name] = output.detach()
    order.append(name)


def save_gradient(name, module, grad_input, grad_output):
    gradients[name] = grad_output[0].detach().clone()


handles = []
for name, module in model.named_children():
    handles.append(module.register_forward_hook(partial(save_activation, name)))
    handles.append(module.register_full_backward_hook(partial(save_gradient, name)))

image = torch.linspace(-1, 1, 64).view(1, 1, 8, 8).sin().requires_grad_()
scores = model(image)
scores[0, scores.argmax()].backward()
weights = gradients["3"].mean(dim=(2, 3), keepdim=True)
cam = torch.relu((weights * activations["3"]).sum(1)).squeeze(0)
saliency = image.grad.abs().squeeze()
for handle in handles:
    handle.remove()
model.zero_grad()
count = len(order)
model(image)
assert len(order) == count == 7

# a pre-hook that changes the input, a hook that changes the output
pre = model[0].register_forward_pre_hook(lambda module, args: (args[0] * 0.5,))
post = model[6].register_forward_hook(lambda module, args, out: out + 1.0)
changed = model(image)
pre.remove()
post.remove()

# tensor hooks: scale, watch, and clip on the way back
log = []
h = model[:4](image)
h.register_hook(lambda g: g * 2)
h.register_hook(lambda g: log.append(g.norm().item()))
h.retain_grad()
pooled = model[4:](h)
image.grad = None
pooled.sum().backward()
doubled = model[6].weight.grad.norm().item()

parameter = model[6].bias
total = []
handle = parameter.register_post_accumulate_grad_hook(lambda p: total.append(p.grad.sum().item()))
model(image).pow(2).sum().backward()
handle.remove()
RESULT = {
    "cam": cam.sum().item(),
    "saliency": saliency.sum().item(),
    "changed": changed.sum().item(),
    "logged": log[0],
    "retained": h.grad.norm().item(),
    "bias": total[0],
    "weight": doubled,
    "image": image.grad.norm().item(),
}
print(json.dumps(RESULT))
