#!/bin/bash
# Tries what is installed, as its users would: the package in a root of its own, and the libraries in a program of ten lines.
#   packaging/try.sh BUILD_FOLDER
set -euo pipefail
build=$(realpath "$1")
source=$(dirname "$(dirname "$(realpath "$0")")")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

deb=$(ls "$build"/packages/dpol_*.deb)
dpkg-deb --info "$deb" | grep -E '^ (Package|Version|Architecture|Depends|Installed-Size)'
if [[ $(id -u) == 0 ]] && command -v debootstrap > /dev/null; then
  debootstrap --variant=minbase bookworm "$folder/root" > "$folder/debootstrap.log" || { tail "$folder/debootstrap.log"; exit 1; }
  cp "$deb" "$folder/root/tmp/"
  cp -r "$source/examples" "$folder/root/tmp/"
  [[ ! -e /etc/apt/apt.conf.d ]] || cp -r /etc/apt/. "$folder/root/etc/apt/"
  chroot "$folder/root" sh -c 'apt-get update > /dev/null && apt-get install --yes --no-install-recommends /tmp/dpol_*.deb > /tmp/apt.log 2>&1' ||
    { tail -n 20 "$folder/root/tmp/apt.log"; exit 1; }
  code=0
  chroot --userspec=nobody "$folder/root" sh -c 'cd /tmp && dpol check examples/auth_canary.dpol --facts examples/auth_canary/facts.json --metrics examples/auth_canary/metrics_spike.ndjson' ||
    code=$?
  [[ $code == 3 ]] || { echo "exit code $code in place of 3"; exit 1; }
  echo "installed in a clean Debian: it decides"
else
  echo "SKIPPED: a clean root needs root and debootstrap"
fi

cmake --install "$build" --prefix "$folder/prefix" > "$folder/install.log"
"$folder/prefix/bin/dpol" version
mkdir "$folder/consumer"
cat > "$folder/consumer/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.25)
project(consumer CXX)
find_package(dpol REQUIRED)
add_executable(consumer main.cpp)
target_link_libraries(consumer PRIVATE dpol::compiler dpol::inputs dpol::decision dpol::reports)
END
cat > "$folder/consumer/main.cpp" <<'END'
#include <iostream>

#include "compiler/compile.h"
#include "runtime/decision/explain.h"
#include "runtime/decision/judge.h"
#include "runtime/inputs/load.h"
#include "runtime/reports/report.h"

int main() {
  dpol::compiler::CompileOptions options;
  options.entries = {{"p.dpol", "facts { ready bool }\npolicy p { item ready \"Ready\" require ready }\n"}};
  auto compiled = dpol::compiler::compile(options);
  if (!compiled.ok()) return 4;
  dpol::inputs::LoadRequest request;
  request.fact_options = {"ready=true"};
  auto loaded = dpol::inputs::load(*compiled.program, request);
  if (!loaded.loaded) return 5;
  dpol::vm::Machine machine(*compiled.program);
  machine.load(loaded.loaded->snapshot);
  dpol::decision::Judge judge(machine);
  judge.load({});
  judge.judge();
  const auto verdict = dpol::decision::explain(judge);
  std::cout << dpol::reports::render(dpol::reports::Format::pretty, verdict);
  return verdict.exit_code;
}
END
cmake -S "$folder/consumer" -B "$folder/consumer/build" -DCMAKE_PREFIX_PATH="$folder/prefix" -DCMAKE_BUILD_TYPE=Release > "$folder/configure.log" ||
  { tail -n 20 "$folder/configure.log"; exit 1; }
cmake --build "$folder/consumer/build" > "$folder/build.log" || { tail -n 30 "$folder/build.log"; exit 1; }
"$folder/consumer/build/consumer"
echo "the installed libraries decide in a program of somebody else"
