"""Pure rules over keys, cards and terms: order, groups, related articles, the list of outputs."""
