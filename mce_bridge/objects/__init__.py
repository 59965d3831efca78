"""One module an MCE object: plain values in, frozen dataclasses out. Each function takes an `Account` first."""
