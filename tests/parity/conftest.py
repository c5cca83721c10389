"""Without torch there is no oracle: nothing here is collected then."""

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("torch") else ["*"]
