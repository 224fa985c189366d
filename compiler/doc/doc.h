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

#include <span>
#include <string>
#include <string_view>

#include "compiler/checked.h"
#include "compiler/doc/document.h"

namespace dpol::doc {

// Of the policies that are judged.
Document describe(const compiler::Checked& checked);

struct FormatInfo {
  std::string_view name;
  std::string_view doc;
  std::string (*write)(const Document& document);
};
std::span<const FormatInfo> formats();
const FormatInfo* find_format(std::string_view name);

#define DPOL_DOC_FORMAT(name, doc, function) std::string function(const Document& document);
#include "compiler/doc/formats.def"

}  // namespace dpol::doc
