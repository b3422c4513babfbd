"""From a built site to the branch that a host serves: a pure plan, and git's plumbing to carry it out."""
