// doc: what policies demand, of whom and when, for people who do not read policies.
//
// Promises
//  - Complete: every rule, clause, option, phase, stage, parameter, waiver, role and change of what
//  is inherited is in it, and so is every fact and metric that is read.
//  - In the order of time: what is due before the deployment, the rollout stage by stage, what
//  comes after.
//  - The same policies give the same bytes; nothing in it depends on the clock or on where files
//  lie.
//  - Names and texts of a policy never become markup.
#pragma once

#include "compiler/checked.h"
#include "compiler/doc/document.h"
#include "compiler/doc/formats.h"

namespace dpol::doc {

// Of the policies that are judged.
Document describe(const compiler::Checked& checked);

}  // namespace dpol::doc
