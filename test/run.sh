#!/usr/bin/env bash
# `npm test`: installs what the tests need (as root, with apt), builds, lints, runs every test.
# The last line is `N passed, N failed, N skipped`; the exit code is 0 only when nothing failed.
# Arguments: test files to run instead of all, as paths under test/ (test/sip/message/parser.test.ts).
set -uo pipefail
cd "$(dirname "$0")/.."

declare -A package_of=([sipp]=sip-tester [redis-server]=redis-server)
missing=()
for tool in "${!package_of[@]}"; do
  command -v "$tool" >/dev/null 2>&1 || missing+=("${package_of[$tool]}")
done
if ((${#missing[@]} > 0)); then
  if [[ $(id -u) -eq 0 ]] && command -v apt-get >/dev/null 2>&1; then
    echo "installing ${missing[*]} ..."
    export DEBIAN_FRONTEND=noninteractive
    # policy-rc.d would start the daemon; the tests start their own on free ports.
    if ! { apt-get update -qq && RUNLEVEL=1 apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >/tmp/proffer-apt.log 2>&1; then
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
  echo "lint ..."
  npm run --silent lint || { echo "lint failed"; exit 1; }
  files=()
else
  files=("$@")
  files=("${files[@]/%.ts/.js}")
  files=("${files[@]/#/dist/}")
fi
exec node dist/test/support/run-tests.js "${files[@]}"
