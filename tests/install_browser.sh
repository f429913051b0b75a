#!/bin/sh
# A browser for the tests: the system's Chromium, else Debian's package, else Playwright's own build.
set -eu
for name in chromium chromium-browser google-chrome; do
  if command -v "$name" >/dev/null 2>&1; then exit 0; fi
done
if command -v apt-get >/dev/null 2>&1; then
  if [ "$(id -u)" = 0 ]; then as_root=""; elif sudo -n true 2>/dev/null; then as_root="sudo"; else as_root="none"; fi
  if [ "$as_root" != none ]; then
    echo "Installing Chromium for the browser tests ..."
    $as_root apt-get update -qq >/dev/null
    if DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq chromium >/dev/null; then exit 0; fi
  fi
fi
exec "$1" -m playwright install chromium
