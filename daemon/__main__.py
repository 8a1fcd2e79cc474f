"""`python -m daemon` is `stagent`."""

from daemon.cli import main

if __name__ == "__main__":
    main()
