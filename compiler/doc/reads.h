// Reads: the facts and metrics that decide in a policy, wherever in it they are read.
#pragma once

#include <map>
#include <set>

#include "compiler/checked.h"
#include "compiler/doc/document.h"

namespace dpol::doc {

class Reads {
 public:
  Reads(const compiler::Checked& checked, const compiler::CheckedPolicy& policy);

  // Of nothing: a table without rows.
  Table facts() const;
  Table metrics() const;

 private:
  void add(const compiler::Condition& condition);
  void add(const compiler::Expr& expr);
  void add(const compiler::CheckedRule& rule);
  void add(const compiler::CheckedProcedure& procedure);
  void add(const compiler::CheckedMessage& message);
  void add_metric(std::uint32_t index, program::Track track);
  void add_role(const std::string& name);
  Text baseline(const compiler::MetricInfo& metric) const;
  static Text series(const compiler::MetricInfo& metric);

  const compiler::Checked& checked_;
  std::set<std::uint32_t> facts_;
  std::map<std::uint32_t, std::set<program::Track>> metrics_;
  std::set<const compiler::Expr*> seen_;
};

}  // namespace dpol::doc
