// plans: a Plan as pages for people and as JSON for programs.
//
// Promises
//  - Pure: the same plan gives the same bytes.
//  - All formats say the same. The pages are one Document (compiler/doc), so that nothing of a policy
//    or of an input becomes markup.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "compiler/doc/document.h"
#include "runtime/decision/plan.h"

namespace dpol::plans {

doc::Document describe(const decision::Plan& plan);

struct FormatInfo {
  std::string_view name;
  std::string_view doc;
  std::string (*write)(const decision::Plan& plan);
};
std::span<const FormatInfo> formats();
const FormatInfo* find_format(std::string_view name);

}  // namespace dpol::plans
