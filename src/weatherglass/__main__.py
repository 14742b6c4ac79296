"""`python -m weatherglass` is the command `weatherglass`."""

from weatherglass.cli.main import main

if __name__ == "__main__":
    main()
