#!/bin/sh
# run.sh FANGXIN [JOURNEY…]: the browser tests against that binary, or against $FANGXIN_SHIPPED. Fetches its two packages when they are not there.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
program=${FANGXIN_SHIPPED:-${1:?usage: run.sh FANGXIN [JOURNEY...]}}
missing() {
  echo "browser tests need $1: script/bootstrap installs it" >&2
  exit 1
}
command -v node >/dev/null 2>&1 || missing node
command -v npm >/dev/null 2>&1 || missing npm
chromium=${CHROMIUM:-/usr/bin/chromium-headless-shell}
[ -x "$chromium" ] || missing "chromium ($chromium is not there)"
[ -x "$program" ] || { echo "no program at $program" >&2; exit 1; }

[ $# -eq 0 ] || shift
wanted=$(cat "$here/package.json" "$here/package-lock.json" | sha256sum | cut -d' ' -f1)
if [ "$(cat "$here/node_modules/.fangxin-packages" 2>/dev/null)" != "$wanted" ]; then
  echo 'browser tests: fetching packages' >&2
  (cd "$here" && npm ci --no-audit --no-fund --loglevel=error >&2)
  printf '%s\n' "$wanted" >"$here/node_modules/.fangxin-packages"
fi
CHROMIUM=$chromium exec node "$here/run.mjs" "$program" "$@"
