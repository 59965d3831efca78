"""Starts everything on one machine, and stops it. Knows the other rooms by their command lines only."""
