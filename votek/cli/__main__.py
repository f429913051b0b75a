"""`python -m votek.cli` is the `votek` command."""

from votek.cli import main

main()
