"""Text that people write by hand, read with care: guarded YAML, its faults with their places, and typed shapes.

Floor 1: content, config, themes and data files all stand on this, and it knows nothing of any of them.
"""
