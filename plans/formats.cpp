#include <algorithm>

#include "compiler/doc/formats.h"
#include "plans/plans.h"
#include "runtime/reports/plan.h"

namespace dpol::plans {
namespace {

std::string plan_as_markdown(const decision::Plan& plan) { return doc::write_markdown(describe(plan)); }
std::string plan_as_html(const decision::Plan& plan) { return doc::write_html(describe(plan)); }
std::string plan_as_json(const decision::Plan& plan) { return reports::plan_as_json(plan); }

constexpr FormatInfo kFormats[] = {
#define DPOL_PLAN_FORMAT(name, doc, function) {#name, doc, function},
#include "plans/formats.def"
};

}  // namespace

std::span<const FormatInfo> formats() { return kFormats; }

const FormatInfo* find_format(std::string_view name) {
  const auto* found = std::ranges::find(kFormats, name, &FormatInfo::name);
  return found == std::end(kFormats) ? nullptr : found;
}

}  // namespace dpol::plans
