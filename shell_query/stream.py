"""The event stream's edge: who may watch a run, and how its events read. The stream itself is `events.stream`."""
