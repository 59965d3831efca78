"""What it costs and how fast it is: `make bench`. Nothing here asserts; it measures and prints."""
