"""Account health you can read before the storm: explained daily scores from the facts that companies have."""

from weatherglass.frame import Frame
from weatherglass.workspace import Workspace, open, open_data

__version__ = "0.1.0"

__all__ = ["Frame", "Workspace", "__version__", "open", "open_data"]
