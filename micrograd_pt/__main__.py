"""`python -m micrograd_pt`: o capítulo, do começo ao fim."""

import sys

from micrograd_pt.cli import main

if __name__ == "__main__":
    sys.exit(main())
