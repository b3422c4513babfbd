"""A browser for the checks that look at pages."""

from tests.site.conftest import chromium

__all__ = ["chromium"]
