"""Custom autograd Functions: a memory-saving swish, a straight-through sign, a fused linear map, clipped gradients."""

import json

import torch
from torch.autograd import Function, gradcheck, gradgradcheck
from torch.autograd.function import once_differentiable


class Swish(Function):
    @staticmethod
    def forward(ctx, x, beta):
        ctx.save_for_backward(x)
        ctx.beta = beta
        return x * torch.sigmoid(beta * x)

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        s = torch.sigmoid(ctx.beta * x)
        return grad * (s + ctx.beta * x * s * (1 - s)), None


class SignSTE(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.sign(x)

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad * (x.abs() <= 1).to(grad.dtype)


class LinearFunction(Function):
    @staticmethod
    def forward(ctx, input, weight, bias=None):
        ctx.save_for_backward(input, weight, bias)
        output = input.mm(weight.t())
        if bias is not None:
            output += bias.unsqueeze(0).expand_as(output)
        return output

    @staticmethod
    def backward(ctx, grad_output):
        input, weight, bias = ctx.saved_tensors
        grad_input = grad_weight = grad_bias = None
        if ctx.needs_input_grad[0]:
            grad_input = grad_output.mm(weight)
        if ctx.needs_input_grad[1]:
            grad_weight = grad_output.t().mm(input)
        if bias is not None and ctx.needs_input_grad[2]:
            grad_bias = grad_output.sum(0)
        return grad_input, grad_weight, grad_bias


class ClipGradient(Function):
    @staticmethod
    def forward(ctx, x, limit):
        ctx.limit = limit
        return x.view_as(x)

    @staticmethod
    @once_differentiable
    def backward(ctx, grad):
        return grad.clamp(-ctx.limit, ctx.limit), None


torch.manual_seed(3)
x = torch.randn(4, 3, dtype=torch.double, requires_grad=True)
w = torch.randn(2, 3, dtype=torch.double, requires_grad=True)
b = torch.randn(2, dtype=torch.double, requires_grad=True)
assert gradcheck(lambda v: Swish.apply(v, 1.7), (x,))
assert gradgradcheck(lambda v: Swish.apply(v, 1.7), (x,))
assert gradcheck(LinearFunction.apply, (x, w, b), eps=1e-6, atol=1e-4)
assert gradcheck(LinearFunction.apply, (x, w))

inputs = torch.linspace(-2, 2, 30).view(10, 3)
targets = (inputs[:, :1] * inputs[:, 1:2] > 0).float() * 2 - 1
weight = (torch.arange(12.0).view(4, 3).sin()).requires_grad_()
bias = torch.zeros(4, requires_grad=True)
head = torch.full((1, 4), 0.3, requires_grad=True)
optimizer = torch.optim.SGD([weight, bias, head], lr=0.05, momentum=0.9, nesterov=True)
for step in range(10):
    hidden = Swish.apply(LinearFunction.apply(inputs, weight, bias), 1.0)
    score = ClipGradient.apply(LinearFunction.apply(hidden, head), 0.05)
    loss = torch.clamp(1 - score * targets, min=0).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
signs = SignSTE.apply(weight)
(signs * torch.arange(12.0).view(4, 3)).sum().backward()
RESULT = {"loss": loss.item(), "signs": signs.sum().item(), "weight": weight.norm().item(), "grad": weight.grad.sum().item()}
print(json.dumps(RESULT))
