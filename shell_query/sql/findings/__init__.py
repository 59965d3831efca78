"""What can be wrong or unwise about a query: one module a family.

`words` runs those that look at the tokens alone, before anything is parsed; `tree` those that look at the tree and know
no table. The others are asked by `resolve`, once it knows what the names of a SELECT mean.
"""
