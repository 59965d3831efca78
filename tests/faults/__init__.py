"""What must not be lost, whatever breaks: `make faults`. The table is in scenarios.py, the rules are in judge.py."""
