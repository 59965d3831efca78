"""The HTTP edge of signing in and of managing an account."""
