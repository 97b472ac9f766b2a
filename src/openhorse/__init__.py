"""OpenHorse: the HappyHorse video system on your own machine."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("openhorse")
except PackageNotFoundError:  # run from a source tree that was never installed
    __version__ = "0.0.0"
