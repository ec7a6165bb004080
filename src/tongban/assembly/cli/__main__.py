"""``python -m tongban.assembly.cli``: the ``tongban`` command without its entry point."""

from tongban.assembly.cli import main

if __name__ == "__main__":
    main()
