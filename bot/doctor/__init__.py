"""Doctor: what is well with this installation, and what to do about the rest. One module a subject.

Each module looks at one thing and says what it saw, as checks. `examining.py` lets them all look, each for a
limited time, none of them in the way of another. Secrets are never shown (`mask.py`).
"""
