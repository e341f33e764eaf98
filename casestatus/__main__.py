"""`python -m casestatus` is the same as the command `casestatus`."""

from casestatus.cli import main

if __name__ == "__main__":
    main()
