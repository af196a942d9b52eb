"""`python -m micrograd_pt`: o capítulo, do começo ao fim."""

import sys


def run() -> int:
    """O comando; um Ctrl-C que vem antes de ele estar pronto é dito como os outros."""
    try:
        from micrograd_pt.cli import main

        return main()
    except KeyboardInterrupt:
        print("\ninterrompido", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(run())
