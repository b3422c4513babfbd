"""`sitegen.yaml` and `stories.yaml`: their sections, frozen and typed, and how they are read.

Invariant: pure; each section is a value of its own, so that a change of `deploy:` touches nothing that a page reads.
"""

from sitegen.config.checks import Zones
from sitegen.config.curation import Curation, curation_schema, load_curation
from sitegen.config.load import config_schema, load_config
from sitegen.config.sections import Config

__all__ = ["Config", "Curation", "Zones", "config_schema", "curation_schema", "load_config", "load_curation"]
