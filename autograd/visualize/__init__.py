"""Pictures of computations: the graph with its values, gradients and local derivatives."""

from . import plots as plots
from .monitor import Monitor as Monitor
from .page import StepThrough as StepThrough, step_through as step_through
from .picture import Picture as Picture, graph as graph
from .recording import recording as recording
from .render import Rendering as Rendering
from .steps import Contribution as Contribution, Frame as Frame, steps as steps, walk as walk
