// The inputs that a test gives, as a Snapshot of a program of its policy.
//
// Promises: what the test gives and nothing else, bound as the readers of documents bind it; every
// value's origin is the line of the test. Pure.
#pragma once

#include "compiler/tests.h"
#include "runtime/program/program.h"
#include "runtime/vm/snapshot.h"

namespace dpol::testing {

// As of `at`, seconds since 1970: later samples are not there yet.
vm::Snapshot snapshot_of(const program::Program& program, const compiler::Checked& checked,
                         const compiler::CheckedPolicy& policy, const compiler::CheckedTest& test,
                         program::Decimal at);

}  // namespace dpol::testing
