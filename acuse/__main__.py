"""`python -m acuse`."""

import sys

from acuse.cli import main

if __name__ == "__main__":
    sys.exit(main())
