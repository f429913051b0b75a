#!/bin/sh
# PostgreSQL's server programs for the tests, which start a throwaway cluster of their own: what is installed, else
# Debian's package. No server of the system is started or touched.
set -eu
if command -v initdb >/dev/null 2>&1; then exit 0; fi
for folder in /usr/lib/postgresql/*/bin /opt/homebrew/opt/postgresql@*/bin; do
  if [ -x "$folder/initdb" ]; then exit 0; fi
done
if command -v pg_config >/dev/null 2>&1 && [ -x "$(pg_config --bindir)/initdb" ]; then exit 0; fi
if command -v apt-get >/dev/null 2>&1; then
  if [ "$(id -u)" = 0 ]; then as_root=""; elif sudo -n true 2>/dev/null; then as_root="sudo"; else as_root="none"; fi
  if [ "$as_root" != none ]; then
    echo "Installing PostgreSQL for the database tests ..."
    $as_root apt-get update -qq >/dev/null
    # Without a server of the system: the tests make their own, on a port and in a folder of their own.
    DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends postgresql-common >/dev/null
    own=/etc/postgresql-common/createcluster.d/no-cluster-for-tests.conf
    $as_root sh -c "mkdir -p ${own%/*} && echo 'create_main_cluster = false' > $own"
    failed=0
    DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends postgresql >/dev/null || failed=$?
    $as_root rm -f "$own"
    if [ "$failed" = 0 ]; then exit 0; fi
  fi
fi
echo "The database tests need PostgreSQL's server programs (initdb, postgres), version 13 or newer." >&2
echo "  Debian, Ubuntu: sudo apt install postgresql      Fedora: sudo dnf install postgresql-server" >&2
echo "  macOS: brew install postgresql@17                Arch: sudo pacman -S postgresql" >&2
exit 1
