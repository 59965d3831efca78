"""Signing in with Marketing Cloud: OAuth 2 authorization code, with state and PKCE (S256).

authorization.py sends the browser away and knows it again when it is back, arrival.py learns who came, services.py lets
them in, views.py is the edge.
"""
