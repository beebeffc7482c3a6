"""`python -m unionhall` is the `unionhall` command."""

from unionhall.cli import main

if __name__ == "__main__":
    main()
