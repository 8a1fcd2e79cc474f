"""`python -m desktop` opens the window."""

from __future__ import annotations

from desktop.launcher import main

if __name__ == "__main__":
    main()
