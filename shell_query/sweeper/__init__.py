"""The sweeper: finds what our runs left behind in a business unit, in our two folders only, and removes it.

An alarm of the business unit, claimed by the tick like a run; docs/decisions/0012 says why so.
"""
