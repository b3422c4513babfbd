"""What is wrong with a site, as values: its sources, and every file that a build would write.

Invariant: looking changes nothing but the memory of what was seen. `facts` are of one output alone and remembered by
the digest of its bytes; what compares outputs with each other, with the sources or with the clock is worked out anew.
"""
