# `dpol check` of the compiled policy $TMP/policy.dpolc with the inputs in $TMP/in: its report up to what was skipped, set and
# dropped, and its exit code.
cd "$TMP/in" || exit 99
dpol check ../policy.dpolc "$@" > ../report 2>&1
code=$?
sed '/^  skipped/,$d' ../report
exit $code
