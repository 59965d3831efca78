"""The run engine: takes one run one step further at a time (docs/run-states.md)."""
