"""The steps of a run, one module each: when it is done, and how to do it once more without harm."""
