#!/usr/bin/env bash
# `npm test`: installs what the tests need (as root, with apt), builds, lints, runs every test.
# The last line is `N passed, N failed, N skipped`; the exit code is 0 only when nothing failed.
# Arguments: test files to run instead of all, as paths under test/ (test/sip/message/parser.test.ts).
set -uo pipefail
cd "$(dirname "$0")/.."

# Commands, and what Debian keeps off the PATH as a pattern.
declare -A package_of=(
  [sipp]=sip-tester
  [redis-server]=redis-server
  [baresip]=baresip-core
  [kamailio]=kamailio
  [chromium]=chromium
  ['/usr/lib/postgresql/*/bin/postgres']=postgresql
)
missing=()
for tool in "${!package_of[@]}"; do
  { command -v "$tool" || compgen -G "$tool"; } >/dev/null 2>&1 || missing+=("${package_of[$tool]}")
done
if ((${#missing[@]} > 0)); then
  if [[ $(id -u) -eq 0 ]] && command -v apt-get >/dev/null 2>&1; then
    echo "installing ${missing[*]} ..."
    export DEBIAN_FRONTEND=noninteractive
    # The daemons are not to start, and PostgreSQL is to make no database: the tests start their own on free ports.
    no_cluster=/etc/postgresql-common/createcluster.d/proffer-tests.conf
    mkdir -p "${no_cluster%/*}" && echo 'create_main_cluster = false' >"$no_cluster"
    { apt-get update -qq && RUNLEVEL=1 apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >/tmp/proffer-apt.log 2>&1
    status=$?
    rm -f "$no_cluster"
    if ((status != 0)); then
      tail -5 /tmp/proffer-apt.log
      echo "the tests need these Debian packages: ${missing[*]}"
      exit 1
    fi
  else
    echo "the tests need these Debian packages: ${missing[*]}"
    echo "install them with: sudo apt-get install ${missing[*]}"
    exit 1
  fi
fi

node src/cli/launch.mjs --build-only || exit 1

if (($# == 0)); then
  files=()
else
  files=("$@")
  files=("${files[@]/%.ts/.js}")
  files=("${files[@]/#/dist/}")
fi
exec node dist/test/support/run-tests.js "${files[@]}"
