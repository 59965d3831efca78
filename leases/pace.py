"""How much of one business unit is done at once, so that one customer's thousand rows leave the others alone.

A claimed row makes one call at a time, so the rows claimed bound the calls. Whatever claims keeps to it by itself
(leases/turns.py, leases/paced_operations.py).
"""

# An enterprise has so many rows where others have one, and counts as waiting so many seconds longer.
ENTERPRISE_SHARE = 4
ENTERPRISE_START_SECONDS = 30.0
# What has been due for so long was passed over by a tick, for want of room: it goes before what is new.
PASSED_OVER_SECONDS = 2.0
